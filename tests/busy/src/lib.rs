//! Plugin with one part of every kind, for tests of the parts that plugins add to a run.

use bindery_plugin::{
    Answer, ApiCall, ApiHook, Argument, Arguments, AuthSource, BindError, Binder, Command,
    Credential, CredentialQuery, Data, Definition, Error, Host, Json, Lifecycle, Match, Member,
    Opt, Run, Setup, Step, Type, export_plugin,
};

/// Answers with a text that adds metadata to jobs.
struct Noted;

impl Binder for Noted {
    const NAME: &'static str = "noted";
    const PATTERN: &'static str = "noted[*]";

    fn bind(&self, _host: &Host, found: &Match) -> Result<Answer, BindError> {
        let text = found.index(0);
        Ok(Answer::text(text)
            .with_metadata("noted", text)
            .with_metadata("all", "the same"))
    }
}

/// Answers with the texts in the brackets, and logs the number and size of its batches.
struct Plain;

impl Binder for Plain {
    const NAME: &'static str = "plain";
    const PATTERN: &'static str = "plain[*]";

    fn bind(&self, _host: &Host, found: &Match) -> Result<Answer, BindError> {
        Ok(Answer::text(found.index(0)))
    }

    fn bind_batch(&self, host: &Host, found: &[Match]) -> Vec<Result<Answer, BindError>> {
        host.info(&format!("plain: asked for {} at once", found.len()));
        found.iter().map(|found| self.bind(host, found)).collect()
    }
}

/// Two names that job files cannot get from a plugin, and a valid one.
const PROCESS: Definition = Definition::constant("Process", Data::Text("mine"));
const BROKEN: Definition =
    Definition::structure("Broken", &[Member::new("part", Type::Named("NoSuchType"))]);
const PARCEL: Definition = Definition::structure(
    "Parcel",
    &[
        Member::new("weight", Type::Integer).required(),
        Member::new("steps", Type::List(&Type::Named("Process"))).or(Data::List(&[])),
    ],
);

/// Prints its arguments, and ends with the requested exit code or error.
struct Say {
    word: String,
}

impl Say {
    fn open(setup: &Setup) -> Result<Self, Error> {
        let mut word = setup.option("busy-word").unwrap_or("no word").to_owned();
        if setup.flag("busy-loud") {
            word = word.to_uppercase();
        }
        Ok(Self { word })
    }
}

impl Command for Say {
    const NAME: &'static str = "say";
    const ABOUT: &'static str = "Say something, and end as asked";
    const ARGUMENTS: &'static [Argument] = &[Argument::new("TEXT")
        .optional()
        .repeated()
        .help("What to say")];
    const OPTIONS: &'static [Opt] = &[
        Opt::value("code", "N").help("The exit code"),
        Opt::flag("fail").help("End with an error"),
        Opt::flag("plugin-dir"),
    ];

    fn run(&self, host: &Host, arguments: &Arguments) -> Result<u8, Error> {
        host.print(&format!(
            "{}: {}",
            self.word,
            arguments.all("TEXT").join(" ")
        ));
        let code = arguments.option("code").map(str::parse::<u8>);
        let code = code
            .transpose()
            .map_err(|_| Error::invalid("`--code` is no code"))?;
        if arguments.flag("fail") {
            let error = Error::denied("it does not want to")
                .cause("no reason")
                .hint("ask again");
            return Err(match code {
                Some(code) => error.exit_with(code),
                None => error,
            });
        }
        Ok(code.unwrap_or(0))
    }
}

/// Logs each step of a run, or stops the run at a step, as its settings say: `tell`, `stop`, `code`.
struct Steps {
    config: Json,
}

impl Steps {
    fn open(setup: &Setup) -> Result<Self, Error> {
        Ok(Self {
            config: setup.config()?,
        })
    }

    fn take(&self, host: &Host, step: &str, about: &str) -> Result<(), Error> {
        if self.config["tell"] == true {
            host.print(&format!("{step}: {about}"));
        }
        if self.config["stop"] != step {
            return Ok(());
        }
        let error = Error::failed("not like this");
        let code = self.config["code"].as_u64();
        Err(match code.and_then(|code| u8::try_from(code).ok()) {
            Some(code) => error.exit_with(code),
            None => error,
        })
    }
}

impl Lifecycle for Steps {
    const STEPS: &'static [Step] = &[
        Step::BeforeDispatch,
        Step::BeforeExecution,
        Step::AfterExecution,
    ];

    /// Replaces `list-clusters` by a longer command.
    fn before_dispatch(
        &self,
        host: &Host,
        run: &Run,
        mut arguments: Vec<String>,
    ) -> Result<Vec<String>, Error> {
        let about = format!("{} {}", run.program(), arguments.join(" "));
        self.take(host, "before dispatch", &about)?;
        if let Some(place) = arguments.iter().position(|it| it == "list-clusters") {
            arguments.splice(place..=place, ["cluster".to_owned(), "list".to_owned()]);
        }
        Ok(arguments)
    }

    fn before_execution(&self, host: &Host, run: &Run) -> Result<(), Error> {
        let about = format!("{} {}", run.command(), run.arguments().len());
        self.take(host, "before execution", &about)
    }

    fn after_execution(&self, host: &Host, run: &Run, code: u8) -> Result<(), Error> {
        self.take(
            host,
            "after execution",
            &format!("{} {code}", run.command()),
        )
    }
}

/// Returns a credential with the name of the scheduler as the user.
struct Ticket;

impl AuthSource for Ticket {
    const NAME: &'static str = "ticket";
    const MECHANISMS: &'static [&'static str] = &["TICKET"];

    fn credential(
        &self,
        _host: &Host,
        query: &CredentialQuery,
    ) -> Result<Option<Credential>, Error> {
        let actions = query.actions().join(",");
        Ok(Some(Credential::new(query.registry(), actions)))
    }
}

/// Refuses calls for production, and logs each call.
struct Freeze;

impl ApiHook for Freeze {
    const NAME: &'static str = "freeze";
    const METHODS: &'static [&'static str] = &["create_job", "kill_job"];

    fn pre(&self, host: &Host, call: &ApiCall) -> Result<bool, Error> {
        host.warn(&format!("pre {} {}", call.method(), call.arguments()));
        match call.job() {
            Some("west/www/prod/web") => Err(Error::denied("production is frozen")),
            job => Ok(job.is_some()),
        }
    }

    fn post(&self, host: &Host, call: &ApiCall, answer: &Json) -> Result<(), Error> {
        host.warn(&format!("post {} {answer}", call.method()));
        Ok(())
    }

    fn err(&self, _host: &Host, call: &ApiCall, error: &str) -> Result<(), Error> {
        Err(Error::failed(format!("err {} {error}", call.method())))
    }
}

export_plugin! {
    name: "busy",
    binders: [Noted, Plain],
    schema: [PROCESS, BROKEN, PARCEL],
    auth: [Ticket],
    options: [
        Opt::value("busy-word", "WORD").help("The word before all others"),
        Opt::flag("busy-loud"),
        Opt::value("config", "FILE"),
    ],
    commands: [Say => Say::open],
    lifecycle: [Steps => Steps::open],
    hooks: [Freeze],
}

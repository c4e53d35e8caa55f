//! Misbehaving plugin, for tests of the seam.

use std::sync::atomic::{AtomicUsize, Ordering};

use bindery_plugin::{
    Answer, Argument, Arguments, AuthSource, BindError, Binder, Command, Credential,
    CredentialQuery, Error, Field, Host, Json, Match, Method, Setup, Trait, export_plugin, json,
};

/// Misbehaves as the first index says, as in `unruly[panic][text]`.
struct Unruly;

impl Binder for Unruly {
    const NAME: &'static str = "unruly";
    const PATTERN: &'static str = "unruly[*][*]";

    fn bind(&self, host: &Host, found: &Match) -> Result<Answer, BindError> {
        let text = found.index(1);
        match found.index(0) {
            "panic" => panic!("{text}\nand more"),
            "escape" => Err(BindError::failed("red \u{1b}[31m\nand more").hint("a\tb")),
            "cluster" => {
                let cluster = host.cluster(text)?;
                Ok(Answer::text(
                    cluster.text("storage_bucket")?.unwrap_or("none"),
                ))
            }
            "folder" => {
                let folder = host.cache_folder()?;
                host.warn(&format!(
                    "line one\nof {}",
                    found.cluster().unwrap_or("nowhere")
                ));
                Ok(Answer::text(folder.display().to_string()))
            }
            "about" => {
                let about = host.about()?;
                let methods = about.methods().join(" ");
                Ok(Answer::text(format!("{}: {methods}", about.version())))
            }
            "hang" => loop {
                std::thread::park();
            },
            "work" => {
                at_work(text)?;
                loop {
                    std::thread::park();
                }
            }
            "notice" => {
                at_work(text)?;
                until_cancelled(host, text)
            }
            "exit" => std::process::exit(0),
            "abort" => std::process::abort(),
            // The first signal only removes the handler that detects stack overflows.
            "segfault" => loop {
                let me = std::process::id().to_string();
                let kill = std::process::Command::new("kill")
                    .args(["-SEGV", &me])
                    .status();
                kill.expect("every system has `kill`");
            },
            "huge" => Ok(Answer::text("x".repeat(100 << 20))),
            "stray" => {
                println!("{text}");
                Ok(Answer::text("quiet"))
            }
            "thread" => {
                std::thread::spawn(|| {
                    loop {
                        std::thread::park();
                    }
                });
                Ok(Answer::text("left"))
            }
            "login" => {
                let found = host.credential(text, "team/app", &["pull"])?;
                Ok(Answer::text(match &found {
                    None => "anonymous".to_owned(),
                    Some(found) => match found.username() {
                        Some(name) => name.to_owned(),
                        None => format!("{found:?}"),
                    },
                }))
            }
            _ => Ok(Answer::structure([("text", text)]).with_evidence(json!([text]))),
        }
    }
}

/// Writes the id of its process to a file when it starts to work.
fn at_work(file: &str) -> Result<(), Error> {
    let said = std::fs::write(file, format!("{}\n", std::process::id()));
    said.map_err(|error| Error::failed("cannot write").cause(error.to_string()))
}

/// Works until the user interrupts the run, and logs the interrupt.
fn until_cancelled<T>(host: &Host, file: &str) -> Result<T, Error> {
    while !host.cancelled() {
        std::thread::yield_now();
    }
    let said = std::fs::write(format!("{file}.noticed"), "");
    Err(Error::failed(format!("it was cancelled, {said:?}")))
}

/// Waits like `unruly[notice][..]`.
struct Wait;

impl Command for Wait {
    const NAME: &'static str = "wait";
    const ABOUT: &'static str = "Wait until the user has enough of it";
    const ARGUMENTS: &'static [Argument] = &[Argument::new("FILE").help("Where it is told")];

    fn run(&self, host: &Host, arguments: &Arguments) -> Result<u8, Error> {
        let file = arguments.all("FILE").join("");
        at_work(&file)?;
        until_cancelled(host, &file)
    }
}

/// Answers all refs but one.
struct Short;

impl Binder for Short {
    const NAME: &'static str = "short";
    const PATTERN: &'static str = "short[*]";

    fn bind(&self, _host: &Host, _found: &Match) -> Result<Answer, BindError> {
        Ok(Answer::text("short"))
    }

    fn bind_batch(&self, host: &Host, found: &[Match]) -> Vec<Result<Answer, BindError>> {
        found[1..]
            .iter()
            .map(|found| self.bind(host, found))
            .collect()
    }
}

/// Counts its calls in the user name of its credential.
struct Counting(AtomicUsize);

impl Counting {
    fn open(setup: &Setup) -> Result<Self, Error> {
        match setup.config::<Json>()?.get("open").and_then(Json::as_str) {
            Some("panic") => panic!("not today"),
            Some("login") => {
                let host = setup.host();
                host.credential("registry.example.org", "app", &["pull"])?;
                Err(Error::failed("it got an answer"))
            }
            Some("refuse") => Err(Error::invalid("no such key `open`").cause("it is not wanted")),
            _ => Ok(Self(AtomicUsize::new(0))),
        }
    }
}

impl AuthSource for Counting {
    const NAME: &'static str = "counting";

    fn credential(
        &self,
        _host: &Host,
        query: &CredentialQuery,
    ) -> Result<Option<Credential>, Error> {
        let count = self.0.fetch_add(1, Ordering::Relaxed) + 1;
        match query.registry() {
            "denied" => Err(Error::denied("the vault is locked").hint("unlock it")),
            "none" => Ok(None),
            "identity" => Ok(Some(Credential::identity_token("hunter2"))),
            "registry" => Ok(Some(Credential::registry_token("hunter2"))),
            _ => Ok(Some(Credential::new(format!("user{count}"), "hunter2"))),
        }
    }
}

/// Asks the host for the credential that the host asks it for.
struct Circular;

impl AuthSource for Circular {
    const NAME: &'static str = "circular";

    fn credential(
        &self,
        host: &Host,
        query: &CredentialQuery,
    ) -> Result<Option<Credential>, Error> {
        host.credential(query.registry(), query.repository(), &["pull"])
    }
}

/// Returns its input.
struct Echo;

impl Method for Echo {
    const NAME: &'static str = "echo";

    fn call(&self, _host: &Host, input: &Json) -> Result<Json, Error> {
        Ok(input.clone())
    }
}

impl Drop for Echo {
    fn drop(&mut self) {
        panic!("never close me");
    }
}

const STORAGE: Trait = Trait::new(
    "storage",
    &[
        Field::string("storage_bucket")
            .or("attic")
            .help("Where things go"),
        Field::integer("storage_days")
            .or_integer(30)
            .help("How long things stay"),
        Field::string("storage_owner")
            .required()
            .help("Whose things they are"),
    ],
);

export_plugin! {
    name: "unruly",
    binders: [Unruly, Short],
    traits: [STORAGE],
    auth: [Counting => Counting::open, Circular],
    methods: [Echo],
    commands: [Wait],
}

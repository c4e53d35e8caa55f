//! Plugin with options, commands, steps and hooks, called through its exported tables.

use bindery_plugin::{
    ApiCall, ApiHook, Argument, Arguments, BindErrorKind, Command, Error, Host, Lifecycle, Opt,
    Run, Setup, Step, export_plugin, json,
    testing::{FakeHost, OpenPlugin},
};

/// Answers with the arguments of its call.
struct Say {
    user: String,
}

impl Say {
    fn open(setup: &Setup) -> Result<Self, Error> {
        let user = match (setup.option("says-user"), setup.flag("says-loud")) {
            (None, _) => "nobody".to_owned(),
            (Some(user), false) => user.to_owned(),
            (Some(user), true) => user.to_uppercase(),
        };
        Ok(Self { user })
    }
}

impl Command for Say {
    const NAME: &'static str = "say";
    const ABOUT: &'static str = "Say it";
    const ARGUMENTS: &'static [Argument] = &[
        Argument::new("WHAT"),
        Argument::new("MORE").optional().repeated(),
    ];
    const OPTIONS: &'static [Opt] = &[Opt::flag("twice"), Opt::value("to", "NAME")];

    fn run(&self, host: &Host, arguments: &Arguments) -> Result<u8, Error> {
        let (what, to) = (arguments.text("WHAT"), arguments.option("to"));
        match what {
            "fail" => return Err(Error::denied("not a word").hint("whisper").exit_with(0)),
            "panic" => panic!("lost for words"),
            _ => {}
        }
        let more = arguments.all("MORE").join("+");
        host.print(&format!("{}: {what} {more} to {to:?}", self.user));
        Ok(if arguments.flag("twice") { 2 } else { 0 })
    }
}

/// Adds arguments, and refuses on request.
struct First;

impl Lifecycle for First {
    const STEPS: &'static [Step] = &[Step::BeforeDispatch, Step::AfterExecution];

    fn before_dispatch(
        &self,
        _host: &Host,
        run: &Run,
        mut arguments: Vec<String>,
    ) -> Result<Vec<String>, Error> {
        if arguments == ["stop"] {
            return Err(Error::failed("stopped").exit_with(12));
        }
        arguments.push(format!("--from={}", run.program()));
        Ok(arguments)
    }

    fn after_execution(&self, host: &Host, run: &Run, code: u8) -> Result<(), Error> {
        host.info(&format!("{} ended with {code}", run.command()));
        Ok(())
    }
}

/// Runs after the first part.
struct Second;

impl Lifecycle for Second {
    const STEPS: &'static [Step] = &[Step::BeforeDispatch];

    fn before_dispatch(
        &self,
        _host: &Host,
        _run: &Run,
        mut arguments: Vec<String>,
    ) -> Result<Vec<String>, Error> {
        arguments.insert(0, "second".to_owned());
        Ok(arguments)
    }
}

struct Freeze;

impl ApiHook for Freeze {
    const NAME: &'static str = "freeze";

    fn pre(&self, _host: &Host, call: &ApiCall) -> Result<bool, Error> {
        match call.job() {
            Some("west/www/prod/web") => Err(Error::denied("production is frozen")),
            job => Ok(job != Some("west/www/test/web") || call.method() == "restart"),
        }
    }
}

export_plugin! {
    name: "says",
    options: [Opt::value("says-user", "NAME"), Opt::flag("says-loud")],
    commands: [Say => Say::open],
    lifecycle: [First, Second],
    hooks: [Freeze],
}

fn open(host: &FakeHost) -> OpenPlugin {
    host.open(plugin(), json!({})).unwrap()
}

#[test]
fn a_command_gets_its_arguments_and_the_plugins_options() {
    let host = FakeHost::new();
    assert_eq!(open(&host).run(&["say", "hello"]), Ok(0));
    let host = host.option("says-user", "me");
    let line = ["say", "hello", "--to", "you", "a", "--twice", "b"];
    assert_eq!(open(&host).run(&line), Ok(2));
    let host = host.flag("says-loud");
    assert_eq!(open(&host).run(&["say", "hello"]), Ok(0));
    assert_eq!(
        host.printed(),
        [
            "nobody: hello  to None",
            "me: hello a+b to Some(\"you\")",
            "ME: hello  to None"
        ]
    );
}

#[test]
fn a_command_ends_with_a_code_or_an_error_that_has_one() {
    let error = open(&FakeHost::new()).run(&["say", "fail"]).unwrap_err();
    assert_eq!(
        (error.kind(), error.message(), error.hint_text()),
        (BindErrorKind::Denied, "not a word", Some("whisper"))
    );
    assert_eq!(error.exit_code(), Some(1), "0 would be success");

    let error = open(&FakeHost::new()).run(&["say", "panic"]).unwrap_err();
    assert_eq!(error.kind(), BindErrorKind::PluginPanicked);
    assert_eq!(error.message(), "panicked in `command.run`: lost for words");
}

#[test]
fn steps_are_taken_one_after_the_other() {
    let host = FakeHost::new();
    let says = open(&host);
    assert_eq!(
        says.step("before_dispatch", &["render"], 0).unwrap(),
        ["second", "render", "--from=bindery"]
    );
    assert_eq!(
        says.step("before_execution", &["render"], 0).unwrap(),
        ["render"],
        "nobody takes this step"
    );
    let error = says.step("before_dispatch", &["stop"], 0).unwrap_err();
    assert_eq!((error.message(), error.exit_code()), ("stopped", Some(12)));
    says.step("after_execution", &["render"], 7).unwrap();
    assert_eq!(host.log(), ["info: render ended with 7"]);
}

#[test]
fn a_hook_lets_a_call_pass_or_not_or_says_why_not() {
    let says = open(&FakeHost::new());
    let ask = |method, job| says.pre_hook("freeze", method, job);
    assert_eq!(ask("create_job", "west/www/devel/web"), Ok(true));
    assert_eq!(ask("create_job", "west/www/test/web"), Ok(false));
    assert_eq!(ask("restart", "west/www/test/web"), Ok(true));
    let error = ask("restart", "west/www/prod/web").unwrap_err();
    assert_eq!(error.message(), "production is frozen");
}

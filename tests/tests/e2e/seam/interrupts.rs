//! Interrupts while a plugin is at work: the program ends by the signal, soon, and leaves no process.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use bindery_tests::Bindery;

use super::unruly;

/// Longer than needed on a busy machine, and shorter than the limit of a plugin.
const SOON: Duration = Duration::from_secs(60);

/// Time limit of a credential helper.
const HELPER_LIMIT: Duration = Duration::from_secs(30);

const SIGINT: i32 = 2;
const SIGKILL: i32 = 9;
const SIGTERM: i32 = 15;

/// Waits until `what` holds.
#[track_caller]
fn wait_until(what: &str, holds: impl Fn() -> bool) {
    let end = Instant::now() + SOON;
    while !holds() {
        assert!(Instant::now() < end, "it never held that {what}");
        thread::yield_now();
    }
}

/// Running command; no process of it outlives the test.
struct Running(Child);

impl Running {
    fn start(mut command: Command) -> Self {
        command.stdout(Stdio::null()).stderr(Stdio::null());
        Self(command.spawn().unwrap())
    }

    fn id(&self) -> String {
        self.0.id().to_string()
    }

    /// Returns the end of the command after this signal, sent to its process only, as by a supervisor.
    fn end_by(mut self, signal: i32) -> ExitStatus {
        send(&self.id(), signal);
        wait_until("the program ends", || is_gone(&self.id()));
        self.0.wait().unwrap()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn send(process: &str, signal: i32) {
    let kill = Command::new("kill")
        .args([&format!("-{signal}"), process])
        .status();
    assert!(kill.unwrap().success());
}

/// Whether a process has ended. A zombie counts as ended.
fn is_gone(process: &str) -> bool {
    match fs::read_to_string(Path::new("/proc").join(process).join("stat")) {
        Ok(stat) => stat
            .rsplit(')')
            .next()
            .unwrap()
            .trim_start()
            .starts_with(['Z', 'X']),
        Err(_) => true,
    }
}

/// Command line of the run, and its remains.
struct Outcome {
    bindery: Bindery,
    status: ExitStatus,
}

impl Outcome {
    /// Runs the command, waits until a plugin has written its process to the file `at-work`, and ends the command by `signal`.
    #[track_caller]
    fn of(bindery: Bindery, command: &[&str], signal: i32) -> Self {
        let mut ran = bindery.command([]);
        ran.args(command);
        let at_work = bindery.home().join("at-work");
        let running = Running::start(ran);
        wait_until("the plugin is at work", || {
            fs::read_to_string(&at_work).is_ok_and(|text| text.ends_with('\n'))
        });
        let program = running.id();
        let status = running.end_by(signal);
        let left = fs::read_to_string(&at_work).unwrap();
        for process in left.split_whitespace().filter(|other| **other != program) {
            wait_until(&format!("{process} of {left:?} is gone"), || {
                is_gone(process)
            });
        }
        Self { bindery, status }
    }

    /// Checks that the command ended by the signal and wrote no output.
    #[track_caller]
    fn check(&self, signal: i32) {
        assert_eq!(self.status.signal(), Some(signal), "{:?}", self.status);
        let mut left: Vec<_> = fs::read_dir(self.bindery.home().join("work"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        left.sort();
        assert_eq!(left, ["text"]);
    }

    fn was_noticed(&self) -> bool {
        self.bindery.home().join("at-work.noticed").exists()
    }
}

/// Returns a user whose file `text` has a ref at which the plugin `unruly` works.
fn library(how: &str) -> Bindery {
    let bindery = Bindery::new();
    let at_work = bindery.home().join("at-work").display().to_string();
    bindery.write("text", &format!("{{{{unruly[{how}][{at_work}]}}}}"));
    let toml = format!("[plugins]\npath = [{:?}]\n", unruly().display().to_string());
    bindery.configure_fully(&toml)
}

const VERBS: [&[&str]; 3] = [
    &["render", "--text", "text"],
    &["lock", "--text", "text"],
    &["plugin", "record", "--text", "text"],
];

#[test]
fn a_library_can_poll_for_cancellation_and_others_are_not_waited_for() {
    for (verb, signal) in VERBS.into_iter().zip([SIGINT, SIGTERM, SIGINT]) {
        for options in [&[][..], &["--isolate"]] {
            let command = [verb, options].concat();
            let ended = Outcome::of(library("notice"), &command, signal);
            ended.check(signal);
            assert!(ended.was_noticed(), "{command:?}");
            Outcome::of(library("work"), &command, signal).check(signal);
        }
    }
}

#[test]
fn an_isolated_library_does_not_outlive_a_program_that_was_killed() {
    let command = ["render", "--text", "text", "--isolate"];
    Outcome::of(library("work"), &command, SIGKILL).check(SIGKILL);
}

#[test]
fn a_command_of_a_plugin_is_cancelled() {
    for options in [&[][..], &["--isolate"]] {
        let bindery = library("notice");
        let at_work = bindery.home().join("at-work").display().to_string();
        let command = [&["unruly", "wait", &at_work][..], options].concat();
        let ended = Outcome::of(bindery, &command, SIGTERM);
        ended.check(SIGTERM);
        assert!(ended.was_noticed(), "{options:?}");
    }
}

/// Returns a user of a program that does this when asked for `site[a]`; `$at` is the file for its processes.
fn program(script: &str) -> Bindery {
    let bindery = Bindery::new();
    bindery.write("text", "{{site[a]}}");
    let at = bindery.home().join("at-work").display().to_string();
    let script = bindery.write(
        "../bin/site",
        &format!(
            "at={at}\nIFS= read -r line\necho '{{\"id\":1,\"result\":{{}}}}'\nIFS= read -r line\n{script}\n"
        ),
    );
    let command = ["/bin/sh".to_owned(), script.display().to_string()];
    bindery.configure_fully(&format!(
        "[exec.site]\ncommand = {command:?}\nbinders.site = \"site[*]\"\nenv = [\"PATH\"]\n"
    ))
}

#[test]
fn a_program_is_ended_with_all_its_children() {
    for script in [
        // Ignores every signal that can be ignored.
        "trap '' INT TERM HUP QUIT; echo $$ > $at; while :; do sleep 1000; done",
        "sleep 1000 & echo $$ $! > $at; wait",
        // Has children of children, none of which holds a pipe to the host.
        "(sleep 1000 & echo $! > $at.2; wait) > /dev/null 2>&1 < /dev/null & \
         until [ -s $at.2 ]; do :; done; echo $$ $! $(cat $at.2) > $at; wait",
    ] {
        for verb in VERBS {
            Outcome::of(program(script), verb, SIGINT).check(SIGINT);
        }
    }
}

#[test]
fn leftover_children_of_a_program_are_ended() {
    for script in [
        // Closes its output and continues.
        "sleep 1000 > /dev/null & echo $$ $! > $at; exec > /dev/null; wait",
        "sleep 1000 > /dev/null 2>&1 & echo $$ $! > $at; exit 3",
        // Ends while its child holds its output.
        "sleep 1000 & echo $$ $! > $at; exit 3",
    ] {
        let bindery = program(script);
        let told = bindery.run(["render", "--text", "text"]).failure(4);
        assert!(told.contains("plugin `site` ended during `bind`"), "{told}");
        let left = fs::read_to_string(bindery.home().join("at-work")).unwrap();
        for process in left.split_whitespace() {
            wait_until("nothing is left", || is_gone(process));
        }
    }
}

#[test]
fn a_program_can_poll_for_cancellation() {
    let script = "echo $$ > $at; n=0\n\
        while :; do\n  n=$((n + 1)); echo \"{\\\"id\\\":$n,\\\"method\\\":\\\"cancelled\\\"}\"; IFS= read -r told\n  \
        case $told in *true*) : > $at.noticed; exit 1;; esac\ndone";
    let ended = Outcome::of(program(script), &["render", "--text", "text"], SIGTERM);
    ended.check(SIGTERM);
    assert!(ended.was_noticed());
}

#[test]
fn a_host_that_serves_a_request_of_a_program_ends_too() {
    // The helper runs until the program that started it has ended.
    let helper = "#!/bin/sh\ncat \"$HOME/at-work.program\" > \"$HOME/at-work\"\n\
        while kill -0 $PPID 2> /dev/null; do :; done\n";
    let asks = "echo $$ > $at.program\n\
        echo '{\"id\":1,\"method\":\"credential\",\"params\":{\"registry\":\"r.example.org\",\"repository\":\"a\",\"actions\":[\"pull\"]}}'\n\
        sleep 1000";
    let bindery = program(asks);
    let helper = bindery.write("../bin/docker-credential-slow", helper);
    fs::set_permissions(&helper, PermissionsExt::from_mode(0o755)).unwrap();
    bindery.write("../.docker/config.json", r#"{"credsStore": "slow"}"#);
    let path = format!("{}:/usr/bin:/bin", helper.parent().unwrap().display());
    let bindery = bindery.env("PATH", &path);
    let begun = Instant::now();
    Outcome::of(bindery, &["render", "--text", "text"], SIGTERM).check(SIGTERM);
    assert!(begun.elapsed() < HELPER_LIMIT, "it waited for the helper");
}

#[test]
fn ignored_signals_stay_ignored() {
    let bindery = library("notice");
    let at_work = bindery.home().join("at-work");
    let command = bindery.command(["render", "--text", "text"]);
    let mut ignoring = bindery_tests::run_by(
        Path::new("/bin/sh"),
        &["-c".as_ref(), "trap '' INT; exec \"$0\" \"$@\"".as_ref()],
        &command,
    );
    ignoring.stdin(Stdio::null());
    let running = Running::start(ignoring);
    wait_until("the plugin is at work", || at_work.exists());
    send(&running.id(), SIGINT);
    // If the first signal had counted, the process would have ended by it.
    assert_eq!(running.end_by(SIGTERM).signal(), Some(SIGTERM));
}

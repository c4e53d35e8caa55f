//! Credential helpers: programs that keep credentials for Docker, one process for each question.
//!
//! `docker-credential-NAME get` reads a server's name from standard input and writes `{"Username", "Secret"}`. The protocol is
//! that of Docker's credential helpers; what they do beyond it is told where it matters.

use std::collections::HashMap;
use std::env;
use std::ffi::OsString;
use std::fmt;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use bindery_secret::Secret;
use serde::Deserialize;

use crate::credential::Credential;
use crate::keychain::KeychainError;

/// How long a helper may take if nobody says otherwise: some ask the network, or the user.
const TIME: Duration = Duration::from_secs(30);

/// The most bytes of either of a helper's outputs.
const LONGEST: usize = 256 << 10;

/// The most characters of a helper's own words that are passed on.
const LONGEST_WORDS: usize = 300;

/// What every helper says, on either output, if it has no credential.
const NOT_FOUND: &str = "credentials not found in native keychain";

/// The user name that marks a token.
const TOKEN_USER: &str = "<token>";

/// How often it is looked whether a helper has ended that has nothing more to say.
const END_CHECK: Duration = Duration::from_millis(5);

/// Runs credential helpers and remembers their answers.
pub struct Helpers {
    path: OsString,
    time: Duration,
    known: Mutex<HashMap<(String, String), Answer>>,
}

type Answer = Result<Option<Credential>, HelperProblem>;

/// Why a helper did not answer.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HelperProblem {
    /// The name that a file gives leads out of the search path.
    #[error("its name may hold no path separator")]
    Name,
    /// There is no such program.
    #[error("it is not on the search path for programs")]
    Missing,
    /// The program cannot be run.
    #[error("it cannot be run")]
    Start(#[source] Arc<std::io::Error>),
    /// It took too long and was ended.
    #[error("it did not end within {0:?}")]
    TooSlow(Duration),
    /// It wrote too much and was ended.
    #[error("it writes more than {LONGEST} bytes")]
    TooLong,
    /// It ended with an error.
    #[error("it {}", Refusal(*status, words.as_deref()))]
    Refused {
        /// How it ended.
        status: ExitStatus,
        /// What it said; nothing where that may hold a secret.
        words: Option<String>,
    },
    /// It ended well, and what it wrote is no credential.
    #[error("it writes something that is no credential")]
    NoCredential,
}

impl HelperProblem {
    /// What to do about it; `program` is the helper.
    pub(crate) fn hint(&self, program: &str) -> String {
        match self {
            HelperProblem::Name => {
                "write the part behind `docker-credential-` alone into `credsStore` or `credHelpers`".into()
            }
            HelperProblem::Missing => format!(
                "install `{program}`, or take it out of `credsStore` or `credHelpers`"
            ),
            _ => format!("`{program} list` shows whether it works"),
        }
    }
}

struct Refusal<'a>(ExitStatus, Option<&'a str>);

impl fmt::Display for Refusal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Refusal(status, words) = self;
        match status.code() {
            Some(code) => write!(f, "ended with code {code}")?,
            None => write!(f, "was ended ({status})")?,
        }
        match words {
            Some(words) => write!(f, " and said: {words}"),
            None => Ok(()),
        }
    }
}

impl Helpers {
    /// Helpers that are looked for in the folders of `path`, a list as in the variable `PATH`.
    ///
    /// Folders that are not absolute are passed over, since where they lead to depends on where one stands.
    pub fn new(path: impl Into<OsString>) -> Self {
        Self {
            path: path.into(),
            time: TIME,
            known: Mutex::default(),
        }
    }

    /// The same, with another time that a helper may take.
    #[cfg(test)]
    fn with_time(self, time: Duration) -> Self {
        Self { time, ..self }
    }

    /// The program of the helper with this name.
    pub(crate) fn program(name: &str) -> String {
        format!("docker-credential-{name}")
    }

    /// The credential that the helper `name` has for the first of `servers` that it knows, with that server.
    pub(crate) fn ask(
        &self,
        name: &str,
        servers: &[String],
    ) -> Result<Option<(String, Credential)>, KeychainError> {
        for server in servers {
            let answer = self.ask_once(name, server);
            let found = answer.map_err(|source| KeychainError::Helper {
                program: Self::program(name),
                server: server.clone(),
                source,
            })?;
            if let Some(credential) = found {
                return Ok(Some((server.clone(), credential)));
            }
        }
        Ok(None)
    }

    fn ask_once(&self, name: &str, server: &str) -> Answer {
        // Locked while it is asked: a helper that asks the user should do so once.
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known
            .entry((name.to_owned(), server.to_owned()))
            .or_insert_with(|| {
                let program = self.find(name)?;
                let output = run(&program, server, self.time)?;
                output.read()
            })
            .clone()
    }

    fn find(&self, name: &str) -> Result<PathBuf, HelperProblem> {
        if name.contains(['/', '\\', '\0']) {
            return Err(HelperProblem::Name);
        }
        let program = Self::program(name);
        env::split_paths(&self.path)
            .filter(|folder| folder.is_absolute())
            .map(|folder| folder.join(&program))
            .find(|file| is_program(file))
            .ok_or(HelperProblem::Missing)
    }
}

impl fmt::Debug for Helpers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Helpers")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

fn is_program(file: &Path) -> bool {
    let Ok(metadata) = file.metadata() else {
        return false;
    };
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        metadata.is_file() && metadata.permissions().mode() & 0o111 != 0
    }
    #[cfg(not(unix))]
    metadata.is_file()
}

/// All that a helper wrote, and how it ended.
struct Output {
    status: ExitStatus,
    stdout: Vec<u8>,
    stderr: Vec<u8>,
}

impl Output {
    fn read(&self) -> Answer {
        let texts = [&self.stdout, &self.stderr].map(|bytes| String::from_utf8_lossy(bytes));
        if texts.iter().any(|text| text.trim() == NOT_FOUND) {
            return Ok(None);
        }
        let [stdout, stderr] = texts;
        if !self.status.success() {
            return Err(HelperProblem::Refused {
                status: self.status,
                words: fit_to_show(&stderr).or_else(|| fit_to_show(&stdout)),
            });
        }
        #[derive(Deserialize)]
        struct Written {
            #[serde(rename = "Username")]
            username: String,
            #[serde(rename = "Secret")]
            secret: String,
        }
        // What is wrong with it is not told: it would quote what may be a secret.
        let Written { username, secret } =
            serde_json::from_str(&stdout).map_err(|_| HelperProblem::NoCredential)?;
        let secret = Secret::from(secret);
        match username.as_str() {
            TOKEN_USER => Ok(Some(Credential::Identity { token: secret })),
            "" if secret.is_empty() => Ok(None),
            "" => Err(HelperProblem::NoCredential),
            _ => Ok(Some(Credential::Basic {
                username,
                password: secret,
            })),
        }
    }
}

/// A helper's words on one line, unless they look like an answer, which holds a secret.
fn fit_to_show(words: &str) -> Option<String> {
    if words.contains('{') || words.trim_start().starts_with('"') {
        return None;
    }
    let line: Vec<&str> = words.split_whitespace().collect();
    let line = line.join(" ");
    let shown: String = line
        .chars()
        .filter(|c| !c.is_control())
        .take(LONGEST_WORDS)
        .collect();
    Some(shown).filter(|shown| !shown.is_empty())
}

/// Has `program` answer for `server`. Whatever happens, the process is gone afterwards; what it started itself may live on.
fn run(program: &Path, server: &str, time: Duration) -> Result<Output, HelperProblem> {
    let deadline = Instant::now() + time;
    let start = |error| HelperProblem::Start(Arc::new(error));
    let mut child = Command::new(program)
        .arg("get")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(start)?;
    let output = converse(&mut child, server, deadline).map_err(|stop| match stop {
        Stop::Slow => HelperProblem::TooSlow(time),
        Stop::Long => HelperProblem::TooLong,
        Stop::System(error) => start(error),
    });
    if output.is_err() {
        // One that has ended by itself meanwhile cannot be killed, and need not be.
        let _ = child.kill();
        let _ = child.wait();
    }
    output
}

/// Why a helper is not listened to any longer.
enum Stop {
    Slow,
    Long,
    System(std::io::Error),
}

fn converse(child: &mut Child, server: &str, deadline: Instant) -> Result<Output, Stop> {
    let (sender, receiver) = channel();
    // Each has a thread of its own, so that none waits for a reader; they end with the streams, not with us.
    if let Some(stream) = child.stdout.take() {
        drain(stream, 0, sender.clone()).map_err(Stop::System)?;
    }
    if let Some(stream) = child.stderr.take() {
        drain(stream, 1, sender).map_err(Stop::System)?;
    }
    if let Some(mut stream) = child.stdin.take() {
        // It is less than a pipe holds, so this does not wait; a helper may answer without reading it.
        let _ = stream.write_all(server.as_bytes());
    }
    let mut read = [None, None];
    while read.iter().any(Option::is_none) {
        let left = deadline.saturating_duration_since(Instant::now());
        match receiver.recv_timeout(left) {
            Ok((_, bytes)) if bytes.len() > LONGEST => return Err(Stop::Long),
            Ok((which, bytes)) => read[which] = Some(bytes),
            Err(_) => return Err(Stop::Slow),
        }
    }
    let [stdout, stderr] = read.map(Option::unwrap_or_default);
    // The standard library cannot wait for a process for a limited time. Who has closed both outputs is about to end.
    loop {
        match child.try_wait().map_err(Stop::System)? {
            Some(status) => {
                return Ok(Output {
                    status,
                    stdout,
                    stderr,
                });
            }
            None if Instant::now() >= deadline => return Err(Stop::Slow),
            None => thread::park_timeout(END_CHECK),
        }
    }
}

/// Reads a stream on a thread of its own, to its end or to where it gets too long.
fn drain(
    stream: impl Read + Send + 'static,
    which: usize,
    sender: Sender<(usize, Vec<u8>)>,
) -> std::io::Result<()> {
    let read = move || {
        let mut bytes = Vec::new();
        // What came before an error is all there is.
        let _ = stream.take(LONGEST as u64 + 1).read_to_end(&mut bytes);
        let _ = sender.send((which, bytes));
    };
    thread::Builder::new().spawn(read).map(drop)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    /// A folder with one helper, `docker-credential-test`, which is this shell script.
    fn folder(script: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        // Written by another process: one that is open for writing here, or in a child that another test has just started,
        // could not be run.
        let written = Command::new("sh")
            .arg("-c")
            .arg(r#"printf '#!/bin/sh\ncd "%s"\n%s\n' "$1" "$2" > "$1/docker-credential-test" && chmod 700 "$1/docker-credential-test""#)
            .arg("sh")
            .arg(folder.path())
            .arg(script)
            .status()
            .unwrap();
        assert!(written.success());
        folder
    }

    fn helpers(folder: &Path) -> Helpers {
        let path = [
            "relative".into(),
            PathBuf::from("/no/such/folder"),
            folder.to_owned(),
        ];
        Helpers::new(env::join_paths(path).unwrap())
    }

    fn ask(helpers: &Helpers, server: &str) -> Result<Option<(String, Credential)>, String> {
        helpers
            .ask("test", &[server.to_owned(), format!("https://{server}")])
            .map_err(|error| {
                assert!(error.hint().is_some());
                let all = format!("{error:?} {}", error.in_words());
                assert!(!all.contains("canary"), "{all}");
                error.in_words()
            })
    }

    #[track_caller]
    fn check(script: &str, expected: Result<Option<(&str, &str, &str)>, &str>) {
        let folder = folder(script);
        let found = ask(&helpers(folder.path()), "h.example");
        let found = found.map(|found| {
            found.map(|(server, credential)| match credential {
                Credential::Basic { username, password } => {
                    (server, username, password.expose().to_owned())
                }
                Credential::Identity { token } => {
                    (server, "a token".to_owned(), token.expose().to_owned())
                }
                other => panic!("{other:?}"),
            })
        });
        let expected = expected
            .map(|found| found.map(|(a, b, c)| (a.to_owned(), b.to_owned(), c.to_owned())))
            .map_err(|problem| {
                format!("credential helper `docker-credential-test` gives no answer for `h.example`: it {problem}")
            });
        assert_eq!(found, expected, "from {script}");
    }

    #[test]
    fn a_helper_is_told_the_server_and_answers_with_user_and_secret() {
        check(
            r#"echo "{\"ServerURL\":\"x\",\"Username\":\"$1 $(cat)\",\"Secret\":\"s\"}""#,
            Ok(Some(("h.example", "get h.example", "s"))),
        );
        check(
            r#"echo '{"Username":"<token>","Secret":"t"}'"#,
            Ok(Some(("h.example", "a token", "t"))),
        );
        check(r#"echo '{"Username":"","Secret":""}'"#, Ok(None));
    }

    #[test]
    fn one_that_finds_nothing_is_asked_under_the_other_names() {
        let none = "echo credentials not found in native keychain; exit 1";
        check(none, Ok(None));
        check(&format!("({none}) >&2; exit 1"), Ok(None));
        check(
            &format!(
                r#"case "$(cat)" in https:*) echo '{{"Username":"u","Secret":"s"}}';; *) {none};; esac"#
            ),
            Ok(Some(("https://h.example", "u", "s"))),
        );
    }

    #[test]
    fn failures_are_told_in_the_helpers_own_words_but_no_secret() {
        check(
            "echo out; printf 'the  vault\\nis \\033locked' >&2; exit 3",
            Err("ended with code 3 and said: the vault is locked"),
        );
        check(
            "echo the vault is locked; exit 1",
            Err("ended with code 1 and said: the vault is locked"),
        );
        check("exit 2", Err("ended with code 2"));
        check(
            r#"echo 'exec: "gpg": not found' >&2; exit 1"#,
            Err(r#"ended with code 1 and said: exec: "gpg": not found"#),
        );
        check(
            r#"echo '"canary"'; echo log '{"Secret":"canary"}' >&2; exit 1"#,
            Err("ended with code 1"),
        );
        check(
            r#"echo '{"Username":"u","Secret":"canary"}'; exit 1"#,
            Err("ended with code 1"),
        );
        check("kill -9 $$", Err("was ended (signal: 9 (SIGKILL))"));
        let no_credential = Err("writes something that is no credential");
        check("echo canary", no_credential);
        check(r#"echo '{"Username":["canary"]}'"#, no_credential);
        check(r#"echo '{"Secret":"canary"}'"#, no_credential);
        check(r#"echo '{"Username":"","Secret":"canary"}'"#, no_credential);
    }

    #[test]
    fn both_outputs_are_read_at_once() {
        // More than a pipe holds, on the one that is not waited for first.
        check(
            r#"head -c 200000 /dev/zero >&2; head -c 200000 /dev/zero | tr '\0' ' '; echo '{"Username":"u","Secret":"s"}'"#,
            Ok(Some(("h.example", "u", "s"))),
        );
    }

    /// Whether the helper that wrote its number to a file is gone, and was waited for.
    #[track_caller]
    fn assert_gone(folder: &Path) {
        let process = std::fs::read_to_string(folder.join("pid")).unwrap();
        let process = Path::new("/proc").join(process.trim());
        assert!(!process.exists(), "{process:?} is still there");
    }

    #[test]
    fn one_that_floods_an_output_is_ended() {
        for output in ["", ">&2"] {
            let folder = folder(&format!("echo $$ > pid; exec cat /dev/zero {output}"));
            let problem = ask(&helpers(folder.path()), "h.example").unwrap_err();
            assert!(
                problem.ends_with("it writes more than 262144 bytes"),
                "{problem}"
            );
            if cfg!(target_os = "linux") {
                assert_gone(folder.path());
            }
        }
    }

    #[test]
    fn one_that_hangs_is_ended() {
        // The process itself; one that leaves its outputs to another; one that has closed them.
        for hang in [
            "exec sleep 60",
            "sleep 5 & wait",
            "exec >&- 2>&-; exec sleep 60",
        ] {
            let folder = folder(&format!("echo $$ > pid; {hang}"));
            // Time enough to get to where it hangs, however busy the machine is.
            for milliseconds in [300, 3_000, 30_000] {
                let time = Duration::from_millis(milliseconds);
                let helpers = helpers(folder.path()).with_time(time);
                let problem = ask(&helpers, "h.example").unwrap_err();
                assert!(
                    problem.ends_with(&format!("it did not end within {time:?}")),
                    "{hang}: {problem}"
                );
                let process = std::fs::read_to_string(folder.path().join("pid"));
                if process.is_ok_and(|text| text.ends_with('\n')) {
                    break;
                }
            }
            if cfg!(target_os = "linux") {
                assert_gone(folder.path());
            }
        }
    }

    #[test]
    fn answers_are_remembered() {
        let folder = folder(
            r#"echo asked >> log; case "$(cat)" in *a) echo '{"Username":"u","Secret":"s"}';; *b) exit 1;; *) echo credentials not found in native keychain; exit 1;; esac"#,
        );
        let helpers = helpers(folder.path());
        for _ in 0..2 {
            assert!(ask(&helpers, "a").unwrap().is_some());
            assert!(ask(&helpers, "b").is_err());
            assert!(ask(&helpers, "c").unwrap().is_none());
        }
        let log = std::fs::read_to_string(folder.path().join("log")).unwrap();
        assert_eq!(log.lines().count(), 4, "`c` under two names");
    }

    #[test]
    fn only_programs_on_the_path_are_run() {
        let problem = |name: &str, path: &Path| {
            let error = helpers(path).ask(name, &["h".to_owned()]).unwrap_err();
            (error.in_words(), error.hint().unwrap())
        };
        let folder = folder("echo '{\"Username\":\"u\",\"Secret\":\"s\"}'");
        let missing = "credential helper `docker-credential-gone` gives no answer for `h`: it is not on the search path for programs";
        assert_eq!(
            problem("gone", folder.path()),
            (
                missing.to_owned(),
                "install `docker-credential-gone`, or take it out of `credsStore` or `credHelpers`"
                    .to_owned()
            )
        );
        let outside = problem("x/../docker-credential-test", folder.path()).0;
        assert!(
            outside.ends_with("its name may hold no path separator"),
            "{outside}"
        );
        std::fs::write(folder.path().join("docker-credential-text"), "").unwrap();
        let text = problem("text", folder.path()).0;
        assert!(text.ends_with("it is not on the search path for programs"));
    }
}

//! Credential helpers: programs that store credentials for Docker.
//!
//! `docker-credential-NAME get` reads the name of a server from standard input and prints `{"Username", "Secret"}`: the protocol of
//! Docker's credential helpers. Comments mark behavior of real helpers beyond that protocol.

use std::collections::HashMap;
use std::env;
use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bindery_secret::Secret;
use serde::Deserialize;

use crate::credential::Credential;
use crate::error::{HelperError, KeychainError};
use crate::helper_process::{Output, run};

/// Time limit of a helper. Some helpers use the network or ask the user.
const TIME_LIMIT: Duration = Duration::from_secs(30);

/// Maximum length of a helper's message in an error, in characters.
const MAX_MESSAGE: usize = 300;

/// Text that every helper prints, on either output, if it has no credential.
const NOT_FOUND: &str = "credentials not found in native keychain";

/// User name that marks a token.
const TOKEN_USER: &str = "<token>";

/// Runs credential helpers and keeps their results, so that each helper runs once per server.
pub struct Helpers {
    path: OsString,
    time_limit: Duration,
    /// Results by helper and server.
    results: Mutex<HashMap<(String, String), HelperResult>>,
}

type HelperResult = Result<Option<Credential>, HelperError>;

impl Helpers {
    /// Creates a runner for helpers in the folders of `path`, a list in the format of `PATH`.
    ///
    /// Ignores relative folders: their meaning depends on the current folder.
    pub fn new(path: impl Into<OsString>) -> Self {
        Self {
            path: path.into(),
            time_limit: TIME_LIMIT,
            results: Mutex::default(),
        }
    }

    /// Returns the runner with another time limit.
    #[cfg(test)]
    fn with_time_limit(self, time_limit: Duration) -> Self {
        Self { time_limit, ..self }
    }

    /// Returns the file name of the helper `name`.
    pub(crate) fn program(name: &str) -> String {
        format!("docker-credential-{name}")
    }

    /// Returns the credential from the helper `name` for the first of `servers` that the helper knows, and that server.
    ///
    /// # Errors
    ///
    /// If the helper fails for a server.
    pub(crate) fn get(
        &self,
        name: &str,
        servers: &[String],
    ) -> Result<Option<(String, Credential)>, KeychainError> {
        for server in servers {
            let result = self.get_once(name, server);
            let credential = result.map_err(|source| KeychainError::Helper {
                program: Self::program(name),
                server: server.clone(),
                source,
            })?;
            if let Some(credential) = credential {
                return Ok(Some((server.clone(), credential)));
            }
        }
        Ok(None)
    }

    fn get_once(&self, name: &str, server: &str) -> HelperResult {
        // Locked while the helper runs: a helper that asks the user asks once.
        let mut results = self.results.lock().unwrap_or_else(PoisonError::into_inner);
        results
            .entry((name.to_owned(), server.to_owned()))
            .or_insert_with(|| {
                let program = self.find(name)?;
                read_credential(&run(&program, server, self.time_limit)?)
            })
            .clone()
    }

    fn find(&self, name: &str) -> Result<PathBuf, HelperError> {
        if name.contains(['/', '\\', '\0']) {
            return Err(HelperError::Name);
        }
        let program = Self::program(name);
        env::split_paths(&self.path)
            .filter(|folder| folder.is_absolute())
            .map(|folder| folder.join(&program))
            .find(|file| is_executable(file))
            .ok_or(HelperError::Missing)
    }
}

impl fmt::Debug for Helpers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Helpers")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

fn is_executable(file: &Path) -> bool {
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

/// Returns the credential in the output of a helper, or `None` if the helper has none.
fn read_credential(output: &Output) -> HelperResult {
    #[derive(Deserialize)]
    struct HelperCredential {
        #[serde(rename = "Username")]
        username: String,
        #[serde(rename = "Secret")]
        secret: String,
    }

    let texts = [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes));
    if texts.iter().any(|text| text.trim() == NOT_FOUND) {
        return Ok(None);
    }
    let [stdout, stderr] = texts;
    if !output.status.success() {
        return Err(HelperError::Exit {
            status: output.status,
            message: message_line(&stderr).or_else(|| message_line(&stdout)),
        });
    }
    // The error of the parser is dropped: it may quote a secret.
    let HelperCredential { username, secret } =
        serde_json::from_str(&stdout).map_err(|_| HelperError::InvalidOutput)?;
    let secret = Secret::from(secret);
    match username.as_str() {
        TOKEN_USER => Ok(Some(Credential::Identity { token: secret })),
        "" if secret.is_empty() => Ok(None),
        "" => Err(HelperError::InvalidOutput),
        _ => Ok(Some(Credential::Basic {
            username,
            password: secret,
        })),
    }
}

/// Returns the text of a helper on one line, unless it looks like JSON, which may contain a secret.
fn message_line(text: &str) -> Option<String> {
    if text.contains('{') || text.trim_start().starts_with('"') {
        return None;
    }
    let line: Vec<&str> = text.split_whitespace().collect();
    let line = line.join(" ");
    let line: String = line
        .chars()
        .filter(|c| !c.is_control())
        .take(MAX_MESSAGE)
        .collect();
    Some(line).filter(|line| !line.is_empty())
}

#[cfg(all(test, unix))]
mod tests {
    use std::process::Command;

    use super::*;

    /// Creates a folder with one helper, `docker-credential-test`, which is this shell script.
    fn folder(script: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        // Written by another process: the system refuses to run a file that is open for writing, here or in a child of another test.
        let status = Command::new("sh")
            .arg("-c")
            .arg(r#"printf '#!/bin/sh\ncd "%s"\n%s\n' "$1" "$2" > "$1/docker-credential-test" && chmod 700 "$1/docker-credential-test""#)
            .arg("sh")
            .arg(folder.path())
            .arg(script)
            .status()
            .unwrap();
        assert!(status.success());
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

    fn get(helpers: &Helpers, server: &str) -> Result<Option<(String, Credential)>, String> {
        helpers
            .get("test", &[server.to_owned(), format!("https://{server}")])
            .map_err(|error| {
                assert!(error.hint().is_some());
                let texts = format!("{error:?} {}", error.to_line());
                assert!(!texts.contains("canary"), "{texts}");
                error.to_line()
            })
    }

    #[track_caller]
    fn check(script: &str, expected: Result<Option<(&str, &str, &str)>, &str>) {
        let folder = folder(script);
        let result = get(&helpers(folder.path()), "h.example");
        let result = result.map(|entry| {
            entry.map(|(server, credential)| match credential {
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
            .map(|entry| entry.map(|(a, b, c)| (a.to_owned(), b.to_owned(), c.to_owned())))
            .map_err(|problem| {
                format!("credential helper `docker-credential-test` failed for `h.example`: the {problem}")
            });
        assert_eq!(result, expected, "from {script}");
    }

    #[test]
    fn a_helper_reads_the_server_and_prints_user_and_secret() {
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
    fn a_helper_without_a_credential_is_asked_for_the_other_names() {
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
    fn errors_contain_the_message_of_the_helper_but_no_secret() {
        check(
            "echo out; printf 'the  vault\\nis \\033locked' >&2; exit 3",
            Err("helper exited with code 3: the vault is locked"),
        );
        check(
            "echo the vault is locked; exit 1",
            Err("helper exited with code 1: the vault is locked"),
        );
        check("exit 2", Err("helper exited with code 2"));
        check(
            r#"echo 'exec: "gpg": not found' >&2; exit 1"#,
            Err(r#"helper exited with code 1: exec: "gpg": not found"#),
        );
        check(
            r#"echo '"canary"'; echo log '{"Secret":"canary"}' >&2; exit 1"#,
            Err("helper exited with code 1"),
        );
        check(
            r#"echo '{"Username":"u","Secret":"canary"}'; exit 1"#,
            Err("helper exited with code 1"),
        );
        check("kill -9 $$", Err("helper was killed (signal: 9 (SIGKILL))"));
        let invalid = Err("output of the helper is not a credential");
        check("echo canary", invalid);
        check(r#"echo '{"Username":["canary"]}'"#, invalid);
        check(r#"echo '{"Secret":"canary"}'"#, invalid);
        check(r#"echo '{"Username":"","Secret":"canary"}'"#, invalid);
    }

    #[test]
    fn both_outputs_are_read_at_the_same_time() {
        // More than the capacity of a pipe on each output.
        check(
            r#"head -c 200000 /dev/zero >&2; head -c 200000 /dev/zero | tr '\0' ' '; echo '{"Username":"u","Secret":"s"}'"#,
            Ok(Some(("h.example", "u", "s"))),
        );
    }

    /// Checks that the helper, which wrote its process number to a file, has exited and was waited for.
    #[track_caller]
    fn assert_gone(folder: &Path) {
        let process = std::fs::read_to_string(folder.join("pid")).unwrap();
        let process = Path::new("/proc").join(process.trim());
        assert!(!process.exists(), "{process:?} still exists");
    }

    #[test]
    fn a_helper_that_floods_an_output_is_killed() {
        for output in ["", ">&2"] {
            let folder = folder(&format!("echo $$ > pid; exec cat /dev/zero {output}"));
            let problem = get(&helpers(folder.path()), "h.example").unwrap_err();
            assert!(
                problem.ends_with("the helper printed more than 262144 bytes"),
                "{problem}"
            );
            if cfg!(target_os = "linux") {
                assert_gone(folder.path());
            }
        }
    }

    #[test]
    fn a_helper_that_hangs_is_killed() {
        // The helper itself hangs; a process hangs that inherited the outputs; the helper hangs with closed outputs.
        for hang in [
            "exec sleep 60",
            "sleep 5 & wait",
            "exec >&- 2>&-; exec sleep 60",
        ] {
            let folder = folder(&format!("echo $$ > pid; {hang}"));
            // The limit grows until the helper reaches the point where it hangs, even on a busy machine.
            for milliseconds in [300, 3_000, 30_000] {
                let limit = Duration::from_millis(milliseconds);
                let helpers = helpers(folder.path()).with_time_limit(limit);
                let problem = get(&helpers, "h.example").unwrap_err();
                assert!(
                    problem.ends_with(&format!("the helper did not exit within {limit:?}")),
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
    fn a_helper_runs_once_for_each_server() {
        let folder = folder(
            r#"echo asked >> log; case "$(cat)" in *a) echo '{"Username":"u","Secret":"s"}';; *b) exit 1;; *) echo credentials not found in native keychain; exit 1;; esac"#,
        );
        let helpers = helpers(folder.path());
        for _ in 0..2 {
            assert!(get(&helpers, "a").unwrap().is_some());
            assert!(get(&helpers, "b").is_err());
            assert!(get(&helpers, "c").unwrap().is_none());
        }
        let log = std::fs::read_to_string(folder.path().join("log")).unwrap();
        assert_eq!(
            log.lines().count(),
            4,
            "the helper runs for two names of `c`"
        );
    }

    #[test]
    fn only_programs_in_the_path_are_run() {
        let problem = |name: &str, path: &Path| {
            let error = helpers(path).get(name, &["h".to_owned()]).unwrap_err();
            (error.to_line(), error.hint().unwrap())
        };
        let folder = folder("echo '{\"Username\":\"u\",\"Secret\":\"s\"}'");
        let missing =
            "credential helper `docker-credential-gone` failed for `h`: the helper is not in PATH";
        assert_eq!(
            problem("gone", folder.path()),
            (
                missing.to_owned(),
                "install `docker-credential-gone`, or remove it from `credsStore` or `credHelpers`"
                    .to_owned()
            )
        );
        let outside = problem("x/../docker-credential-test", folder.path()).0;
        assert!(
            outside.ends_with("the name of the helper contains a path separator"),
            "{outside}"
        );
        std::fs::write(folder.path().join("docker-credential-text"), "").unwrap();
        let text = problem("text", folder.path()).0;
        assert!(text.ends_with("the helper is not in PATH"));
    }
}

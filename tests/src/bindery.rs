//! User of the built binary, with an environment of the test.

use std::env;
use std::fs::{self, Permissions};
use std::io::Read;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tempfile::TempDir;

use crate::Build;

/// Returns the path of the binary that was built with this test or example.
///
/// # Panics
///
/// As [`Build::binary`].
pub fn binary() -> PathBuf {
    Build::current().binary()
}

/// Returns the folder of the plugins that were built with this test or example.
///
/// # Panics
///
/// As [`Build::plugin_folder`].
pub fn plugin_folder() -> PathBuf {
    Build::current().plugin_folder()
}

/// User of the binary: a temporary home folder, with clusters and a configuration.
///
/// Commands see `PATH` of the caller's environment and nothing else. The configuration names the built plugins in
/// `[plugins] path`. The user is called `tester`.
pub struct Bindery {
    home: TempDir,
    build: Build,
    program: PathBuf,
    variables: Vec<(String, String)>,
    folder: PathBuf,
}

impl Default for Bindery {
    fn default() -> Self {
        Self::new()
    }
}

impl Bindery {
    /// Creates a user without clusters, whose configuration names the built plugins.
    pub fn new() -> Self {
        Self::of(&Build::current())
    }

    /// Creates a user of another build.
    pub fn of(build: &Build) -> Self {
        let home = tempfile::tempdir().expect("a temporary folder");
        let folder = home.path().join("work");
        let bindery = Self {
            build: build.clone(),
            program: build.binary(),
            variables: Vec::new(),
            folder,
            home,
        };
        for part in ["work", "clusters", "config/bindery"] {
            fs::create_dir_all(bindery.home.path().join(part))
                .expect("a temporary folder can be written");
        }
        bindery.configure("")
    }

    /// Installs the binary and its plugins as copies below the home folder, and runs the copy from now on.
    ///
    /// # Panics
    ///
    /// If a file cannot be copied.
    pub fn installed(self) -> Self {
        let home = self.home.path();
        let (programs, plugins) = (home.join("bin"), home.join("lib/bindery/plugins"));
        let copy = |from: PathBuf, to: &Path| {
            fs::create_dir_all(to).expect("a temporary folder can be written");
            let place = to.join(from.file_name().expect("a file has a name"));
            fs::copy(&from, &place).expect("a built file can be copied");
            place
        };
        let program = copy(self.build.binary(), &programs);
        for name in ["auth", "docker", "traits"] {
            copy(
                self.build.plugin(&format!("bindery_plugin_{name}")),
                &plugins,
            );
        }
        Self { program, ..self }.configure_fully("")
    }

    /// Replaces the user's `bindery.toml`, and names the folder of the plugins in it.
    pub fn configure(self, toml: &str) -> Self {
        let plugins = self.build.plugin_folder();
        let text = format!(
            "[plugins]\npath = [{:?}]\n\n{toml}",
            plugins.display().to_string()
        );
        self.configure_fully(&text)
    }

    /// Replaces the user's `bindery.toml`, without naming the folder of the plugins.
    pub fn configure_fully(self, toml: &str) -> Self {
        fs::write(self.home.path().join("config/bindery/bindery.toml"), toml)
            .expect("a temporary folder can be written");
        self
    }

    /// Replaces the `clusters.json` in the folder that `AURORA_CONFIG_ROOT` names.
    pub fn clusters(self, json: &str) -> Self {
        fs::write(self.home.path().join("clusters/clusters.json"), json)
            .expect("a temporary folder can be written");
        self
    }

    /// Defines one cluster, `devcluster`, whose `docker_registry` is `http://` and this address.
    pub fn devcluster(self, registry: &str) -> Self {
        self.clusters(&format!(
            r#"[{{"name": "devcluster", "docker_registry": "http://{registry}"}}]"#
        ))
    }

    /// Writes the file that `docker login` writes for one registry. Replaces an earlier login.
    pub fn docker_login(self, registry: &str, user: &str, password: &str) -> Self {
        let folder = self.home.path().join(".docker");
        fs::create_dir_all(&folder).expect("a temporary folder can be written");
        let login = STANDARD.encode(format!("{user}:{password}"));
        let text = format!(r#"{{"auths": {{"{registry}": {{"auth": "{login}"}}}}}}"#);
        let file = folder.join("config.json");
        fs::write(&file, text)
            .and_then(|()| fs::set_permissions(&file, Permissions::from_mode(0o600)))
            .expect("a temporary folder can be written");
        self
    }

    /// Sets a variable of the environment.
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Sets the folder that commands run in; the default is the user's `work`.
    pub fn current_dir(mut self, folder: &Path) -> Self {
        folder.clone_into(&mut self.folder);
        self
    }

    /// Returns the user's home folder.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// Writes a file below the folder that commands run in, and returns its path.
    pub fn write(&self, name: &str, text: &str) -> PathBuf {
        let file = self.folder.join(name);
        fs::create_dir_all(file.parent().expect("a file is in a folder"))
            .expect("a temporary folder can be written");
        fs::write(&file, text).expect("a temporary folder can be written");
        file
    }

    /// Returns a command with these arguments, not started yet.
    pub fn command<const N: usize>(&self, arguments: [&str; N]) -> Command {
        let home = self.home.path();
        let mut command = Command::new(&self.program);
        command
            .args(arguments)
            .current_dir(&self.folder)
            .env_clear()
            .env("PATH", env::var_os("PATH").unwrap_or_default())
            .env("HOME", home)
            .env("XDG_CONFIG_HOME", home.join("config"))
            .env("XDG_CACHE_HOME", home.join("cache"))
            .env("AURORA_CONFIG_ROOT", home.join("clusters"))
            .env("USER", "tester")
            .env("LOGNAME", "tester")
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null());
        command
    }

    /// Runs the binary with these arguments, and waits for its end.
    pub fn run<const N: usize>(&self, arguments: [&str; N]) -> Ran {
        Ran::of(self.command(arguments))
    }
}

/// Result of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ran {
    /// Exit code; `None` if a signal ended the process.
    pub code: Option<i32>,
    /// Text on standard output.
    pub stdout: String,
    /// Text on standard error.
    pub stderr: String,
}

impl Ran {
    /// Runs a command to its end.
    ///
    /// # Panics
    ///
    /// If the command cannot be started, or writes anything but UTF-8.
    pub fn of(mut command: Command) -> Self {
        let output = command
            .output()
            .unwrap_or_else(|error| panic!("{command:?} could not be run: {error}"));
        let text = |bytes| String::from_utf8(bytes).expect("output is UTF-8");
        Self {
            code: output.status.code(),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        }
    }

    /// Runs a command to its end, and kills it after `limit`.
    ///
    /// # Panics
    ///
    /// As [`Ran::of`], and if the command was killed.
    #[track_caller]
    pub fn within(limit: Duration, mut command: Command) -> Self {
        let end = Instant::now() + limit;
        let mut process = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{command:?} could not be run: {error}"));
        let stdout = read_on_thread(process.stdout.take().expect("stdout is piped"));
        let stderr = read_on_thread(process.stderr.take().expect("stderr is piped"));
        // Both pipes are closed when the process ends, and not before.
        let texts = [stdout, stderr]
            .map(|read| read.recv_timeout(end.saturating_duration_since(Instant::now())));
        let [Ok(stdout), Ok(stderr)] = texts else {
            let _ = process.kill();
            let _ = process.wait();
            panic!("{command:?} did not end within {limit:?}");
        };
        let status = process.wait().expect("a process that was started ends");
        Self {
            code: status.code(),
            stdout,
            stderr,
        }
    }

    /// Returns the text on standard output of a command that succeeded.
    ///
    /// # Panics
    ///
    /// If the command failed; the message has both outputs.
    #[track_caller]
    pub fn success(self) -> String {
        assert_eq!(
            self.code,
            Some(0),
            "stdout:\n{}\nstderr:\n{}",
            self.stdout,
            self.stderr
        );
        self.stdout
    }

    /// Returns the text on standard error of a command that ended with this exit code and printed nothing else.
    ///
    /// # Panics
    ///
    /// If the command ended otherwise; the message has both outputs.
    #[track_caller]
    pub fn failure(self, code: i32) -> String {
        assert_eq!(
            self.code,
            Some(code),
            "stdout:\n{}\nstderr:\n{}",
            self.stdout,
            self.stderr
        );
        assert_eq!(self.stdout, "", "a failed command writes no output");
        self.stderr
    }
}

/// Reads a text to its end on another thread.
fn read_on_thread(mut from: impl Read + Send + 'static) -> mpsc::Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut text = String::new();
        from.read_to_string(&mut text).expect("output is UTF-8");
        // The receiver is gone if the time is over.
        let _ = sender.send(text);
    });
    receiver
}

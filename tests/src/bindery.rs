//! The built binary, run in an environment of its own.

use std::{
    env,
    fs::{self, Permissions},
    io::Read,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use tempfile::TempDir;

/// The built `bindery`, beside which this test or example was built.
///
/// # Panics
///
/// If it is not there: it is built by `cargo test` and `cargo build` for the whole workspace, not by `-p bindery-tests`.
pub fn binary() -> PathBuf {
    let file = profile_folder().join("bindery");
    assert!(
        file.is_file(),
        "`{}` is not built; run `cargo test` or `cargo build` without `-p`",
        file.display()
    );
    file
}

/// The folder with the plugins of the same build.
///
/// `cargo test` leaves them in `deps`, and only a plain `cargo build` puts them beside the binary as well: what is in `deps`
/// is never the older of the two.
///
/// # Panics
///
/// If neither holds them.
pub fn plugin_folder() -> PathBuf {
    let profile = profile_folder();
    let name = format!(
        "{}bindery_plugin_docker{}",
        env::consts::DLL_PREFIX,
        env::consts::DLL_SUFFIX
    );
    [profile.join("deps"), profile.clone()]
        .into_iter()
        .find(|folder| folder.join(&name).is_file())
        .unwrap_or_else(|| {
            panic!(
                "no plugin is built in `{}`; run `cargo test` without `-p`",
                profile.display()
            )
        })
}

/// `target/<profile>`: tests run in its `deps`, examples in its `examples`.
fn profile_folder() -> PathBuf {
    let this = env::current_exe()
        .and_then(fs::canonicalize)
        .expect("a running program has a file");
    this.ancestors()
        .nth(2)
        .expect("cargo builds two folders below the profile's")
        .to_owned()
}

/// A user of the binary: a home folder, clusters and a configuration, all of them temporary.
///
/// Nothing of the caller's environment is seen but `PATH`. The built plugins are found through `[plugins] path` in the
/// configuration; the user is called `tester`.
pub struct Bindery {
    home: TempDir,
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
    /// A user without clusters, who finds the plugins that were built.
    pub fn new() -> Self {
        let home = tempfile::tempdir().expect("a temporary folder");
        let folder = home.path().join("work");
        let bindery = Self {
            program: binary(),
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

    /// The same user with an installation: a copy of the binary, and of the plugins that are installed with it.
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
        let program = copy(binary(), &programs);
        for name in ["auth", "docker", "traits"] {
            let file = format!(
                "{}bindery_plugin_{name}{}",
                env::consts::DLL_PREFIX,
                env::consts::DLL_SUFFIX
            );
            copy(plugin_folder().join(file), &plugins);
        }
        Self { program, ..self }.configure_fully("")
    }

    /// Replaces the user's `bindery.toml`; the place of the plugins is added to it.
    pub fn configure(self, toml: &str) -> Self {
        let plugins = plugin_folder();
        let text = format!(
            "[plugins]\npath = [{:?}]\n\n{toml}",
            plugins.display().to_string()
        );
        self.configure_fully(&text)
    }

    /// Replaces the user's `bindery.toml` as a whole, the place of the plugins included.
    pub fn configure_fully(self, toml: &str) -> Self {
        fs::write(self.home.path().join("config/bindery/bindery.toml"), toml)
            .expect("a temporary folder can be written");
        self
    }

    /// Replaces the `clusters.json` that `AURORA_CONFIG_ROOT` leads to.
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

    /// Writes what `docker login` writes for one registry; an earlier login is gone.
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

    /// Runs in this folder instead of the user's `work`.
    pub fn current_dir(mut self, folder: &Path) -> Self {
        folder.clone_into(&mut self.folder);
        self
    }

    /// The user's home folder.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// Writes a file below the folder that commands run in; returns its path.
    pub fn write(&self, name: &str, text: &str) -> PathBuf {
        let file = self.folder.join(name);
        fs::create_dir_all(file.parent().expect("a file is in a folder"))
            .expect("a temporary folder can be written");
        fs::write(&file, text).expect("a temporary folder can be written");
        file
    }

    /// The command with these arguments, ready to be run.
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

    /// Runs the command with these arguments and waits for its end.
    pub fn run<const N: usize>(&self, arguments: [&str; N]) -> Ran {
        Ran::of(self.command(arguments))
    }
}

/// How a command ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ran {
    /// The exit code; `None` if a signal ended it.
    pub code: Option<i32>,
    /// What it wrote to stdout.
    pub stdout: String,
    /// What it wrote to stderr.
    pub stderr: String,
}

impl Ran {
    /// Runs any command to its end.
    ///
    /// # Panics
    ///
    /// If it cannot be started, or writes anything but UTF-8.
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

    /// Runs any command that has to end within `limit`; if it does not, it is killed.
    ///
    /// # Panics
    ///
    /// As [`Ran::of`], and if the time is over.
    #[track_caller]
    pub fn within(limit: Duration, mut command: Command) -> Self {
        let end = Instant::now() + limit;
        let mut process = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{command:?} could not be run: {error}"));
        let stdout = read_aside(process.stdout.take().expect("stdout is piped"));
        let stderr = read_aside(process.stderr.take().expect("stderr is piped"));
        // Both are closed when it ends, and not before.
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

    /// What it wrote to stdout, if it ended well.
    ///
    /// # Panics
    ///
    /// If it did not, with everything it said.
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

    /// What it wrote to stderr, if it ended with this exit code and wrote nothing to stdout.
    ///
    /// # Panics
    ///
    /// If it did not, with everything it said.
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

/// Reads a text to its end on a thread of its own.
fn read_aside(mut from: impl Read + Send + 'static) -> mpsc::Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut text = String::new();
        from.read_to_string(&mut text).expect("output is UTF-8");
        // Nobody waits for it where the time was over.
        let _ = sender.send(text);
    });
    receiver
}

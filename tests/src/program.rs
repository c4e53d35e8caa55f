//! External programs that tests need.

use std::env;
use std::ffi::OsStr;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;

/// External program that some test needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Program {
    /// CNCF distribution; the variable `BINDERY_TEST_REGISTRY` may name its file.
    Registry,
    /// Client whose digests ours are compared with.
    Skopeo,
    /// Writes the password file of the registry.
    Htpasswd,
    /// Prints the system calls of a process.
    Strace,
    /// Makes certificates.
    Openssl,
    /// Sends plain requests.
    Curl,
    /// Prints the peak memory of a process.
    Time,
    /// Reads image layouts.
    Umoci,
    /// Generates code from an interface's IDL.
    Thrift,
    /// Debian's Python with thrift's library, which another Python on the path does not see.
    PythonThrift,
    /// Debian's Python, for plugins in Python; another Python on the path may need the caller's home folder.
    Python,
}

impl Program {
    /// All programs.
    pub const ALL: [Self; 11] = [
        Self::Registry,
        Self::Skopeo,
        Self::Htpasswd,
        Self::Strace,
        Self::Openssl,
        Self::Curl,
        Self::Time,
        Self::Umoci,
        Self::Thrift,
        Self::PythonThrift,
        Self::Python,
    ];

    /// Returns the name of the program.
    pub fn name(self) -> &'static str {
        match self {
            Self::Registry => "docker-registry",
            Self::Skopeo => "skopeo",
            Self::Htpasswd => "htpasswd",
            Self::Strace => "strace",
            Self::Openssl => "openssl",
            Self::Curl => "curl",
            Self::Time => "time",
            Self::Umoci => "umoci",
            Self::Thrift => "thrift",
            Self::PythonThrift => "python3 with thrift",
            Self::Python => "python3",
        }
    }

    /// Returns the Debian package of the program.
    pub fn package(self) -> &'static str {
        match self {
            Self::Htpasswd => "apache2-utils",
            Self::Thrift => "thrift-compiler",
            Self::PythonThrift => "python3-thrift",
            other => other.name(),
        }
    }
}

/// Finds a program. If it is missing, prints a line with its Debian package on standard error and returns `None`.
///
/// # Panics
///
/// If a required program is missing: with `CI=true` every one is required, and the registry with
/// `BINDERY_TEST_REGISTRY=required`.
pub fn find(program: Program) -> Option<PathBuf> {
    let named = (program == Program::Registry)
        .then(|| env::var_os("BINDERY_TEST_REGISTRY"))
        .flatten();
    let required = named.as_ref().is_some_and(|value| value == "required");
    let found = match named.filter(|value| !value.is_empty() && value != "required") {
        Some(path) => Some(PathBuf::from(path)).filter(|path| path.is_file()),
        None if program == Program::PythonThrift => python_with_thrift(),
        None if program == Program::Python => debian_python(),
        None => on_path(program.name()),
    };
    if found.is_none() {
        let missing = format!(
            "`{}` is missing (Debian package `{}`)",
            program.name(),
            program.package()
        );
        let ci = env::var_os("CI").is_some_and(|value| value == "true");
        assert!(!required && !ci, "{missing}");
        let case = std::thread::current().name().unwrap_or("a case").to_owned();
        // Not `eprintln!`: the test harness would capture the line.
        let _ = writeln!(io::stderr(), "skipped {case}: {missing}");
    }
    found
}

/// Wraps a command in another program, `strace` or `time`, with `arguments`.
///
/// The environment consists of the variables that the command sets.
pub fn run_by(program: &Path, arguments: &[&OsStr], command: &Command) -> Command {
    let mut outer = Command::new(program);
    outer
        .args(arguments)
        .arg(command.get_program())
        .args(command.get_args())
        .env_clear()
        .envs(
            command
                .get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        );
    if let Some(folder) = command.get_current_dir() {
        outer.current_dir(folder);
    }
    outer
}

fn on_path(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    // Debian installs servers in folders that are not on an ordinary user's path.
    let folders = env::split_paths(&path).chain(["/usr/sbin".into(), "/sbin".into()]);
    folders
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
}

fn python_with_thrift() -> Option<PathBuf> {
    let library = PathBuf::from("/usr/lib/python3/dist-packages/thrift");
    debian_python().filter(|_| library.is_dir())
}

fn debian_python() -> Option<PathBuf> {
    Some(PathBuf::from("/usr/bin/python3")).filter(|python| python.is_file())
}

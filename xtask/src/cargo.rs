//! Calls of cargo, all from the top of the workspace.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::failure::Failure;

/// The folder that holds the workspace's `Cargo.toml`.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}

/// Whether nothing may be skipped.
pub(crate) fn is_ci() -> bool {
    env::var_os("CI").is_some_and(|value| value == "true")
}

/// What `cargo build` is told so that the binary, the plugins and the examples are all there afterwards. No `-p` anywhere:
/// another choice of packages would unite features differently and build half of the tree again.
pub(crate) const EVERYTHING: [&str; 4] = ["--workspace", "--lib", "--bins", "--examples"];

/// Runs `cargo VERB ARGUMENTS`; its output goes where ours goes.
pub(crate) fn run(verb: &str, arguments: &[&str]) -> Result<(), Failure> {
    finish(command(verb, arguments))
}

/// `cargo VERB ARGUMENTS`, not started yet. In CI the lock file has to be up to date.
pub(crate) fn command(verb: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root()).arg(verb);
    if is_ci() && verb != "fmt" {
        command.arg("--locked");
    }
    command.args(arguments);
    command
}

/// Runs a command to its end; its output goes where ours goes.
pub(crate) fn finish(mut command: Command) -> Result<(), Failure> {
    let status = command
        .status()
        .map_err(|error| format!("{command:?} could not be run: {error}"))?;
    match status.code() {
        Some(0) => Ok(()),
        code => Err(Failure::Exit(
            code.and_then(|code| u8::try_from(code).ok()).unwrap_or(1),
        )),
    }
}

/// What `cargo VERB ARGUMENTS` writes to stdout.
pub(crate) fn output(verb: &str, arguments: &[&str]) -> Result<String, Failure> {
    let mut command = command(verb, arguments);
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("{command:?} could not be run: {error}"))?;
    if !output.status.success() {
        return Err(format!("{command:?} ended with {}", output.status).into());
    }
    String::from_utf8(output.stdout)
        .map_err(|_| format!("{command:?} wrote something that is no UTF-8").into())
}

//! Calls of cargo, all from the top of the workspace.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::failure::Failure;

/// Returns the folder of the workspace's `Cargo.toml`.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}

/// Returns the folder that cargo builds in: this program is `TARGET/debug/xtask`.
pub(crate) fn target_folder() -> Result<PathBuf, Failure> {
    let this = env::current_exe()
        .and_then(std::fs::canonicalize)
        .map_err(|error| format!("cannot determine the path of xtask: {error}"))?;
    let target = this
        .ancestors()
        .nth(2)
        .ok_or_else(|| format!("`{}` is not in a target folder", this.display()))?;
    Ok(target.to_owned())
}

/// Whether every check and test has to run.
pub(crate) fn is_ci() -> bool {
    env::var_os("CI").is_some_and(|value| value == "true")
}

/// Arguments of `cargo build` for the binary, the plugins and the examples. Never with `-p`: another choice of packages unites
/// features differently and builds half of the tree again.
pub(crate) const EVERYTHING: [&str; 4] = ["--workspace", "--lib", "--bins", "--examples"];

/// Runs `cargo VERB ARGUMENTS` with our standard output and error.
pub(crate) fn run(verb: &str, arguments: &[&str]) -> Result<(), Failure> {
    finish(command(verb, arguments))
}

/// Returns `cargo VERB ARGUMENTS`, not started yet. In CI `Cargo.lock` has to be up to date.
pub(crate) fn command(verb: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root()).arg(verb);
    if is_ci() && verb != "fmt" {
        command.arg("--locked");
    }
    command.args(arguments);
    command
}

/// Runs a command to its end with our standard output and error.
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

/// Runs `cargo VERB ARGUMENTS` and returns its standard output.
pub(crate) fn output(verb: &str, arguments: &[&str]) -> Result<String, Failure> {
    let mut command = command(verb, arguments);
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("{command:?} could not be run: {error}"))?;
    if !output.status.success() {
        return Err(format!("{command:?} ended with {}", output.status).into());
    }
    String::from_utf8(output.stdout).map_err(|_| format!("{command:?} wrote invalid UTF-8").into())
}

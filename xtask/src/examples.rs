//! Tasks that run examples of the `tests` package, after a build of the workspace.

use std::env;
use std::process::Command;

use crate::cargo;
use crate::failure::Failure;

/// Folder of the default profile.
const DEBUG: &str = "debug";

/// `cargo xtask demo`.
pub(crate) fn demo() -> Result<(), Failure> {
    build(&cargo::EVERYTHING)?;
    run("demo", DEBUG, &[])
}

/// `cargo xtask conformance`.
pub(crate) fn conformance(arguments: &[&str]) -> Result<(), Failure> {
    build(&cargo::EVERYTHING)?;
    run("conformance", DEBUG, &with_absolute("--dir", arguments))
}

/// `cargo xtask bench`.
pub(crate) fn bench(arguments: &[&str]) -> Result<(), Failure> {
    let example = ["--example", "bench", "--profile", "dist"];
    build(&[&["--workspace", "--lib", "--bins"], &example[..]].concat())?;
    run("bench", "dist", &with_absolute("--against", arguments))
}

/// Makes the folder after an option absolute: examples run at the top of the workspace, and xtask may run elsewhere.
fn with_absolute(option: &str, arguments: &[&str]) -> Vec<String> {
    let absolute = |folder: &str| match std::path::absolute(folder) {
        Ok(path) => path.display().to_string(),
        Err(_) => folder.to_owned(),
    };
    let joined = format!("{option}=");
    let mut is_folder = false;
    let mut changed = Vec::with_capacity(arguments.len());
    for argument in arguments {
        changed.push(match argument.strip_prefix(&joined) {
            Some(folder) => format!("{joined}{}", absolute(folder)),
            None if is_folder => absolute(argument),
            None => (*argument).to_owned(),
        });
        is_folder = *argument == option;
    }
    changed
}

fn build(options: &[&str]) -> Result<(), Failure> {
    eprintln!("building the workspace (the first time takes some minutes)");
    cargo::run("build", &[&["--quiet"], options].concat())
}

/// Runs a built example. `cargo run` would build the default members, which it is not in.
fn run(example: &str, profile: &str, arguments: &[String]) -> Result<(), Failure> {
    let folder = cargo::target_folder()?.join(profile).join("examples");
    let mut command = Command::new(
        folder
            .join(example)
            .with_extension(env::consts::EXE_EXTENSION),
    );
    command.current_dir(cargo::root()).args(arguments);
    cargo::finish(command)
}

#[cfg(test)]
mod tests {
    use super::with_absolute;

    #[test]
    fn only_the_folder_becomes_absolute() {
        let here = std::env::current_dir()
            .unwrap()
            .join("x")
            .display()
            .to_string();
        assert_eq!(
            with_absolute("--dir", &["--suite", "x", "--dir", "x", "--found"]),
            ["--suite", "x", "--dir", &here, "--found"]
        );
        assert_eq!(with_absolute("--dir", &["--dir=/y"]), ["--dir=/y"]);
    }
}

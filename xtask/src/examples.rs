//! Tasks that are examples of the `tests` package: built with everything else, then run.

use crate::cargo;
use crate::failure::Failure;

/// `cargo xtask demo`.
pub(crate) fn demo() -> Result<(), Failure> {
    build(&[])?;
    run("demo", &[], &[])
}

/// `cargo xtask conformance`.
pub(crate) fn conformance(arguments: &[&str]) -> Result<(), Failure> {
    build(&[])?;
    let arguments: Vec<String> = absolute_dir(arguments);
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    run("conformance", &[], &arguments)
}

/// The same arguments with the value of `--dir` made absolute: examples run at the top of the workspace, and we may not.
fn absolute_dir(arguments: &[&str]) -> Vec<String> {
    let absolute = |dir: &str| match std::path::absolute(dir) {
        Ok(path) => path.display().to_string(),
        Err(_) => dir.to_owned(),
    };
    let mut is_dir = false;
    let mut changed = Vec::with_capacity(arguments.len());
    for argument in arguments {
        changed.push(match argument.strip_prefix("--dir=") {
            Some(dir) => format!("--dir={}", absolute(dir)),
            None if is_dir => absolute(argument),
            None => (*argument).to_owned(),
        });
        is_dir = *argument == "--dir";
    }
    changed
}

/// `cargo xtask bench`.
pub(crate) fn bench(arguments: &[&str]) -> Result<(), Failure> {
    build(&["--release"])?;
    run("bench", &["--release"], arguments)
}

fn build(options: &[&str]) -> Result<(), Failure> {
    eprintln!("building the workspace (the first time takes a minute or two)");
    cargo::run(
        "build",
        &[&["--quiet"], cargo::EVERYTHING.as_slice(), options].concat(),
    )
}

fn run(example: &str, options: &[&str], arguments: &[&str]) -> Result<(), Failure> {
    cargo::run(
        "run",
        &[
            &["--quiet"],
            options,
            &["--example", example, "--"],
            arguments,
        ]
        .concat(),
    )
}

#[cfg(test)]
mod tests {
    use super::absolute_dir;

    #[test]
    fn only_the_folder_is_made_absolute() {
        let here = std::env::current_dir()
            .unwrap()
            .join("x")
            .display()
            .to_string();
        assert_eq!(
            absolute_dir(&["--suite", "x", "--dir", "x", "--found"]),
            ["--suite", "x", "--dir", &here, "--found"]
        );
        assert_eq!(absolute_dir(&["--dir=/y"]), ["--dir=/y"]);
    }
}

//! `cargo xtask`: builds, stages, checks and measures the workspace.
//!
//! Uses the standard library only, so that its first call is quick. Tasks that need more are examples of the `tests` package,
//! built with the whole workspace and then run: one set of features, one target folder.

#![forbid(unsafe_code)]

mod cargo;
mod check;
mod examples;
mod failure;
mod licences;
mod stage;
mod test;
mod tidy;

use std::process::ExitCode;

use failure::Failure;

const USAGE: &str = "\
cargo xtask TASK

  demo          build everything, and bind a job file with a registry on loopback
  test          run every test, with real servers and clients where they are installed
  conformance [--dir DIR] [--suite NAME] [--found]
                run the shared vectors in DIR (default: $BINDERY_CONFORMANCE, or ../shared/conformance)
  check         formatting, lints, tidy, documentation, licences of dependencies
  tidy [-v]     rules for dependencies, modules, names and prose; -v prints the figures of each package
  bench [--against DIR] [aurora|plugins|registry|start|templates]
                time a build with the profile `dist`, its peers, and an older build in DIR (a target/PROFILE, or staged)
  stage [--release|--dist] [DIR]
                build, and copy the binary and its plugins into the layout of an installation (DIR: target/stage)

With CI=true no test is skipped, and Cargo.lock has to be up to date.
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["demo"] => examples::demo(),
        ["test", rest @ ..] => test::run(rest),
        ["conformance", rest @ ..] => examples::conformance(rest),
        ["check"] => check::run(),
        ["tidy"] => tidy::run(false),
        ["tidy", "-v"] => tidy::run(true),
        ["bench", arguments @ ..] => examples::bench(arguments),
        ["stage", rest @ ..] => stage::run(rest),
        [] | ["help" | "-h" | "--help"] => {
            print!("{USAGE}");
            Ok(())
        }
        _ => {
            eprint!("error: unknown task `{}`\n\n{USAGE}", words.join(" "));
            return ExitCode::from(5);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Message(message)) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
        Err(Failure::Exit(code)) => ExitCode::from(code),
    }
}

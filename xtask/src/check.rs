//! `cargo xtask check`: formatting, lints, rules, documentation and licences.

use std::time::Instant;

use crate::cargo;
use crate::failure::Failure;
use crate::licences;
use crate::tidy;

type Check = fn() -> Result<(), Failure>;

/// Runs every check, even after one has failed, and reports the failed ones at the end.
pub(crate) fn run() -> Result<(), Failure> {
    let checks: [(&str, Check); 5] = [
        ("formatting", formatting),
        ("tidy", || tidy::run(false)),
        ("lints", lints),
        ("documentation", documentation),
        ("licences", licences::run),
    ];
    let mut failed = Vec::new();
    for (name, check) in checks {
        let start = Instant::now();
        let word = match check() {
            Ok(()) => "ok",
            Err(failure) => {
                if let Failure::Message(message) = failure {
                    eprintln!("{message}");
                }
                failed.push(name);
                "FAILED"
            }
        };
        println!(
            "check {name}: {word} ({:.1} s)",
            start.elapsed().as_secs_f64()
        );
    }
    if failed.is_empty() {
        Ok(())
    } else {
        Err(format!("failed: {}", failed.join(", ")).into())
    }
}

fn formatting() -> Result<(), Failure> {
    cargo::run("fmt", &["--all", "--check"])?;
    let ledger = "tests/site-ledger/Cargo.toml";
    cargo::run("fmt", &["--manifest-path", ledger, "--check"])?;
    let v1 = "tests/abi-v1/Cargo.toml";
    cargo::run("fmt", &["--all", "--manifest-path", v1, "--check"])
}

fn lints() -> Result<(), Failure> {
    cargo::run(
        "clippy",
        &[
            "--quiet",
            "--workspace",
            "--all-targets",
            "--",
            "-D",
            "warnings",
        ],
    )
}

fn documentation() -> Result<(), Failure> {
    let mut command = cargo::command("doc", &["--quiet", "--workspace", "--no-deps"]);
    command.env("RUSTDOCFLAGS", "-D warnings");
    cargo::finish(command)
}

//! Packages below `tests` that are workspaces of their authors, built from outside of this workspace.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Runs a cargo command on the package, and returns its target folder, with one folder per profile.
#[track_caller]
pub(crate) fn cargo(package: &str, arguments: &[&str]) -> PathBuf {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join(package);
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join(package)
        .join("Cargo.toml");
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .args(arguments)
        .args(["--offline", "--quiet", "--manifest-path"])
        .arg(&manifest)
        .arg("--target-dir")
        .arg(&target);
    let output = cargo.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "cargo {arguments:?}: {said}");
    target
}

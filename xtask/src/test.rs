//! `cargo xtask test`: every test, with the binary and the plugins built.

use std::env;
use std::path::Path;

use crate::cargo;
use crate::failure::Failure;

/// Builds everything, runs every test, and reports which external programs were missing.
///
/// `arguments` go to `cargo test`, as in `cargo xtask test -- name_of_a_test`.
pub(crate) fn run(arguments: &[&str]) -> Result<(), Failure> {
    let missing = missing_programs();
    if cargo::is_ci() && !missing.is_empty() {
        return Err(format!(
            "with CI=true no test is skipped, and these programs are missing: {}",
            missing.join(", ")
        )
        .into());
    }
    cargo::run("build", &["--workspace", "--all-targets"])?;
    cargo::run("test", &[&["--workspace"], arguments].concat())?;
    if missing.is_empty() {
        println!("all tests passed, with every real server and client");
    } else {
        println!(
            "all tests passed; tests that need one of these were skipped: {}",
            missing.join(", ")
        );
    }
    Ok(())
}

/// External programs that some tests need, with their Debian packages. A subset of `bindery_tests::Program`.
const PROGRAMS: [(&str, &str); 7] = [
    ("docker-registry", "docker-registry"),
    ("skopeo", "skopeo"),
    ("htpasswd", "apache2-utils"),
    ("strace", "strace"),
    ("openssl", "openssl"),
    ("curl", "curl"),
    ("umoci", "umoci"),
];

fn missing_programs() -> Vec<String> {
    let path = env::var_os("PATH").unwrap_or_default();
    let folders: Vec<_> = env::split_paths(&path)
        .chain(["/usr/sbin".into(), "/sbin".into()])
        .collect();
    let named = |program: &str| {
        program == "docker-registry"
            && env::var_os("BINDERY_TEST_REGISTRY").is_some_and(|file| Path::new(&file).is_file())
    };
    PROGRAMS
        .iter()
        .filter(|(program, _)| {
            !named(program) && !folders.iter().any(|folder| folder.join(program).is_file())
        })
        .map(|(program, package)| format!("{program} (Debian package {package})"))
        .collect()
}

//! `cargo xtask test`: every test, with the binary and the plugins in place.

use std::env;
use std::path::Path;

use crate::cargo;
use crate::failure::Failure;

/// Builds everything, runs every test, and says which programs of others were not there to be used.
///
/// `arguments` go to `cargo test`, as in `cargo xtask test -- name_of_a_test`.
pub(crate) fn run(arguments: &[&str]) -> Result<(), Failure> {
    let missing = missing_programs();
    if cargo::is_ci() && !missing.is_empty() {
        return Err(format!(
            "nothing may be skipped here, and these are missing: {}",
            missing.join(", ")
        )
        .into());
    }
    cargo::run("build", &["--workspace", "--all-targets"])?;
    cargo::run("test", &[&["--workspace"], arguments].concat())?;
    if missing.is_empty() {
        println!("all tests passed; every real server and client was there");
    } else {
        println!(
            "all tests passed; cases that need one of these were skipped: {}",
            missing.join(", ")
        );
    }
    Ok(())
}

/// Programs that some cases need, with their Debian packages. The list of `bindery_tests::Program`, in its order.
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

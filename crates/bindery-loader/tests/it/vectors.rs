//! The shared pystachio programs: recorded failures fail with the recorded error, all others return an object.
//!
//! This test does not compare the objects. The folder is `BINDERY_CONFORMANCE`, else `../shared/conformance` next to the
//! workspace; without it the test prints a note and passes.

use std::path::PathBuf;

use bindery_core::{Value, json};
use bindery_loader::{Loader, NoFiles, Options};

fn folder() -> Option<PathBuf> {
    let root = match std::env::var_os("BINDERY_CONFORMANCE") {
        Some(given) => PathBuf::from(given),
        None => PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/conformance"),
    };
    let folder = root.join("pystachio");
    folder.is_dir().then_some(folder)
}

/// Checks a program against its record; returns the actual result if they differ.
fn check(program: &str, expected: &Value) -> Result<(), String> {
    let text = |name: &str| {
        expected
            .entry(name)
            .and_then(|value| value.as_str().map(str::to_owned))
    };
    let fails_early = text("error_phase").as_deref() == Some("build");
    let mut loader = Loader::new(Vec::new(), Options::default(), Box::new(NoFiles));
    match loader.evaluate("program", program) {
        Err(error) if !fails_early => Err(format!("{}: {error}", error.class)),
        Err(error) => match text("error") {
            Some(class) if class == error.class => Ok(()),
            other => Err(format!("{}: {error}, and not {other:?}", error.class)),
        },
        Ok(_) if fails_early => Err(format!("ran, and no {:?}", text("error"))),
        Ok(namespace) => match namespace.get("result") {
            Some(Value::Object(_)) => Ok(()),
            other => Err(format!("result is {other:?}")),
        },
    }
}

#[test]
fn programs_run_as_far_as_recorded() {
    let Some(folder) = folder() else {
        eprintln!("no conformance vectors here: nothing tried");
        return;
    };
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "py"));
    paths.sort();
    assert!(!paths.is_empty(), "a folder without vectors");
    let mut failures = Vec::new();
    for path in &paths {
        let program = std::fs::read_to_string(path).unwrap();
        let expected =
            json::parse(&std::fs::read_to_string(path.with_extension("json")).unwrap()).unwrap();
        let fixed = expected.entry("recommend").and_then(Value::as_str) == Some("fix");
        match check(&program, &expected) {
            // A defect of pystachio; a better result is allowed.
            Ok(()) => {}
            Err(_) if fixed => {}
            Err(found) => failures.push(format!(
                "{}: {found}",
                path.file_stem().unwrap().to_string_lossy()
            )),
        }
    }
    assert!(
        failures.is_empty(),
        "{} of {} differ:\n{}",
        failures.len(),
        paths.len(),
        failures.join("\n")
    );
}

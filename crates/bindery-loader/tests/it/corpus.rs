//! Plain Python programs, compared with CPython 3.11: `corpus/NAME.py` and its recorded result `corpus/NAME.json`.
//!
//! `corpus/record.py` records the results; the test itself needs no Python.

use std::cell::RefCell;
use std::path::Path;
use std::rc::Rc;

use bindery_core::Value;
use bindery_loader::{Loader, NoFiles, Options, on_large_stack};

/// Runs a program and returns its result in the recorded form.
fn outcome(program: &str) -> String {
    let printed = Rc::new(RefCell::new(String::new()));
    let mut loader = Loader::new(Vec::new(), Options::default(), Box::new(NoFiles));
    let sink = printed.clone();
    loader.on_print(move |text| sink.borrow_mut().push_str(text));
    let result = loader.evaluate("program", &format!("{program}\nresult = repr(result)\n"));
    let printed = printed.take();
    let lines = match result {
        Ok(namespace) => match namespace.get("result") {
            Some(Value::String(text)) => vec![("result", text.to_string())],
            other => panic!("repr() gave {other:?}"),
        },
        Err(error) => vec![
            ("error", error.class.to_string()),
            ("message", error.message),
        ],
    };
    let mut out = String::from("{\n");
    for (name, value) in lines.into_iter().chain([("printed", printed)]) {
        out.push_str(&format!("  \"{name}\": {},\n", json(&value)));
    }
    out.truncate(out.len() - 2);
    out + "\n}\n"
}

fn json(text: &str) -> String {
    bindery_core::json::write(&Value::string(text), Default::default()).unwrap()
}

#[test]
fn programs_give_the_results_of_cpython() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let mut failures = Vec::new();
    let mut count = 0;
    let mut entries: Vec<_> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    entries.sort();
    for path in entries {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        if path.extension().is_none_or(|extension| extension != "py") || name == "record" {
            continue;
        }
        count += 1;
        let program = std::fs::read_to_string(&path).unwrap();
        let expected = std::fs::read_to_string(path.with_extension("json")).unwrap();
        let found = on_large_stack(|| outcome(&program)).unwrap();
        if found != expected {
            failures.push(format!("{name}\nexpected {expected}found {found}"));
        }
    }
    assert!(count > 30, "the corpus is gone");
    assert!(
        failures.is_empty(),
        "{} of {count} differ:\n{}",
        failures.len(),
        failures.join("\n")
    );
}

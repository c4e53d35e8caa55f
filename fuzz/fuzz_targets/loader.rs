//! Job files: every text gives a namespace or an error within the limits.

#![no_main]

use bindery_core::{Object, Value};
use bindery_loader::{Limits, Loader, NoFiles, Options, on_large_stack};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    on_large_stack(|| run(text)).expect("a thread can be started");
});

fn run(text: &str) {
    let options = Options {
        limits: Limits {
            source: 64 * 1024,
            steps: 100_000,
            string: 256 * 1024,
            text: 4 * 1024 * 1024,
            values: 100_000,
            ..Limits::default()
        },
        user: Some("ann".to_owned()),
        source_date_epoch: Some(1_700_000_000),
        ..Options::default()
    };
    let mut loader = Loader::new(Vec::new(), options, Box::new(NoFiles));
    match loader.evaluate("fuzzed", text) {
        Ok(namespace) => {
            for name in namespace.names() {
                if let Some(value) = namespace.get(&name) {
                    look_at(&value, 0);
                }
            }
        }
        Err(error) => {
            assert!(!error.message.is_empty() || !error.class.is_empty());
            let place = error.place.expect("an error in a text has a place");
            assert!(place.line >= 1 && place.column >= 1);
        }
    }
    for diagnostic in loader.warnings() {
        assert!(!diagnostic.message.is_empty());
    }
}

/// Calls the operations of a client on all objects inside a value.
fn look_at(value: &Value, depth: usize) {
    if depth > 8 {
        return;
    }
    match value {
        Value::Object(object) => use_up(object),
        Value::List(items) | Value::Tuple(items) => {
            items
                .iter()
                .take(8)
                .for_each(|item| look_at(item, depth + 1));
        }
        Value::Map(entries) => {
            for (key, value) in entries.iter().take(8) {
                look_at(key, depth + 1);
                look_at(value, depth + 1);
            }
        }
        _ => {}
    }
}

fn use_up(object: &Object) {
    let _ = object.check().map(|check| check.ok());
    let _ = object.interpolate();
    let _ = object.get();
    let _ = object.display();
    let _ = object.json_dumps();
}

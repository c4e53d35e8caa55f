//! Programs without templates: every text gives a namespace or an error within the limits.

#![no_main]

use bindery_python::{Limits, NoExtension, NoHost, Vm, on_large_stack, repr};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    on_large_stack(|| run(text)).expect("a thread can be started");
});

fn run(text: &str) {
    let limits = Limits {
        source: 64 * 1024,
        steps: 100_000,
        string: 256 * 1024,
        text: 4 * 1024 * 1024,
        values: 100_000,
        ..Limits::default()
    };
    let mut vm = Vm::new(limits, Box::new(NoHost), &NoExtension);
    match vm.evaluate("fuzzed", text) {
        Ok(()) => {
            for name in vm.assigned_names() {
                if let Some(value) = vm.assigned(&name) {
                    let _ = vm.measured(|vm| repr(vm, &value).is_ok());
                }
            }
        }
        Err(error) => {
            assert!(!error.message.is_empty() || !error.class.is_empty());
            let place = error.place.expect("an error in a text has a position");
            assert!(place.line >= 1 && place.column >= 1);
        }
    }
}

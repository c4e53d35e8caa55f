//! Evaluates a Python file without templates, and prints the names it assigns.
//!
//! `cargo run -p bindery-python --example evaluate FILE`

use std::process::ExitCode;

use bindery_python::{Limits, NoExtension, NoHost, Vm, repr};

fn main() -> ExitCode {
    let Some(path) = std::env::args().nth(1) else {
        eprintln!("usage: evaluate FILE");
        return ExitCode::FAILURE;
    };
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) => {
            eprintln!("{path}: {error}");
            return ExitCode::FAILURE;
        }
    };
    let mut vm = Vm::new(Limits::default(), Box::new(NoHost), &NoExtension);
    if let Err(error) = vm.evaluate(&path, &text) {
        match &error.place {
            Some(place) => eprintln!("{place}: {}: {error}", error.class),
            None => eprintln!("{}: {error}", error.class),
        }
        return ExitCode::FAILURE;
    }
    for name in vm.assigned_names() {
        if let Some(value) = vm.assigned(&name)
            && let Ok(text) = vm.measured(|vm| repr(vm, &value))
        {
            println!("{name} = {text}");
        }
    }
    ExitCode::SUCCESS
}

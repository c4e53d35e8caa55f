//! Error messages: `errors/err_NAME.py`, each with its recorded text.

use bindery_loader::{Error, Limits, Loader, NoFiles, Options};

/// Renders an error as a command might print it.
pub(crate) fn render(error: &Error) -> String {
    let mut out = format!("{}: {}\n", error.class, error.message);
    if let Some(place) = &error.place {
        let caret = " ".repeat(place.column as usize - 1);
        out += &format!("  at {place}\n  | {}\n  | {caret}^\n", place.text);
    }
    for step in &error.steps {
        out += &format!("  {step}\n");
    }
    if let Some(hint) = &error.hint {
        out += &format!("hint: {hint}\n");
    }
    out + &format!("({:?})", error.kind)
}

fn printed_or_panic(program: &str) -> String {
    let limits = Limits {
        depth: 20,
        ..Limits::default()
    };
    let options = Options {
        limits,
        ..Options::default()
    };
    let mut loader = Loader::new(Vec::new(), options, Box::new(NoFiles));
    match loader.evaluate("file", program) {
        Ok(_) => panic!("it ran"),
        Err(error) => render(&error),
    }
}

#[test]
fn every_error_says_what_where_and_what_to_do() {
    insta::glob!("../errors", "err_*.py", |path| {
        let program = std::fs::read_to_string(path).unwrap();
        insta::with_settings!({ description => program.clone(), omit_expression => true, snapshot_path => "../errors", prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!(printed_or_panic(&program));
        });
    });
}

#[test]
fn syntax_errors_and_value_errors_are_invalid_configs() {
    let fails = |program: &str| {
        let mut loader = Loader::new(Vec::new(), Options::default(), Box::new(NoFiles));
        loader
            .evaluate("file", program)
            .unwrap_err()
            .is_invalid_config()
    };
    assert!(fails("x = ("));
    assert!(fails("raise ValueError('x')"));
    assert!(fails("Enum('A', 'B')('C')"));
    assert!(fails("int('x')"));
    assert!(!fails("x"));
    assert!(!fails("1 / 0"));
    assert!(!fails("Ref.from_address('a b')"));
}

//! Regressions found by fuzzing and by writing the reference, each reduced to its cause.

use bindery_loader::{ErrorKind, Limits, Loader, NoFiles, Options};

fn run(program: &str) -> Result<(), String> {
    let limits = Limits {
        text: 4 << 20,
        ..Limits::default()
    };
    let options = Options {
        limits,
        ..Options::default()
    };
    let mut loader = Loader::new(Vec::new(), options, Box::new(NoFiles));
    match loader.evaluate("program", program) {
        Ok(_) => Ok(()),
        Err(error) if error.kind == ErrorKind::Limit => Err("limit".to_owned()),
        Err(error) => Err(error.message),
    }
}

/// A million bytes, used two thousand times in one line.
#[test]
fn text_of_templates_is_limited_per_call_and_in_total() {
    let shared = "o = List(String)(['{{a}}'] * 2000).bind(a = '{{b}} ', b = 'x' * 1000000)\n";
    for call in [
        "o.interpolate()",
        "str(o)",
        "o == o",
        "c = o.check()\nassert c.ok(), c.message()",
        "list(o)",
        "'x' in o",
    ] {
        let error = run(&format!("{shared}{call}")).expect_err(call);
        assert!(error.contains("beyond 256 MiB"), "{call}: {error}");
    }
    let once = "o = String('{{a}}').bind(a = '{{b}}' * 10, b = 'x' * 100000)\n";
    assert_eq!(run(&format!("{once}str(o)")), Ok(()));
    for call in ["str(o)", "o.interpolate()", "o.check()", "o == o"] {
        let program = format!("{once}while True:\n  try: {call}\n  except Exception: pass");
        assert_eq!(run(&program), Err("limit".to_owned()), "{call}");
    }
}

#[test]
fn a_star_in_a_comprehension_is_refused_before_it_runs() {
    for program in [
        "[*l for l in []]",
        "{*l for l in []}",
        "list((*l for l in []))",
    ] {
        let error = run(program).unwrap_err();
        assert_eq!(error, "not supported: `*` in a comprehension", "{program}");
    }
}

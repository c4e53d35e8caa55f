//! Hidden costs: memory of objects that are not elements, and time in calls that look like one step.

use bindery_loader::{ErrorKind, Limits, Loader, NoFiles, Options};

/// Runs a program within `limits` and returns whether it reached one; any other error fails the test.
#[track_caller]
fn is_limited(program: &str, limits: Limits) -> bool {
    let options = Options {
        limits,
        ..Options::default()
    };
    let prelude = Vec::new();
    let mut loader = Loader::new(prelude, options, Box::new(NoFiles));
    match loader.evaluate("program", program) {
        Ok(_) => false,
        Err(error) if error.kind == ErrorKind::Limit => true,
        Err(error) => panic!("{program}\n{}: {}", error.class, error.message),
    }
}

/// Checks that a thousand kept results of `made` weigh more than a thousand elements.
#[track_caller]
fn counts_as_several(made: &str) {
    let limits = |values| Limits {
        values,
        ..Limits::default()
    };
    let program = format!(
        "import datetime, functools, hashlib, re\nkept = []\nfor i in range(1000): kept.append({made})\n"
    );
    assert!(is_limited(&program, limits(1900)), "{made}");
    assert!(!is_limited(&program, limits(100_000)), "{made}");
}

#[test]
fn objects_weigh_by_the_memory_they_take() {
    for made in [
        "[]",
        "{}",
        "{1: 2}",
        "{1}",
        "dict()",
        "set()",
        "iter([])",
        "map(str, [])",
        "enumerate([])",
        "(x for x in [])",
        "kept.append",
        "lambda: 1",
        "slice(1)",
        "ValueError()",
        "range(5)",
        "functools.partial(str)",
        "re.match('a', 'a')",
        "datetime.date(2024, 1, 2)",
        "hashlib.sha512()",
        "String('a')",
        "String('{{a}}').bind(a = 1)",
        "List(String)",
    ] {
        counts_as_several(made);
    }
    let declared = "class A(Struct): a = String\n";
    let program = format!("for i in range(1000):\n  {declared}");
    let limits = Limits {
        values: 20_000,
        ..Limits::default()
    };
    assert!(is_limited(&program, limits));
}

#[test]
fn handled_exceptions_weigh_several_elements() {
    let program =
        "kept = []\nfor i in range(1000):\n  try: 1 / 0\n  except Exception as e: kept.append(e)\n";
    let limits = Limits {
        values: 4000,
        ..Limits::default()
    };
    assert!(is_limited(program, limits));
}

/// Checks that a thousand calls of `scan` on a text of a million letters take more than a few thousand steps.
#[track_caller]
fn takes_time(scan: &str) {
    let program = format!(
        "import re\ns = 'a' * 1000000\nw = 'é' * 500000\nt = set(range(30000))\nfor i in range(1000): {scan}\n"
    );
    let limits = Limits {
        steps: 500_000,
        ..Limits::default()
    };
    assert!(is_limited(&program, limits), "{scan}");
}

#[test]
fn searching_long_strings_takes_steps() {
    for scan in [
        "'ab' in s",
        "s.count('ab')",
        "s.find('b')",
        "s.strip('b')",
        "s.isdigit()",
        "len(w)",
        "w[400000]",
        "w[400000:400001]",
        "re.search('b', s)",
        "hash(s)",
        "t <= t",
        "t == set(t)",
    ] {
        takes_time(scan);
    }
}

#[test]
fn results_of_one_call_are_charged_while_they_grow() {
    let limits = || Limits {
        values: 100_000,
        string: 100_000,
        ..Limits::default()
    };
    for program in [
        "print(*[1] * 10000, sep = 'a' * 10000)",
        "x = list('a' * 60000)",
        "import textwrap\nx = textwrap.wrap('a' * 100000, 1)\ny = textwrap.wrap('a' * 100000, 1)",
    ] {
        assert!(is_limited(program, limits()), "{program}");
    }
}

#[test]
fn patterns_with_many_braces_are_scanned_once() {
    for brace in ["{", "}", "{1", "[{"] {
        let program = format!(
            "import re\ntry: re.compile('{}' )\nexcept re.error: pass",
            brace.repeat(20_000)
        );
        assert!(!is_limited(&program, Limits::default()), "{brace}");
    }
}

#[test]
fn many_names_are_resolved_quickly() {
    let many = |each: &str| {
        let names: Vec<String> = (0..60_000)
            .map(|at| each.replace('#', &at.to_string()))
            .collect();
        names.join("")
    };
    for program in [
        format!("def f({}): pass", many("a#,")),
        format!("def f():\n{}  pass", many("  a#=1\n")),
        format!(
            "from collections import namedtuple\nP = namedtuple('P', '{}')",
            many("a# ")
        ),
    ] {
        assert!(!is_limited(&program, Limits::default()));
    }
    assert!(is_limited(
        "f = lambda **k: k\nf(**{'a%d' % i: i for i in range(60000)})",
        Limits::default()
    ));
}

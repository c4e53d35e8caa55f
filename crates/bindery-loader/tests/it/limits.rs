//! Programs that would take all of a machine end in an error, on a small stack as on a large one.

use bindery_loader::{Error, ErrorKind, Limits, Loader, NoFiles, Options, on_large_stack};

fn run(program: &str, limits: Limits) -> Result<(), Error> {
    let options = Options {
        limits,
        ..Options::default()
    };
    let mut loader = Loader::new(Vec::new(), options, Box::new(NoFiles));
    loader.evaluate("program", program).map(|_| ())
}

#[track_caller]
fn runs(program: &str) {
    run(program, Limits::default()).unwrap();
}

/// Whether the program reaches a limit.
#[track_caller]
fn limited(program: &str) {
    // The defaults suit a release build; a tenth shows the same in a tenth of the time.
    let all = Limits::default();
    let limits = Limits {
        steps: all.steps / 10,
        values: all.values / 10,
        text: all.text / 10,
        ..all
    };
    let error = run(program, limits).unwrap_err();
    let short: String = program.chars().take(60).collect();
    assert_eq!(
        error.kind,
        ErrorKind::Limit,
        "{short}: {}: {error}",
        error.class
    );
    assert!(
        error.place.is_some() && error.hint.is_some(),
        "{short}: {error:?}"
    );
}

/// Whether it does on a small stack and on a large one.
#[track_caller]
fn limited_on_both(program: &str) {
    limited(program);
    on_large_stack(|| limited(program)).unwrap();
}

#[test]
fn endless_programs_end() {
    limited("while True: pass");
    limited("import itertools\nfor i in itertools.count(): pass");
    limited("list(iter(int, 1))");
    limited("l = [1]\nfor x in l: l.append(x)");
    limited("any(x < 0 for x in range(10 ** 12))");
    limited("sum(range(10 ** 15))");
    limited("def f():\n  while True: yield 1\nnext(f())");
    limited("'x' in ('y' for _ in iter(int, 1))");
    limited("max(range(10 ** 14))");
    limited("import itertools\nnext(itertools.cycle([]), None)\nlist(itertools.cycle([1]))");
}

#[test]
fn what_takes_long_in_one_call_counts_as_many_steps() {
    limited("import re\nfor i in range(1000): re.compile(r'\\w{20}%d' % i)");
    limited(
        "from collections import Counter\nc = Counter(range(10000))\nfor i in range(100): c.most_common()",
    );
}

#[test]
fn evaluating_counts_by_the_parts_that_are_looked_at() {
    let long = "l = List(String)(['{{a}}'] * 10000).bind(a = 1)\n";
    limited(&format!("{long}while True: l[0]"));
    limited(&format!("{long}while True: l.interpolate()"));
    limited("l = List(Integer)(['1'] * 10000)\nwhile True: l.check()");
    let map = "m = Map(String, String)({'k%d' % i: 'v' for i in range(5000)})\n";
    limited(&format!(
        "{map}s = String('{{{{m[k4999]}}}}').bind(m = m)\nwhile True: s.interpolate()"
    ));
    // Few repetitions of the same are fine.
    runs(&format!("{long}for i in range(20): l.interpolate()"));
}

#[test]
fn what_is_printed_is_bounded() {
    limited("while True: print('x' * 10000)");
    limited("import sys\nwhile True: sys.stderr.write('x' * 10000)");
}

#[test]
fn memory_is_bounded_before_it_is_taken() {
    limited("x = 'a' * 10 ** 10");
    limited("x = [0] * 10 ** 12");
    limited("x = (0,) * 10 ** 18");
    limited("x = b'a' * 10 ** 12");
    limited("x = list(range(10 ** 9))");
    limited("x = 'a'\nwhile True: x = x + x");
    limited("x = [1]\nwhile True: x = x + x");
    limited("x = 3\nwhile True: x = x * x");
    limited("x = 10 ** 10 ** 10");
    limited("x = 1 << 10 ** 12");
    limited("x = '%10000000000d' % 1");
    limited("x = '{:10000000000}'.format(1)");
    limited("x = 'a'.ljust(10 ** 12)");
    limited("x = 'ab'.replace('', 'x' * 10 ** 7)");
    limited("x = ('x' * 10 ** 6).join(['y'] * 10 ** 5)");
    limited("x = 'x' * 10 ** 5\ny = x.replace('x', 'y' * 10 ** 5)");
    limited("l = ['a' * 10 ** 7 + str(i) for i in range(100)]");
    limited("x = bytes(10 ** 12)");
    limited("d = {}\nfor i in range(10 ** 8): d[i] = i");
    limited("import itertools\nx = list(itertools.product(range(100), repeat=5))");
    limited("import math\nx = math.factorial(10 ** 7)");
    limited("import json\nx = json.dumps([1], indent=10 ** 9)");
    limited("import textwrap\nx = textwrap.indent('a\\n' * 10 ** 5, 'x' * 10 ** 5)");
    limited("x = [1]\nfor i in range(60): x = [x, x]\ny = repr(x)");
    limited("x = [1]\ny = [1]\nfor i in range(60):\n  x = [x, x]\n  y = [y, y]\nx == y");
    limited("x = (1,)\nfor i in range(60): x = (x, x)\nhash(x)");
    limited("x = 1\nfor i in range(60): x = {'a': x, 'b': x}\nString('').bind(x)");
}

#[test]
fn deep_programs_end_before_the_stack_does() {
    limited_on_both(&"(".repeat(100_000));
    limited_on_both(&"[".repeat(100_000));
    limited_on_both(&format!("x = {}1", "-".repeat(100_000)));
    limited_on_both(&format!("x = 1{}", " + 1".repeat(100_000)));
    limited_on_both(&format!("x = {}1", "not ".repeat(100_000)));
    limited_on_both(&format!("x = 'a'{}", ".strip()".repeat(50_000)));
    limited_on_both(&format!(
        "x = {}1{}",
        "f(".repeat(50_000),
        ")".repeat(50_000)
    ));
    limited_on_both(&format!("x = {}1", "lambda: ".repeat(50_000)));
    limited_on_both(&format!("x = 1{}", " if 1 else 2".repeat(50_000)));
    limited_on_both(&format!("x = f'{}'", "{f'".repeat(10_000)));
    limited_on_both(
        &(0..5000)
            .map(|depth| format!("{}if 1:\n", " ".repeat(depth % 400)))
            .collect::<String>(),
    );
    limited_on_both(&"x = 1\n".repeat(300_000));
    limited_on_both("def f(n): return f(n + 1)\nf(0)");
    limited_on_both("f = lambda g: g(g)\nf(f)");
}

#[test]
fn values_may_nest_deeper_than_the_stack() {
    runs("x = []\nfor i in range(200000): x = [x]\nx = None");
    runs("x = ()\nfor i in range(200000): x = (x,)");
    runs("x = {}\nfor i in range(200000): x = {'k': x}");
    runs("f = None\nfor i in range(200000): f = (lambda g: lambda: g)(f)");
    runs("it = iter([])\nfor i in range(100000): it = map(str, it)");
    runs("e = None\nfor i in range(100000): e = ValueError(e)");
    runs("from functools import partial\np = str\nfor i in range(100000): p = partial(p, 1)");
    runs("g = iter([])\nfor i in range(100000): g = (x for x in g)");
    limited_on_both("x = []\nfor i in range(200000): x = [x]\nrepr(x)");
    limited_on_both("x, y = [], []\nfor i in range(40000):\n  x, y = [x], [y]\nx == y");
    limited_on_both("x = ()\nfor i in range(200000): x = (x,)\nhash(x)");
    limited_on_both("import copy\nx = []\nfor i in range(200000): x = [x]\ncopy.deepcopy(x)");
    limited_on_both("it = iter([1])\nfor i in range(40000): it = map(abs, it)\nlist(it)");
}

/// Templates nest in the core; what it could not stand is refused with a Python error.
#[test]
fn templates_do_not_nest_without_end() {
    let error = run(
        "t = Integer\nfor i in range(1000): t = List(t)",
        Limits::default(),
    )
    .unwrap_err();
    assert_eq!(error.class, "RecursionError");
    let error = run(
        "o = String('x')\nfor i in range(1000): o = String('{{x}}').bind(x = o)",
        Limits::default(),
    )
    .unwrap_err();
    assert_eq!(error.class, "RecursionError");
    let error = run(
        "x = []\nfor i in range(1000): x = [x]\nString(x)",
        Limits::default(),
    )
    .unwrap_err();
    assert_eq!(error.class, "RecursionError");
    runs("o = String('x')\nfor i in range(1000): o = o.bind(x = i)");
}

#[test]
fn a_program_cannot_catch_a_limit() {
    limited("try:\n  while True: pass\nexcept:\n  pass");
    limited(
        "def f():\n  try:\n    return f()\n  except Exception:\n    return 1\n  finally:\n    g()\ndef g(): pass\nf()",
    );
}

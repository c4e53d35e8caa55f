//! Programs that would use up the machine end with an error, on a small stack and on a large one.

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

/// Checks that the program reaches a limit.
#[track_caller]
fn reaches_a_limit(program: &str) {
    // The defaults fit a release build; a tenth of them shows the same behaviour in a tenth of the time.
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

/// Checks that the program reaches a limit on a small stack and on a large one.
#[track_caller]
fn reaches_a_limit_on_both_stacks(program: &str) {
    reaches_a_limit(program);
    on_large_stack(|| reaches_a_limit(program)).unwrap();
}

#[test]
fn endless_programs_end() {
    reaches_a_limit("while True: pass");
    reaches_a_limit("import itertools\nfor i in itertools.count(): pass");
    reaches_a_limit("list(iter(int, 1))");
    reaches_a_limit("l = [1]\nfor x in l: l.append(x)");
    reaches_a_limit("any(x < 0 for x in range(10 ** 12))");
    reaches_a_limit("sum(range(10 ** 15))");
    reaches_a_limit("def f():\n  while True: yield 1\nnext(f())");
    reaches_a_limit("'x' in ('y' for _ in iter(int, 1))");
    reaches_a_limit("max(range(10 ** 14))");
    reaches_a_limit(
        "import itertools\nnext(itertools.cycle([]), None)\nlist(itertools.cycle([1]))",
    );
}

#[test]
fn slow_calls_count_as_many_steps() {
    reaches_a_limit("import re\nfor i in range(1000): re.compile(r'\\w{20}%d' % i)");
    reaches_a_limit(
        "from collections import Counter\nc = Counter(range(10000))\nfor i in range(100): c.most_common()",
    );
}

#[test]
fn evaluation_counts_the_parts_of_objects() {
    let long = "l = List(String)(['{{a}}'] * 10000).bind(a = 1)\n";
    reaches_a_limit(&format!("{long}while True: l[0]"));
    reaches_a_limit(&format!("{long}while True: l.interpolate()"));
    reaches_a_limit("l = List(Integer)(['1'] * 10000)\nwhile True: l.check()");
    let map = "m = Map(String, String)({'k%d' % i: 'v' for i in range(5000)})\n";
    reaches_a_limit(&format!(
        "{map}s = String('{{{{m[k4999]}}}}').bind(m = m)\nwhile True: s.interpolate()"
    ));
    // A few repetitions are within the limits.
    runs(&format!("{long}for i in range(20): l.interpolate()"));
}

#[test]
fn printed_text_is_limited() {
    reaches_a_limit("while True: print('x' * 10000)");
    reaches_a_limit("import sys\nwhile True: sys.stderr.write('x' * 10000)");
}

#[test]
fn memory_is_charged_before_it_is_allocated() {
    reaches_a_limit("x = 'a' * 10 ** 10");
    reaches_a_limit("x = [0] * 10 ** 12");
    reaches_a_limit("x = (0,) * 10 ** 18");
    reaches_a_limit("x = b'a' * 10 ** 12");
    reaches_a_limit("x = list(range(10 ** 9))");
    reaches_a_limit("x = 'a'\nwhile True: x = x + x");
    reaches_a_limit("x = [1]\nwhile True: x = x + x");
    reaches_a_limit("x = 3\nwhile True: x = x * x");
    reaches_a_limit("x = 10 ** 10 ** 10");
    reaches_a_limit("x = 1 << 10 ** 12");
    reaches_a_limit("x = '%10000000000d' % 1");
    reaches_a_limit("x = '{:10000000000}'.format(1)");
    reaches_a_limit("x = 'a'.ljust(10 ** 12)");
    reaches_a_limit("x = 'ab'.replace('', 'x' * 10 ** 7)");
    reaches_a_limit("x = ('x' * 10 ** 6).join(['y'] * 10 ** 5)");
    reaches_a_limit("x = 'x' * 10 ** 5\ny = x.replace('x', 'y' * 10 ** 5)");
    reaches_a_limit("l = ['a' * 10 ** 7 + str(i) for i in range(100)]");
    reaches_a_limit("x = bytes(10 ** 12)");
    reaches_a_limit("d = {}\nfor i in range(10 ** 8): d[i] = i");
    reaches_a_limit("import itertools\nx = list(itertools.product(range(100), repeat=5))");
    reaches_a_limit("import math\nx = math.factorial(10 ** 7)");
    reaches_a_limit("import json\nx = json.dumps([1], indent=10 ** 9)");
    reaches_a_limit("import textwrap\nx = textwrap.indent('a\\n' * 10 ** 5, 'x' * 10 ** 5)");
    reaches_a_limit("x = [1]\nfor i in range(60): x = [x, x]\ny = repr(x)");
    reaches_a_limit("x = [1]\ny = [1]\nfor i in range(60):\n  x = [x, x]\n  y = [y, y]\nx == y");
    reaches_a_limit("x = (1,)\nfor i in range(60): x = (x, x)\nhash(x)");
    reaches_a_limit("x = 1\nfor i in range(60): x = {'a': x, 'b': x}\nString('').bind(x)");
}

#[test]
fn deep_programs_end_before_the_stack_does() {
    reaches_a_limit_on_both_stacks(&"(".repeat(100_000));
    reaches_a_limit_on_both_stacks(&"[".repeat(100_000));
    reaches_a_limit_on_both_stacks(&format!("x = {}1", "-".repeat(100_000)));
    reaches_a_limit_on_both_stacks(&format!("x = 1{}", " + 1".repeat(100_000)));
    reaches_a_limit_on_both_stacks(&format!("x = {}1", "not ".repeat(100_000)));
    reaches_a_limit_on_both_stacks(&format!("x = 'a'{}", ".strip()".repeat(50_000)));
    reaches_a_limit_on_both_stacks(&format!(
        "x = {}1{}",
        "f(".repeat(50_000),
        ")".repeat(50_000)
    ));
    reaches_a_limit_on_both_stacks(&format!("x = {}1", "lambda: ".repeat(50_000)));
    reaches_a_limit_on_both_stacks(&format!("x = 1{}", " if 1 else 2".repeat(50_000)));
    reaches_a_limit_on_both_stacks(&format!("x = f'{}'", "{f'".repeat(10_000)));
    reaches_a_limit_on_both_stacks(
        &(0..5000)
            .map(|depth| format!("{}if 1:\n", " ".repeat(depth % 400)))
            .collect::<String>(),
    );
    reaches_a_limit_on_both_stacks(&"x = 1\n".repeat(300_000));
    reaches_a_limit_on_both_stacks("def f(n): return f(n + 1)\nf(0)");
    reaches_a_limit_on_both_stacks("f = lambda g: g(g)\nf(f)");
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
    reaches_a_limit_on_both_stacks("x = []\nfor i in range(200000): x = [x]\nrepr(x)");
    reaches_a_limit_on_both_stacks(
        "x, y = [], []\nfor i in range(40000):\n  x, y = [x], [y]\nx == y",
    );
    reaches_a_limit_on_both_stacks("x = ()\nfor i in range(200000): x = (x,)\nhash(x)");
    reaches_a_limit_on_both_stacks(
        "import copy\nx = []\nfor i in range(200000): x = [x]\ncopy.deepcopy(x)",
    );
    reaches_a_limit_on_both_stacks(
        "it = iter([1])\nfor i in range(40000): it = map(abs, it)\nlist(it)",
    );
}

/// Templates nest in the core; deeper nesting than the core supports is refused with a Python error.
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
    reaches_a_limit("try:\n  while True: pass\nexcept:\n  pass");
    reaches_a_limit(
        "def f():\n  try:\n    return f()\n  except Exception:\n    return 1\n  finally:\n    g()\ndef g(): pass\nf()",
    );
}

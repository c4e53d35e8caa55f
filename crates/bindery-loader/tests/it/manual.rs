//! The reference page of the language, written from a table whose rows are run and from the names in the evaluator.
//!
//! The table is `tests/language.txt`. `BINDERY_UPDATE_DOCS=1 cargo xtask test -- manual` rewrites the page.
//!
//! ```text
//! ## Heading               text up to the first row belongs to the section; a line `%name%` is replaced by a list of names
//! @ title                  begins a row; `--allow-env NAME` or `SOURCE_DATE_EPOCH=` in the title are options of the run
//! x = 1                    the program, of one or more lines
//! = 1                      `repr(x)` at the end, or
//! ! ValueError: message    the error, or
//! ~ message                the warning of a program that runs (then `=` too)
//! ? hint                   hint of the error or the warning
//! ```

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use bindery_core::Value as Data;
use bindery_loader::{ErrorKind, Limits, Loader, NoFiles, Options, ReadError, SourceReader};
use bindery_python::{Class, NoExtension, NoHost, Value, Vm, catalog};

const HEAD: &str = "# The language of job files\n\n\
    <!-- Written from `crates/bindery-loader/tests/language.txt` by `BINDERY_UPDATE_DOCS=1 cargo xtask test -- manual`; do not edit. -->\n";

/// One row of the table.
#[derive(Debug, Default)]
struct Row<'a> {
    title: &'a str,
    program: Vec<&'a str>,
    outcome: Outcome,
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Outcome {
    value: Option<String>,
    error: Option<String>,
    remark: Option<String>,
    hint: Option<String>,
}

enum Part<'a> {
    Text(&'a str),
    Row(Row<'a>),
}

fn parts(table: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    // Comments at the top are for authors of the table.
    for line in table.lines().skip_while(|line| line.starts_with("# ")) {
        if let Some(title) = line.strip_prefix("@ ") {
            parts.push(Part::Row(Row {
                title,
                ..Row::default()
            }));
            continue;
        }
        let Some(Part::Row(row)) = parts.last_mut() else {
            parts.push(Part::Text(line));
            continue;
        };
        let known = [
            ("= ", &mut row.outcome.value),
            ("! ", &mut row.outcome.error),
            ("~ ", &mut row.outcome.remark),
            ("? ", &mut row.outcome.hint),
        ];
        let found = known
            .into_iter()
            .find_map(|(mark, field)| Some((line.strip_prefix(mark)?, field)));
        if let Some((text, field)) = found {
            *field = Some(text.to_owned());
        } else if row.outcome == Outcome::default() {
            row.program.push(line);
        } else {
            parts.push(Part::Text(line));
        }
    }
    parts
}

/// Files that rows can read.
struct Folder;

const FILES: &[(&str, &str)] = &[
    ("jobs/top.aurora", ""),
    ("jobs/common.aurora", "cluster = 'west'\n"),
    ("jobs/motd.txt", "hello\n"),
];

impl SourceReader for Folder {
    fn read(&self, path: &Path) -> Result<Vec<u8>, ReadError> {
        let found = FILES.iter().find(|(name, _)| Path::new(name) == path);
        found
            .map(|(_, text)| text.as_bytes().to_vec())
            .ok_or(ReadError::NotFound)
    }

    fn canonical(&self, path: &Path) -> Result<PathBuf, ReadError> {
        self.read(path).map(|_| path.to_path_buf())
    }

    fn is_folder(&self, _path: &Path) -> bool {
        false
    }
}

/// The program of one row, and the files.
struct Top(String);

impl SourceReader for Top {
    fn read(&self, path: &Path) -> Result<Vec<u8>, ReadError> {
        match path.to_str() {
            Some("jobs/top.aurora") => Ok(self.0.clone().into_bytes()),
            _ => Folder.read(path),
        }
    }

    fn canonical(&self, path: &Path) -> Result<PathBuf, ReadError> {
        Folder.canonical(path)
    }

    fn is_folder(&self, path: &Path) -> bool {
        Folder.is_folder(path)
    }
}

fn run(row: &Row<'_>) -> Outcome {
    let mut options = Options {
        user: Some("ann".to_owned()),
        ..Options::default()
    };
    let words: Vec<&str> = row.title.split([' ', '`', ',', ':']).collect();
    for pair in words.windows(2) {
        if let ["--allow-env", name] = pair {
            let value = format!("value of {name}");
            options.environment.insert((*name).to_owned(), value);
        }
    }
    options.source_date_epoch = words
        .iter()
        .find_map(|word| word.strip_prefix("SOURCE_DATE_EPOCH=")?.parse().ok());
    let program = format!("x = None\n{}\n", row.program.join("\n"));
    let shown = format!("{program}x = repr(x)\n");
    // A failing program has its position in a line before the last.
    let mut loader = Loader::new(Vec::new(), options, Box::new(Top(shown)));
    match loader.load("jobs/top.aurora") {
        Ok(namespace) => {
            let Some(Data::String(text)) = namespace.get("x") else {
                panic!("repr() gives a text");
            };
            let remark = loader.warnings().into_iter().next();
            Outcome {
                value: Some(text.to_string()),
                error: None,
                hint: remark.as_ref().and_then(|remark| remark.hint.clone()),
                remark: remark.map(|remark| remark.message),
            }
        }
        Err(error) => Outcome {
            error: Some(format!("{}: {}", error.class, error.message)),
            hint: error.hint,
            ..Outcome::default()
        },
    }
}

/// Writes the row as the table would contain it with this outcome.
fn row_text(row: &Row<'_>, outcome: &Outcome) -> String {
    let mut out = format!("@ {}\n{}\n", row.title, row.program.join("\n"));
    for (mark, text) in [
        ('=', &outcome.value),
        ('!', &outcome.error),
        ('~', &outcome.remark),
        ('?', &outcome.hint),
    ] {
        if let Some(text) = text {
            let _ = writeln!(out, "{mark} {text}");
        }
    }
    out
}

/// Writes the page and runs every row.
fn page(table: &str) -> Result<String, String> {
    let mut page = HEAD.to_owned();
    let mut failures = String::new();
    let mut rows: Vec<Row<'_>> = Vec::new();
    for part in parts(table) {
        match part {
            Part::Row(row) => {
                let found = run(&row);
                if found != row.outcome {
                    let _ = writeln!(failures, "{}", row_text(&row, &found));
                }
                rows.push(row);
            }
            // Empty lines between rows are dropped.
            Part::Text("") if !rows.is_empty() => {}
            Part::Text(line) => {
                flush(&mut rows, &mut page);
                match line
                    .strip_prefix('%')
                    .and_then(|name| name.strip_suffix('%'))
                {
                    Some(list) => page.push_str(&names(list)),
                    None => page.push_str(line),
                }
                page.push('\n');
            }
        }
    }
    flush(&mut rows, &mut page);
    // Every part begins with an empty line.
    while let Some(at) = page.find("\n\n\n") {
        page.remove(at);
    }
    if failures.is_empty() {
        Ok(page.trim_end().to_owned() + "\n")
    } else {
        Err(failures)
    }
}

/// Writes rows that succeed as a program, and refused rows as a table.
fn flush(rows: &mut Vec<Row<'_>>, page: &mut String) {
    let (works, refused): (Vec<_>, Vec<_>) =
        rows.drain(..).partition(|row| row.outcome.error.is_none());
    if !works.is_empty() {
        page.push_str("\n```python\n");
        for (at, row) in works.iter().enumerate() {
            if at > 0 {
                page.push('\n');
            }
            let _ = writeln!(page, "# {}", row.title);
            for line in &row.program {
                let _ = writeln!(page, "{line}");
            }
            if let Some(value) = row.outcome.value.as_ref().filter(|value| *value != "None") {
                let _ = writeln!(page, "#> {value}");
            }
            if let Some(remark) = &row.outcome.remark {
                let _ = writeln!(page, "#> warning: {remark}");
            }
            if let Some(hint) = &row.outcome.hint {
                let _ = writeln!(page, "#> hint: {hint}");
            }
        }
        page.push_str("```\n\n");
    }
    if !refused.is_empty() {
        page.push_str("\n| refused | as in | message | what to do |\n|---|---|---|---|\n");
        for row in refused {
            let program = row.program.join(" ⏎ ");
            let code = if program.contains('`') {
                format!("`` {program} ``")
            } else {
                format!("`{program}`")
            };
            let _ = writeln!(
                page,
                "| {} | {} | {} | {} |",
                cell(row.title),
                cell(&code),
                cell(row.outcome.error.as_deref().unwrap_or_default()),
                cell(row.outcome.hint.as_deref().unwrap_or_default()),
            );
        }
        page.push('\n');
    }
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

/// Writes a list of names, taken from the evaluator.
fn names(list: &str) -> String {
    match list {
        "functions" => join(catalog::functions()),
        "classes" => join(catalog::classes()),
        "exceptions" => join(catalog::exceptions()),
        "templates" => {
            let loader = Loader::new(Vec::new(), Options::default(), Box::new(NoFiles));
            let names = loader.predefined_names();
            join(names.iter().map(|name| &**name))
        }
        "methods" => method_table(),
        "modules" => module_table(),
        "limits" => limit_table(),
        other => panic!("no list is called {other}"),
    }
}

fn join<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let mut names: Vec<&str> = names
        .into_iter()
        .filter(|name| !name.starts_with('_'))
        .collect();
    names.sort_unstable();
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}

fn method_table() -> String {
    let mut table = "| type | methods |\n|---|---|\n".to_owned();
    for (name, class) in [
        ("str", Class::Str),
        ("bytes", Class::Bytes),
        ("int, bool", Class::Int),
        ("float", Class::Float),
        ("list", Class::List),
        ("tuple, range", Class::Tuple),
        ("dict, defaultdict", Class::Dict),
        ("OrderedDict", Class::OrderedDict),
        ("Counter", Class::Counter),
        ("set", Class::Set),
        ("frozenset", Class::FrozenSet),
    ] {
        let methods = join(catalog::methods(class));
        let _ = writeln!(table, "| {name} | {methods} |");
    }
    table.trim_end().to_owned()
}

fn module_table() -> String {
    let mut vm = Vm::new(Limits::default(), Box::new(NoHost), &NoExtension);
    let mut rows: Vec<(&str, String)> = catalog::modules()
        .map(|name| {
            let Ok(Value::Module(module)) = vm.import(name) else {
                panic!("{name} cannot be imported");
            };
            (name, join(module.names()))
        })
        .collect();
    rows.push(("pystachio", "the names of templates, see below".to_owned()));
    rows.sort_unstable();
    let mut table = "| module | names |\n|---|---|\n".to_owned();
    for (name, names) in rows {
        let _ = writeln!(table, "| `{name}` | {names} |");
    }
    table.trim_end().to_owned()
}

/// A limit: name, default, meaning, and a program that exceeds a small value of it.
struct Bound {
    name: &'static str,
    default: u64,
    bounds: &'static str,
    small: Limits,
    program: &'static str,
}

fn bounds() -> BTreeMap<&'static str, Bound> {
    let all = Limits::default();
    // All fields are named, so that a new limit does not compile without a row.
    let Limits {
        source,
        nesting,
        chain,
        steps,
        depth,
        string,
        text,
        output,
        values,
    } = all.clone();
    macro_rules! bound {
        ($name:ident, $small:expr, $bounds:literal, $program:literal) => {
            Bound {
                name: stringify!($name),
                default: $name as u64,
                bounds: $bounds,
                small: Limits {
                    $name: $small,
                    ..all.clone()
                },
                program: $program,
            }
        };
    }
    let bounds = [
        bound!(
            source,
            10,
            "length of one file in bytes",
            "x = 'more than ten'"
        ),
        bound!(
            nesting,
            3,
            "depth of brackets and blocks in a file",
            "x = [[[[1]]]]"
        ),
        bound!(
            chain,
            5,
            "operators, attributes and calls in a row",
            "x = 1 + 2 + 3 + 4 + 5 + 6 + 7 + 8"
        ),
        bound!(
            steps,
            1000,
            "statements, calls and iterations of one load",
            "while True: pass"
        ),
        bound!(
            depth,
            10,
            "functions and includes inside each other",
            "def f(n): return f(n + 1)\nf(0)"
        ),
        bound!(string, 100, "length of one text in bytes", "x = 'a' * 1000"),
        bound!(
            text,
            1000,
            "bytes of all texts ever made; templates may make four times as much",
            "for i in range(100): x = 'a' * 50 + str(i)"
        ),
        bound!(
            output,
            1000,
            "bytes of all that is printed",
            "for i in range(1000): print(i)"
        ),
        bound!(
            values,
            100,
            "elements of all lists, tuples, dicts and sets ever made",
            "x = [0] * 1000"
        ),
    ];
    bounds
        .into_iter()
        .map(|bound| (bound.name, bound))
        .collect()
}

fn limit_table() -> String {
    let mut table = "| limit | default | bounds |\n|---|---|---|\n".to_owned();
    for bound in bounds().values() {
        let _ = writeln!(
            table,
            "| `{}` | {} | {} |",
            bound.name, bound.default, bound.bounds
        );
    }
    table.trim_end().to_owned()
}

#[test]
fn manual_matches_the_evaluator() {
    let table = include_str!("../language.txt");
    let page = match page(table) {
        Ok(page) => page,
        Err(failures) => panic!("these rows of tests/language.txt should be\n\n{failures}"),
    };
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/language.md");
    if std::env::var_os("BINDERY_UPDATE_DOCS").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == page,
        "docs/reference/language.md is not what the evaluator does; run `BINDERY_UPDATE_DOCS=1 cargo xtask test -- manual`"
    );
}

#[test]
fn every_limit_ends_a_program() {
    for bound in bounds().into_values() {
        let options = Options {
            limits: bound.small,
            ..Options::default()
        };
        let mut loader = Loader::new(Vec::new(), options, Box::new(Top(bound.program.to_owned())));
        let error = loader.load("jobs/top.aurora").unwrap_err();
        assert_eq!(error.kind, ErrorKind::Limit, "{}: {error}", bound.name);
        assert!(error.hint.is_some(), "{}: {error}", bound.name);
    }
}

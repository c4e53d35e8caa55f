//! Includes, opened files, environment variables, user and clock.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use bindery_core::{Value, repr};
use bindery_loader::{
    Error, ErrorKind, Loader, Namespace, NoFiles, Options, ReadError, SourceReader,
};

use crate::errors::render;

/// Files in memory; a value that begins with `->` is a link.
#[derive(Clone, Default)]
struct Files(BTreeMap<PathBuf, String>);

impl Files {
    fn new(files: &[(&str, &str)]) -> Self {
        Self(
            files
                .iter()
                .map(|(path, text)| (PathBuf::from(path), (*text).to_owned()))
                .collect(),
        )
    }
}

impl SourceReader for Files {
    fn read(&self, path: &Path) -> Result<Vec<u8>, ReadError> {
        let path = self.canonical(path)?;
        self.0
            .get(&path)
            .map(|text| text.clone().into_bytes())
            .ok_or(ReadError::IsFolder)
    }

    fn canonical(&self, path: &Path) -> Result<PathBuf, ReadError> {
        let mut plain = PathBuf::from("/home/config");
        for part in path.components() {
            match part.as_os_str().to_str() {
                Some("..") => drop(plain.pop()),
                Some(".") => {}
                _ => plain.push(part),
            }
        }
        match self.0.get(&plain).and_then(|text| text.strip_prefix("->")) {
            Some(link) => self.canonical(Path::new(link)),
            None if self.0.contains_key(&plain) || self.is_folder(&plain) => Ok(plain),
            None => Err(ReadError::NotFound),
        }
    }

    fn is_folder(&self, path: &Path) -> bool {
        self.0
            .keys()
            .any(|known| known != path && known.starts_with(path))
    }
}

fn load(files: &[(&str, &str)], options: Options) -> (Loader, Result<Namespace, Error>) {
    let mut loader = Loader::new(Vec::new(), options, Box::new(Files::new(files)));
    let result = loader.load("top.aurora");
    (loader, result)
}

#[track_caller]
fn shows(files: &[(&str, &str)], expected: &str) {
    let (_, result) = load(files, Options::default());
    let namespace = result.map_err(|error| render(&error)).unwrap();
    assert_eq!(text(&namespace, "result"), expected);
}

fn text(namespace: &Namespace, name: &str) -> String {
    repr::value(&namespace.get(name).unwrap()).unwrap()
}

#[track_caller]
fn fails(files: &[(&str, &str)]) -> String {
    let (_, result) = load(files, Options::default());
    render(&result.map(|_| ()).unwrap_err())
}

const TOP: &str = "/home/config/top.aurora";

#[test]
fn includes_share_one_namespace() {
    shows(
        &[
            (TOP, "a = 1\ninclude('lib/x.aurora')\nresult = (a, b, f())"),
            (
                "/home/config/lib/x.aurora",
                "b = a + 1\na = 10\ndef f(): return (a, __file__)\ninclude('y.aurora')",
            ),
            ("/home/config/lib/y.aurora", "b += 100"),
        ],
        "(10, 102, (10, 'top.aurora'))",
    );
}

#[test]
fn an_include_runs_each_time() {
    shows(
        &[
            (TOP, "n = 0\nfor i in range(3): include('x')\nresult = n"),
            ("/home/config/x", "n += 1"),
        ],
        "3",
    );
}

#[test]
fn q37_a_failed_include_leaves_the_next_one_its_folder() {
    shows(
        &[
            (
                TOP,
                "try:\n  include('lib/bad')\nexcept KeyError:\n  pass\ninclude('good')\nresult = ok",
            ),
            ("/home/config/lib/bad", "{}['x']"),
            ("/home/config/good", "ok = True"),
        ],
        "True",
    );
}

#[test]
fn q37_an_error_lists_the_chain_of_includes_and_calls() {
    let files = [
        (TOP, "include('lib/a.aurora')\nmake('x')\n"),
        (
            "/home/config/lib/a.aurora",
            "include('b.aurora')\ndef make(n):\n  return helper(n)\n",
        ),
        (
            "/home/config/lib/b.aurora",
            "def helper(n):\n  return n + 1\n",
        ),
    ];
    insta::assert_snapshot!(fails(&files), @r#"
    TypeError: can only concatenate str (not "int") to str
      at lib/b.aurora:2:10
      |   return n + 1
      |          ^
      in `helper`, called at lib/a.aurora:3:10
      in `make`, called at top.aurora:2:1
    hint: make a text of it with `str(...)`, or use `%` or an f-string
    (Raised)
    "#);
    let files = [
        (TOP, "x = 1\ninclude('a')\n"),
        ("/home/config/a", "\ninclude('b')\n"),
        ("/home/config/b", "y = (\n"),
    ];
    insta::assert_snapshot!(fails(&files), @r"
    SyntaxError: unexpected EOF while parsing
      at b:2:1
      | 
      | ^
      in `b`, included at a:2:1
      in `a`, included at top.aurora:2:1
    hint: is a bracket or quote left open above?
    (Syntax)
    ");
}

#[test]
fn q37_a_cycle_of_includes_is_reported() {
    let files = [
        (TOP, "include('a')"),
        ("/home/config/a", "include('./b')"),
        ("/home/config/b", "include('a')"),
    ];
    insta::assert_snapshot!(fails(&files), @"
    RecursionError: include cycle: top.aurora -> a -> b -> a
      at b:1:1
      | include('a')
      | ^
      in `b`, included at a:1:1
      in `a`, included at top.aurora:1:1
    hint: the included file is still running; move the code that both files need into a third file
    (Raised)
    ");
}

#[test]
fn q37_errors_of_included_files_have_a_position() {
    for (statement, class) in [
        ("nope", "NameError"),
        ("1 / 0", "ZeroDivisionError"),
        ("class P(Struct): pass\nP(x = 1)", "AttributeError"),
        ("Ref.from_address('a b')", "InvalidRefError"),
        ("Enum('A', 'B')('C')", "ValueError"),
        ("include('gone')", "FileNotFoundError"),
        ("x = ", "SyntaxError"),
    ] {
        let lines = 1 + statement.lines().count();
        let included = format!("# What follows fails.\n{statement}");
        let said = fails(&[
            (TOP, "\ninclude('lib/bad')"),
            ("/home/config/lib/bad", &included),
        ]);
        assert!(said.starts_with(class), "{statement}: {said}");
        for place in [
            format!("at lib/bad:{lines}:"),
            "included at top.aurora:2:1".to_owned(),
        ] {
            assert!(said.contains(&place), "{statement}: no {place} in {said}");
        }
    }
}

#[test]
fn files_outside_of_the_root_folder_count_as_missing() {
    let secret = ("/etc/secret", "x = 1");
    for path in [
        "/etc/secret",
        "../../etc/secret",
        "lib/../../../etc/secret",
        "link",
    ] {
        let top = format!("include('{path}')");
        let link = ("/home/config/link", "->/etc/secret");
        let said = fails(&[(TOP, &top), secret, link]);
        assert!(
            said.contains("No such file") && said.contains("--allow-read"),
            "{path}: {said}"
        );
        let top = format!("open('{path}')");
        let said = fails(&[(TOP, &top), secret, link]);
        assert!(
            said.contains("FileNotFoundError") && said.contains("--allow-read"),
            "{path}: {said}"
        );
    }
    // The message does not reveal whether the file exists.
    assert_eq!(
        fails(&[(TOP, "open('/etc/secret')"), secret]),
        fails(&[(TOP, "open('/etc/secret')")]),
    );
    shows(
        &[
            (TOP, "import os\nresult = os.path.exists('/etc/secret')"),
            secret,
        ],
        "False",
    );
    let options = Options {
        readable: vec![PathBuf::from("/etc/secret")],
        ..Options::default()
    };
    let (_, result) = load(
        &[(TOP, "result = open('/etc/secret').read()"), secret],
        options,
    );
    assert_eq!(text(&result.unwrap(), "result"), "'x = 1'");
}

#[test]
fn files_below_the_root_folder_can_be_read() {
    let files = [
        (
            TOP,
            "import os, json\n\
             with open('data/a.txt') as f:\n  lines = [l.strip() for l in f]\n\
             here = os.path.join(os.path.dirname(__file__), 'data', 'b.json')\n\
             result = (lines, json.load(open(here)), open('data/a.txt', 'rb').read(3), open('data/a.txt').readlines(),\n\
             os.path.isfile(here), os.path.isdir('data'), os.path.exists('nope'))",
        ),
        ("/home/config/data/a.txt", "one\r\ntwo\n"),
        ("/home/config/data/b.json", "{\"k\": [1]}"),
    ];
    let (loader, result) = load(&files, Options::default());
    let namespace = result.map_err(|error| render(&error)).unwrap();
    assert_eq!(
        text(&namespace, "result"),
        "(['one', 'two'], {'k': [1]}, b'one', ['one\\n', 'two\\n'], True, True, False)"
    );
    let inputs = loader.inputs();
    assert_eq!(
        inputs.files.iter().map(String::as_str).collect::<Vec<_>>(),
        ["data/a.txt", "data/b.json"]
    );
}

#[test]
fn sources_are_recorded_with_the_including_file() {
    let files = [
        (TOP, "include('lib/a.aurora')"),
        ("/home/config/lib/a.aurora", "include('b.aurora')"),
        ("/home/config/lib/b.aurora", "x = 1"),
    ];
    let (loader, result) = load(&files, Options::default());
    result.unwrap();
    let keys: Vec<String> = loader
        .inputs()
        .loadables
        .into_iter()
        .map(|(key, _)| key)
        .collect();
    assert_eq!(
        keys,
        [
            "\0top.aurora",
            "top.aurora\0lib/a.aurora",
            "lib/a.aurora\0b.aurora"
        ]
    );
}

#[test]
fn only_the_user_is_visible_in_the_environment() {
    let program = "import os, getpass\n\
                   result = (os.environ.get('HOME'), os.getenv('HOME', 'none'), 'HOME' in os.environ, getpass.getuser(),\n\
                   os.environ['USER'], os.environ.get('REGION'), sorted(os.environ))";
    let options = Options {
        user: Some("ann".to_owned()),
        environment: [("REGION".to_owned(), "eu".to_owned())].into(),
        ..Options::default()
    };
    let (loader, result) = load(&[(TOP, program)], options);
    assert_eq!(
        text(&result.unwrap(), "result"),
        "(None, 'none', False, 'ann', 'ann', 'eu', ['LOGNAME', 'REGION', 'USER'])"
    );
    let said: Vec<String> = loader
        .warnings()
        .into_iter()
        .filter_map(|note| note.hint)
        .collect();
    assert!(
        said.iter().any(|hint| hint.contains("--allow-env HOME")),
        "{said:?}"
    );
    let asked: Vec<String> = loader.inputs().environment.into_keys().collect();
    assert_eq!(asked, ["HOME", "LOGNAME", "REGION", "USER"]);
    assert!(loader.inputs().user);
}

#[test]
fn the_clock_has_the_given_time() {
    let program = "import time, datetime\nresult = (time.time(), str(datetime.datetime.utcnow()), time.strftime('%Y'))";
    let options = Options {
        source_date_epoch: Some(1_700_000_000),
        ..Options::default()
    };
    let (loader, result) = load(&[(TOP, program)], options);
    assert_eq!(
        text(&result.unwrap(), "result"),
        "(1700000000.0, '2023-11-14 22:13:20', '2023')"
    );
    assert!(loader.inputs().clock);
    assert!(fails(&[(TOP, program)]).contains("SOURCE_DATE_EPOCH"));
}

#[test]
fn a_missing_top_file_has_its_own_error_kind() {
    let mut loader = Loader::new(Vec::new(), Options::default(), Box::new(NoFiles));
    let error = loader.load("nope.aurora").unwrap_err();
    assert_eq!(
        (error.kind, error.message.as_str()),
        (ErrorKind::NotFound, "Could not load resource nope.aurora")
    );
}

#[test]
fn objects_and_strings_have_origins() {
    let program = "class P(Struct):\n  cmd = String\n\nc = 'run ' + '{{x}}'\np = P(\n  cmd = c % ())\nq = [P(cmd = f'{1} {{{{y}}}}')]\n";
    let (loader, result) = load(&[(TOP, program)], Options::default());
    let namespace = result.map_err(|error| render(&error)).unwrap();
    let place = |value: &Value| {
        let Value::Object(object) = value else {
            panic!("{value:?}")
        };
        let (_, unbound) = object.interpolate().unwrap();
        let shown = |origin| loader.place(origin).unwrap().to_string();
        (
            object.origin().map(shown).unwrap(),
            unbound[0].origin.map(shown).unwrap(),
        )
    };
    let at = |object: &str, text: &str| (object.to_owned(), text.to_owned());
    assert_eq!(
        place(&namespace.get("p").unwrap()),
        at("top.aurora:5:5", "top.aurora:4:5")
    );
    let Some(Value::List(list)) = namespace.get("q") else {
        panic!("q is no list")
    };
    assert_eq!(place(&list[0]), at("top.aurora:7:6", "top.aurora:7:14"));
}

#[test]
fn the_namespace_has_the_assigned_names() {
    let (_, result) = load(
        &[(
            TOP,
            "b = 1\ndef a(): pass\nimport os\nfor i in [1]: pass\nlen = 5\ndel b",
        )],
        Options::default(),
    );
    let namespace = result.unwrap();
    let names: Vec<String> = namespace
        .names()
        .iter()
        .map(|name| name.to_string())
        .collect();
    assert_eq!(names, ["a", "i", "len", "os"]);
    assert!(namespace.get("b").is_none() && namespace.get("print").is_none());
    assert!(matches!(namespace.get("a"), Some(Value::Opaque(_))));
}

/// One file with these bytes.
struct Bytes(&'static [u8]);

impl SourceReader for Bytes {
    fn read(&self, _: &Path) -> Result<Vec<u8>, ReadError> {
        Ok(self.0.to_vec())
    }

    fn canonical(&self, path: &Path) -> Result<PathBuf, ReadError> {
        Ok(Path::new("/home").join(path))
    }

    fn is_folder(&self, _: &Path) -> bool {
        false
    }
}

#[test]
fn a_comment_declares_latin_1() {
    let load = |bytes| {
        let mut loader = Loader::new(Vec::new(), Options::default(), Box::new(Bytes(bytes)));
        loader.load("top.aurora")
    };
    for bytes in [
        &b"# -*- coding: latin-1 -*-\nresult = 'caf\xe9'\n"[..],
        b"#!/usr/bin/python\n# vim: set fileencoding=ISO-8859-1 :\nresult = 'caf\xe9'\n",
        b"# coding: utf-8\nresult = 'caf\xc3\xa9'\n",
    ] {
        assert_eq!(text(&load(bytes).unwrap(), "result"), "'caf\u{e9}'");
    }
    for bytes in [
        &b"result = 'caf\xe9'\n"[..],
        b"\n\n# coding: latin-1\nresult = 'caf\xe9'\n",
        b"# coding: utf-8\nresult = 'caf\xe9'\n",
    ] {
        let error = load(bytes).unwrap_err();
        assert!(error.message.contains("is not UTF-8"), "{}", error.message);
        assert!(error.hint.unwrap().contains("coding: latin-1"));
    }
}

#[test]
fn the_names_of_the_schema_may_be_imported_from_its_modules() {
    use bindery_core::Definition;
    let prelude = || {
        let value = |text| Definition::Value(Value::string(text));
        vec![
            ("MesosJob".into(), value("job")),
            ("MB".into(), value("mb")),
        ]
    };
    let run = |program: &str| {
        let mut loader = Loader::new(prelude(), Options::default(), Box::new(NoFiles));
        loader.evaluate("file", program)
    };
    let namespace = run(
        "MB = 1\nfrom apache.aurora.config.schema.base import *\nfrom twitter.mesos.config.schema import MesosJob as Job\n\
         result = (MB, Job)",
    );
    assert_eq!(text(&namespace.unwrap(), "result"), "('mb', 'job')");
    let error = run("from apache.thermos.config.schema import MesosJop").unwrap_err();
    assert_eq!(
        render(&error),
        "ImportError: cannot import name 'MesosJop' from 'apache.thermos.config.schema'\n  at file:1:42\n  \
         | from apache.thermos.config.schema import MesosJop\n  |                                          ^\n\
         hint: did you mean `MesosJob`?\n(Raised)"
    );
}

//! Programs without templates, run by the evaluator alone.

use std::collections::BTreeMap;
use std::rc::Rc;

use bindery_python::{
    ErrorKind, FileKind, Host, Include, IncludeError, Limits, NoExtension, NoHost, ReadError,
    Unreadable, Vm, repr,
};

/// Runs a program and returns `repr(result)`, or its error.
fn result(program: &str) -> Result<String, String> {
    let mut vm = Vm::new(Limits::default(), Box::new(NoHost), &NoExtension);
    vm.evaluate("program", program)
        .map_err(|error| format!("{}: {error}", error.class))?;
    let value = vm.assigned("result").expect("the program assigns `result`");
    Ok(vm.measured(|vm| repr(vm, &value)).expect("repr() succeeds"))
}

#[test]
fn programs_run_without_templates() {
    assert_eq!(
        result("import json\nresult = json.loads('[1, {\"a\": 2.0}]')"),
        Ok("[1, {'a': 2.0}]".to_owned())
    );
    assert_eq!(
        result("result = sorted({'b': 1, 'a': 2}.items())"),
        Ok("[('a', 2), ('b', 1)]".to_owned())
    );
    assert_eq!(
        result("import re\nresult = re.sub('[0-9]+', '#', 'a1b22')"),
        Ok("'a#b#'".to_owned())
    );
    assert_eq!(
        result("result = 1 / 0"),
        Err("ZeroDivisionError: division by zero".to_owned())
    );
}

#[test]
fn names_of_templates_are_unknown() {
    assert_eq!(
        result("result = String('x')"),
        Err("NameError: name 'String' is not defined".to_owned())
    );
    assert_eq!(
        result("import pystachio"),
        Err("ModuleNotFoundError: No module named 'pystachio'".to_owned())
    );
    assert_eq!(
        result("class A(object): pass"),
        Err("NotImplementedError: not supported: class `A`".to_owned())
    );
}

#[test]
fn endless_programs_reach_a_limit() {
    let limits = Limits {
        steps: 1000,
        ..Limits::default()
    };
    let mut vm = Vm::new(limits, Box::new(NoHost), &NoExtension);
    let error = vm.evaluate("program", "while True: pass").unwrap_err();
    assert_eq!(error.kind, ErrorKind::Limit);
    assert_eq!(error.place.expect("a position").line, 1);
}

/// A host with one file and one variable.
struct OneFile;

impl Host for OneFile {
    fn read(&mut self, path: &str) -> Result<Vec<u8>, Unreadable> {
        match path {
            "data.txt" => Ok(b"contents".to_vec()),
            _ => Err(Unreadable::Failed(ReadError::NotFound)),
        }
    }

    fn file_kind(&self, path: &str) -> Option<FileKind> {
        (path == "data.txt").then_some(FileKind::File)
    }

    fn find_include(&mut self, _path: &str) -> Result<Include, IncludeError> {
        Err(IncludeError::NoFolder)
    }

    fn begin_include(&mut self, _file: &Include, _text: &Rc<str>) {}

    fn end_include(&mut self) {}

    fn script(&self) -> Rc<str> {
        "program".into()
    }

    fn variable(&mut self, name: &str) -> Option<String> {
        self.variables().remove(name)
    }

    fn variables(&mut self) -> BTreeMap<String, String> {
        BTreeMap::from([("ROLE".to_owned(), "www".to_owned())])
    }

    fn user(&mut self) -> Option<String> {
        None
    }

    fn now(&mut self) -> Option<i64> {
        None
    }

    fn print(&mut self, _text: &str) {}
}

#[test]
fn programs_see_what_the_host_allows() {
    let mut vm = Vm::new(Limits::default(), Box::new(OneFile), &NoExtension);
    vm.evaluate(
        "program",
        "import os\n\
         text = open('data.txt').read()\n\
         role = os.environ['ROLE']\n\
         unset = os.getenv('HOME')\n\
         assert os.path.isfile('data.txt') and not os.path.exists('other.txt')",
    )
    .unwrap();
    let mut shown = |name: &str| {
        let value = vm.assigned(name).expect("the program assigns it");
        vm.measured(|vm| repr(vm, &value)).expect("repr() succeeds")
    };
    assert_eq!(shown("text"), "'contents'");
    assert_eq!(shown("role"), "'www'");
    assert_eq!(shown("unset"), "None");
    let warnings = vm.warnings();
    assert_eq!(warnings.len(), 1);
    assert_eq!(
        warnings[0].message,
        "environment variable `HOME` counts as unset"
    );
}

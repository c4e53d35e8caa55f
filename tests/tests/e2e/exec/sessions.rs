//! Recorded sessions, line by line, checked against the published schema and the published example.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bindery_core::{Type, Value, bind_all};
use bindery_host::{
    AuthEntry, Description, PluginSet, ProgramEntry, SearchPath, Services, Settings,
};
use bindery_tests::{Program, Schema, binary, find};
use serde_json::{Value as Json, json};

use super::example;
use crate::seam::services::Talk;
use crate::seam::unruly;

/// Script that runs a program and copies its input and output to `in` and `out` next to the script.
const KEEPING: &str = "#!/bin/sh\nhere=${0%/*}\ntee \"$here/in\" | \"$@\" | tee \"$here/out\"\n";

/// Lines of both sides, in a temporary folder.
struct Session {
    folder: tempfile::TempDir,
}

impl Session {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("keep.sh"), KEEPING).unwrap();
        Self { folder }
    }

    /// Returns the command that runs `command` and keeps its lines.
    fn command(&self, command: &[&Path]) -> Vec<PathBuf> {
        let script = self.folder.path().join("keep.sh");
        let keeping = [PathBuf::from("/bin/sh"), script].into_iter();
        keeping
            .chain(command.iter().map(|part| (*part).to_owned()))
            .collect()
    }

    fn lines(&self, name: &str) -> Vec<Json> {
        let text = fs::read_to_string(self.folder.path().join(name)).unwrap();
        let lines = text.lines();
        lines
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    /// Checks every line against the schema, and that each of these methods was used.
    #[track_caller]
    fn check(&self, to_plugin: &[&str], from_plugin: &[&str]) {
        let schema = Schema::published("plugin-protocol.schema.json");
        for (file, part, expected) in [
            ("in", "to_plugin", to_plugin),
            ("out", "from_plugin", from_plugin),
        ] {
            let lines = self.lines(file);
            for line in &lines {
                assert_eq!(schema.violations(line), [""; 0], "of {line}");
                assert_eq!(schema.violations_of(part, line), [""; 0], "of {line}");
            }
            let methods: BTreeSet<_> = lines
                .iter()
                .filter_map(|line| line["method"].as_str())
                .collect();
            let expected: BTreeSet<_> = expected.iter().copied().collect();
            assert_eq!(methods, expected);
        }
    }
}

/// Binds the refs of a text; returns the text and the number of refs without an answer.
fn bind(
    settings: Settings,
    files: &[PathBuf],
    services: Arc<dyn Services>,
    text: &str,
) -> (String, usize) {
    let search = SearchPath {
        files: files.to_vec(),
        folders: Vec::new(),
    };
    let plugins = PluginSet::find(&search, settings, services).unwrap();
    let object = Type::String
        .construct(&[Value::string(text)], &[], None)
        .unwrap();
    let bound = bind_all(&[object], &plugins.binders(Some("west")));
    if let Some(unruly) = plugins.get("unruly") {
        unruly.call("echo", &json!([1, null])).unwrap();
    }
    let text = bound.objects[0].as_ref().unwrap().display().unwrap();
    (text, bound.errors.len())
}

fn program(command: Vec<PathBuf>) -> Settings {
    let binders = [("greeting".to_owned(), "greeting[*]".to_owned())].into();
    Settings {
        programs: vec![ProgramEntry {
            description: Description::of_program("greeting", &binders),
            command,
            environment: vec![("PATH".to_owned(), "/usr/bin:/bin".to_owned())],
            time_limit: None,
        }],
        ..Settings::default()
    }
}

#[test]
fn sessions_of_programs_match_the_schema() {
    let mut programs = vec![vec![PathBuf::from("/bin/sh"), example("greeting.sh")]];
    if let Some(python) = find(Program::Python) {
        programs.push(vec![python, example("greeting.py")]);
    }
    for parts in programs {
        let session = Session::new();
        let parts: Vec<&Path> = parts.iter().map(PathBuf::as_path).collect();
        let settings = program(session.command(&parts));
        let text = "{{greeting[en]}} {{greeting[tlh]}}";
        let bound = bind(settings, &[], Arc::new(Talk::default()), text);
        assert_eq!(bound, ("hello {{greeting[tlh]}}".to_owned(), 1));
        session.check(&["open", "bind"], &[]);
    }
}

fn isolated(session: &Session) -> Settings {
    Settings {
        isolate: Some(session.command(&[&binary(), Path::new("plugin"), Path::new("serve")])),
        ..Settings::default()
    }
}

#[test]
fn sessions_of_isolated_libraries_match_the_schema() {
    let session = Session::new();
    let entries = json!([{"plugin": "unruly", "source": "counting", "registry": "*"}]);
    let settings = Settings {
        auth: serde_json::from_value::<Vec<AuthEntry>>(entries).unwrap(),
        ..isolated(&session)
    };
    let text = "{{unruly[cluster][default]}} {{unruly[cluster][gone]}} {{unruly[folder][x]}} {{unruly[panic][x]}} \
                {{unruly[about][x]}} {{unruly[x][y].text}}";
    let (bound, errors) = bind(settings, &[unruly()], Arc::new(Talk::default()), text);
    assert_eq!((bound.ends_with(" y"), errors), (true, 2), "{bound}");
    session.check(
        &["open", "bind", "call"],
        &["cancelled", "cluster", "cache_folder", "call", "log"],
    );
}

#[test]
fn the_schema_refuses_other_lines() {
    let schema = Schema::published("plugin-protocol.schema.json");
    for line in [
        json!({"id": 1, "method": "close", "params": {}}),
        json!({"id": "1", "result": {}}),
        json!({"id": -1, "result": {}}),
        json!({"id": 1, "error": "no"}),
        json!({"id": 1, "method": "bind", "params": {"requests": [{"binder": "b"}]}}),
        json!({"method": "log", "params": {"level": "loud", "message": "m"}}),
        json!({"method": "progress", "params": {"task": "t", "done": 1.5, "total": 2}}),
        json!([]),
    ] {
        assert!(!schema.violations(&line).is_empty(), "{line}");
    }
    let answered = |answer: Json| json!({"id": 1, "result": {"answers": [answer]}});
    let part = |line: &Json| schema.violations_of("bound", line);
    assert_eq!(part(&answered(json!({"value": {"a": 1}}))), [""; 0]);
    assert!(!part(&answered(json!({"value": [1]}))).is_empty());
    assert!(!part(&answered(json!({}))).is_empty());
}

/// The session in the reference is a recorded one.
#[test]
fn the_published_session_is_reproduced() {
    let session = Session::new();
    let command = session.command(&[Path::new("/bin/sh"), &example("greeting.sh")]);
    let text = "{{greeting[en]}} {{greeting[tlh]}}";
    bind(program(command), &[], Arc::new(Talk::default()), text);
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/reference/plugin-protocol.md");
    let page = fs::read_to_string(page).unwrap();
    let shown: Vec<(&str, Json)> = page
        .lines()
        .filter_map(|line| line.split_once(' '))
        .filter(|(side, _)| matches!(*side, "host:" | "plugin:"))
        .map(|(side, line)| (side, serde_json::from_str(line).unwrap()))
        .collect();
    let of = |wanted: &str| -> Vec<Json> {
        let lines = shown.iter().filter(|(side, _)| *side == wanted);
        lines.map(|(_, line)| line.clone()).collect()
    };
    assert_eq!(of("host:"), session.lines("in"));
    assert_eq!(of("plugin:"), session.lines("out"));
}

//! Cost of plugins in a run: one request for any number of refs, and none where they are not needed.

use std::ffi::OsStr;
use std::fmt::Write;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use bindery_tests::{Bindery, Program, Ran, find, run_by};

use super::{busy, library, unruly};

const REFS: usize = 100_000;

/// Returns a text with this many distinct refs, and the text in which each is bound to the text in its brackets.
fn many(binder: &str) -> (String, String) {
    let (mut text, mut bound) = (String::new(), String::new());
    for number in 0..REFS {
        let _ = writeln!(text, "{number} {{{{{binder}[v{number}]}}}}");
        let _ = writeln!(bound, "{number} v{number}");
    }
    (text, bound)
}

#[test]
fn a_plugin_is_asked_once_for_a_hundred_thousand_refs() {
    let (text, expected) = many("plain");
    let bindery = Bindery::new();
    bindery.write("text", &text);
    let library = busy().display().to_string();
    for more in ["-v", "--isolate"] {
        let ran = bindery.run([
            "render",
            "--text",
            "text",
            "-v",
            "--plugin-dir",
            &library,
            more,
        ]);
        let told = ran.stderr.clone();
        assert!(ran.success() == expected, "{more}: the text is another");
        let asked: Vec<_> = told
            .lines()
            .filter(|line| line.contains("plain: "))
            .collect();
        assert_eq!(asked.len(), 1, "{more}: {asked:?}");
        assert!(
            asked[0].ends_with("plain: asked for 100000 at once"),
            "{asked:?}"
        );
    }
}

/// Program that answers every ref with the text in its brackets. Each start adds a line to the file of its argument.
const PROGRAM: &str = r#"#!/usr/bin/env python3
import json, os, sys

with open(sys.argv[1], "a") as starts:
    print(os.getpid(), file=starts)
for line in sys.stdin.buffer:
    question = json.loads(line)
    result = {}
    if question["method"] == "bind":
        requests = question["params"]["requests"]
        result = {"answers": [{"value": request["parts"][-1]} for request in requests]}
    print(json.dumps({"id": question["id"], "result": result}), flush=True)
"#;

#[test]
fn a_program_is_started_once_for_a_hundred_thousand_refs() {
    let (text, expected) = many("site");
    let bindery = Bindery::new();
    bindery.write("text", &text);
    let program = bindery.write("../bin/site", PROGRAM);
    fs::set_permissions(&program, PermissionsExt::from_mode(0o755)).unwrap();
    let starts = bindery.home().join("starts");
    let bindery = bindery.configure_fully(&format!(
        "[exec.site]\ncommand = [{:?}, {:?}]\nbinders.site = \"site[*]\"\n",
        program.display().to_string(),
        starts.display().to_string(),
    ));
    let bound = bindery.run(["render", "--text", "text"]).success();
    assert!(bound == expected, "the text is another");
    assert_eq!(fs::read_to_string(starts).unwrap().lines().count(), 1);
}

#[test]
fn a_library_that_is_not_needed_is_not_loaded() {
    let Some(strace) = find(Program::Strace) else {
        return;
    };
    let bindery = Bindery::new();
    bindery.write("text", "{{greeting[en]}} {{other[x]}}\n");
    // Neither of the others has a step in every run.
    let (needed, other) = (library("example"), unruly());
    let trace = bindery.home().join("trace");
    let rendered = bindery.command([
        "render",
        "--text",
        "text",
        "--plugin-dir",
        needed.to_str().unwrap(),
        "--plugin-dir",
        other.to_str().unwrap(),
    ]);
    let arguments = ["-f", "-y", "-e", "trace=openat,mmap", "-o"].map(OsStr::new);
    let arguments = [&arguments[..], &[trace.as_os_str()]].concat();
    let bound = Ran::of(run_by(&strace, &arguments, &rendered)).success();
    assert_eq!(bound, "hello {{other[x]}}\n");

    let trace = fs::read_to_string(trace).unwrap();
    let is_code = |line: &&str| line.contains("mmap(") && line.contains("PROT_EXEC");
    let loaded: Vec<_> = trace.lines().filter(is_code).collect();
    let is_loaded = |file: &Path| {
        let name = file.file_name().unwrap().to_str().unwrap();
        assert!(trace.contains(name), "`{name}` was not even looked at");
        loaded.iter().any(|line| line.contains(name))
    };
    assert!(is_loaded(&needed), "{loaded:#?}");
    for unneeded in [other, library("docker"), library("auth"), library("traits")] {
        assert!(!is_loaded(&unneeded), "{}: {loaded:#?}", unneeded.display());
    }
}

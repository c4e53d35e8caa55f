//! What plugins cost: to be loaded, and to be asked for many refs.

use std::{
    env::consts::{DLL_PREFIX, DLL_SUFFIX},
    fmt::Write as _,
    fs,
    os::unix::fs::PermissionsExt,
    path::PathBuf,
};

use bindery_tests::{Bindery, plugin_folder};

use crate::{
    contender::{Contender, machine, part, verdict},
    median,
};

/// How often a plugin is loaded, each time beside a run in which it is not.
const PAIRS: usize = 50;

/// The most that loading a plugin may take, in milliseconds.
const LOAD: f64 = 0.6;

/// How often each of the others has its turn.
const ROUNDS: usize = 9;

const REFS: usize = 100_000;

/// How much of the time without a binder a binder may take.
const OF_BIND: f64 = 2.0;

pub fn run() {
    load();
    ask();
}

fn library(name: &str) -> PathBuf {
    plugin_folder().join(format!("{DLL_PREFIX}{name}{DLL_SUFFIX}"))
}

fn load() {
    println!(
        "| a plugin is loaded | whole process | beside it | difference | at most |\n|---|---|---|---|---|"
    );
    // Loaded, its tables compared, opened and closed, beside its description being read from the file.
    for (name, library_name) in [
        ("auth", "bindery_plugin_auth"),
        ("docker", "bindery_plugin_docker"),
        ("greeting", "bindery_plugin_example"),
        ("traits", "bindery_plugin_traits"),
    ] {
        let file = library(library_name).display().to_string();
        let checked = {
            let (bindery, file) = (Bindery::new().installed(), file.clone());
            move || bindery.command(["plugin", "check", &file])
        };
        let bindery = Bindery::new().installed();
        let shown = move || bindery.command(["plugin", "show", name, "--plugin-dir", &file]);
        compare(
            &format!("`plugin check` of `{name}`, beside `plugin show`"),
            Contender::new("checked", checked),
            Contender::new("shown", shown),
        );
    }
    compare(
        "a text with one ref to `greeting`, beside the same with `--bind`",
        rendering(
            "{{greeting[en]}}\n".to_owned(),
            "bindery_plugin_example",
            &[],
        ),
        rendering(
            "{{greeting[en]}}\n".to_owned(),
            "bindery_plugin_example",
            &["greeting[en]=hello".to_owned()],
        ),
    );
    println!(
        "\nMedians of {PAIRS} pairs of {}, after one that does not count; the difference is the median of the pairs' own.\n",
        machine()
    );
}

fn compare(name: &str, mut with: Contender, mut without: Contender) {
    for _ in 0..=PAIRS {
        with.run();
        without.run();
    }
    let (with, without) = (&with.seconds[1..], &without.seconds[1..]);
    let differences: Vec<f64> = with.iter().zip(without).map(|(a, b)| a - b).collect();
    let difference = median(&differences) * 1e3;
    println!(
        "| {name} | {:.2} ms | {:.2} ms | {difference:.2} ms | {} |",
        median(with) * 1e3,
        median(without) * 1e3,
        verdict(difference, LOAD, " ms")
    );
}

/// A text in which these refs are bound by the plugin of a library, but for those that the command line binds.
fn rendering(text: String, library_name: &str, bindings: &[String]) -> Contender {
    let bindery = Bindery::new().installed();
    bindery.write("text", &text);
    let (library, bindings) = (library(library_name), bindings.to_vec());
    Contender::new("rendered", move || {
        let mut command = bindery.command(["render", "--text", "text", "--plugin-dir"]);
        command.arg(&library);
        for binding in &bindings {
            command.args(["--bind", binding]);
        }
        command
    })
}

/// Answers every ref with what stands in its brackets.
const PROGRAM: &str = r#"#!/usr/bin/env python3
import json, sys
for line in sys.stdin.buffer:
    question = json.loads(line)
    result = {}
    if question["method"] == "bind":
        result = {"answers": [{"value": it["parts"][-1]} for it in question["params"]["requests"]]}
    print(json.dumps({"id": question["id"], "result": result}), flush=True)
"#;

fn ask() {
    println!(
        "| a text of {REFS} lines, a ref in each | whole process | of `--bind` | at most | peak memory |\n|---|---|---|---|---|"
    );
    for names in [1, 1_000, REFS] {
        let text: String = (0..REFS).fold(String::new(), |mut text, line| {
            let _ = writeln!(text, "{line} {{{{plain[v{}]}}}}", line % names);
            text
        });
        let binding = |name| format!("plain[v{name}]=v{name}");
        let bindings: Vec<_> = (0..names).map(binding).collect();
        // More do not fit on a command line.
        let bound = (names <= 1_000).then(|| rendering(text.clone(), "bindery_busy", &bindings));
        let contenders = [
            bound,
            Some(rendering(text.clone(), "bindery_busy", &[])),
            Some(by_program(&text)),
        ];
        let mut contenders: Vec<_> = contenders.into_iter().flatten().collect();
        let mut expected = None;
        for round in 0..=ROUNDS {
            for contender in &mut contenders {
                let output = contender.run().stdout;
                assert!(*expected.get_or_insert_with(|| output.clone()) == output);
                if round == 0 {
                    contender.seconds.clear();
                }
            }
        }
        let theirs = (contenders.len() == 3).then(|| contenders.remove(0).median());
        let name = |asked: &str| format!("{names} names, {asked}");
        if let Some(theirs) = theirs {
            println!(
                "| {} | {:.1} ms | - | - | - |",
                name("`--bind`"),
                theirs * 1e3
            );
        }
        for (contender, asked) in contenders.iter().zip(["a library", "a program in Python"]) {
            let bar = (asked == "a library").then_some(OF_BIND);
            let memory = contender.peak_memory();
            println!(
                "| {} | {:.1} ms | {} | {} |",
                name(asked),
                contender.median() * 1e3,
                part(contender.median(), theirs, bar),
                memory.map_or("-".to_owned(), |peak| format!("{peak:.0} MiB"))
            );
        }
    }
    println!(
        "\nMedians of {ROUNDS} rounds in which all take turns; no binder does more than answer.\n"
    );
}

fn by_program(text: &str) -> Contender {
    let bindery = Bindery::new().installed();
    bindery.write("text", text);
    let program = bindery.write("../bin/plain", PROGRAM);
    fs::set_permissions(&program, PermissionsExt::from_mode(0o755)).expect("it is ours");
    let program = program.display().to_string();
    let bindery = bindery.configure_fully(&format!(
        "[exec.plain]\ncommand = [{program:?}]\nbinders.plain = \"plain[*]\"\n"
    ));
    Contender::new("by a program", move || {
        bindery.command(["render", "--text", "text"])
    })
}

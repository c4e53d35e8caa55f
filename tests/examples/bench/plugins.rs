//! Cost of plugins: of loading one, and of asking it for many refs.

use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::PermissionsExt;

use bindery_tests::{Bindery, Build};

use crate::contender::{Contender, Ours, machine, part, verdict};
use crate::{Builds, median};

/// Runs that load a plugin, each paired with a run that does not.
const PAIRS: usize = 50;

/// Largest time for loading a plugin, in milliseconds.
const LOAD: f64 = 0.6;

/// Turns of each of the other contenders.
const ROUNDS: usize = 9;

const REFS: usize = 100_000;

/// Largest ratio of a run with a binder to a run without.
const OF_BIND: f64 = 2.0;

pub fn run(builds: &Builds) {
    load(builds);
    ask(builds);
}

fn load(builds: &Builds) {
    println!(
        "| a plugin is loaded | whole process | compared with | difference | at most | of the older build |\n|---|---|---|---|---|---|"
    );
    // `check` loads the library, compares its tables, opens and closes it; `show` reads its description from the file.
    for (name, library) in [
        ("auth", "bindery_plugin_auth"),
        ("docker", "bindery_plugin_docker"),
        ("greeting", "bindery_plugin_example"),
        ("traits", "bindery_plugin_traits"),
    ] {
        let check = |build: &Build| {
            let bindery = Bindery::of(build).installed();
            let file = build.plugin(library).display().to_string();
            Contender::new("plugin check", move || {
                bindery.command(["plugin", "check", &file])
            })
        };
        let show = |build: &Build| {
            let bindery = Bindery::of(build).installed();
            let file = build.plugin(library).display().to_string();
            Contender::new("plugin show", move || {
                bindery.command(["plugin", "show", name, "--plugin-dir", &file])
            })
        };
        compare(
            &format!("`plugin check` of `{name}`, and `plugin show`"),
            Ours::new(builds, check),
            Ours::new(builds, show),
        );
    }
    let greet = |bindings: &'static [&'static str]| {
        Ours::new(builds, move |build: &Build| {
            let bindings: Vec<String> = bindings.iter().map(|one| (*one).to_owned()).collect();
            render(
                build,
                "{{greeting[en]}}\n",
                "bindery_plugin_example",
                &bindings,
            )
        })
    };
    compare(
        "a text with one ref to `greeting`, and the text with `--bind`",
        greet(&[]),
        greet(&["greeting[en]=hello"]),
    );
    println!(
        "\nMedians of {PAIRS} pairs of {}, after one that does not count; the difference is the median of the differences of the \
         pairs.\n",
        machine(builds)
    );
}

fn compare(name: &str, mut with: Ours, mut without: Ours) {
    for round in 0..=PAIRS {
        with.run(|_| ());
        without.run(|_| ());
        if round == 0 {
            with.clear();
            without.clear();
        }
    }
    let pairs = with.current.seconds.iter().zip(&without.current.seconds);
    let differences: Vec<f64> = pairs.map(|(with, without)| with - without).collect();
    let difference = median(&differences) * 1e3;
    println!(
        "| {name} | {:.2} ms | {:.2} ms | {difference:.2} ms | {} | {} |",
        with.median() * 1e3,
        without.median() * 1e3,
        verdict(difference, LOAD, " ms"),
        with.of_older()
    );
}

/// Renders a text whose refs are bound by the plugin of a library, apart from the refs that the command line binds.
fn render(build: &Build, text: &str, library: &str, bindings: &[String]) -> Contender {
    let bindery = Bindery::of(build).installed();
    bindery.write("text", text);
    let (library, bindings) = (build.plugin(library), bindings.to_vec());
    Contender::new("render", move || {
        let mut command = bindery.command(["render", "--text", "text", "--plugin-dir"]);
        command.arg(&library);
        for binding in &bindings {
            command.args(["--bind", binding]);
        }
        command
    })
}

/// Plugin that answers every ref with the text in its brackets.
const PROGRAM: &str = r#"#!/usr/bin/env python3
import json, sys
for line in sys.stdin.buffer:
    question = json.loads(line)
    result = {}
    if question["method"] == "bind":
        result = {"answers": [{"value": it["parts"][-1]} for it in question["params"]["requests"]]}
    print(json.dumps({"id": question["id"], "result": result}), flush=True)
"#;

fn ask(builds: &Builds) {
    let rounds = builds.rounds(ROUNDS);
    println!(
        "| a text of {REFS} lines, a ref in each | whole process | of `--bind` | at most | peak memory | of the older build |\n|---|---|---|---|---|---|"
    );
    // An older build may have been made without the plugin of the tests.
    let busy = "bindery_busy";
    let has_busy = |build: &Build| build.plugin(busy).is_file();
    let with_busy = Builds {
        current: builds.current.clone(),
        older: builds.older.clone().filter(has_busy),
    };
    for names in [1, 1_000, REFS] {
        let text: String = (0..REFS).fold(String::new(), |mut text, line| {
            let _ = writeln!(text, "{line} {{{{plain[v{}]}}}}", line % names);
            text
        });
        let binding = |name| format!("plain[v{name}]=v{name}");
        let bindings: Vec<_> = (0..names).map(binding).collect();
        let library = |bindings: &[String]| {
            Ours::new(&with_busy, |build| render(build, &text, busy, bindings))
        };
        // More bindings do not fit on a command line.
        let bound = (names <= 1_000).then(|| library(&bindings));
        let program = Ours::new(builds, |build| by_program(build, &text));
        let mut contenders: Vec<Ours> = bound.into_iter().collect();
        contenders.extend([library(&[]), program]);
        let mut expected = None;
        for round in 0..=rounds {
            for contender in &mut contenders {
                contender.run(|output| {
                    let expected = expected.get_or_insert_with(|| output.stdout.clone());
                    assert!(*expected == output.stdout, "all print one text");
                });
                if round == 0 {
                    contender.clear();
                }
            }
        }
        let theirs = (contenders.len() == 3).then(|| contenders.remove(0));
        if let Some(theirs) = &theirs {
            println!(
                "| {names} names, `--bind` | {:.1} ms | - | - | - | {} |",
                theirs.median() * 1e3,
                theirs.of_older()
            );
        }
        let theirs = theirs.map(|theirs| theirs.median());
        for (contender, binder) in contenders.iter().zip(["a library", "a program in Python"]) {
            let bar = (binder == "a library").then_some(OF_BIND);
            let memory = contender.current.peak_memory();
            println!(
                "| {names} names, {binder} | {:.1} ms | {} | {} | {} |",
                contender.median() * 1e3,
                part(contender.median(), theirs, bar),
                memory.map_or("-".to_owned(), |peak| format!("{peak:.0} MiB")),
                contender.of_older()
            );
        }
    }
    println!(
        "\nMedians of {rounds} rounds of {} in which all take turns; the binders do nothing but answer.\n",
        machine(builds)
    );
}

fn by_program(build: &Build, text: &str) -> Contender {
    let bindery = Bindery::of(build).installed();
    bindery.write("text", text);
    let program = bindery.write("../bin/plain", PROGRAM);
    fs::set_permissions(&program, PermissionsExt::from_mode(0o755)).expect("the file is ours");
    let program = program.display().to_string();
    let bindery = bindery.configure_fully(&format!(
        "[exec.plain]\ncommand = [{program:?}]\nbinders.plain = \"plain[*]\"\n"
    ));
    Contender::new("render with a program", move || {
        bindery.command(["render", "--text", "text"])
    })
}

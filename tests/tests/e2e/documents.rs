//! Documents, run as they are written.
//!
//! A fence headed by a language and a file name is a file to save. A `console` fence holds commands after `$ `, run by `sh` in
//! one folder, and below each what it prints; a line `…` stands for any number of lines, `…` within a line for any text.
//!
//! A document about containers has `python` fences that set `container` to that of a job. The next fence is what comes of it:
//! `json` the rendered container, `text` the error.

use std::fs;
use std::path::Path;

use serde_json::Value as Json;

use bindery_fake_registry::{Image, Options, Registry};
use bindery_tests::{Bindery, Ran, binary, plugin_folder};

use crate::images::json;

/// The registry's address in the documents: on this machine, or as a site has it.
const WRITTEN_ADDRESS: &str = "127.0.0.1:5000";
const WRITTEN_NAME: &str = "registry.example.org";

/// What makes a job of a `container`.
const JOB: &str = "
jobs = [
  Job(cluster = 'devcluster', role = 'www-data', environment = 'devel', name = 'n',
    task = SimpleTask('t', 'run'), container = container)
]
";

struct Document {
    text: String,
    bindery: Bindery,
    address: String,
}

impl Document {
    fn read(name: &str, registry: &Registry) -> Self {
        let file = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../docs")
            .join(name);
        let address = registry.address();
        let text = fs::read_to_string(file)
            .unwrap()
            .replace(WRITTEN_ADDRESS, &address);
        let bindery = Bindery::new();
        let work = bindery.home().join("work");
        Document {
            text,
            bindery: bindery.env("AURORA_CONFIG_ROOT", work.to_str().unwrap()),
            address,
        }
    }

    /// The document with the address of the fake registry in place of a site's registry.
    fn at_home(mut self) -> Self {
        let home = format!("http://{}", self.address);
        self.text = self
            .text
            .replace(&format!("https://{WRITTEN_NAME}"), &home)
            .replace(WRITTEN_NAME, &self.address);
        self
    }

    /// The fences in their order: what stands behind the back quotes, and the lines between.
    fn fences(&self) -> Vec<(&str, Vec<&str>)> {
        let mut fences = Vec::new();
        let mut lines = self.text.lines();
        while let Some(line) = lines.next() {
            if let Some(info) = line.strip_prefix("```") {
                let body = lines.by_ref().take_while(|line| *line != "```");
                fences.push((info, body.collect()));
            }
        }
        fences
    }

    /// Follows the document to its end; the number of commands run.
    fn follow(&self) -> usize {
        let mut commands = 0;
        for (info, body) in self.fences() {
            match info.split_once(' ') {
                Some((_, file)) => {
                    self.bindery.write(file, &(body.join("\n") + "\n"));
                }
                None if info == "console" => commands += self.session(&body),
                None => {}
            }
        }
        commands
    }

    /// Renders each `container` of the document and compares with the outcome it claims; their number.
    fn containers(&self) -> usize {
        let mut containers = 0;
        let mut fences = self.fences().into_iter();
        while let Some((info, body)) = fences.next() {
            let text = body.join("\n");
            if let Some((_, file)) = info.split_once(' ') {
                self.bindery.write(file, &text);
                continue;
            }
            assert_eq!(info, "python", "an outcome without a container:\n{text}");
            self.bindery.write("web.aurora", &(text.clone() + JOB));
            let ran = self.bindery.run(["render", "web.aurora"]);
            match fences.next().expect("a container has an outcome") {
                ("json", outcome) => {
                    let rendered = json(&ran.success());
                    let found = &rendered["jobs"][0]["container"];
                    let expected = json(&outcome.join("\n"));
                    assert!(value_matches(&expected, found), "{text}\ngives {found:#}");
                }
                ("text", outcome) => {
                    assert_ne!(ran.code, Some(0), "{text}\nis rendered");
                    let found: Vec<&str> = ran.stderr.lines().collect();
                    assert!(
                        lines_match(&outcome, &found),
                        "{text}\ngives\n{}",
                        ran.stderr
                    );
                }
                (other, _) => panic!("`{other}` is no outcome of\n{text}"),
            }
            containers += 1;
        }
        containers
    }

    fn session(&self, lines: &[&str]) -> usize {
        let mut commands = 0;
        let mut lines = lines.iter().peekable();
        while let Some(line) = lines.next() {
            let mut command = line
                .strip_prefix("$ ")
                .expect("a session begins with a command")
                .to_owned();
            while command.ends_with('\\') {
                command.push('\n');
                command.push_str(lines.next().expect("a command goes on"));
            }
            let mut expected = Vec::new();
            while let Some(line) = lines.next_if(|line| !line.starts_with("$ ")) {
                expected.push(*line);
            }
            let printed = self.run(&command);
            let found: Vec<&str> = printed.lines().collect();
            assert!(
                lines_match(&expected, &found),
                "`{command}` prints\n{printed}\nand not\n{}",
                expected.join("\n")
            );
            commands += 1;
        }
        commands
    }

    fn run(&self, command: &str) -> String {
        let mut shell = self.bindery.command([]);
        let folder = binary().parent().unwrap().display().to_string();
        let path = std::env::var("PATH").unwrap_or_default();
        let variables: Vec<_> = shell
            .get_envs()
            .filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned())))
            .collect();
        let current = shell.get_current_dir().unwrap().to_owned();
        shell = std::process::Command::new("sh");
        shell
            .args(["-c", &format!("exec 2>&1\n{command}")])
            .current_dir(&current)
            .env_clear()
            .envs(variables)
            .env("PATH", format!("{folder}:{path}"))
            .env("PLUGINS", plugin_folder())
            .env("REGISTRY", &self.address);
        Ran::of(shell).stdout
    }
}

fn lines_match(expected: &[&str], found: &[&str]) -> bool {
    match expected.split_first() {
        None => found.is_empty(),
        Some((&"…", rest)) => {
            (0..=found.len()).any(|skipped| lines_match(rest, &found[skipped..]))
        }
        Some((line, rest)) => found
            .split_first()
            .is_some_and(|(first, found)| line_matches(line, first) && lines_match(rest, found)),
    }
}

fn line_matches(expected: &str, found: &str) -> bool {
    match expected.split_once('…') {
        None => expected == found,
        Some((before, after)) => found.strip_prefix(before).is_some_and(|rest| {
            rest.char_indices()
                .map(|(at, _)| at)
                .chain([rest.len()])
                .any(|at| line_matches(after, &rest[at..]))
        }),
    }
}

/// Whether the texts in a value match; all else is the same.
fn value_matches(expected: &Json, found: &Json) -> bool {
    match (expected, found) {
        (Json::String(expected), Json::String(found)) => line_matches(expected, found),
        (Json::Array(expected), Json::Array(found)) => {
            expected.len() == found.len()
                && expected
                    .iter()
                    .zip(found)
                    .all(|(expected, found)| value_matches(expected, found))
        }
        (Json::Object(expected), Json::Object(found)) => {
            expected.len() == found.len()
                && expected
                    .iter()
                    .zip(found)
                    .all(|(one, other)| one.0 == other.0 && value_matches(one.1, other.1))
        }
        _ => expected == found,
    }
}

fn registry() -> Registry {
    let registry = Registry::start(Options::anonymous());
    registry.push("team/web", "1.4", &Image::oci("web"));
    registry
}

#[test]
fn rendering_a_job_goes_as_the_tutorial_says() {
    let registry = registry();
    assert!(Document::read("tutorial/1-render-a-job.md", &registry).follow() >= 4);
}

#[test]
fn writing_a_binder_goes_as_the_tutorial_says() {
    let registry = registry();
    let document = Document::read("tutorial/2-write-a-binder.md", &registry);
    assert!(document.follow() >= 4);
    let example =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../plugins/bindery-plugin-example/src/lib.rs");
    let shown = fs::read_to_string(document.bindery.home().join("work/src/lib.rs")).unwrap();
    assert_eq!(
        shown,
        fs::read_to_string(example).unwrap(),
        "the tutorial shows the example plugin"
    );
}

#[test]
fn containers_become_what_the_explanation_says() {
    let registry = registry();
    let document = Document::read("explanation/containers.md", &registry).at_home();
    assert!(document.containers() >= 12);
}

#[test]
fn clusters_are_what_the_reference_says() {
    let registry = registry();
    let document = Document::read("reference/clusters.md", &registry);
    let unnamed = |(info, _): &(&str, Vec<&str>)| *info == "json";
    assert!(
        !document.fences().iter().any(unnamed),
        "an entry that is not run"
    );
    assert!(document.follow() >= 6);
}

#[test]
fn the_reference_lists_every_key_that_a_plugin_declares() {
    let registry = registry();
    let document = Document::read("reference/clusters.md", &registry);
    let mut declared = Vec::new();
    for plugin in ["traits", "docker", "auth"] {
        let shown = document
            .bindery
            .run(["plugin", "show", plugin, "--output", "json"]);
        for group in json(&shown.success())["traits"].as_array().unwrap() {
            for field in group["fields"].as_array().unwrap() {
                let required = match field["required"].as_bool() {
                    Some(true) => ", required",
                    _ => "",
                };
                let default = match &field["default"] {
                    Json::Null => " ".to_owned(),
                    Json::String(text) => format!(" `{text}` "),
                    other => format!(" `{other}` "),
                };
                declared.push(format!(
                    "| `{}` | {}{required} |{default}| `{}` | `{plugin}` |",
                    field["name"].as_str().unwrap(),
                    field["type"].as_str().unwrap(),
                    group["name"].as_str().unwrap(),
                ));
            }
        }
    }
    let (_, keys) = document.text.split_once("\n## Keys\n").unwrap();
    let rows = keys.lines().filter(|line| line.starts_with("| `"));
    let listed: Vec<_> = rows.take(declared.len() + 1).collect();
    assert_eq!(listed.len(), declared.len());
    for (row, declared) in listed.iter().zip(&declared) {
        assert!(row.starts_with(declared), "{row}\nand not\n{declared}");
    }
}

#[test]
fn expectations_can_leave_things_out() {
    for (expected, found, matches) in [
        ("a\n…\nd", "a\nb\nc\nd", true),
        ("a\n…\nd", "a\nd", true),
        ("a …: c…", "a b: cd", true),
        ("a", "a\nb", false),
        ("a…c", "ab", false),
        ("…\nx", "a\nb", false),
    ] {
        let lines = |text: &'static str| text.lines().collect::<Vec<_>>();
        assert_eq!(
            lines_match(&lines(expected), &lines(found)),
            matches,
            "{expected} on {found}"
        );
    }
}

#[test]
fn the_command_line_binds_refs_of_a_text_before_binders_do() {
    let bindery = Bindery::new();
    bindery.write(
        "text",
        "{{name}} {{greeting[en]}} {{greeting[fr]}} {{a.b[c]}} {{other}}",
    );
    let bound = bindery.run([
        "render",
        "--text",
        "text",
        "--bind=name={{greeting[en]}}",
        "--bind=greeting[fr]=bonjour",
        "--bind=a.b[c]=x=y",
    ]);
    assert_eq!(bound.success(), "hello hello bonjour x=y {{other}}");
}

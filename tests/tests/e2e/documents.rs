//! Pages whose commands and examples are executed; see "Pages that run" in CONTRIBUTING.md.
//!
//! A page about containers has `python` fences that set `container` to the container of a job. The next fence is the outcome:
//! `json` for the rendered container, `text` for the error.

mod page;
mod reader;

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value as Json;

use bindery_fake_registry::{Image, Options, Registry};
use bindery_tests::{Bindery, Program, find};

use crate::documents::page::{Fence, LEFT_OUT, fences, line_matches, lines_match};
use crate::images::json;

/// Makes a job of a `container`.
const JOB: &str = "
jobs = [
  Job(cluster = 'devcluster', role = 'www-data', environment = 'devel', name = 'n',
    task = SimpleTask('t', 'run'), container = container)
]
";

/// Returns the top of the checkout.
fn top() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(name: &str) -> String {
    fs::read_to_string(top().join(name)).unwrap()
}

/// Follows a page; `name` is its path from the top of the checkout.
#[track_caller]
fn check(name: &str) {
    if let Err(why) = reader::follow(name, &read(name)) {
        panic!("{why}");
    }
}

/// Whether two values are equal, apart from texts, which may match a pattern.
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

const TUTORIALS: [&str; 3] = [
    "1-render-a-job.md",
    "2-write-a-binder-in-rust.md",
    "3-write-a-binder-in-python.md",
];

#[test]
fn the_tutorial_for_rendering_a_job_runs() {
    check(&format!("docs/tutorial/{}", TUTORIALS[0]));
}

#[test]
fn the_tutorial_for_a_binder_in_rust_runs() {
    check(&format!("docs/tutorial/{}", TUTORIALS[1]));
}

#[test]
fn the_tutorial_for_a_binder_in_python_runs() {
    if find(Program::Python).is_some() {
        check(&format!("docs/tutorial/{}", TUTORIALS[2]));
    }
}

#[test]
fn every_tutorial_runs() {
    let folder = fs::read_dir(top().join("docs/tutorial")).unwrap();
    let mut names: Vec<_> = folder.map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, TUTORIALS);
}

#[test]
fn the_page_on_shipping_plugins_runs() {
    check("docs/how-to/ship-a-plugin.md");
}

#[test]
fn the_page_on_debugging_plugins_runs() {
    check("docs/how-to/debug-a-plugin.md");
}

#[test]
fn the_page_on_testing_job_files_runs() {
    check("docs/how-to/test-job-files.md");
}

/// Appends the text of all files below a folder.
fn read_all(folder: &Path, text: &mut String) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read_all(&path, text);
        } else {
            text.push_str(&fs::read_to_string(path).unwrap());
        }
    }
}

#[test]
fn the_explained_messages_are_those_of_the_host() {
    let mut sources = String::new();
    read_all(&top().join("crates/bindery-host/src"), &mut sources);
    let page = read("docs/how-to/debug-a-plugin.md");
    let rows = page.lines().filter_map(|line| line.strip_prefix("| `"));
    let messages: Vec<_> = rows.filter_map(|row| row.split('`').next()).collect();
    assert!(messages.len() >= 10, "{messages:?}");
    for message in messages {
        for part in message.split(LEFT_OUT) {
            assert!(sources.contains(part.trim()), "{message}: {part}");
        }
    }
}

#[test]
fn the_readme_runs() {
    check("README.md");
}

#[test]
fn the_reference_of_clusters_holds() {
    check("docs/reference/clusters.md");
}

#[test]
fn the_explanation_of_containers_holds() {
    let registry = Registry::start(Options::anonymous());
    registry.push("team/web", "1.4", &Image::oci("web"));
    // The fake registry takes the place of the site's registry.
    let address = registry.address();
    let page = read("docs/explanation/containers.md")
        .replace("https://registry.example.org", &format!("http://{address}"))
        .replace("registry.example.org", &address);
    let bindery = Bindery::new();
    let work = bindery.home().join("work");
    let bindery = bindery.env("AURORA_CONFIG_ROOT", work.to_str().unwrap());
    let mut containers = 0;
    let mut fences = fences(&page).unwrap().into_iter();
    while let Some(Fence { info, body, .. }) = fences.next() {
        let text = body.join("\n");
        if let Some((_, file)) = info.split_once(' ') {
            bindery.write(file, &text);
            continue;
        }
        assert_eq!(info, "python", "an outcome without a container:\n{text}");
        bindery.write("web.aurora", &(text.clone() + JOB));
        let ran = bindery.run(["render", "web.aurora"]);
        let outcome = fences.next().expect("a container has an outcome");
        match outcome.info {
            "json" => {
                let rendered = json(&ran.success());
                let found = &rendered["jobs"][0]["container"];
                let expected = json(&outcome.body.join("\n"));
                assert!(value_matches(&expected, found), "{text}\ngives {found:#}");
            }
            "text" => {
                assert_ne!(ran.code, Some(0), "{text}\nis rendered");
                let found: Vec<&str> = ran.stderr.lines().collect();
                assert!(
                    lines_match(&outcome.body, &found),
                    "{text}\ngives\n{}",
                    ran.stderr
                );
            }
            other => panic!("`{other}` is not an outcome of\n{text}"),
        }
        containers += 1;
    }
    assert!(containers >= 12);
}

#[test]
fn the_reference_lists_every_key_that_a_plugin_declares() {
    let (bindery, page) = (Bindery::new(), read("docs/reference/clusters.md"));
    let mut declared = Vec::new();
    for plugin in ["traits", "docker", "auth"] {
        let shown = bindery.run(["plugin", "show", plugin, "--output", "json"]);
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
    let (_, keys) = page.split_once("\n## Keys\n").unwrap();
    let rows = keys.lines().filter(|line| line.starts_with("| `"));
    let listed: Vec<_> = rows.take(declared.len() + 1).collect();
    assert_eq!(listed.len(), declared.len());
    for (row, declared) in listed.iter().zip(&declared) {
        assert!(row.starts_with(declared), "{row}\nand not\n{declared}");
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

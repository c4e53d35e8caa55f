//! Promises of version 1 of the plugin interface, checked with a plugin and a host of that version in `tests/abi-v1`.

use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, LazyLock};

use bindery_diagnostic::Kind;
use bindery_host::{ApiCall, NoServices, PluginSet, SearchPath, Settings};
use bindery_tests::{Bindery, Ran, binary};
use serde_json::{Value as Json, json};

use crate::apart;
use crate::images::json;
use crate::seam::{busy, library, unruly};

/// Builds of the plugin and the host of version 1: with checks, for speed, and for size.
struct Builds {
    libraries: [PathBuf; 3],
    hosts: [PathBuf; 2],
}

static BUILT: LazyLock<Builds> = LazyLock::new(|| {
    let build = |arguments: &[&str], folder: &str| {
        apart::cargo("abi-v1", &[&["build", "--locked"], arguments].concat()).join(folder)
    };
    let (debug, release) = (build(&[], "debug"), build(&["--release"], "release"));
    let small = build(&["--lib", "--profile=small"], "small");
    let library = format!("{DLL_PREFIX}bindery_plugin_v1{DLL_SUFFIX}");
    Builds {
        libraries: [&debug, &release, &small].map(|folder| folder.join(&library)),
        hosts: [&debug, &release].map(|folder| folder.join("host-v1")),
    }
});

/// User of this program with the plugin; `isolated` runs the plugin in a separate process.
struct User {
    bindery: Bindery,
    isolated: bool,
}

impl User {
    fn new(library: &Path, isolated: bool, toml: &str) -> Self {
        let library = library.display().to_string();
        let bindery = Bindery::new()
            .configure_fully(&format!("[plugins]\npath = [{library:?}]\n{toml}"))
            .clusters(r#"[{"name": "west", "v1_place": "there"}, {"name": "east"}]"#)
            .env("SOURCE_DATE_EPOCH", "1795611600");
        Self { bindery, isolated }
    }

    fn run<const N: usize>(&self, arguments: [&str; N]) -> Ran {
        let mut command = self.bindery.command(arguments);
        if self.isolated {
            command.arg("--isolate");
        }
        Ran::of(command)
    }

    /// Binds the refs of a text, for the cluster `west`.
    fn text(&self, text: &str) -> Ran {
        self.bindery.write("text", text);
        self.run(["render", "--text", "text", "--cluster", "west"])
    }

    /// Writes a file with one job that has this task.
    fn job(&self, task: &str) {
        let job = format!(
            "jobs = [Job(cluster = 'west', role = 'r', environment = 'devel', name = 'n', \
             container = Docker(image = 'i'), task = {task})]\n"
        );
        self.bindery.write("v1.aurora", &job);
    }
}

/// Runs a check with each build of the plugin, in the program's process and in a separate one.
fn each(toml: &str, check: impl Fn(&User)) {
    for library in &BUILT.libraries {
        for isolated in [false, true] {
            check(&User::new(library, isolated, toml));
        }
    }
}

#[test]
fn the_plugin_passes_check_and_is_listed() {
    each("", |user| {
        let checked = user.run(["plugin", "check"]).success();
        assert!(checked.contains("(plugin `v1`) is fit"), "{checked}");
        let sheet = json(
            &user
                .run(["plugin", "show", "v1", "--output=json"])
                .success(),
        );
        for (part, name) in [
            ("binders", "v1"),
            ("traits", "V1Trait"),
            ("schema", "V1Release"),
            ("options", "v1-word"),
            ("commands", "say"),
            ("hooks", "freeze"),
        ] {
            assert_eq!(sheet[part][0]["name"], name, "{part} in {sheet}");
        }
        assert_eq!(sheet["methods"], json!(["echo"]));
        assert_eq!(sheet["lifecycle"].as_array().map(Vec::len), Some(3));
    });
}

#[test]
fn the_binder_returns_texts_structs_and_errors() {
    each("", |user| {
        let bound = user.text(
            "{{v1[text][a]}} {{v1[struct][abc].word}} {{v1[struct][abc].length}} {{v1[request][x]}}",
        );
        assert_eq!(
            bound.success(),
            "a abc 3 v1 asked for v1[request][x] in west"
        );
        for (word, code) in [
            ("not-found", 4),
            ("denied", 30),
            ("no-answer", 7),
            ("invalid", 3),
            ("failed", 4),
            ("of-tomorrow", 4),
        ] {
            let told = user
                .text(&format!("{{{{v1[failure][{word}]}}}}"))
                .failure(code);
            for part in [
                "cause: it is not to be",
                "cause: it was asked for",
                "hint: ask for something else",
            ] {
                assert!(told.contains(part), "{part}: {told}");
            }
        }
        let told = user.text("{{v1[panic][x]}}").failure(4);
        assert!(told.contains("plugin `v1` panicked in v1"), "{told}");
    });
}

#[test]
fn the_plugin_is_opened_with_its_settings() {
    each("[plugin.v1]\nkey = 1\n[limits]\noutput = 5000", |user| {
        let told =
            user.text("{{v1[settings][config]}} {{v1[settings][limits]}} {{v1[settings][record]}}");
        assert_eq!(told.success(), r#"{"key":1} {"output":5000} false"#);
    });
    each("[plugin.v1]\nopen = 'refuse'\n", |user| {
        let told = user.text("{{v1[text][a]}}").failure(3);
        assert!(told.contains("no such key `open`"), "{told}");
    });
}

#[test]
fn answers_are_recalled_with_their_metadata_and_reviewed() {
    each("", |user| {
        user.job("SimpleTask('t', '{{v1[evidence][seen]}}')");
        let live = user.run(["render", "v1.aurora"]).success();
        let metadata = &json(&live)["jobs"][0]["metadata"];
        assert_eq!(*metadata, json!([{"key": "v1", "value": "seen"}]));
        user.run(["lock", "v1.aurora"]).success();
        let lock = user.bindery.home().join("work/bindery.lock");
        let lock = std::fs::read_to_string(lock).unwrap();
        assert!(lock.contains("seen"), "{lock}");
        assert_eq!(
            user.run(["render", "--frozen", "v1.aurora"]).success(),
            live
        );

        user.job("SimpleTask('t', '{{v1[evidence][stale]}}')");
        user.run(["lock", "v1.aurora"]).success();
        let told = user.run(["render", "--locked", "v1.aurora"]).failure(4);
        assert!(told.contains("it is stale"), "{told}");
    });
}

#[test]
fn job_files_can_use_the_definitions() {
    each("", |user| {
        user.job(
            "SimpleTask(V1_CHANNELS[1], '{{release.name}} {{release.tries}}')\
             .bind(release = V1Release(name = 'web'))",
        );
        let rendered = json(&user.run(["render", "v1.aurora"]).success());
        let process = &rendered["jobs"][0]["task"]["processes"][0];
        let found = [&process["name"], &process["cmdline"]];
        assert_eq!(found, ["stable", "web 3"]);
    });
}

#[test]
fn the_command_and_the_options_work() {
    each("", |user| {
        let ran = user.run(["v1", "say", "a", "b", "--code=9"]);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(9), "v1: a b\n"));
        let ran = user.run(["v1", "say", "a", "--v1-word=x", "--v1-loud"]);
        assert_eq!(ran.success(), "X: A\n");
        let ran = user.run(["v1", "say", "--fail", "--code=9"]);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(9), "v1: \n"));
        let expected =
            "error: it does not want to\n  cause: it was told to\nhint: tell it otherwise\n";
        assert_eq!(ran.stderr, expected);
    });
}

#[test]
fn the_plugin_sees_every_run() {
    each("[plugin.v1]\ntell = true\n", |user| {
        let ran = user.run(["v1-clusters"]);
        let told: Vec<&str> = ran.stderr.lines().collect();
        assert_eq!(
            told,
            [
                r#"dispatch "bindery" null"#,
                r#"before "cluster list" null"#,
                r#"after "cluster list" 0"#,
            ]
        );
        assert!(ran.success().contains("west"));
    });
    each("[plugin.v1]\nstop = 'before'\n", |user| {
        let told = user.run(["cluster", "list"]).failure(12);
        assert!(told.contains("not like this"), "{told}");
    });
}

#[test]
fn every_service_of_the_host_works() {
    let version = env!("CARGO_PKG_VERSION");
    each("", |user| {
        let bound = user.text(
            "{{v1[cluster][x]}} {{v1[cancelled][x]}} {{v1[print][aloud]}} {{v1[log][careful]}} \
             {{v1[host][host.tea]}} {{v1[host][host.about]}} {{v1[folder][x]}}",
        );
        for said in ["aloud", "careful", "it went wrong"] {
            assert!(bound.stderr.contains(said), "{said}: {}", bound.stderr);
        }
        let bound = bound.success();
        let about = format!(r#"{{"methods":["host.about"],"version":"{version}"}}"#);
        let start = format!("there false printed logged no {about} /");
        assert!(bound.starts_with(&start), "{bound}");
        assert!(bound.ends_with("/v1"), "{bound}");
    });
}

#[test]
fn credentials_reach_every_binder() {
    for (entry, expected) in [
        ("", "r.example.org"),
        ("as = 'identity'", "an identity token"),
        ("as = 'registry'", "a registry token"),
        ("as = 'nobody'", "nobody"),
    ] {
        let toml = format!("[[auth]]\nplugin = 'v1'\nregistry = '*'\n{entry}\n");
        each(&toml, |user| {
            let bound = user.text("{{v1[credential][r.example.org]}}").success();
            assert_eq!(bound, expected);
        });
    }
    each(
        "[[auth]]\nplugin = 'v1'\nregistry = '*'\nas = 'locked'\n",
        |user| {
            let told = user.text("{{v1[credential][r.example.org]}}").failure(30);
            assert!(told.contains("the vault is locked"), "{told}");
        },
    );
}

/// Loads the plugin in this process, for parts that no command uses.
fn each_loaded(check: impl Fn(&PluginSet)) {
    for library in &BUILT.libraries {
        let server = vec![binary(), "plugin".into(), "serve".into()];
        for isolate in [None, Some(server)] {
            let settings = Settings {
                isolate,
                ..Settings::default()
            };
            let search = SearchPath {
                files: vec![library.to_owned()],
                folders: Vec::new(),
            };
            check(&PluginSet::find(&search, settings, Arc::new(NoServices)).unwrap());
        }
    }
}

#[test]
fn mechanisms_hooks_and_methods_work() {
    each_loaded(|plugins| {
        let module = plugins.auth_module("V1").unwrap().unwrap();
        let found = module.credential("scheduler:8081").unwrap().unwrap();
        assert_eq!(found.username(), Some("scheduler:8081"));

        let call = |job: &str| {
            let call = ApiCall {
                method: "create_job".to_owned(),
                job: Some(job.to_owned()),
                config: Json::Null,
                arguments: json!({}),
            };
            let made = plugins.with_hooks(&call, || 7, |_| Ok(json!({"ok": 1})));
            made.map_err(|stopped| stopped.refusals[0].error.as_ref().unwrap().to_string())
        };
        assert_eq!(call("west/www/devel/web"), Ok(7));
        assert_eq!(
            call("west/www/prod/web"),
            Err("production is frozen".into())
        );

        let plugin = plugins.get("v1").unwrap();
        let input = json!({"a": [1, null, "ü"]});
        assert_eq!(plugin.call("echo", &input).unwrap(), input);
        let error = plugin.call("gone", &input).unwrap_err();
        assert_eq!(error.message, "the plugin has no method `gone`");
    });
}

/// Returns the answer of a host of version 1 that asks this library.
#[track_caller]
fn host_of_version_1(host: &Path, library: &Path, question: &[&str]) -> Ran {
    let mut command = Command::new(host);
    command.arg(library).args(question);
    Ran::of(command)
}

#[test]
fn a_host_of_version_1_loads_todays_plugins() {
    for host in &BUILT.hosts {
        for library in &BUILT.libraries {
            let said = |word| host_of_version_1(host, library, &["bind", "v1", "v1", word, "x"]);
            assert_eq!(said("text").success(), "\"x\"\n");
            assert_eq!(said("cluster").success(), "\"there\"\n");
            assert_eq!(said("credential").success(), "\"x\"\n");
            assert_eq!(said("failure").failure(1), "x: it is not to be\n");
            let told = said("log").success();
            assert!(
                told.contains("log 2: x\n") && told.ends_with("\"logged\"\n"),
                "{told}"
            );
        }
        let said = host_of_version_1(
            host,
            &library("example"),
            &["bind", "greeting", "greeting", "en"],
        );
        assert_eq!(said.success(), "\"hello\"\n");
        let said = host_of_version_1(host, &unruly(), &["bind", "unruly", "unruly", "about", "x"]);
        assert!(said.success().ends_with("\"v1: host.about\"\n"));
        let said = host_of_version_1(host, &unruly(), &["call", "echo", "[1]"]);
        assert!(said.success().ends_with("[1]\n"));
    }
}

/// Adds a member to every object.
fn with_more(json: &Json) -> Json {
    match json {
        Json::Object(members) => {
            let members = members
                .iter()
                .map(|(name, value)| (name.clone(), with_more(value)));
            let more = ("of_tomorrow".to_owned(), json!([1, null]));
            members.chain([more]).collect()
        }
        Json::Array(items) => items.iter().map(with_more).collect(),
        other => other.clone(),
    }
}

#[test]
fn plugins_ignore_additions_of_later_hosts_and_refuse_unknown_methods() {
    let run = json!({"program": "bindery", "command": "render", "arguments": ["x"]});
    let call =
        json!({"method": "create_job", "job": "west/r/devel/n", "config": null, "arguments": null});
    let recalled = json!({"address": "noted[x]", "parts": ["noted", "x"], "cluster": null, "value": "x", "evidence": null});
    let asked = |name: &str| {
        json!({
            "auth.credential": {"source": name, "config": null, "registry": "r", "repository": "", "actions": ["call"]},
            "binder.review": {"binder": "noted", "recalled": [recalled]},
            "command.run": {"command": "say", "arguments": {"TEXT": ["a"]}, "options": {"code": "9"}},
            "lifecycle.before_dispatch": {"run": run, "arguments": ["x"]},
            "lifecycle.before_execution": {"run": run},
            "lifecycle.after_execution": {"run": run, "code": 3},
            "hook.call": {"hook": "freeze", "event": "post", "call": call, "answer": 1},
        })
    };
    for (library, name, source) in [
        (&BUILT.libraries[0], "v1", "vault"),
        (&busy(), "busy", "ticket"),
    ] {
        let search = SearchPath {
            files: vec![library.clone()],
            folders: Vec::new(),
        };
        let plugins = PluginSet::find(&search, Settings::default(), Arc::new(NoServices)).unwrap();
        let plugin = plugins.get(name).unwrap();
        for (method, input) in asked(source).as_object().unwrap() {
            let mut later = with_more(input);
            // The members of these objects are names of arguments and options.
            for part in ["arguments", "options"] {
                if let Some(named) = input.get(part) {
                    later[part] = named.clone();
                }
            }
            let expected = plugin.call(method, input).unwrap();
            assert_eq!(plugin.call(method, &later).unwrap(), expected, "{method}");
        }
        let error = plugin.call("binder.of_tomorrow", &json!({})).unwrap_err();
        let expected = "the plugin has no method `binder.of_tomorrow`";
        assert_eq!((error.kind, &*error.message), (Kind::Invalid, expected));
    }
}

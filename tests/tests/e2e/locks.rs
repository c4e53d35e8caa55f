//! `bindery lock`, `update` and `status`, and the use of lock files by `render`.

mod kills;
mod schema;

use std::ffi::OsStr;
use std::fs;

use bindery_fake_registry::{Image, Options, Registry};
use bindery_tests::{Bindery, Program, find, run_by};

use crate::images::{image, json};
use crate::snapshot;

/// File whose jobs have these two refs.
const TWO_REFS: &str = r#"
jobs = [
  Job(cluster = 'devcluster', role = 'r', environment = 'devel', name = name, task = SimpleTask('t', 'run'),
      container = Docker(image = image))
  for name, image in [('web', '{{docker.image[team/web][1.4]}}'), ('db', '{{docker.image[db][9]}}')]
]
"#;

/// File with one job in a Mesos container, with the two parts of a pinned name.
const PINNED: &str = "
jobs = [
  Job(cluster = 'devcluster', role = 'r', environment = 'devel', name = 'n', task = SimpleTask('t', 'run'),
      container = Mesos(image = DockerImage(name = '{{docker.pinned[db][9].name}}', tag = '{{docker.pinned[db][9].tag}}')))
]
";

/// Returns a registry with two images, and a user whose `work/jobs.aurora` refers to them.
fn setup() -> (Registry, Bindery) {
    let registry = Registry::start(Options::anonymous());
    registry.push("team/web", "1.4", &Image::oci("web"));
    registry.push("db", "9", &Image::docker("db"));
    let bindery = Bindery::new()
        .devcluster(&registry.address())
        .env("SOURCE_DATE_EPOCH", "1795611600");
    bindery.write("jobs.aurora", TWO_REFS);
    (registry, bindery)
}

fn lock_text(bindery: &Bindery) -> String {
    fs::read_to_string(bindery.home().join("work/bindery.lock")).unwrap()
}

/// Compares a text with a snapshot, after changing parts have got stable names.
fn check(registry: &Registry, bindery: &Bindery, name: &str, text: &str) {
    let sha256 = |line: &str| match line.strip_prefix("plugin.sha256 = ") {
        Some(_) => "plugin.sha256 = \"PLUGIN\"\n".to_owned(),
        None => format!("{line}\n"),
    };
    // The checksum depends on the port of the registry and on the plugin.
    let text: String = text
        .lines()
        .filter(|line| !line.starts_with("check = "))
        .map(sha256)
        .collect();
    let home = bindery.home().display().to_string();
    let address = registry.address();
    snapshot(name, &text, &[(&address, "registry:5000"), (&home, "HOME")]);
}

#[test]
fn later_runs_bind_the_locked_digests() {
    let (registry, bindery) = setup();
    let first = bindery.run(["render", "jobs.aurora"]).success();
    let added = bindery.run(["lock", "jobs.aurora"]).success();
    check(&registry, &bindery, "lock_added", &added);
    check(&registry, &bindery, "lock_file", &lock_text(&bindery));

    let moved = registry.push("team/web", "1.4", &Image::oci("another"));
    assert_eq!(bindery.run(["render", "jobs.aurora"]).success(), first);
    let status = bindery.run(["status", "jobs.aurora"]);
    assert_eq!((status.code, status.stderr.as_str()), (Some(2), ""));
    check(&registry, &bindery, "lock_status", &status.stdout);

    let before = lock_text(&bindery);
    let updated = bindery.run(["update", "jobs.aurora"]).success();
    check(&registry, &bindery, "lock_updated", &updated);
    let changed: Vec<_> = lock_text(&bindery)
        .lines()
        .zip(before.lines())
        .filter(|(now, before)| now != before)
        .map(|(now, _)| now.split(' ').next().unwrap().to_owned())
        .collect();
    assert_eq!(changed, ["answer", "evidence.digest", "check"]);
    let rendered = bindery.run(["render", "jobs.aurora"]).success();
    let address = registry.address();
    assert_eq!(
        image(&json(&rendered), 0),
        format!("{address}/team/web@{moved}")
    );
    bindery.run(["status", "jobs.aurora"]).success();
    assert_eq!(bindery.run(["lock", "jobs.aurora"]).success(), "");
}

#[test]
fn a_struct_is_locked_and_recalled_as_it_was_answered() {
    let (registry, bindery) = setup();
    bindery.write("pinned.aurora", PINNED);
    let live = bindery.run(["render", "pinned.aurora"]).success();
    bindery.run(["lock", "pinned.aurora"]).success();
    check(&registry, &bindery, "lock_struct", &lock_text(&bindery));
    drop(registry);
    assert_eq!(
        bindery
            .run(["render", "--frozen", "pinned.aurora"])
            .success(),
        live
    );
}

/// Outcome of a run.
#[derive(Debug, PartialEq)]
enum Outcome {
    /// Every ref was bound.
    Bound,
    /// An error with this exit code, whose text contains these words.
    Error(i32, &'static str),
}

#[test]
fn each_combination_of_flags_has_its_outcome() {
    use Outcome::{Bound, Error};
    const NO_FILE: Outcome = Error(3, "there is no lock file");
    const NO_ENTRY: Outcome = Error(3, "has no entry for the ref, and binders are not asked");
    const OFFLINE: Outcome = Error(7, "offline");
    const DOWN: Outcome = Error(7, "no response from");
    // (lock entries exist, registry runs), then the outcomes with: no flag, --locked, --offline, --frozen, --locked --offline.
    let table = [
        ("none", true, [Bound, NO_FILE, OFFLINE, NO_FILE, NO_FILE]),
        ("none", false, [DOWN, NO_FILE, OFFLINE, NO_FILE, NO_FILE]),
        ("one", true, [Bound, NO_ENTRY, OFFLINE, NO_ENTRY, NO_ENTRY]),
        ("one", false, [DOWN, NO_ENTRY, OFFLINE, NO_ENTRY, NO_ENTRY]),
        ("all", true, [Bound, Bound, Bound, Bound, Bound]),
        ("all", false, [Bound, Bound, Bound, Bound, Bound]),
    ];
    let flags: [&[&str]; 5] = [
        &[],
        &["--locked"],
        &["--offline"],
        &["--frozen"],
        &["--locked", "--offline"],
    ];
    for (entries, up, ends) in table {
        let (registry, bindery) = setup();
        match entries {
            "one" => {
                let one = TWO_REFS.replace("('db', '{{docker.image[db][9]}}')", "");
                bindery.write("one.aurora", &one);
                bindery.run(["lock", "one.aurora"]).success();
            }
            "all" => {
                bindery.run(["lock", "jobs.aurora"]).success();
            }
            _ => {}
        }
        let locked = fs::read(bindery.home().join("work/bindery.lock")).ok();
        registry.forget_requests();
        let mut registry = Some(registry);
        if !up {
            registry = None;
        }
        for (flags, expected) in flags.iter().zip(ends) {
            let mut command = bindery.command(["render", "jobs.aurora"]);
            let ran = bindery_tests::Ran::of({
                command.args(*flags);
                command
            });
            let case = format!("{entries}, up: {up}, {flags:?}");
            match expected {
                Bound => assert_eq!((ran.code, &*ran.stderr), (Some(0), ""), "{case}"),
                Error(code, words) => {
                    assert_eq!(ran.code, Some(code), "{case}: {}", ran.stderr);
                    assert!(ran.stderr.contains(words), "{case}: {}", ran.stderr);
                    assert_eq!(ran.stdout, "", "{case}");
                }
            }
            let asked = registry
                .as_ref()
                .map_or(0, |registry| registry.requests().len());
            let is_asked = flags.is_empty() && entries != "all" && up;
            assert_eq!(asked > 0, is_asked, "{case}: {asked} requests");
            if let Some(registry) = &registry {
                registry.forget_requests();
            }
            let now = fs::read(bindery.home().join("work/bindery.lock")).ok();
            assert_eq!(now, locked, "{case}: render does not write it");
        }
    }
}

#[test]
fn a_frozen_run_makes_no_connection_and_gives_the_same_bytes() {
    let (registry, bindery) = setup();
    bindery.run(["lock", "jobs.aurora"]).success();
    let first = bindery.run(["render", "jobs.aurora"]).success();
    let Some(strace) = find(Program::Strace) else {
        return;
    };
    let trace = bindery.home().join("trace");
    let inner = bindery.command(["render", "--frozen", "jobs.aurora"]);
    let options = ["-f", "-e", "trace=%network", "-o"].map(OsStr::new);
    let options = [&options[..], &[trace.as_os_str()]].concat();
    let command = run_by(&strace, &options, &inner);
    let ran = bindery_tests::Ran::of(command);
    assert_eq!(ran.success(), first);
    let trace = fs::read_to_string(trace).unwrap();
    assert!(trace.contains("exited with 0"), "{trace}");
    assert!(
        !trace.contains("socket(") && !trace.contains("connect("),
        "{trace}"
    );
    drop(registry);
}

#[test]
fn a_changed_entry_is_refused_with_its_line() {
    let (registry, bindery) = setup();
    bindery.run(["lock", "jobs.aurora"]).success();
    let good = lock_text(&bindery);
    let refuse = |name: &str, text: &str| {
        bindery.write("bindery.lock", text);
        for verb in ["render", "lock", "update", "status"] {
            let error = bindery.run([verb, "jobs.aurora"]).failure(3);
            if verb == "render" {
                check(&registry, &bindery, name, &error);
            }
            assert_eq!(lock_text(&bindery), text, "{verb} leaves it alone");
        }
    };
    let digest = registry.digest("db", "9").unwrap();
    refuse(
        "lock_changed",
        &good.replace(&digest, &digest.replace('a', "b")),
    );
    refuse(
        "lock_merge",
        &good.replace("\n[[ref]]", "\n<<<<<<< ours\n[[ref]]"),
    );
    refuse("lock_version", &good.replace("version = 1", "version = 2"));
    refuse("lock_binary", "\u{0}\u{1}");
    fs::remove_file(bindery.home().join("work/bindery.lock")).unwrap();
    fs::create_dir(bindery.home().join("work/bindery.lock")).unwrap();
    bindery.run(["render", "jobs.aurora"]).failure(3);
}

#[test]
fn an_entry_of_another_registry_is_refused_with_its_line() {
    let (registry, bindery) = setup();
    bindery.run(["lock", "jobs.aurora"]).success();
    // The cluster's images have moved to another registry.
    let bindery = bindery
        .clusters(r#"[{"name": "devcluster", "docker_registry": "http://other.example:5000"}]"#);
    let error = bindery
        .run(["render", "--frozen", "jobs.aurora"])
        .failure(3);
    check(&registry, &bindery, "lock_elsewhere", &error);
}

#[test]
fn an_update_may_be_of_some_entries_or_to_a_digest() {
    let (registry, bindery) = setup();
    bindery.run(["lock", "jobs.aurora"]).success();
    let old = registry.digest("team/web", "1.4").unwrap();
    let new = registry.push("team/web", "1.4", &Image::oci("another"));
    registry.push("db", "9", &Image::oci("another"));

    let run = |option: &str, value: &str| bindery.run(["update", "jobs.aurora", option, value]);
    assert_eq!(run("--only", "*team*").success().lines().count(), 1);
    assert!(lock_text(&bindery).contains(&new));
    let status = bindery.run(["status", "jobs.aurora", "--output", "json"]);
    let status = json(&status.stdout);
    assert_eq!(status["moved"].as_array().unwrap().len(), 1);
    assert_eq!(status["moved"][0]["address"], "docker.image[db][9]");

    let back = format!("docker.image[team/web][1.4]={old}");
    assert!(run("--precise", &back).success().contains("moved from"));
    let rendered = bindery.run(["render", "--frozen", "jobs.aurora"]).success();
    assert!(image(&json(&rendered), 0).ends_with(&old));
    let asked = format!("{}/team/web:1.4={new}", registry.address());
    run("--precise", &asked).success();
    assert!(lock_text(&bindery).contains(&new));

    // An earlier run has seen this digest in another repository only.
    let db = registry.push("db", "10", &Image::oci("of db alone"));
    run("--precise", &format!("docker.image[db][9]={db}")).success();
    let before = lock_text(&bindery);
    run("--precise", &format!("docker.image[team/web][1.4]={db}")).failure(4);
    let nowhere = format!("docker.image[team/web][1.4]=sha256:{}", "0".repeat(64));
    check(
        &registry,
        &bindery,
        "lock_precise_nowhere",
        &run("--precise", &nowhere).failure(4),
    );
    check(
        &registry,
        &bindery,
        "lock_only_nothing",
        &run("--only", "*nothing*").failure(4),
    );
    run("--precise", "docker.image[team/web][1.4]=latest").failure(5);
    assert_eq!(lock_text(&bindery), before);
}

#[test]
fn unused_entries_are_reported_and_removed_on_request() {
    let (registry, bindery) = setup();
    bindery.run(["lock", "jobs.aurora"]).success();
    bindery.write(
        "jobs.aurora",
        &TWO_REFS.replace("('db', '{{docker.image[db][9]}}')", ""),
    );
    let status = bindery.run(["status", "jobs.aurora"]);
    assert_eq!(status.code, Some(2));
    check(&registry, &bindery, "lock_unused", &status.stdout);
    assert_eq!(bindery.run(["lock", "jobs.aurora"]).success(), "");
    bindery.run(["lock", "--prune", "jobs.aurora"]).success();
    assert!(!lock_text(&bindery).contains("docker.image[db][9]"));
    bindery.run(["status", "jobs.aurora"]).success();
    bindery.write("jobs.aurora", TWO_REFS);
    let status = bindery.run(["status", "jobs.aurora"]);
    assert_eq!(
        (status.code, status.stdout.contains("not locked")),
        (Some(2), true)
    );
}

#[test]
fn a_lock_file_is_written_only_if_every_ref_was_bound() {
    let (registry, bindery) = setup();
    bindery.run(["lock", "jobs.aurora"]).success();
    let before = lock_text(&bindery);
    registry.push("team/web", "1.4", &Image::oci("another"));
    registry.untag("db", "9");
    bindery.run(["update", "jobs.aurora"]).failure(4);
    bindery.run(["status", "jobs.aurora"]).failure(4);
    assert_eq!(lock_text(&bindery), before);
    registry.push("db", "9", &Image::docker("db"));
    bindery.write("broken.aurora", "jobs = [Job(name = 5 / 0)]");
    bindery
        .run(["update", "jobs.aurora", "broken.aurora"])
        .failure(3);
    assert_eq!(lock_text(&bindery), before);
}

#[test]
fn files_of_one_folder_share_a_lock_file() {
    let (registry, bindery) = setup();
    bindery.write("pinned.aurora", PINNED);
    bindery.write("sub/jobs.aurora", TWO_REFS);
    bindery.run(["lock", "jobs.aurora"]).success();
    bindery
        .run(["lock", "pinned.aurora", "sub/jobs.aurora"])
        .success();
    let entries = |text: &str| text.matches("[[ref]]").count();
    assert_eq!(entries(&lock_text(&bindery)), 3);
    let sub = fs::read_to_string(bindery.home().join("work/sub/bindery.lock")).unwrap();
    assert_eq!(entries(&sub), 2);
    bindery
        .run([
            "lock",
            "--lockfile",
            "other.lock",
            "jobs.aurora",
            "sub/jobs.aurora",
        ])
        .success();
    let other = fs::read_to_string(bindery.home().join("work/other.lock")).unwrap();
    assert_eq!(entries(&other), 2);
    drop(registry);
    for file in ["jobs.aurora", "pinned.aurora", "sub/jobs.aurora"] {
        bindery.run(["render", "--frozen", file]).success();
    }
    bindery
        .run([
            "render",
            "--frozen",
            "--lockfile",
            "other.lock",
            "sub/jobs.aurora",
        ])
        .success();
}

#[test]
fn refs_of_a_text_are_locked_too() {
    let (registry, bindery) = setup();
    bindery.write("pod.yaml", "image: {{docker.image[db][9]}}\nother: {{x}}\n");
    let text = ["--text", "--cluster", "devcluster", "pod.yaml"];
    let run = |verb: &str| bindery.run([verb, text[0], text[1], text[2], text[3]]);
    let live = run("render").success();
    run("lock").success();
    registry.push("db", "9", &Image::oci("another"));
    assert_eq!(run("render").success(), live);
    assert_eq!(run("status").code, Some(2));
    run("update").success();
    assert_ne!(run("render").success(), live);
}

#[test]
fn the_aurora_commands_use_the_lock_file() {
    let (registry, bindery) = setup();
    bindery.run(["lock", "jobs.aurora"]).success();
    drop(registry);
    let key = "devcluster/r/devel/web";
    bindery
        .run(["aurora", "job", "inspect", key, "jobs.aurora"])
        .success();
}

#[test]
fn a_lock_file_that_another_process_changed_is_not_overwritten() {
    let (_registry, bindery) = setup();
    bindery.write("pinned.aurora", PINNED);
    for _ in 0..10 {
        let lock = bindery.home().join("work/bindery.lock");
        let _ = fs::remove_file(&lock);
        let children = ["jobs.aurora", "pinned.aurora"].map(|file| {
            let mut command = bindery.command(["lock", file]);
            command
                .stdout(std::process::Stdio::piped())
                .stderr(std::process::Stdio::piped());
            command.spawn().unwrap()
        });
        let mut entries = 0;
        for (child, its) in children.into_iter().zip([2, 1]) {
            let output = child.wait_with_output().unwrap();
            let stderr = String::from_utf8(output.stderr).unwrap();
            match output.status.code() {
                Some(0) => entries += its,
                Some(1) => assert!(stderr.contains("another process has changed"), "{stderr}"),
                other => panic!("{other:?}: {stderr}"),
            }
        }
        assert_eq!(lock_text(&bindery).matches("[[ref]]").count(), entries);
    }
}

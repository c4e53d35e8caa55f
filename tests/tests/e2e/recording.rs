//! Recorded answers: rendering and testing without plugins and registries.

mod pattern;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use bindery_fake_registry::{Image, Options, Registry};
use bindery_tests::{Bindery, Ran};
use serde_json::{Value as Json, json};

use crate::images::json as parsed;
use crate::snapshot;

/// Returns a job whose image and greeting are refs.
fn job(name: &str, image: &str) -> String {
    format!(
        "jobs = [Job(cluster = 'devcluster', role = 'r', environment = 'devel', name = '{name}',
  task = SimpleTask('t', 'echo {{{{greeting[en]}}}}'), container = Docker(image = '{image}'))]\n"
    )
}

const WEB: &str = "{{docker.image[team/web][1.4]}}";
const GONE: &str = "{{docker.image[team/web][gone]}}";

/// Returns a registry with one image, protected by a password, and a user who has the password.
fn setup() -> (Registry, Bindery) {
    let registry = Registry::start(Options::basic("alice", "open sesame"));
    registry.push("team/web", "1.4", &Image::oci("web"));
    let bindery = Bindery::new().devcluster(&registry.address()).docker_login(
        &registry.address(),
        "alice",
        "open sesame",
    );
    (registry, bindery)
}

/// Returns a user without plugins, clusters and logins, with the files of another user.
fn user_without_plugins(bindery: &Bindery) -> Bindery {
    Bindery::new()
        .configure_fully("[plugins]\npath = []\n")
        .current_dir(&bindery.home().join("work"))
}

fn work(bindery: &Bindery, name: &str) -> String {
    fs::read_to_string(bindery.home().join("work").join(name)).unwrap()
}

#[test]
fn a_recording_replaces_plugins_and_registry() {
    let (registry, bindery) = setup();
    bindery.write("web.aurora", &job("web", WEB));
    let live = bindery.run(["render", "web.aurora"]).success();
    let summary = bindery.run(["plugin", "record", "web.aurora"]).success();
    assert_eq!(summary, "bindery.fixture.jsonl: 2 answered, 0 failed\n");
    let address = registry.address();
    drop(registry);

    let text = work(&bindery, "bindery.fixture.jsonl");
    snapshot("fixture", &text, &[(&address, "registry:5000")]);
    for secret in ["open sesame", "YWxpY2U6b3BlbiBzZXNhbWU="] {
        assert!(!text.contains(secret), "{text}");
    }
    let replay = ["render", "web.aurora", "--replay", "bindery.fixture.jsonl"];
    assert_eq!(user_without_plugins(&bindery).run(replay).success(), live);
}

#[test]
fn recording_again_writes_the_same_bytes_and_removes_unused_entries() {
    let (_registry, bindery) = setup();
    bindery.write("web.aurora", &job("web", WEB));
    bindery.write("plain.aurora", &job("plain", "fixed"));
    let record = |files: &[&str]| {
        let mut command = bindery.command(["plugin", "record", "--to", "f.jsonl"]);
        command.args(files);
        Ran::of(command).success();
        work(&bindery, "f.jsonl")
    };
    let both = record(&["web.aurora", "plain.aurora"]);
    assert_eq!(record(&["plain.aurora", "web.aurora"]), both);
    assert_eq!(both.lines().count(), 3);
    assert_eq!(record(&["plain.aurora"]).lines().count(), 2);
}

#[test]
fn an_error_is_recorded_and_replayed() {
    let (registry, bindery) = setup();
    bindery.write("gone.aurora", &job("gone", GONE));
    let ran = bindery.run(["plugin", "record", "gone.aurora"]);
    let live = bindery.run(["render", "gone.aurora"]).failure(4);
    let address = registry.address();
    drop(registry);
    assert_eq!(
        (ran.code, ran.stdout.as_str()),
        (Some(0), "bindery.fixture.jsonl: 1 answered, 1 failed\n")
    );
    let warned = ran.stderr.replace(&address, "registry:5000");
    assert!(
        warned.starts_with("warning: `docker.image[team/web][gone]` is recorded as an error: "),
        "{warned}"
    );
    let replay = ["render", "gone.aurora", "--replay", "bindery.fixture.jsonl"];
    assert_eq!(user_without_plugins(&bindery).run(replay).failure(4), live);
}

#[test]
fn recorded_refusals_and_timeouts_keep_their_exit_codes() {
    let (registry, bindery) = setup();
    let address = registry.address();
    let stranger = Bindery::new().devcluster(&address);
    let check = |bindery: &Bindery, code| {
        bindery.write("web.aurora", &job("web", WEB));
        bindery.run(["plugin", "record", "web.aurora"]).success();
        let replay = ["render", "web.aurora", "--replay", "bindery.fixture.jsonl"];
        user_without_plugins(bindery).run(replay).failure(code);
    };
    check(&stranger, 30);
    drop(registry);
    check(&bindery, 7);
}

#[test]
fn the_error_for_an_unrecorded_ref_says_how_to_record_it() {
    let (_registry, bindery) = setup();
    bindery.write("web.aurora", &job("web", WEB));
    bindery.run(["plugin", "record", "web.aurora"]).success();
    bindery.write("web.aurora", &job("web", "{{docker.image[db][9]}}"));
    let error = bindery
        .run(["render", "web.aurora", "--replay", "bindery.fixture.jsonl"])
        .failure(3);
    snapshot("replay_missing", &error, &[]);
}

#[test]
fn a_text_and_its_cluster_are_recorded_too() {
    let (registry, bindery) = setup();
    bindery.write("motd", "{{docker.image[team/web][1.4]}} {{ this }}");
    let text = ["motd", "--text", "--cluster", "devcluster"];
    let mut record = bindery.command(["plugin", "record"]);
    record.args(text);
    Ran::of(record).success();
    let mut live = bindery.command(["render"]);
    live.args(text);
    let live = Ran::of(live).success();
    drop(registry);
    let user_without_plugins = user_without_plugins(&bindery);
    let mut replay = user_without_plugins.command(["render", "--replay", "bindery.fixture.jsonl"]);
    replay.args(text);
    assert_eq!(Ran::of(replay).success(), live);
}

#[test]
fn files_that_cannot_be_read_leave_no_recording() {
    let (_registry, bindery) = setup();
    bindery.write("web.aurora", &job("web", WEB));
    bindery.write("bad.aurora", "jobs = [");
    let error = bindery
        .run(["plugin", "record", "web.aurora", "bad.aurora"])
        .failure(3);
    assert!(error.contains("bad.aurora:1"), "{error}");
    assert!(!bindery.home().join("work/bindery.fixture.jsonl").exists());
}

#[test]
fn an_invalid_fixture_is_refused_with_its_line() {
    let (_registry, bindery) = setup();
    bindery.write("web.aurora", &job("web", WEB));
    bindery.write(
        "f.jsonl",
        "{\"binders\": [], \"fixture\": 1}\n<<<<<<< ours\n",
    );
    let error = bindery
        .run(["render", "web.aurora", "--replay", "f.jsonl"])
        .failure(3);
    snapshot("fixture_broken", &error, &[]);
}

/// Returns a user without plugins, with a folder of job files and their fixture.
fn folder_with_fixture() -> Bindery {
    let (_registry, bindery) = setup();
    for (name, text) in [
        ("jobs/web.aurora", job("web", WEB)),
        ("jobs/team/api.aurora", job("api", WEB)),
        ("jobs/team/base.aurora", "NAME = 'base'\n".to_owned()),
        ("jobs/.old/bad.aurora", "jobs = [".to_owned()),
    ] {
        bindery.write(name, &text);
    }
    let record = [
        "plugin",
        "record",
        "jobs/web.aurora",
        "--to",
        "jobs/bindery.fixture.jsonl",
    ];
    bindery.run(record).success();
    bindery
}

/// Returns the files below a folder, with their texts.
fn files(folder: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            let text = fs::read_to_string(&path).unwrap();
            found.insert(path.display().to_string(), text);
        }
    }
    found
}

#[test]
fn snapshots_are_written_once_and_compared_afterwards() {
    let bindery = folder_with_fixture();
    let tester = user_without_plugins(&bindery);
    let first = tester.run(["test", "jobs"]);
    assert_eq!((first.code, first.stderr.as_str()), (Some(2), ""));
    snapshot("test_missing", &first.stdout, &[]);

    let updated = tester.run(["test", "jobs", "--update"]).success();
    snapshot("test_updated", &updated, &[]);
    let rendered = work(&bindery, "jobs/web.aurora.snap.json");
    let replay = [
        "render",
        "jobs/web.aurora",
        "--replay",
        "jobs/bindery.fixture.jsonl",
    ];
    assert_eq!(tester.run(replay).success(), rendered);

    let before = files(&bindery.home().join("work"));
    assert_eq!(tester.run(["test", "jobs"]).success(), "2 same\n");
    assert_eq!(
        tester.run(["test", "jobs", "--update"]).success(),
        "2 same\n"
    );
    assert_eq!(files(&bindery.home().join("work")), before);
}

#[test]
fn a_change_is_printed_as_a_diff_and_only_its_snapshot_is_updated() {
    let bindery = folder_with_fixture();
    let tester = user_without_plugins(&bindery);
    tester.run(["test", "jobs", "--update"]).success();
    let api = work(&bindery, "jobs/team/api.aurora.snap.json");
    let changed = job("web", WEB).replace("echo", "printf");
    tester.write("jobs/web.aurora", &changed);
    let ran = tester.run(["test", "jobs"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(2), ""));
    snapshot("test_different", &ran.stdout, &[]);

    let ran = tester.run(["test", "jobs", "--output", "json"]);
    let report: Json = parsed(&ran.stdout);
    let outcomes: Vec<_> = report["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| {
            (
                line["file"].as_str().unwrap(),
                line["outcome"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        outcomes,
        [
            ("jobs/team/api.aurora", "same"),
            ("jobs/team/base.aurora", "no-jobs"),
            ("jobs/web.aurora", "different"),
        ]
    );
    assert!(report["files"][2]["diff"].as_str().unwrap().contains("+++"));
    assert_eq!(report["stale"], json!([]));

    let updated = tester.run(["test", "jobs", "--update"]).success();
    assert_eq!(
        updated,
        "updated: jobs/web.aurora.snap.json\n1 same, 1 updated\n"
    );
    assert_eq!(work(&bindery, "jobs/team/api.aurora.snap.json"), api);
}

#[test]
fn an_error_in_one_file_does_not_stop_the_others() {
    let bindery = folder_with_fixture();
    let tester = user_without_plugins(&bindery);
    tester.run(["test", "jobs", "--update"]).success();
    tester.write("jobs/team/api.aurora", "jobs = [nothing]\n");
    tester.write("jobs/web.aurora", &job("web", "{{docker.image[db][9]}}"));
    tester.write("jobs/third.aurora", &job("third", WEB));
    let ran = tester.run(["test", "jobs"]);
    assert_eq!(ran.code, Some(3));
    assert_eq!(
        ran.stdout,
        "missing: jobs/third.aurora.snap.json; --update writes it\n0 same, 1 missing, 2 failed\n"
    );
    snapshot("test_failed", &ran.stderr, &[]);
}

#[test]
fn a_file_without_jobs_is_an_error_and_a_snapshot_without_a_file_is_reported() {
    let bindery = folder_with_fixture();
    let tester = user_without_plugins(&bindery);
    tester.run(["test", "jobs", "--update"]).success();
    let work = bindery.home().join("work");
    fs::remove_file(work.join("jobs/team/api.aurora")).unwrap();
    let ran = tester.run(["test", "jobs", "--update"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(0), "1 same\n"));
    assert_eq!(
        ran.stderr,
        "warning: no job file has the snapshot `jobs/team/api.aurora.snap.json`\nhint: delete the snapshot if you have deleted its job file\n"
    );
    assert!(work.join("jobs/team/api.aurora.snap.json").exists());

    tester.write("jobs/web.aurora", "job = 1\n");
    let ran = tester.run(["test", "jobs"]);
    assert_eq!(ran.code, Some(3), "{}", ran.stderr);
}

#[test]
fn the_nearest_fixture_within_the_folder_answers() {
    let bindery = folder_with_fixture();
    let tester = user_without_plugins(&bindery);
    let fixture = work(&bindery, "jobs/bindery.fixture.jsonl");
    tester.write(
        "jobs/team/bindery.fixture.jsonl",
        &fixture.replace("\"hello\"", "\"welcome\""),
    );
    tester.run(["test", "jobs", "--update"]).success();
    assert!(work(&bindery, "jobs/web.aurora.snap.json").contains("echo hello"));
    assert!(work(&bindery, "jobs/team/api.aurora.snap.json").contains("echo welcome"));

    // A fixture above the folder does not count.
    fs::remove_file(bindery.home().join("work/jobs/team/bindery.fixture.jsonl")).unwrap();
    let ran = tester.run(["test", "jobs/team"]);
    assert_eq!(ran.code, Some(3), "{}", ran.stderr);
}

#[test]
fn without_a_fixture_the_lock_file_answers() {
    let (registry, bindery) = setup();
    bindery.write("jobs/web.aurora", &job("web", WEB));
    bindery.run(["lock", "jobs/web.aurora"]).success();
    let asked = registry.requests().len();
    bindery.run(["test", "jobs", "--update"]).success();
    assert_eq!(bindery.run(["test", "jobs"]).success(), "1 same\n");
    bindery.write("jobs/web.aurora", &job("web", GONE));
    let error = bindery.run(["test", "jobs"]);
    assert_eq!(error.code, Some(3));
    assert!(
        error
            .stderr
            .contains("has no entry for the ref, and binders are not asked"),
        "{}",
        error.stderr
    );
    assert_eq!(registry.requests().len(), asked);
}

#[test]
fn a_folder_without_job_files_is_an_error() {
    let bindery = Bindery::new();
    bindery.write("empty/readme", "");
    assert_eq!(
        bindery.run(["test", "empty"]).failure(3),
        "error: there are no job files in `empty`\nhint: names of job files end with `.aurora`\n"
    );
    let error = bindery.run(["test", "gone"]).failure(3);
    assert!(
        error.starts_with("error: cannot read the folder `gone`\n"),
        "{error}"
    );
}

#[test]
fn the_pattern_of_the_page_is_executed() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(root.join("../docs/how-to/test-job-files.md")).unwrap();
    let shown = page.split_once("```rust tests/jobs.rs\n").unwrap().1;
    let shown = shown.split_once("```\n").unwrap().0;
    let run =
        include_str!("recording/pattern.rs").replace("bindery_tests::binary()", "\"bindery\"");
    assert_eq!(shown, run.split_once("\n\n").unwrap().1);
}

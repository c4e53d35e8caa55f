//! Parts of plugins besides binders: names for job files, metadata, options, commands, and steps of a run.

use bindery_tests::{Bindery, Ran};

use crate::images::json;
use crate::seam::busy;
use crate::snapshot;

/// Returns a user of the plugin with all of these parts, with these settings.
fn user(section: &str) -> Bindery {
    let toml = format!(
        "[plugins]\npath = [{:?}]\n[plugin.busy]\n{section}\n",
        busy().display().to_string()
    );
    Bindery::new().configure_fully(&toml)
}

fn job(name: &str, more: &str) -> String {
    format!(
        "Job(cluster = 'devcluster', role = 'r', environment = 'devel', name = '{name}', {more}, \
         container = Docker(image = 'i'))"
    )
}

/// Returns two jobs: one uses two refs with metadata and has metadata itself, one uses no refs.
fn jobs_with_metadata() -> String {
    let noted = job(
        "noted",
        "task = SimpleTask('t', 'echo {{noted[b]}} {{noted[a]}} {{noted[b]}}'), \
         metadata = [Metadata(key = 'own', value = 'x'), Metadata(key = 'noted', value = 'a')]",
    );
    let plain = job("plain", "task = SimpleTask('t', 'echo')");
    format!("jobs = [{noted}, {plain}]\n")
}

fn pairs(metadata: &serde_json::Value) -> Vec<String> {
    let pair = |it: &serde_json::Value| {
        format!(
            "{}={}",
            it["key"].as_str().unwrap(),
            it["value"].as_str().unwrap()
        )
    };
    metadata.as_array().unwrap().iter().map(pair).collect()
}

const NOTED: [&str; 4] = ["own=x", "noted=a", "all=the same", "noted=b"];

#[test]
fn a_job_has_the_metadata_of_the_answers_it_uses() {
    let bindery = user("");
    bindery.write("noted.aurora", &jobs_with_metadata());
    let rendered = json(&bindery.run(["render", "noted.aurora"]).success());
    assert_eq!(pairs(&rendered["jobs"][0]["metadata"]), NOTED);
    assert_eq!(pairs(&rendered["jobs"][1]["metadata"]), [] as [&str; 0]);

    let aurora = bindery.run(["render", "noted.aurora", "--to", "aurora"]);
    let aurora = json(&aurora.success());
    let configuration = &aurora["jobs"][0]["job_configuration"];
    let mut found = pairs(&configuration["taskConfig"]["metadata"]);
    let mut expected = NOTED.map(str::to_owned);
    found.sort();
    expected.sort();
    assert_eq!(found, expected);

    let key = "devcluster/r/devel/noted";
    let inspected = bindery.run([
        "aurora",
        "job",
        "inspect",
        key,
        "noted.aurora",
        "--write-json",
    ]);
    let inspected = json(&inspected.success());
    assert_eq!(pairs(&inspected["jobs"][0]["metadata"]), NOTED);
}

#[test]
fn a_recalled_answer_has_its_metadata() {
    let bindery = user("").env("SOURCE_DATE_EPOCH", "1795611600");
    bindery.write("noted.aurora", &jobs_with_metadata());
    let live = bindery.run(["render", "noted.aurora"]).success();
    bindery.run(["lock", "noted.aurora"]).success();
    let frozen = bindery.run(["render", "--frozen", "noted.aurora"]);
    assert_eq!(frozen.success(), live);
    bindery.run(["status", "noted.aurora"]).success();
}

#[test]
fn job_files_can_use_the_names_of_plugins() {
    let bindery = user("");
    let job = job(
        "parcel",
        "task = SimpleTask('t', 'echo {{parcel.weight}}').bind(parcel = Parcel(weight = 5, \
         steps = [Process(name = 'p', cmdline = 'c')]))",
    );
    bindery.write("parcel.aurora", &format!("jobs = [{job}]\n"));
    let ran = bindery.run(["render", "parcel.aurora"]);
    let rendered = json(&ran.clone().success());
    let process = &rendered["jobs"][0]["task"]["processes"][0];
    assert_eq!(process["cmdline"], "echo 5");
    snapshot("run_clashes", &ran.stderr, &[]);

    bindery.write("wrong.aurora", "Parcel(wieght = 5)\n");
    let error = bindery.run(["render", "wrong.aurora"]).failure(3);
    assert!(error.contains("Unknown schema attribute wieght"), "{error}");
    assert!(error.contains("did you mean `weight`?"), "{error}");
}

#[test]
fn every_command_accepts_the_options_of_plugins() {
    let bindery = user("");
    let say = |line: [&str; 4]| bindery.run(line).success();
    assert_eq!(say(["busy", "say", "a", "b"]), "no word: a b\n");
    assert_eq!(say(["busy", "say", "a", "--busy-word=x"]), "x: a\n");
    assert_eq!(
        say(["--busy-word=x", "--busy-loud", "busy", "say"]),
        "X: \n"
    );
    bindery.run(["cluster", "list", "--busy-loud"]).success();
    bindery.write("jobs.aurora", "jobs = []\n");
    let listed = bindery.run(["aurora", "config", "list", "jobs.aurora", "--busy-word=x"]);
    assert_eq!(listed.success(), "jobs=[]\n");

    let help = bindery.run(["cluster", "list", "--help"]).success();
    let options = help
        .split("\n\n")
        .find(|line| line.starts_with("Options of plugin `busy`:"));
    snapshot("run_options", options.unwrap(), &[]);
    bindery.run(["cluster", "list", "--busy-wrod=x"]).failure(5);
}

#[test]
fn a_plugin_has_commands_of_its_own() {
    let bindery = user("");
    let help = bindery.run(["busy", "say", "--help"]).success();
    let usage = help.split("\n\nGlobal options").next().unwrap();
    snapshot("run_command_help", usage, &[]);
    assert!(
        bindery
            .run(["--help"])
            .success()
            .contains("Commands of plugin `busy`")
    );

    let ran = bindery.run(["busy", "say", "x", "--code", "9"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(9), "no word: x\n"));

    let failed = |line: [&str; 5], code: i32| {
        let ran = bindery.run(line);
        assert_eq!(
            (ran.code, ran.stdout.as_str()),
            (Some(code), "no word: x\n")
        );
        ran.stderr
    };
    let error = failed(["busy", "say", "x", "--fail", "--code=9"], 9);
    assert_eq!(
        error,
        "error: it does not want to\n  cause: no reason\nhint: ask again\n"
    );
    let ran = bindery.run(["busy", "say", "x", "--fail"]);
    assert_eq!(ran.code, Some(30), "it is refused");
    bindery.run(["busy", "say", "x", "--fial"]).failure(5);
    bindery.run(["busy"]).failure(5);
}

/// Returns the lines of the steps on standard error.
fn steps(ran: &Ran) -> Vec<&str> {
    ran.stderr
        .lines()
        .filter(|line| !line.starts_with("hint"))
        .collect()
}

#[test]
fn plugins_see_every_run_before_and_after() {
    let bindery = user("tell = true");
    let ran = bindery.run(["list-clusters"]);
    assert_eq!(
        steps(&ran),
        [
            "before dispatch: bindery list-clusters",
            "before execution: cluster list 2",
            "after execution: cluster list 0",
        ]
    );
    ran.success();

    let ran = bindery.run(["aurora", "config", "list", "missing.aurora"]);
    assert_eq!(ran.code, Some(4));
    let lines = steps(&ran);
    assert_eq!(
        lines[0],
        "before dispatch: aurora config list missing.aurora"
    );
    assert_eq!(lines[1], "before execution: config list 3");
    assert_eq!(
        lines.last(),
        Some(&"after execution: config list 4"),
        "after an error as well"
    );

    // Commands that list plugins run none of their code.
    let ran = bindery.run(["plugin", "list"]);
    assert!(!ran.stderr.contains("before"), "{}", ran.stderr);
}

#[test]
fn a_plugin_can_end_a_run_before_it_begins() {
    let stopped = |step: &str, code: &str| user(&format!("stop = {step:?}\n{code}"));
    for step in ["before dispatch", "before execution"] {
        let expected = format!(
            "error: Error in configuration plugin {step}: not like this\n  \
             cause: plugin `busy` ended the run\n"
        );
        let bindery = stopped(step, "code = 12");
        assert_eq!(bindery.run(["cluster", "list"]).failure(12), expected);
        let bindery = stopped(step, "code = 0");
        assert_eq!(
            bindery.run(["aurora", "config", "list", "x"]).failure(1),
            expected,
            "0 would be success"
        );
        let bindery = stopped(step, "");
        assert_eq!(bindery.run(["cluster", "list"]).failure(4), expected);
    }

    let ran = stopped("after execution", "code = 12").run(["cluster", "list"]);
    assert_eq!(
        ran.stderr,
        "warning: Error executing post-execution plugin: not like this\n"
    );
    ran.success();
}

#[test]
fn all_parts_of_a_plugin_are_listed_without_loading_it() {
    let bindery = user("open = \"panic\"");
    let shown = bindery.run(["plugin", "show", "busy"]).success();
    let parts: Vec<&str> = shown.lines().skip(5).collect();
    snapshot("run_plugin_show", &(parts.join("\n") + "\n"), &[]);

    let sheet = json(
        &bindery
            .run(["plugin", "show", "busy", "--output=json"])
            .success(),
    );
    assert_eq!(sheet["commands"][0]["arguments"][0]["name"], "TEXT");
    let names = sheet["schema"].as_array().unwrap();
    let parcel = names.iter().find(|one| one["name"] == "Parcel").unwrap();
    assert_eq!(parcel["fields"][0]["type"], "Integer");
    assert_eq!(sheet["lifecycle"][0], "before_dispatch");
    let list = json(&bindery.run(["plugin", "list", "--output=json"]).success());
    let listed = list["plugins"].as_array().unwrap();
    let listed = listed
        .iter()
        .find(|plugin| plugin["name"] == "busy")
        .unwrap();
    assert_eq!(
        listed["options"],
        serde_json::json!(["busy-word", "busy-loud"])
    );
}

//! `bindery aurora`, `render --to`, and the errors of a whole file of invalid jobs.

use std::os::unix::fs::symlink;
use std::process::Command;

use bindery_tests::{Bindery, Ran, binary};
use serde_json::Value as Json;

/// Two jobs with every property that an inspection prints.
const JOBS: &str = r#"
fetch = Process(name = 'fetch', cmdline = 'curl -O {{url}}\ntar xf app.tar')
serve = Process(name = 'serve', cmdline = './serve {{thermos.ports[http]}}', daemon = True)
watch = Process(name = 'watch', cmdline = 'tail -F log', ephemeral = True)
clean = Process(name = 'clean', cmdline = 'rm -rf .', final = True)

task = Task(
  name = 'web',
  processes = [fetch, serve, watch, clean],
  constraints = order('fetch', 'serve'),
  resources = Resources(cpu = 1.5, ram = 64 * MB, disk = 64 * MB))

web = Service(
  cluster = 'west', role = 'www', environment = 'prod', name = 'web', task = task,
  contact = 'web@example.com',
  constraints = {'rack': 'limit:2', 'zone': '!a,b'},
  partition_policy = PartitionPolicy(delay_secs = 60),
  update_config = UpdateConfig(batch_size = 2))

report = Job(
  cluster = 'west', role = 'www', environment = 'prod', name = 'report', production = True,
  cron_schedule = '0 4 * * *', task = SimpleTask('report', 'run {{day}}'))

jobs = [web.bind(url = 'https://example.com/app.tar'), report]
"#;

fn bindery() -> Bindery {
    let bindery = Bindery::new();
    bindery.write("jobs.aurora", JOBS);
    bindery
}

/// Runs the binary under the name `aurora`.
fn aurora<const N: usize>(bindery: &Bindery, arguments: [&str; N]) -> Ran {
    let link = bindery.home().join("aurora");
    if !link.exists() {
        symlink(binary(), &link).unwrap();
    }
    let model = bindery.command(arguments);
    let mut command = Command::new(link);
    command.env_clear().args(model.get_args());
    for (name, value) in model.get_envs() {
        command.env(name, value.unwrap());
    }
    if let Some(folder) = model.get_current_dir() {
        command.current_dir(folder);
    }
    Ran::of(command)
}

#[test]
fn jobs_are_listed_by_their_keys() {
    let bindery = bindery();
    let listed = aurora(&bindery, ["config", "list", "jobs.aurora"]).success();
    assert_eq!(listed, "jobs=[west/www/prod/web, west/www/prod/report]\n");
    bindery.write("none.aurora", "");
    let listed = aurora(&bindery, ["config", "list", "none.aurora"]).success();
    assert_eq!(listed, "jobs=[]\n");
    bindery.write("bad.aurora", "jobs = [Job(colour = 1)]\n");
    let stderr = aurora(&bindery, ["config", "list", "bad.aurora"]).failure(4);
    assert!(
        stderr.starts_with(
            "error: Error loading configuration file: Unknown schema attribute colour"
        ),
        "{stderr}"
    );
}

#[test]
fn inspection_prints_the_text_of_the_original() {
    let bindery = bindery();
    let web = aurora(
        &bindery,
        ["job", "inspect", "west/www/prod/web", "jobs.aurora"],
    );
    crate::snapshot("aurora_inspect", &web.success(), &[]);
    // Long options may be shortened, and placed anywhere.
    let report = aurora(
        &bindery,
        [
            "job",
            "inspect",
            "--bi",
            "day=today",
            "west/www/prod/report",
            "jobs.aurora",
            "-v",
        ],
    );
    crate::snapshot("aurora_inspect_cron", &report.success(), &[]);
}

#[test]
fn every_load_error_has_one_exit_code() {
    let bindery = bindery();
    let unbound = aurora(
        &bindery,
        ["job", "inspect", "west/www/prod/report", "jobs.aurora"],
    );
    crate::snapshot("aurora_unbound", &unbound.failure(3), &[]);
    let missing = aurora(
        &bindery,
        ["job", "inspect", "west/www/prod/nope", "jobs.aurora"],
    );
    let stderr = missing.failure(3);
    assert!(
        stderr.contains(
            "Error loading configuration: Could not find job west/www/prod/nope\nCandidates are:\n"
        ),
        "{stderr}"
    );
    // The command under our own name.
    let own = bindery.run([
        "aurora",
        "job",
        "inspect",
        "west/www/prod/nope",
        "jobs.aurora",
    ]);
    assert_eq!(own.failure(3), stderr);
}

#[test]
fn a_usage_error_has_the_exit_code_of_the_original() {
    let bindery = bindery();
    let stderr = aurora(&bindery, ["job", "inspect", "west/www", "jobs.aurora"]).failure(2);
    assert!(stderr.contains("CLUSTER/ROLE/ENV/NAME"), "{stderr}");
    let stderr = bindery.run(["aurora", "job", "inspect"]).failure(2);
    assert!(stderr.contains("JOBKEY"), "{stderr}");
    assert_eq!(
        aurora(&bindery, ["--version"]).success(),
        bindery.run(["--version"]).success()
    );
}

#[test]
fn jobs_written_as_json_can_be_read_back() {
    let bindery = bindery();
    let key = "west/www/prod/web";
    let written = aurora(
        &bindery,
        ["job", "inspect", "--write-json", key, "jobs.aurora"],
    );
    let written = written.success();
    bindery.write("web.json", &written);
    let again = [
        "job",
        "inspect",
        "--write-json",
        "--read-json",
        key,
        "web.json",
    ];
    assert_eq!(aurora(&bindery, again).success(), written);
    let raw = |file: &str, form: &str| {
        aurora(&bindery, ["job", "inspect", "--raw", form, key, file]).success()
    };
    // The encoded jobs are equal too.
    assert_eq!(raw("web.json", "--read-json"), raw("jobs.aurora", "-v"));
}

#[test]
fn tiers_are_read_from_a_file() {
    let bindery = bindery();
    bindery.write(
        "tiers.json",
        r#"{"default": "preemptible", "tiers": {
             "preferred": {"preemptible": false, "revocable": false},
             "preemptible": {"preemptible": true, "revocable": false}}}"#,
    );
    let tier = |key: &str| {
        let raw = aurora(
            &bindery,
            [
                "job",
                "inspect",
                "--raw",
                "--bind=day=x",
                "--tiers=tiers.json",
                key,
                "jobs.aurora",
            ],
        );
        let raw: Json = serde_json::from_str(&raw.success()).unwrap();
        raw["taskConfig"]["tier"].clone()
    };
    assert_eq!(tier("west/www/prod/web"), "preemptible");
    assert_eq!(tier("west/www/prod/report"), "preferred");
    bindery.write("tiers.json", "{}");
    let key = "west/www/prod/web";
    let stderr = aurora(
        &bindery,
        ["job", "inspect", "--tiers=tiers.json", key, "jobs.aurora"],
    );
    crate::snapshot("aurora_bad_tiers", &stderr.failure(3), &[]);
}

#[test]
fn jobs_are_written_for_an_aurora_scheduler() {
    let bindery = bindery();
    let render = |to: &'static str| {
        bindery.run(["render", "--bind", "day=today", "--to", to, "jobs.aurora"])
    };
    let document: Json = serde_json::from_str(&render("aurora").success()).unwrap();
    let [web, report] = &document["jobs"].as_array().unwrap()[..] else {
        panic!("{document}");
    };
    assert_eq!(web["key"], "west/www/prod/web");
    let config = &web["job_configuration"];
    assert_eq!(config["owner"]["user"], "tester");
    let task = &config["taskConfig"];
    assert_eq!(task["resources"][2]["numCpus"], 1.5);
    assert_eq!(task["executorConfig"]["data"]["task"]["name"], "web");
    assert_eq!(task["partitionPolicy"]["delaySecs"], 60);
    assert_eq!(web["update_settings"]["updateGroupSize"], 2);
    assert_eq!(web["warnings"], Json::Array(Vec::new()));
    assert_eq!(report["warnings"][0], "`production` is deprecated");

    let stderr = render("aurora-tjson").failure(5);
    assert!(
        stderr.contains("writes one job, and 2 jobs match"),
        "{stderr}"
    );
    let one = bindery.run([
        "render",
        "--to",
        "aurora-tjson",
        "jobs.aurora",
        "west/www/prod/web",
    ]);
    let one: Json = serde_json::from_str(&one.success()).unwrap();
    assert_eq!(one["8"]["i32"], 1);
}

#[test]
fn all_errors_of_a_file_are_reported_together() {
    let bindery = Bindery::new();
    bindery.write(
        "bad.aurora",
        "def job(name, **more):\n  \
           return Job(cluster = 'west', role = 'r', environment = 'devel', name = name,\n             \
             task = more.pop('task', SimpleTask(name, 'run')), **more)\n\
         jobs = [\n  \
           job('type', instances = 'three', priority = 'high'),\n  \
           job('unbound', contact = '{{who}}@example.com'),\n  \
           job('missing', task = Task(processes = [Process(name = 'p')])),\n  \
           job('twice'),\n  \
           job('twice'),\n  \
           job('refused', constraints = {'rack': 'limit:many'}),\n\
         ]\n",
    );
    crate::snapshot(
        "bad_jobs",
        &bindery.run(["render", "bad.aurora"]).failure(3),
        &[],
    );
    bindery.write(
        "ends.aurora",
        "def volume(mode):\n  \
           return Volume(container_path = 'c', host_path = 'h', mode = mode)\n\
         jobs = [Job(container = Mesos(volumes = [volume('rw')]))]\n",
    );
    crate::snapshot(
        "bad_enum",
        &bindery.run(["render", "ends.aurora"]).failure(3),
        &[],
    );
}

#[test]
fn a_digest_next_to_a_tag_is_a_warning() {
    let bindery = Bindery::new();
    let render = |image: &str| {
        bindery.write(
            "job.aurora",
            &format!(
                "jobs = [Job(cluster = 'west', role = 'r', environment = 'devel', name = 'n',\n  \
                   task = SimpleTask('n', 'run'), container = Mesos(image = {image}))]\n"
            ),
        );
        let output = bindery.command(["render", "job.aurora"]).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    let hex = "0".repeat(64);
    let stderr = render(&format!(
        "DockerImage(name = 'web@sha256:{hex}', tag = '1.4')"
    ));
    assert!(stderr.contains("docker.pinned"), "{stderr}");
    assert_eq!(
        render(&format!("DockerImage(name = 'web@sha256', tag = '{hex}')")),
        ""
    );
}

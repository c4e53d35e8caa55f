//! `bindery render`: job files whose images are bound to the digests of a registry.

use bindery_fake_registry::{Format, Image, Index};
use bindery_tests::{Bindery, Guard, RealRegistry, Skopeo};
use serde_json::Value as Json;

use crate::images::{image, job, json};

/// The two jobs of Aurora's example hello_docker_engine.
const HELLO_DOCKER_ENGINE: &str = r#"
hello_loop = Process(
  name = 'hello',
  cmdline = """
    while true; do
      echo hello world on {{thermos.ports[http]}}
      sleep 10
    done
  """)

task = Task(
  processes = [hello_loop],
  resources = Resources(cpu=1, ram=1*MB, disk=8*MB)
)

jobs = [
  Service(
    cluster = 'devcluster',
    environment = 'devel',
    role = 'www-data',
    name = 'hello_docker_engine',
    task = task,
    container = Docker(image = 'python:2.7')
  ),
  Service(
    cluster = 'devcluster',
    environment = 'devel',
    role = 'www-data',
    name = 'hello_docker_engine_binding',
    task = task,
    container = Docker(image = '{{docker.image[library/python][2.7]}}')
  )
]
"#;

#[test]
fn an_image_is_bound_to_its_digest_in_the_real_registry() {
    let Some(registry) = RealRegistry::start(Guard::Anonymous) else {
        return;
    };
    let digest = registry.push("library/python", "2.7", &Image::docker("python"));
    let address = registry.address();
    let bindery = Bindery::new().devcluster(address);
    bindery.write("hello.aurora", HELLO_DOCKER_ENGINE);
    let rendered = bindery.run(["render", "hello.aurora"]).success();

    let jobs = json(&rendered);
    assert_eq!(image(&jobs, 0), "python:2.7");
    assert_eq!(
        image(&jobs, 1),
        format!("{address}/library/python@{digest}")
    );
    let cmdline = jobs["jobs"][1]["task"]["processes"][0]["cmdline"]
        .as_str()
        .unwrap();
    assert!(
        cmdline.contains("on {{thermos.ports[http]}}\n"),
        "{cmdline}"
    );
    if let Some(skopeo) = Skopeo::find() {
        assert_eq!(
            skopeo.digest(&format!("{address}/library/python:2.7")),
            digest
        );
    }
}

#[test]
fn the_end_to_end_test_of_the_original_passes() {
    let (Some(registry), Some(skopeo)) = (RealRegistry::start(Guard::Anonymous), Skopeo::find())
    else {
        return;
    };
    let address = registry.address();
    skopeo.push(
        &format!("{address}/http_example:latest"),
        &Image::oci("http_example"),
    );
    let bindery = Bindery::new().devcluster(address);
    bindery.write(
        "http_example.aurora",
        &job("Docker(image='{{docker.image[http_example][latest]}}')"),
    );
    let rendered = bindery.run(["render", "http_example.aurora"]).success();
    let digest = skopeo.digest(&format!("{address}/http_example:latest"));
    assert_eq!(
        image(&json(&rendered), 0),
        format!("{address}/http_example@{digest}")
    );
}

#[test]
fn the_same_file_gives_the_same_bytes_wherever_and_whenever_it_is_rendered() {
    let registry =
        bindery_fake_registry::Registry::start(bindery_fake_registry::Options::anonymous());
    registry.push("library/python", "2.7", &Image::oci("python"));
    let bindery = Bindery::new().devcluster(&registry.address());
    let file = bindery.write("hello.aurora", HELLO_DOCKER_ENGINE);
    let first = bindery.run(["render", "hello.aurora"]).success();

    let elsewhere = tempfile::tempdir().unwrap();
    let moved = bindery
        .env("ZZZ", "1")
        .env("AAA", "2")
        .env("LANG", "C")
        .current_dir(elsewhere.path());
    let second = moved.run(["render", file.to_str().unwrap()]).success();
    assert_eq!(first, second);
    let asked: Vec<_> = registry
        .requests()
        .iter()
        .map(|request| request.line())
        .collect();
    assert_eq!(asked, ["HEAD /v2/library/python/manifests/2.7"; 2]);
}

#[test]
fn a_mesos_container_gets_both_parts_of_a_pinned_name() {
    let Some(registry) = RealRegistry::start(Guard::Anonymous) else {
        return;
    };
    let digest = registry.push_index("team/web", "1.4", &Index::two_platforms(Format::Oci, "web"));
    let address = registry.address();
    let bindery = Bindery::new().devcluster(address);
    let image = "Mesos(image = DockerImage(name = '{{docker.pinned[team/web][1.4].name}}', \
                 tag = '{{docker.pinned[team/web][1.4].tag}}'))";
    bindery.write("mesos.aurora", &job(image));
    let rendered = json(&bindery.run(["render", "mesos.aurora"]).success());
    let image = &rendered["jobs"][0]["container"]["image"];
    assert_eq!(image["name"], format!("{address}/team/web@sha256"));
    assert_eq!(format!("sha256:{}", image["tag"].as_str().unwrap()), digest);
}

#[test]
fn a_private_registry_gets_the_credential_that_a_plugin_finds() {
    let guard = Guard::Htpasswd {
        user: "alice",
        password: "s3cret",
    };
    let Some(registry) = RealRegistry::start(guard) else {
        return;
    };
    let digest = registry.push("team/web", "1", &Image::oci("private"));
    let address = registry.address();
    let private = |login: &str| {
        let entry =
            format!("[[auth]]\nplugin = \"auth\"\nregistry = \"{address}\"\nenv = \"LOGIN\"\n");
        let bindery = Bindery::new()
            .configure(&entry)
            .devcluster(address)
            .env("LOGIN", login);
        bindery.write(
            "private.aurora",
            &job("Docker(image = '{{docker.image[team/web][1]}}')"),
        );
        bindery.run(["render", "private.aurora"])
    };
    let rendered = json(&private("alice:s3cret").success());
    assert_eq!(image(&rendered, 0), format!("{address}/team/web@{digest}"));
    if let Some(skopeo) = Skopeo::find() {
        let skopeo = skopeo.with_credential("alice", "s3cret");
        assert_eq!(skopeo.digest(&format!("{address}/team/web:1")), digest);
    }

    let refused = private("alice:wr0ng").failure(30);
    crate::snapshot("wrong_password", &refused, &[(address, "[REGISTRY]")]);
    assert!(!refused.contains("wr0ng"), "no secret is shown: {refused}");
}

#[test]
fn each_kind_of_error_has_its_exit_code_and_no_output() {
    let Some(registry) = RealRegistry::start(Guard::Anonymous) else {
        return;
    };
    registry.push("team/web", "1", &Image::oci("web"));
    let address = registry.address().to_owned();
    let bindery = Bindery::new().devcluster(&address);
    let ask = |container: &str| {
        bindery.write("job.aurora", &job(container));
        bindery.run(["render", "job.aurora", "--to-file", "out.json"])
    };
    let snapshot =
        |name: &str, text: &str| crate::snapshot(name, text, &[(&address, "[REGISTRY]")]);

    snapshot(
        "unknown_tag",
        &ask("Docker(image = '{{docker.image[team/web][2]}}')").failure(4),
    );
    let file =
        job("Docker(image = '{{docker.image[team/web][1]}}')").replace("devcluster", "nowhere");
    bindery.write("cluster.aurora", &file);
    let nowhere = bindery
        .run(["render", "cluster.aurora", "--to-file", "out.json"])
        .failure(3);
    crate::snapshot(
        "unknown_cluster",
        &nowhere,
        &[(bindery.home().to_str().unwrap(), "[HOME]")],
    );

    drop(registry);
    snapshot(
        "registry_stopped",
        &ask("Docker(image = '{{docker.image[team/web][1]}}')").failure(7),
    );
    let left: Vec<_> = std::fs::read_dir(bindery.home().join("work"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| !name.ends_with(".aurora"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn errors_of_all_jobs_are_reported_together_with_their_places() {
    let bindery = Bindery::new();
    bindery.write(
        "many.aurora",
        "def job(name, cmd, **more):\n  \
           return Job(cluster = 'devcluster', role = 'r', environment = 'devel', name = name,\n    \
             task = SimpleTask(name, cmd), **more)\n\
         jobs = [\n  \
           job('open', 'run {{nobody}} {{greeting[tlh]}}'),\n  \
           job('wrong', 'run', instances = 'three'),\n  \
           job('fine', 'run {{greeting[en]}}'),\n\
         ]\n",
    );
    crate::snapshot(
        "several",
        &bindery.run(["render", "many.aurora"]).failure(4),
        &[],
    );
}

#[test]
fn jobs_are_selected_and_bound_from_the_command_line() {
    let bindery = Bindery::new();
    bindery.write(
        "jobs.aurora",
        "jobs = [Job(cluster = c, role = 'r', environment = '{{env}}', name = 'n',\n  \
         task = SimpleTask('t', 'echo {{greeting[{{lang}}]}} {{x.y}}')) for c in ('east', 'west')]\n",
    );
    let run = |arguments: [&str; 9]| bindery.run(arguments);
    let bindings = [
        "--bind", "env=prod", "--bind", "lang=en", "--bind", "x.y=a=b",
    ];
    let arguments = |selector: &'static str| {
        let [a, b, c, d, e, f] = bindings;
        ["render", "jobs.aurora", selector, a, b, c, d, e, f]
    };
    let west = json(&run(arguments("west/r/prod/n")).success());
    assert_eq!(west["jobs"].as_array().unwrap().len(), 1);
    assert_eq!(west["jobs"][0]["cluster"], "west");
    assert_eq!(
        west["jobs"][0]["task"]["processes"][0]["cmdline"],
        "echo hello a=b"
    );
    let both = json(&run(arguments("--role=r")).success());
    assert_eq!(both["jobs"].as_array().unwrap().len(), 2);
    crate::snapshot(
        "no_such_job",
        &run(arguments("west/r/devel/n")).failure(3),
        &[],
    );
}

#[test]
fn an_unused_binding_is_a_warning() {
    let bindery = Bindery::new();
    bindery.write("job.aurora", &job("Docker(image = 'python:{{version}}')"));
    let arguments = [
        "render",
        "job.aurora",
        "--bind",
        "role=other",
        "--bind",
        "version=3",
    ];
    let ran = bindery.run(arguments);
    crate::snapshot("shadowed", &ran.stderr, &[]);
    let rendered = json(&ran.success());
    assert_eq!(rendered["jobs"][0]["role"], "r");
    assert_eq!(image(&rendered, 0), "python:3");
}

#[test]
fn rendered_jobs_can_be_read_back() {
    let bindery = Bindery::new();
    bindery.write("job.aurora", &job("Docker(image = 'python:2.7')"));
    let first = bindery.run(["render", "job.aurora"]).success();
    bindery.write("job.json", &first);
    let second = bindery.run(["render", "job.json", "--read-json"]).success();
    assert_eq!(json(&first), json(&second));
}

#[test]
fn a_text_keeps_every_byte_that_no_binder_claims() {
    let registry =
        bindery_fake_registry::Registry::start(bindery_fake_registry::Options::anonymous());
    let digest = registry.push("team/web", "1", &Image::oci("web"));
    let address = registry.address();
    let bindery = Bindery::new().devcluster(&address);
    bindery.write(
        "values.yaml",
        "image: {{docker.image[team/web][1]}}\r\nother: {{ .Values.x }} {{&y}}\t{{unclaimed[z]}}",
    );
    let text = bindery
        .run(["render", "values.yaml", "--text", "--cluster", "devcluster"])
        .success();
    assert_eq!(
        text,
        format!(
            "image: {address}/team/web@{digest}\r\nother: {{{{ .Values.x }}}} {{{{&y}}}}\t{{{{unclaimed[z]}}}}"
        )
    );
    bindery.write("bad.yaml", "one\n  two: é {{greeting[tlh]}}\n");
    crate::snapshot(
        "text",
        &bindery.run(["render", "bad.yaml", "--text"]).failure(4),
        &[],
    );
}

#[test]
fn a_file_is_written_whole_or_not_at_all() {
    let bindery = Bindery::new();
    bindery.write("job.aurora", &job("Docker(image = 'python:2.7')"));
    let printed = bindery.run(["render", "job.aurora"]).success();
    assert_eq!(
        bindery
            .run(["render", "job.aurora", "--to-file", "out.json"])
            .success(),
        ""
    );
    let written = std::fs::read_to_string(bindery.home().join("work/out.json")).unwrap();
    assert_eq!(printed, written);
    let denied = bindery.run([
        "render",
        "job.aurora",
        "--to-file",
        "no/such/folder/out.json",
    ]);
    assert_eq!(denied.code, Some(1), "{}", denied.stderr);
}

#[test]
fn an_error_of_the_program_ends_it_with_its_place() {
    let bindery = Bindery::new();
    for (name, program) in [
        ("syntax", "jobs = [\n  Job(name = 'a' role = 'b')\n]\n"),
        (
            "unknown_name",
            "proc = Process(name = 'p', cmdline = 'x')\njobs = [Jbo()]\n",
        ),
        (
            "unknown_field",
            "def make():\n  return Job(naem = 'a')\njobs = [make()]\n",
        ),
        (
            "not_an_address",
            "jobs = [Job(cluster = 'c', role = 'r', environment = 'e', name = 'n',\n  task = SimpleTask('t', 'docker ps --format {{ .Names }}'))]\n",
        ),
        ("no_jobs", "x = 1\n"),
    ] {
        bindery.write("err.aurora", program);
        crate::snapshot(name, &bindery.run(["render", "err.aurora"]).failure(3), &[]);
    }
    crate::snapshot(
        "missing_file",
        &bindery.run(["render", "nothing.aurora"]).failure(3),
        &[],
    );
}

#[test]
fn a_job_file_reads_only_allowed_files_and_variables() {
    let bindery = Bindery::new().env("SECRET", "hidden").env("STAGE", "prod");
    bindery.write(
        "env.aurora",
        "import os\n\
         result = String('%s %s %s' % (os.environ.get('SECRET', 'unset'), os.environ.get('STAGE', 'unset'), os.environ.get('USER')))\n",
    );
    let value = |ran: bindery_tests::Ran| -> Json { json(&ran.success())["value"].clone() };
    let closed = bindery.run(["eval", "env.aurora", "--output", "json"]);
    assert_eq!(value(closed), "unset unset tester");
    let open = bindery.run([
        "eval",
        "env.aurora",
        "--output",
        "json",
        "--allow-env",
        "STAGE",
    ]);
    assert_eq!(value(open), "unset prod tester");
}

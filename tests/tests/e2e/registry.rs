//! `bindery image`, and the cache between runs.

use std::fs;
use std::path::Path;

use bindery_fake_registry::{Fault, Format, Image, Index, Options, Registry};
use bindery_tests::{Bindery, Guard, RealRegistry};
use serde_json::json;

use crate::images::{image, json};
use crate::snapshot;

fn lines(registry: &Registry) -> Vec<String> {
    let lines = registry
        .requests()
        .iter()
        .map(|request| request.line())
        .collect();
    registry.forget_requests();
    lines
}

/// Returns a registry with an image for two platforms under `web:1`.
fn two_platforms() -> (Registry, Index) {
    let registry = Registry::start(Options::anonymous());
    let index = Index::two_platforms(Format::Oci, "hello");
    registry.push_index("web", "1", &index);
    (registry, index)
}

#[test]
fn an_image_is_chosen_by_its_platform() {
    let (registry, index) = two_platforms();
    let name = format!("{}/web:1", registry.address());
    let bindery = Bindery::new();
    let chosen = bindery.run(["image", "resolve", "--platform", "linux/aarch64", &name]);
    assert_eq!(chosen.success(), format!("{}\n", index.images[1].digest()));
    let both = "linux/amd64,linux/arm64";
    let required = bindery.run(["image", "resolve", "--require-platform", both, &name]);
    assert_eq!(required.success(), format!("{}\n", index.digest()));
    let missing = bindery.run(["image", "resolve", "--platform", "linux/s390x", &name]);
    let filters = [(registry.address(), "registry:5000")];
    let filters: Vec<_> = filters.iter().map(|(a, b)| (a.as_str(), *b)).collect();
    snapshot("missing_platform", &missing.failure(4), &filters);
    let wrong = bindery
        .run(["image", "resolve", "--platform", "amd64", &name])
        .failure(5);
    assert!(
        wrong.contains("`amd64` is not a platform; write `os/architecture`"),
        "{wrong}"
    );
}

#[test]
fn a_digest_is_verified_on_request() {
    let (registry, index) = two_platforms();
    let bindery = Bindery::new();
    let digest = index.digest();
    let name = format!("{}/web@{digest}", registry.address());
    assert_eq!(
        bindery.run(["image", "resolve", &name]).success(),
        format!("{digest}\n")
    );
    assert!(lines(&registry).is_empty());
    let verified = bindery
        .run(["image", "resolve", "--verify", &name])
        .success();
    assert_eq!(verified, format!("{digest}\n"));
    assert_eq!(
        lines(&registry),
        [format!("HEAD /v2/web/manifests/{digest}")]
    );
    let gone = format!("{}/web@sha256:{}", registry.address(), "0".repeat(64));
    let stderr = bindery
        .run(["image", "resolve", "--verify", &gone])
        .failure(4);
    assert!(stderr.contains("no manifest `sha256:0000"), "{stderr}");
}

#[test]
fn an_image_is_printed_in_the_requested_form() {
    let (registry, index) = two_platforms();
    let bindery = Bindery::new();
    let name = format!("{}/web", registry.address());
    let asked = format!("{name}:1");
    for (form, before) in [
        ("digest", String::new()),
        ("name", format!("{name}@")),
        ("tag", format!("{name}:1@")),
        ("host", format!("{name}@")),
        ("tag-host", format!("{name}:1@")),
    ] {
        let printed = bindery
            .run(["image", "resolve", "--form", form, &asked])
            .success();
        assert_eq!(printed, format!("{before}{}\n", index.digest()), "{form}");
    }
    let hub = format!("python:3@{}", index.digest());
    let printed = bindery
        .run(["image", "resolve", "--form", "tag-host", &hub])
        .success();
    assert_eq!(printed, format!("docker.io/library/{hub}\n"));
    let printed = bindery.run([
        "image", "resolve", "--form", "tag", "--output", "json", &asked,
    ]);
    let printed = json(&printed.success());
    assert_eq!(
        printed["images"][0]["pinned"],
        format!("{asked}@{}", index.digest())
    );
}

#[test]
fn tags_are_listed() {
    let registry = Registry::start(Options::anonymous());
    for tag in ["b", "a", "10", "9", "A"] {
        registry.push("team/web", tag, &Image::oci("hello"));
    }
    let bindery = Bindery::new();
    let name = format!("{}/team/web", registry.address());
    assert_eq!(
        bindery.run(["image", "list", &name]).success(),
        "10\n9\nA\na\nb\n"
    );
    let printed = bindery
        .run(["image", "list", "--output", "json", &name])
        .success();
    let expected = json!({"repository": name, "tags": ["10", "9", "A", "a", "b"]});
    assert_eq!(json(&printed), expected);
    let stderr = bindery
        .run(["image", "list", &format!("{name}:1")])
        .failure(5);
    assert!(stderr.contains("is an image, not a repository"), "{stderr}");
    let stderr = bindery
        .run(["image", "list", &format!("{name}x")])
        .failure(4);
    assert!(stderr.contains("no repository"), "{stderr}");
}

#[test]
fn referrers_are_listed() {
    let registry = Registry::start(Options::anonymous());
    let digest = registry.push("web", "1", &Image::oci("hello"));
    let bindery = Bindery::new();
    let name = format!("{}/web:1", registry.address());
    assert_eq!(bindery.run(["image", "referrers", &name]).success(), "");
    let entry = |digest: &str, kind: &str| json!({"mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": digest, "size": 2, "artifactType": kind});
    let [first, second] = ["1", "2"].map(|digit| format!("sha256:{}", digit.repeat(64)));
    let index =
        json!({"schemaVersion": 2, "manifests": [entry(&first, "a/b"), entry(&second, "")]});
    let tag = digest.replace(':', "-");
    let kind = "application/vnd.oci.image.index.v1+json";
    registry.put_manifest("web", Some(&tag), kind, index.to_string().as_bytes());
    let all = bindery.run(["image", "referrers", &name]).success();
    assert_eq!(all, format!("{first} a/b\n{second}\n"));
    let some = bindery.run([
        "image",
        "referrers",
        "--type",
        "a/b",
        "--output",
        "json",
        &name,
    ]);
    let some = json(&some.success());
    let expected = json!({"reference": name, "referrers": [{
        "digest": first,
        "media_type": "application/vnd.oci.image.manifest.v1+json",
        "artifact_type": "a/b",
        "size": 2,
        "annotations": {},
    }]});
    assert_eq!(some, expected);
}

#[test]
fn a_real_registry_serves_platforms_tags_and_referrers() {
    let Some(registry) = RealRegistry::start(Guard::Anonymous) else {
        return;
    };
    let index = Index::two_platforms(Format::Docker, "hello");
    registry.push_index("team/web", "2", &index);
    let single = Image::oci("hello");
    for tag in ["b", "10", "a", "9"] {
        registry.push("team/web", tag, &single);
    }
    let bindery = Bindery::new();
    let name = format!("{}/team/web", registry.address());
    let run = |platform: &str, tag: &str| {
        let asked = format!("{name}:{tag}");
        bindery.run(["image", "resolve", "--platform", platform, &asked])
    };
    let chosen = run("linux/arm64", "2").success();
    assert_eq!(chosen, format!("{}\n", index.images[1].digest()));
    let alone = run("linux/amd64", "a").success();
    assert_eq!(alone, format!("{}\n", single.digest()));
    let stderr = run("linux/arm64", "a").failure(4);
    assert!(
        stderr.contains("there is one for `linux/amd64`"),
        "{stderr}"
    );

    let listed = bindery.run(["image", "list", &name]).success();
    assert_eq!(listed, "10\n2\n9\na\nb\n");
    let pinned = format!("{name}@{}", single.digest());
    let verified = bindery
        .run(["image", "resolve", "--verify", &pinned])
        .success();
    assert_eq!(verified, alone);

    // The real registry has no list of referrers; a tag takes its place.
    let asked = format!("{name}:a");
    assert_eq!(bindery.run(["image", "referrers", &asked]).success(), "");
    let tag = single.digest().replace(':', "-");
    let referring = Index::new(Format::Oci, vec![Image::oci("signature")]);
    registry.push_index("team/web", &tag, &referring);
    let found = bindery.run(["image", "referrers", &asked]).success();
    assert_eq!(found, format!("{}\n", referring.images[0].digest()));
}

fn files(folder: &Path) -> usize {
    let entries = fs::read_dir(folder).into_iter().flatten();
    let count = |entry: fs::DirEntry| match entry.path().is_dir() {
        true => files(&entry.path()),
        false => 1,
    };
    entries.map(|entry| count(entry.unwrap())).sum()
}

#[test]
fn tokens_and_manifests_are_cached_unless_disabled() {
    let registry = Registry::start(Options::token());
    let index = Index::two_platforms(Format::Oci, "hello");
    registry.push_index("web", "1", &index);
    let bindery = Bindery::new();
    let name = format!("{}/web:1", registry.address());
    let run = |more: &str| {
        bindery
            .run(["image", "resolve", "--platform", "linux/amd64", more, &name])
            .success();
        lines(&registry)
    };
    let by_digest = format!("GET /v2/web/manifests/{}", index.digest());
    let head = "HEAD /v2/web/manifests/1";
    let cold = [head, "GET /token", head, &by_digest];
    assert_eq!(run("--no-cache"), cold);
    let cache = bindery.home().join("cache");
    assert_eq!(files(&cache), 0);
    assert_eq!(run("--form=digest"), cold);
    assert!(files(&cache) > 0);
    assert_eq!(run("--form=digest"), [head, head]);
    assert_eq!(run("--no-cache"), cold);
}

#[test]
fn a_tag_without_a_token_touches_no_cache() {
    let (registry, index) = two_platforms();
    let bindery = Bindery::new();
    let name = format!("{}/web:1", registry.address());
    let found = bindery.run(["image", "resolve", &name]).success();
    assert_eq!(found, format!("{}\n", index.digest()));
    assert!(!bindery.home().join("cache").exists());
}

#[test]
fn max_age_accepts_a_cached_tag() {
    let registry = Registry::start(Options::anonymous());
    let old = registry.push("web", "1", &Image::oci("old"));
    let bindery = Bindery::new().devcluster(&registry.address());
    let name = format!("{}/web:1", registry.address());
    let text = bindery.write("text", "{{docker.image[web][1]}}");
    let text = text.to_str().unwrap();
    let render = |age| {
        let cluster = "devcluster";
        bindery
            .run(["render", "--text", "--cluster", cluster, age, text])
            .success()
    };
    let resolved = bindery
        .run(["image", "resolve", "--max-age", "10m", &name])
        .success();
    assert_eq!(resolved, format!("{old}\n"));
    let new = registry.push("web", "1", &Image::oci("new"));
    lines(&registry);
    // The plugin asks for the registry by the address of another scheme, and finds the cached answer.
    assert_eq!(
        render("--max-age=10m"),
        format!("{}/web@{old}", registry.address())
    );
    assert!(lines(&registry).is_empty());
    assert_eq!(
        render("--max-age=0"),
        format!("{}/web@{new}", registry.address())
    );
    assert_eq!(
        render("--no-cache"),
        format!("{}/web@{new}", registry.address())
    );
    let stderr = bindery
        .run(["image", "resolve", "--max-age", "soon", &name])
        .failure(5);
    assert!(stderr.contains("write a number and a unit"), "{stderr}");
}

#[test]
fn an_option_of_the_plugin_is_set_for_one_run() {
    let registry = Registry::start(Options::anonymous());
    let digest = registry.push("web", "1", &Image::oci("hello"));
    let bindery = Bindery::new()
        .devcluster(&registry.address())
        .configure("[plugin.docker]\nform = \"host\"\nrequire_platforms = [\"linux/amd64\"]\n");
    let text = bindery.write("text", "{{docker.image[web][1]}}");
    let text = text.to_str().unwrap();
    let render = |option| {
        let cluster = "devcluster";
        bindery.run([
            "render",
            "--text",
            "--cluster",
            cluster,
            "--plugin-option",
            option,
            text,
        ])
    };
    let name = format!("{}/web", registry.address());
    assert_eq!(
        render("docker.platform=linux/amd64").success(),
        format!("{name}@{digest}")
    );
    assert_eq!(
        render("docker.form=tag").success(),
        format!("{name}:1@{digest}")
    );
    let stderr = render("docker.require_platforms=[\"linux/arm64\"]").failure(4);
    assert!(
        stderr.contains("has no image for `linux/arm64`"),
        "{stderr}"
    );
    let stderr = render("docker.colour=1").failure(3);
    assert!(stderr.contains("unknown field `colour`"), "{stderr}");
    assert!(
        render("form=tag")
            .failure(5)
            .contains("write `NAME.KEY=VALUE`")
    );
}

#[test]
fn a_cluster_names_the_form_of_its_images() {
    let registry = Registry::start(Options::anonymous());
    let digest = registry.push("web", "1", &Image::oci("hello"));
    registry.fault(Fault::head_refused());
    let address = registry.address();
    let bindery = Bindery::new().clusters(&format!(
        r#"[{{"name": "devcluster", "docker_registry": "http://{address}", "docker_image_form": "tag"}}]"#
    ));
    let job = bindery.write(
        "job.aurora",
        "jobs = [Service(cluster='devcluster', role='r', environment='prod', name='web', container=Docker(image='{{docker.image[web][1]}}'),\n  task=Task(name='t', processes=[Process(name='p', cmdline='true')], resources=Resources(cpu=1, ram=1*MB, disk=1*MB)))]\n",
    );
    let rendered = bindery.run(["render", job.to_str().unwrap()]).success();
    assert_eq!(
        image(&json(&rendered), 0),
        format!("{address}/web:1@{digest}")
    );
}

//! `bindery image`, against the fake registry.

use bindery_fake_registry::{Fault, Image, Options, Registry};
use insta::assert_snapshot;

use crate::support::Site;

/// Returns the output of command lines, with `REGISTRY` for the address of the registry.
fn session(site: &Site, registry: &Registry, lines: &[&str]) -> String {
    let lines: Vec<String> = lines
        .iter()
        .map(|line| line.replace("REGISTRY", &registry.address()))
        .collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    site.session(&lines)
        .replace(&registry.address(), "REGISTRY")
}

#[test]
fn digests_are_in_the_order_of_references_and_requested_once() {
    let registry = Registry::start(Options::anonymous());
    registry.push("team/app", "1", &Image::oci("one"));
    registry.push("team/app", "2", &Image::docker("two"));
    registry.push("web", "latest", &Image::oci("web"));
    let site = Site::new();
    let lines = [
        "image resolve REGISTRY/team/app:2 REGISTRY/web REGISTRY/team/app:1 REGISTRY/team/app:2",
        "image resolve REGISTRY/team/app:2 --output json",
    ];
    assert_snapshot!(session(&site, &registry, &lines));
    let requests = registry.requests();
    let asked = requests
        .iter()
        .filter(|request| request.line().contains("/team/app/manifests/2"))
        .count();
    assert_eq!(asked, 2, "once by each of the two runs: {:?}", requests);
}

#[test]
fn missing_images_and_refusals_are_reported_together() {
    let registry = Registry::start(Options::basic("alice", "canary"));
    registry.push("team/app", "1", &Image::oci("one"));
    let site = Site::new();
    let lines = ["image resolve REGISTRY/team/app:1"];
    let anonymous = session(&site, &registry, &lines);

    let login = |password: &str| {
        let login = format!(r#"{{"username": "alice", "password": "{password}"}}"#);
        let text = format!(r#"{{"auths": {{"{}": {login}}}}}"#, registry.address());
        site.private_file("home/.docker/config.json", &text);
    };
    login("wrong canary");
    let refused = session(&site, &registry, &lines);
    login("canary");
    let missing = session(
        &site,
        &registry,
        &["image resolve REGISTRY/team/app:1 REGISTRY/team/app:3 REGISTRY/no:1"],
    );
    let found = session(&site, &registry, &lines);
    let all = [anonymous, refused, missing, found].join("\n\n");
    assert!(!all.contains("canary"), "{all}");
    assert_snapshot!(all);
}

#[test]
fn errors_of_several_kinds_have_the_code_of_a_failed_command() {
    let registry = Registry::start(Options::anonymous());
    registry.fault(Fault::status(403).path("*/secret/*"));
    let site = Site::new();
    assert_snapshot!(session(
        &site,
        &registry,
        &["image resolve REGISTRY/no:1 REGISTRY/secret:1"]
    ));
}

#[test]
fn settings_of_a_registry_are_applied() {
    let registry = Registry::start(Options::anonymous());
    registry.push("app", "1", &Image::oci("one"));
    let site = Site::new();
    let table = format!(
        "[registry.\"{}\"]\nplain_http = false\n",
        registry.address()
    );
    site.file("config/bindery/bindery.toml", &table);
    assert_snapshot!(session(&site, &registry, &["image resolve REGISTRY/app:1"]));
}

#[test]
fn invalid_references_are_reported_together() {
    let site = Site::new();
    site.file(
        "work/list",
        "# images\n\nredis:7\nhttps://quay.io/a\n  quay.io/A\n",
    );
    assert_snapshot!(site.session(&[
        "image resolve Redis team/app:",
        "image resolve --from list",
        "image resolve --from missing",
        "image resolve",
    ]));
}

#[test]
fn references_come_from_arguments_and_lists_in_order() {
    let site = Site::new();
    let line = |name: &str, digit: &str| format!("{name}@sha256:{}", digit.repeat(64));
    let list = [line("quay.io/b", "b"), String::new(), line("redis", "c")].join("\n");
    site.file("work/list", &list);
    let first = line("quay.io/a", "a");
    assert_snapshot!(site.session(&[
        &format!("image resolve {first} --from list"),
        &format!("image resolve --from list {first} --output json"),
    ]));
    let mut command = site.command(&["image", "resolve", "--from", "-"]);
    let output = command
        .stdin(std::fs::File::open(site.path("work/list")).unwrap())
        .output()
        .unwrap();
    assert_snapshot!(site.show("image resolve --from - < list", &output));
}

#[test]
fn unreachable_registry_has_a_separate_exit_code() {
    let site = Site::new();
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let session = site.session(&[&format!("image resolve localhost:{port}/app:1")]);
    assert_snapshot!(session.replace(&port.to_string(), "PORT"));
}

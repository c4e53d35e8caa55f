//! `bindery auth explain` and the search for credentials.

use std::process::Command;

use bindery_fake_registry::{Image, Options, Registry};
use insta::assert_snapshot;

use crate::support::Site;

/// Variables that name the places of credentials.
const VARIABLES: [(&str, &str); 4] = [
    ("REGISTRY_AUTH_FILE", "places/registry-auth"),
    ("DOCKER_CONFIG", "docker"),
    ("XDG_RUNTIME_DIR", "run"),
    ("PATH", "programs"),
];

/// Returns a login in the form of `config.json`.
fn login(registry: &str, user: &str) -> String {
    format!(r#"{{"auths": {{"{registry}": {}}}}}"#, account(user))
}

fn account(user: &str) -> String {
    format!(r#"{{"username": "{user}", "password": "canary"}}"#)
}

/// Returns the program with all variables set.
fn command(site: &Site, line: &str) -> Command {
    let arguments: Vec<&str> = line.split_whitespace().collect();
    let mut command = site.command(&arguments);
    for (name, path) in VARIABLES {
        // The tools that helpers of these tests use.
        let tools = if name == "PATH" { ":/usr/bin:/bin" } else { "" };
        command.env(name, format!("{}{tools}", site.path(path).display()));
    }
    command
}

/// Returns the output of a command, with `REGISTRY` for the address of the registry.
fn show(site: &Site, registry: &Registry, line: &str, mut command: Command) -> String {
    let text = site.show(line, &command.output().unwrap());
    assert!(!text.contains("canary"), "{text}");
    text.replace(&registry.address(), "REGISTRY")
}

fn run(site: &Site, registry: &Registry, line: &str) -> String {
    let command = command(site, &line.replace("REGISTRY", &registry.address()));
    show(site, registry, line, command)
}

/// Writes a credential helper as a shell script.
fn helper(site: &Site, name: &str, script: &str) {
    std::fs::create_dir_all(site.path("programs")).unwrap();
    let file = site.path(&format!("programs/docker-credential-{name}"));
    // Another process writes the file: a file that is open for writing, even in a child of another test, cannot be run.
    let status = Command::new("sh")
        .arg("-c")
        .arg(r#"printf '#!/bin/sh\n%s\n' "$1" > "$2" && chmod 700 "$2""#)
        .arg("sh")
        .arg(script)
        .arg(file)
        .status()
        .unwrap();
    assert!(status.success());
}

#[test]
fn all_places_are_searched_and_the_first_entry_wins() {
    let registry = Registry::start(Options::basic("alice", "secret"));
    let address = registry.address();
    let site = Site::new();
    let places = [
        "work/named",
        "places/registry-auth",
        "variable",
        "docker/config.json",
        "run/containers/auth.json",
        "config/containers/auth.json",
        "home/.dockercfg",
    ];
    for (place, number) in places.iter().zip(1..) {
        let user = format!("user{number}");
        let text = match *place {
            "home/.dockercfg" => format!(r#"{{"{address}": {}}}"#, account(&user)),
            _ => login(&address, &user),
        };
        site.private_file(place, &text);
    }
    // The registry refuses each credential, so the errors name the user.
    for (place, number) in places.iter().zip(1..) {
        let line = format!("image resolve {address}/app:1 --auth-file named");
        let mut command = command(&site, &line);
        if let Ok(text) = std::fs::read_to_string(site.path("variable")) {
            command.env("DOCKER_AUTH_CONFIG", text);
        }
        let output = show(&site, &registry, &line, command);
        assert!(
            output.contains(&format!("the credential of user `user{number}`")),
            "{place}: {output}"
        );
        assert!(!output.contains("warning"), "{output}");
        if *place == "work/named" {
            site.private_file(place, "{}");
        } else {
            std::fs::remove_file(site.path(place)).unwrap();
        }
    }
    let output = run(&site, &registry, "image resolve REGISTRY/app:1");
    assert!(output.contains("none was found"), "{output}");
}

#[test]
fn auth_file_may_be_standard_input() {
    let registry = Registry::start(Options::basic("alice", "canary"));
    registry.push("app", "1", &Image::oci("one"));
    let site = Site::new();
    site.file("work/login", &login(&registry.address(), "alice"));
    let line = format!("image resolve {}/app:1 --auth-file -", registry.address());
    let mut from_input = command(&site, &line);
    from_input.stdin(std::fs::File::open(site.path("work/login")).unwrap());
    let digest = Image::oci("one").digest();
    let output = show(&site, &registry, "", from_input);
    assert!(output.contains(&digest), "{output}");
    assert_snapshot!(site.session(&["image resolve --from - --auth-file -"]));
}

#[test]
fn auth_file_must_exist_and_be_valid() {
    let registry = Registry::start(Options::basic("alice", "secret"));
    let site = Site::new();
    site.private_file("work/broken", "[\n\"canary\"]");
    let lines = [
        "image resolve REGISTRY/app:1 --auth-file missing",
        "image resolve REGISTRY/app:1 --auth-file broken",
    ];
    assert_snapshot!(lines.map(|line| run(&site, &registry, line)).join("\n\n"));

    // The file is not read if no credential is required.
    let open = Registry::start(Options::anonymous());
    open.push("app", "1", &Image::oci("one"));
    let output = run(
        &site,
        &open,
        "image resolve REGISTRY/app:1 --auth-file missing",
    );
    assert!(output.ends_with("--- exit 0"), "{output}");
}

#[test]
fn unusable_places_cause_one_warning() {
    let registry = Registry::start(Options::basic("alice", "canary"));
    registry.push("app", "1", &Image::oci("one"));
    registry.push("web", "1", &Image::oci("two"));
    let site = Site::new();
    site.private_file("places/registry-auth", "{\"auths\": \"canary\"}")
        .file(
            "docker/config.json",
            r#"{"auths": {"h.example": {"auth": "Y2FuYXJ5"}}}"#,
        )
        .private_file(
            "run/containers/auth.json",
            &login(&registry.address(), "alice"),
        );
    let line = "image resolve REGISTRY/app:1 REGISTRY/web:1";
    let mut command = command(&site, &line.replace("REGISTRY", &registry.address()));
    command.env("DOCKER_AUTH_CONFIG", "{\"credsStore\": \"canary\"}");
    assert_snapshot!(show(&site, &registry, line, command));
}

#[test]
fn helpers_return_passwords() {
    let registry = Registry::start(Options::token_for("alice", "canary"));
    registry.push("app", "1", &Image::oci("one"));
    let site = Site::new();
    site.private_file("docker/config.json", r#"{"credsStore": "vault"}"#);
    helper(
        &site,
        "vault",
        &format!(
            r#"[ "$1 $(cat)" = "get {}" ] && echo '{}'"#,
            registry.address(),
            r#"{"Username":"alice","Secret":"canary"}"#
        ),
    );
    let output = run(&site, &registry, "image resolve REGISTRY/app:1");
    assert!(output.contains(&Image::oci("one").digest()), "{output}");
    assert!(output.ends_with("--- exit 0"), "{output}");
}

#[test]
fn failure_of_a_helper_is_an_error_only_if_the_registry_refuses() {
    let site = Site::new();
    site.private_file("docker/config.json", r#"{"credsStore": "vault"}"#);
    // Pulling is anonymous, but needs a token.
    let public = Registry::start(Options::token());
    public.push("app", "1", &Image::oci("one"));
    let private = Registry::start(Options::basic("alice", "canary"));
    private.push("app", "1", &Image::oci("one"));
    let line = "image resolve REGISTRY/app:1";
    let missing = [run(&site, &public, line), run(&site, &private, line)].join("\n\n");
    helper(&site, "vault", "echo the vault is locked >&2; exit 1");
    let locked = [run(&site, &public, line), run(&site, &private, line)].join("\n\n");
    assert_snapshot!("a_helper_is_missing", missing);
    assert_snapshot!("a_helper_fails", locked);
}

#[test]
fn each_source_is_explained() {
    let site = Site::new();
    let registry = Registry::start(Options::anonymous());
    let explain = |line: &str| run(&site, &registry, line);
    assert_snapshot!(
        "explain_nothing",
        explain("auth explain quay.io/team/app:1.4")
    );

    helper(&site, "vault", "echo the vault is locked >&2; exit 1");
    helper(
        &site,
        "desk",
        r#"case "$(cat)" in *hub.example|*docker.io/v1/) echo '{"Username":"<token>","Secret":"canary"}';; *) echo credentials not found in native keychain; exit 1;; esac"#,
    );
    site.private_file(
        "places/registry-auth",
        r#"{"credsStore": "desk", "credHelpers": {"registry.example.org": "vault"}}"#,
    )
    .private_file(
        "docker/config.json",
        r#"{"credsStore": "gone", "auths": {"registry.example.org/team": {"auth": "YWxpY2U6Y2FuYXJ5"}}}"#,
    )
    .private_file("run/containers/auth.json", "[\"canary\"]")
    .private_file(
        "config/containers/auth.json",
        r#"{"auths": {"https://localhost:5000/v2/": {"registrytoken": "canary"}}}"#,
    );
    let lines = [
        "auth explain registry.example.org/team/app:1.4",
        "auth explain registry.example.org/team/app:1.4 --output json",
        "auth explain registry.example.org",
        "auth explain localhost:5000",
        "auth explain redis:7",
        "auth explain hub.example/app --output json",
        "auth explain localhost:5000/app --auth-file missing",
    ];
    assert_snapshot!("explain_places", lines.map(explain).join("\n\n"));
    assert!(registry.requests().is_empty());
}

#[test]
fn texts_without_a_registry_are_refused() {
    let lines = ["auth explain", "auth explain Redis", "auth explain h_x/"];
    assert_snapshot!(Site::new().session(&lines));
}

//! Logins that other programs stored, and the errors about them.

use bindery_fake_registry::{Image, Options, Registry};
use bindery_tests::{Bindery, Guard, RealRegistry, Skopeo};

use crate::images::{image, json};

const GUARD: Guard<'_> = Guard::Htpasswd {
    user: "alice",
    password: "s3cret",
};

const JOB: &str = "jobs = [Job(cluster = 'devcluster', role = 'r', environment = 'devel', name = 'n',\n  \
     task = SimpleTask('t', 'echo'), container = Docker(image = '{{docker.image[team/web][1]}}'))]\n";

#[test]
fn a_login_of_skopeo_is_found_in_each_of_its_files() {
    let (Some(registry), Some(skopeo)) = (RealRegistry::start(GUARD), Skopeo::find()) else {
        return;
    };
    let digest = registry.push("team/web", "1", &Image::oci("private"));
    let address = registry.address();
    let reference = format!("{address}/team/web:1");
    let nobody = Bindery::new();
    let refused = nobody.run(["image", "resolve", &reference]).failure(30);
    assert!(refused.contains("none was found"), "{refused}");

    let check = |bindery: Bindery, named_by: &str| {
        let bindery = bindery.devcluster(address);
        let resolved = bindery.run(["image", "resolve", &reference]);
        assert_eq!((&*resolved.stderr, resolved.code), ("", Some(0)));
        assert_eq!(resolved.stdout.trim(), digest);
        // The plugin asks its host for the credential.
        bindery.write("job.aurora", JOB);
        let rendered = json(&bindery.run(["render", "job.aurora"]).success());
        assert_eq!(image(&rendered, 0), format!("{address}/team/web@{digest}"));
        let explained = bindery.run(["auth", "explain", &reference]).success();
        let used = explained.lines().find(|line| line.contains("  used "));
        let used = used.unwrap_or_else(|| panic!("{explained}"));
        assert!(used.contains(named_by), "{explained}");
        assert!(used.ends_with(&format!("entry {address}, user alice, password")));
        assert!(!explained.contains("s3cret"), "{explained}");
    };

    let named = Bindery::new();
    let file = named.home().join("named.json");
    skopeo.login(address, "alice", "s3cret", Some(&file));
    check(
        named.env("REGISTRY_AUTH_FILE", file.to_str().unwrap()),
        "(REGISTRY_AUTH_FILE)",
    );

    skopeo.login(address, "alice", "s3cret", None);
    let folder = skopeo.runtime_dir().to_str().unwrap();
    check(
        Bindery::new().env("XDG_RUNTIME_DIR", folder),
        "(XDG_RUNTIME_DIR)",
    );
}

#[test]
fn a_refusal_names_the_missing_credential_helper() {
    let registry = Registry::start(Options::basic("alice", "s3cret"));
    registry.push("team/web", "1", &Image::oci("private"));
    let bindery = Bindery::new().devcluster(&registry.address());
    bindery.write("../logins/config.json", r#"{"credsStore": "gone"}"#);
    let folder = bindery.home().join("logins");
    let bindery = bindery.env("DOCKER_CONFIG", folder.to_str().unwrap());
    bindery.write("job.aurora", JOB);
    let refused = bindery.run(["render", "job.aurora"]).failure(30);
    crate::snapshot(
        "helper_missing",
        &refused,
        &[
            (&registry.address(), "[REGISTRY]"),
            (bindery.home().to_str().unwrap(), "[HOME]"),
        ],
    );
}

#[test]
fn a_missing_auth_file_is_an_error_of_the_configuration() {
    let registry = Registry::start(Options::basic("alice", "s3cret"));
    let bindery = Bindery::new().devcluster(&registry.address());
    bindery.write("job.aurora", JOB);
    let refused = bindery
        .run(["render", "job.aurora", "--auth-file", "gone.json"])
        .failure(3);
    crate::snapshot(
        "auth_file_missing",
        &refused,
        &[(&registry.address(), "[REGISTRY]")],
    );
}

#[test]
fn plugins_are_asked_before_credential_files() {
    let entry = |registry: &str, variable: &str| {
        format!("[[auth]]\nplugin = \"auth\"\nregistry = \"{registry}\"\n{variable}\n")
    };
    let bindery = Bindery::new()
        .configure(
            &[
                entry("other.example.org", "env = \"LOGIN\""),
                entry("*.example.org/team", "identity_token_env = \"TOKEN\""),
                entry("*.example.org", "env = \"GONE\""),
            ]
            .concat(),
        )
        .env("LOGIN", "alice:canary")
        .env("TOKEN", "canary");
    let bindery = bindery.env("XDG_RUNTIME_DIR", "/run/user/1");
    let explain = |reference: &str, form: &str| {
        bindery
            .run(["auth", "explain", reference, "--output", form])
            .success()
    };
    let all = [
        explain("registry.example.org/team/app:1", "text"),
        explain("registry.example.org/team/app:1", "json"),
        explain("registry.example.org/web", "text"),
        explain("other.example.org", "text"),
        explain("quay.io/web", "text"),
    ]
    .join("\n");
    assert!(!all.contains("canary"), "{all}");
    crate::snapshot(
        "auth_explain",
        &all,
        &[(bindery.home().to_str().unwrap(), "[HOME]")],
    );
}

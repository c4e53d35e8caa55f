//! Real registries with every kind of access control: digests for clients that have access, errors for others.

use std::path::Path;

use bindery_fake_registry::{Format, Image, Index};
use bindery_tests::{
    Authority, Bindery, ClientCertificate, Guard, Policy, RealRegistry, Skopeo, TokenServer,
};

use crate::images::{image, job, json};
use crate::snapshot;

/// Checks that both ways to a digest print this one.
#[track_caller]
fn gives(bindery: &Bindery, registry: &str, repository: &str, digest: &str) {
    let reference = format!("{registry}/{repository}:1");
    let resolved = bindery.run(["image", "resolve", &reference]).success();
    assert_eq!(resolved, format!("{digest}\n"));
    let container = format!("Docker(image = '{{{{docker.image[{repository}][1]}}}}')");
    bindery.write("job.aurora", &job(&container));
    let rendered = bindery.run(["render", "job.aurora"]).success();
    assert_eq!(
        image(&json(&rendered), 0),
        format!("{registry}/{repository}@{digest}")
    );
}

/// Checks that `image resolve` ends with `code` and the recorded message.
#[track_caller]
fn refuses(bindery: &Bindery, registry: &str, repository: &str, code: i32, name: &str) {
    let reference = format!("{registry}/{repository}:1");
    let said = bindery.run(["image", "resolve", &reference]).failure(code);
    snapshot(name, &said, &[(registry, "[REGISTRY]")]);
}

#[test]
fn digests_are_equal_to_those_of_skopeo() {
    let Some(registry) = RealRegistry::start(Guard::Anonymous) else {
        return;
    };
    let address = registry.address();
    let pushed = [
        ("a/oci", registry.push("a/oci", "1", &Image::oci("a"))),
        (
            "a/docker",
            registry.push("a/docker", "1", &Image::docker("a")),
        ),
        (
            "a/index",
            registry.push_index("a/index", "1", &Index::two_platforms(Format::Oci, "a")),
        ),
        (
            "a/list",
            registry.push_index("a/list", "1", &Index::two_platforms(Format::Docker, "a")),
        ),
    ];
    let bindery = Bindery::new().devcluster(address);
    let skopeo = Skopeo::find();
    for (repository, digest) in &pushed {
        gives(&bindery, address, repository, digest);
        if let Some(skopeo) = &skopeo {
            assert_eq!(skopeo.digest(&format!("{address}/{repository}:1")), *digest);
        }
    }
    refuses(&bindery, address, "a/missing", 4, "unknown_repository");
}

#[test]
fn a_password_of_docker_login_is_sent_to_its_registry() {
    let guard = Guard::Htpasswd {
        user: "alice",
        password: "s3cret",
    };
    let Some(registry) = RealRegistry::start(guard) else {
        return;
    };
    let digest = registry.push("team/app", "1", &Image::oci("private"));
    let address = registry.address();
    let user = || Bindery::new().devcluster(address);
    gives(
        &user().docker_login(address, "alice", "s3cret"),
        address,
        "team/app",
        &digest,
    );
    refuses(&user(), address, "team/app", 30, "password_none");
    let wrong = user().docker_login(address, "alice", "wr0ng");
    refuses(&wrong, address, "team/app", 30, "password_wrong");
}

#[test]
fn tokens_give_access_to_the_repositories_of_their_user_only() {
    let policy = Policy::default()
        .everyone("open/*")
        .user("alice", "s3cret", "team/*")
        .user("bob", "s3cret", "other/app");
    let Some(server) = TokenServer::start(policy) else {
        return;
    };
    let Some(registry) = RealRegistry::start(Guard::Token(&server)) else {
        return;
    };
    let open = registry.push("open/app", "1", &Image::oci("open"));
    let digest = registry.push("team/app", "1", &Image::docker("private"));
    let address = registry.address();
    let user = || Bindery::new().devcluster(address);
    let alice = user().docker_login(address, "alice", "s3cret");
    gives(&user(), address, "open/app", &open);
    gives(&alice, address, "open/app", &open);
    gives(&alice, address, "team/app", &digest);
    if let Some(skopeo) = Skopeo::find() {
        assert_eq!(skopeo.digest(&format!("{address}/open/app:1")), open);
        let skopeo = skopeo.with_credential("alice", "s3cret");
        assert_eq!(skopeo.digest(&format!("{address}/team/app:1")), digest);
    }

    refuses(&user(), address, "team/app", 30, "token_for_nobody");
    let bob = user().docker_login(address, "bob", "s3cret");
    refuses(&bob, address, "team/app", 30, "token_for_another");
    let wrong = user().docker_login(address, "alice", "wr0ng");
    let said = wrong
        .run(["image", "resolve", &format!("{address}/team/app:1")])
        .failure(30);
    let realm = server.realm();
    let token_server = realm
        .trim_start_matches("http://")
        .trim_end_matches("/token");
    snapshot(
        "token_wrong_password",
        &said,
        &[(address, "[REGISTRY]"), (token_server, "[TOKENS]")],
    );
}

/// Returns a user whose cluster has this registry over https, with these settings.
fn over_tls(address: &str, settings: &str) -> Bindery {
    Bindery::new()
        .configure(&format!("[registry.\"{address}\"]\n{settings}"))
        .clusters(&format!(
            r#"[{{"name": "devcluster", "docker_registry": "https://{address}"}}]"#
        ))
}

fn setting(key: &str, path: &Path) -> String {
    format!("{key} = {:?}\n", path.display().to_string())
}

#[test]
fn a_certificate_authority_of_the_site_is_trusted_where_it_is_configured() {
    let Some(authority) = Authority::new("Fixture Authority") else {
        return;
    };
    let Some(registry) = RealRegistry::start_with_tls(&authority, ClientCertificate::NotAsked)
    else {
        return;
    };
    let digest = registry.push("team/app", "1", &Image::oci("tls"));
    let address = registry.address();
    let ca = setting("ca", &authority.certificate);
    gives(&over_tls(address, &ca), address, "team/app", &digest);
    gives(
        &over_tls(address, "insecure = true\n"),
        address,
        "team/app",
        &digest,
    );
    let file = authority.certificate.to_str().unwrap();
    let named = over_tls(address, "plain_http = false\n").env("SSL_CERT_FILE", file);
    gives(&named, address, "team/app", &digest);

    let unknown = over_tls(address, "plain_http = false\n");
    refuses(&unknown, address, "team/app", 7, "unknown_authority");
    // A loopback registry without settings is asked over http first.
    refuses(
        &Bindery::new(),
        address,
        "team/app",
        7,
        "unknown_authority_by_chance",
    );
    let Some(other) = Authority::new("Another Authority") else {
        return;
    };
    let other = over_tls(address, &setting("ca", &other.certificate));
    refuses(&other, address, "team/app", 7, "other_authority");
}

#[test]
fn a_client_certificate_is_sent_on_demand() {
    let Some(authority) = Authority::new("Fixture Authority") else {
        return;
    };
    let Some(registry) = RealRegistry::start_with_tls(&authority, ClientCertificate::Demanded)
    else {
        return;
    };
    let digest = registry.push("team/app", "1", &Image::oci("mutual"));
    let address = registry.address();
    let ca = setting("ca", &authority.certificate);
    let cert = setting("cert", &authority.client.certificate);
    let key = setting("key", &authority.client.key);
    let shown = over_tls(address, &format!("{ca}{cert}{key}"));
    gives(&shown, address, "team/app", &digest);

    refuses(
        &over_tls(address, &ca),
        address,
        "team/app",
        7,
        "no_client_certificate",
    );
    let wrong_key = setting("key", &authority.server.key);
    let mixed = over_tls(address, &format!("{ca}{cert}{wrong_key}"));
    let said = mixed
        .run(["image", "resolve", &format!("{address}/team/app:1")])
        .failure(4);
    let folder = authority.certificate.parent().unwrap().to_str().unwrap();
    snapshot(
        "client_certificate_without_its_key",
        &said,
        &[(address, "[REGISTRY]"), (folder, "[FOLDER]")],
    );
}

#[test]
fn a_pull_through_cache_serves_its_images_without_its_source() {
    let Some(source) = RealRegistry::start(Guard::Anonymous) else {
        return;
    };
    let digest = source.push("team/app", "1", &Image::oci("cached"));
    let unseen = source.push("team/unseen", "1", &Image::oci("unseen"));
    let Some(cache) = RealRegistry::start_in_front_of(&source) else {
        return;
    };
    let address = cache.address();
    let bindery = Bindery::new().devcluster(address);
    gives(&bindery, address, "team/app", &digest);

    source.stop();
    gives(&bindery, address, "team/app", &digest);
    let by_digest = format!("{address}/team/app@{digest}");
    assert_eq!(
        bindery.run(["image", "resolve", &by_digest]).success(),
        format!("{digest}\n")
    );
    let reference = format!("{address}/team/unseen:1");
    let ran = bindery.run(["image", "resolve", &reference]);
    assert!(!ran.stdout.contains(&unseen));
    assert_eq!(ran.code, Some(4), "{}", ran.stderr);
}

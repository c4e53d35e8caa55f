//! The plugin as a host calls it, against a registry that speaks the real protocol.

use bindery_fake_registry::{Fault, Image, Options, Registry};
use bindery_plugin::testing::{FakeHost, OpenPlugin, description};
use bindery_plugin::{Answer, BindError, BindErrorKind, Credential, json};

use crate::plugin;

const DIGEST_OF_NOTHING: &str =
    "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// A host whose cluster `devcluster` has its images at `registry`, in plain http.
fn host(registry: &Registry) -> FakeHost {
    let address = format!("http://{}", registry.address());
    FakeHost::new().cluster("devcluster", json!({"docker_registry": address}))
}

fn open(host: &FakeHost) -> OpenPlugin {
    host.open(plugin(), json!({}))
        .unwrap()
        .on_cluster("devcluster")
}

fn image(host: &FakeHost, address: &str) -> Result<Answer, BindError> {
    open(host).bind("docker.image", address)
}

/// The error as a user sees it, without the host's part; `registry` stands under a name that stays the same.
fn told(registry: &Registry, error: &BindError) -> String {
    let mut lines = vec![error.message().to_owned()];
    lines.extend(error.causes().iter().map(|cause| format!("cause: {cause}")));
    lines.extend(error.hint_text().map(|hint| format!("hint: {hint}")));
    lines
        .join("\n")
        .replace(&registry.address(), "registry:5000")
}

/// Asserts that an image is refused with this kind and these lines.
#[track_caller]
fn refuse(
    registry: &Registry,
    host: &FakeHost,
    address: &str,
    kind: BindErrorKind,
    lines: &[&str],
) {
    let error = image(host, address).unwrap_err();
    assert_eq!(told(registry, &error), lines.join("\n"));
    assert_eq!(error.kind(), kind);
}

#[test]
fn an_image_is_named_by_its_digest() {
    let registry = Registry::start(Options::anonymous());
    let digest = registry.push("library/python", "3.12", &Image::oci("hello"));
    let answer = image(&host(&registry), "docker.image[library/python][3.12]").unwrap();
    assert_eq!(
        answer.value(),
        &json!(format!("{}/library/python@{digest}", registry.address()))
    );
    assert_eq!(
        answer.evidence().unwrap(),
        &json!({
            "asked": format!("{}/library/python:3.12", registry.address()),
            "registry": registry.address(),
            "digest": digest,
            "media_type": "application/vnd.oci.image.manifest.v1+json",
        })
    );
    let lines: Vec<_> = registry
        .requests()
        .iter()
        .map(|request| request.line())
        .collect();
    assert_eq!(lines, ["HEAD /v2/library/python/manifests/3.12"]);
}

#[test]
fn a_pinned_image_has_its_parts_as_fields() {
    let registry = Registry::start(Options::anonymous());
    let digest = registry.push("http_example", "latest", &Image::docker("hello"));
    let answer = open(&host(&registry))
        .bind("docker.pinned", "docker.pinned[http_example][latest]")
        .unwrap();
    let name = format!("{}/http_example@sha256", registry.address());
    let hex = digest.strip_prefix("sha256:").unwrap();
    assert_eq!(
        answer.value(),
        &json!({"reference": format!("{name}:{hex}"), "digest": digest, "name": name, "tag": hex})
    );
    assert_eq!(answer.evidence().unwrap()["digest"], json!(digest));
}

#[test]
fn names_on_docker_hub_have_no_host_and_gain_no_library() {
    use crate::question::Place;
    use crate::resolver::Resolved;
    use bindery_registry::Descriptor;

    for address in [
        "https://registry-1.docker.io",
        "https://registry-1.docker.io/",
        "docker.io",
        "index.docker.io",
    ] {
        let fake = FakeHost::new().cluster("hub", json!({"docker_registry": address}));
        let question = Place::of(&fake.handle(), Some("hub"))
            .unwrap()
            .question("python", "3.12")
            .unwrap();
        let descriptor = Descriptor {
            media_type: None,
            digest: DIGEST_OF_NOTHING.parse().unwrap(),
            size: None,
        };
        let resolved = Resolved {
            question: &question,
            descriptor: &descriptor,
        };
        assert_eq!(
            resolved.pinned(),
            format!("python@{DIGEST_OF_NOTHING}"),
            "for {address}"
        );
        assert_eq!(question.reference.to_string(), "docker.io/python:3.12");
    }
}

#[test]
fn a_batch_is_answered_in_its_order_and_both_binders_agree() {
    let registry = Registry::start(Options::token());
    let digests: Vec<_> = (0..5)
        .map(|n| registry.push("web", &n.to_string(), &Image::oci(&n.to_string())))
        .collect();
    let opened = open(&host(&registry));
    let order = [3, 0, 3, 9, 1, 0];
    let addresses: Vec<_> = order
        .iter()
        .map(|n| format!("docker.image[web][{n}]"))
        .collect();
    let addresses: Vec<_> = addresses.iter().map(String::as_str).collect();
    let answers = opened.bind_batch("docker.image", &addresses).unwrap();
    for (n, answer) in order.iter().zip(&answers) {
        match (digests.get(*n), answer) {
            (Some(digest), Ok(answer)) => {
                assert!(answer.value().as_str().unwrap().ends_with(digest))
            }
            (None, Err(error)) => assert_eq!(error.kind(), BindErrorKind::NotFound),
            other => panic!("{other:?}"),
        }
    }
    registry.forget_requests();
    registry.push("web", "3", &Image::oci("moved"));
    let pinned = opened
        .bind("docker.pinned", "docker.pinned[web][3]")
        .unwrap();
    assert_eq!(pinned.value()["digest"], json!(digests[3]));
    assert!(registry.requests().is_empty());
}

#[test]
fn credentials_come_from_the_host() {
    let registry = Registry::start(Options::token_for("alice", "canary"));
    registry.push("web", "1", &Image::oci("hello"));
    let known = host(&registry).credential(&registry.address(), Credential::new("alice", "canary"));
    assert!(image(&known, "docker.image[web][1]").is_ok());
    let wrong = host(&registry).credential(
        &registry.address(),
        Credential::new("alice", "wrong canary"),
    );
    let error = image(&wrong, "docker.image[web][1]").unwrap_err();
    assert_eq!(error.kind(), BindErrorKind::Denied);
    assert!(
        error
            .message()
            .contains("does not accept the credential of user `alice`"),
        "{error}"
    );
    for host in [known, wrong] {
        assert!(!format!("{:?} {:?}", host.log(), error).contains("canary"));
    }
}

#[test]
fn tokens_of_the_host_go_to_whom_they_are_for() {
    let registry = Registry::start(Options::token_for("alice", "secret"));
    registry.push("web", "1", &Image::oci("hello"));
    let asked = |credential| {
        registry.forget_requests();
        let host = host(&registry).credential(&registry.address(), credential);
        let error = image(&host, "docker.image[web][1]").unwrap_err();
        assert!(!format!("{:?} {:?}", host.log(), error).contains("canary"));
        let requests = registry.requests();
        let shown = |one: &bindery_fake_registry::Request| {
            let authorization = one.authorization.as_deref().unwrap_or("nothing");
            format!("{} with {authorization}", one.line())
        };
        requests.iter().map(shown).collect::<Vec<_>>()
    };
    registry.fault(Fault::status(403).method("POST").path("/token"));
    assert_eq!(
        asked(Credential::identity_token("canary")),
        [
            "HEAD /v2/web/manifests/1 with nothing",
            "POST /token with nothing",
        ]
    );
    assert_eq!(
        asked(Credential::registry_token("canary"))[..2],
        [
            "HEAD /v2/web/manifests/1 with nothing",
            "HEAD /v2/web/manifests/1 with bearer",
        ]
    );
}

#[test]
fn registries_have_settings() {
    let registry = Registry::start(Options::anonymous());
    registry.push("web", "1", &Image::oci("hello"));
    let address = registry.address();
    let bare = FakeHost::new().cluster("devcluster", json!({"docker_registry": address}));
    assert!(image(&bare, "docker.image[web][1]").is_ok());
    let protected = bare
        .clone()
        .registry(&address, json!({"plain_http": false}));
    let error = image(&protected, "docker.image[web][1]").unwrap_err();
    assert_eq!(error.kind(), BindErrorKind::NoAnswer);
    // The scheme of the cluster's own address has the last word.
    let both = host(&registry).registry(&address, json!({"plain_http": false}));
    assert!(image(&both, "docker.image[web][1]").is_ok());
}

#[test]
fn settings_that_make_no_sense_are_told() {
    let refused = |host: FakeHost, config| match host.open(plugin(), config) {
        Err(error) => format!("{error} {}", error.causes().join(" ")),
        Ok(_) => panic!("the plugin was opened"),
    };
    let text = refused(
        FakeHost::new().registry("h", json!({"plainhttp": true})),
        json!({}),
    );
    assert!(text.contains("unknown field `plainhttp`"), "{text}");
    let text = refused(FakeHost::new().registry("https://h", json!({})), json!({}));
    assert!(
        text.contains("`[registry.\"https://h\"]`") && text.contains("begins with a scheme"),
        "{text}"
    );
    let text = refused(FakeHost::new(), json!({"cert": "x"}));
    assert!(text.contains("unknown field `cert`"), "{text}");
}

#[test]
fn refusals_tell_what_to_do() {
    let registry = Registry::start(Options::anonymous());
    registry.push("web", "1", &Image::oci("hello"));
    refuse(
        &registry,
        &host(&registry),
        "docker.image[web][2]",
        BindErrorKind::NotFound,
        &[
            "no tag `2` in `registry:5000/web`",
            "cause: GET http://registry:5000/v2/web/manifests/2 was answered with 404 MANIFEST_UNKNOWN: manifest unknown",
            "hint: check the spelling, and that `2` was pushed to `registry:5000/web`",
        ],
    );
    refuse(
        &registry,
        &host(&registry),
        "docker.image[Web][1]",
        BindErrorKind::Invalid,
        &[
            "`Web` is no repository: capital letter `W`, at character 1",
            "hint: write `w`",
        ],
    );
    let error = image(&host(&registry), "docker.image[quay.io/team/app][1]").unwrap_err();
    let hint =
        "a ref names no registry, the cluster's `docker_registry` does: leave `quay.io/` out";
    assert_eq!(error.hint_text(), Some(hint));
    registry.fault(Fault::status(403));
    assert_eq!(
        image(&host(&registry), "docker.image[web][1]")
            .unwrap_err()
            .kind(),
        BindErrorKind::Denied
    );
}

#[test]
fn a_cluster_is_needed() {
    let registry = Registry::start(Options::anonymous());
    let opened = host(&registry).open(plugin(), json!({})).unwrap();
    let error = opened
        .bind("docker.image", "docker.image[web][1]")
        .unwrap_err();
    assert_eq!(error.kind(), BindErrorKind::Invalid);
    assert_eq!(
        told(&registry, &error),
        "an image needs a cluster: it comes from the registry of the cluster\nhint: name the cluster with `--cluster NAME`"
    );
    let error = image(&FakeHost::new(), "docker.image[web][1]").unwrap_err();
    assert_eq!(
        (error.kind(), error.message()),
        (BindErrorKind::Invalid, "unknown cluster `devcluster`")
    );
}

#[test]
fn an_address_that_is_none_is_told_without_its_password() {
    for (address, cause) in [
        (
            "https://u:canary@h",
            "the registry address `https://h` holds a user name or password",
        ),
        (
            "ftp://h",
            "the registry address `ftp://h` has the scheme `ftp`",
        ),
        ("", "the registry address `` is wrong"),
    ] {
        let host = FakeHost::new().cluster("devcluster", json!({"docker_registry": address}));
        let error = image(&host, "docker.image[web][1]").unwrap_err();
        assert_eq!(
            error.message(),
            "`docker_registry` of cluster `devcluster` is no registry"
        );
        assert_eq!(error.causes()[0], cause);
        assert!(!format!("{error:?} {:?}", host.log()).contains("canary"));
    }
}

#[test]
fn a_user_who_wants_an_end_gets_it() {
    let registry = Registry::start(Options::anonymous());
    registry.fault(Fault::delay(std::time::Duration::from_secs(3600)));
    let host = host(&registry);
    host.cancel();
    let error = image(&host, "docker.image[web][1]").unwrap_err();
    assert_eq!(error.kind(), BindErrorKind::Cancelled);
}

#[test]
fn the_trait_names_docker_hub() {
    let description = description(plugin());
    assert_eq!(description["name"], json!("docker"));
    assert_eq!(
        description
            .to_string()
            .matches("https://registry-1.docker.io")
            .count(),
        1
    );
    let names: Vec<_> = description["binders"]
        .as_array()
        .unwrap()
        .iter()
        .map(|binder| binder["name"].clone())
        .collect();
    assert_eq!(names, [json!("docker.image"), json!("docker.pinned")]);
}

#[test]
fn an_answer_of_an_earlier_run_has_to_be_for_the_image_that_is_asked_for() {
    let registry = Registry::start(Options::anonymous());
    registry.push("web", "1.4", &Image::oci("hello"));
    let host = host(&registry);
    let other = "http://other.example:5000";
    let host = host.cluster("moved", json!({"docker_registry": other}));
    for binder in ["docker.image", "docker.pinned"] {
        let address = format!("{binder}[web][1.4]");
        let answer = open(&host).bind(binder, &address).unwrap();
        registry.forget_requests();
        let review = |open: OpenPlugin, address: &str, recalled: &Answer| {
            let review = open.review(binder, address, recalled).unwrap();
            review.map_err(|refusal| refusal.replace(&registry.address(), "registry:5000"))
        };
        assert_eq!(review(open(&host), &address, &answer), Ok(()));
        assert_eq!(
            review(open(&host).on_cluster("moved"), &address, &answer),
            Err("it answers for `registry:5000/web:1.4`, and `other.example:5000/web:1.4` is asked for".to_owned())
        );
        assert_eq!(
            review(open(&host), &address.replace("1.4", "1.5"), &answer),
            Err(
                "it answers for `registry:5000/web:1.4`, and `registry:5000/web:1.5` is asked for"
                    .to_owned()
            )
        );
        let evidence = answer.evidence().unwrap();
        let forged = Answer::text(format!("evil.example/web@{DIGEST_OF_NOTHING}"))
            .with_evidence(evidence.clone());
        assert_eq!(
            review(open(&host), &address, &forged),
            Err(
                "its answer is not `registry:5000/web:1.4` with the digest that was seen"
                    .to_owned()
            )
        );
        let bare = Answer::text("web");
        assert!(review(open(&host), &address, &bare).is_err());
        assert!(registry.requests().is_empty(), "nobody is asked");
    }
}

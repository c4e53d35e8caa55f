//! The plugin as a host calls it, against a fake registry.

use bindery_fake_registry::{Fault, Format, Image, Index, Options, Registry};
use bindery_plugin::testing::{FakeHost, OpenPlugin, description};
use bindery_plugin::{Answer, BindError, BindErrorKind, Credential, json};

use crate::plugin;

const DIGEST_OF_NOTHING: &str =
    "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// Returns a host whose cluster `devcluster` has the registry `registry`, over http.
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

/// Returns the error as a user sees it, with a fixed name in place of the address of `registry`.
fn report(registry: &Registry, error: &BindError) -> String {
    let mut lines = vec![error.message().to_owned()];
    lines.extend(error.causes().iter().map(|cause| format!("cause: {cause}")));
    lines.extend(error.hint_text().map(|hint| format!("hint: {hint}")));
    lines
        .join("\n")
        .replace(&registry.address(), "registry:5000")
}

/// Asserts that binding an image fails with this kind and these lines.
#[track_caller]
fn check_error(
    registry: &Registry,
    host: &FakeHost,
    address: &str,
    kind: BindErrorKind,
    lines: &[&str],
) {
    let error = image(host, address).unwrap_err();
    assert_eq!(report(registry, &error), lines.join("\n"));
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
fn names_on_docker_hub_have_no_host_and_no_added_library() {
    use crate::image_request::ClusterRegistry;
    use bindery_reference::Form;

    for address in [
        "https://registry-1.docker.io",
        "https://registry-1.docker.io/",
        "docker.io",
        "index.docker.io",
    ] {
        let fake = FakeHost::new().cluster("hub", json!({"docker_registry": address}));
        let request = ClusterRegistry::find(&fake.handle(), Some("hub"))
            .unwrap()
            .request("python", "3.12")
            .unwrap();
        let digest = DIGEST_OF_NOTHING.parse().unwrap();
        let text = |form: Form| form.write(&request.reference, &digest);
        assert_eq!(
            text(Form::Name),
            format!("python@{DIGEST_OF_NOTHING}"),
            "for {address}"
        );
        assert_eq!(
            text(Form::Host),
            format!("docker.io/python@{DIGEST_OF_NOTHING}")
        );
        assert_eq!(request.name(), "python");
        assert_eq!(request.reference.to_string(), "docker.io/python:3.12");
    }
}

/// Returns the text that an image is bound to, with a fixed name in place of the address of `registry`.
fn bound_text(host: &FakeHost, registry: &Registry, config: bindery_plugin::Json) -> String {
    let opened = host
        .open(plugin(), config)
        .unwrap()
        .on_cluster("devcluster");
    let answer = opened.bind("docker.image", "docker.image[web][1]").unwrap();
    answer
        .value()
        .as_str()
        .unwrap()
        .replace(&registry.address(), "registry:5000")
}

#[test]
fn the_form_of_the_user_overrides_that_of_the_cluster() {
    let registry = Registry::start(Options::anonymous());
    let digest = registry.push("web", "1", &Image::oci("hello"));
    let cluster = |form| {
        let address = format!("http://{}", registry.address());
        let keys = json!({"docker_registry": address, "docker_image_form": form});
        FakeHost::new().cluster("devcluster", keys)
    };
    let check = |form, config, expected: &str| {
        let found = bound_text(&cluster(form), &registry, config);
        assert_eq!(found, format!("{expected}@{digest}"));
    };
    let default = "registry:5000/web";
    check(json!(null), json!({}), default);
    check(json!("tag"), json!({}), "registry:5000/web:1");
    check(json!("host"), json!({}), default);
    check(json!("tag"), json!({"form": "name"}), default);
    check(
        json!(null),
        json!({"form": "tag-host"}),
        "registry:5000/web:1",
    );

    let error = image(&cluster(json!("digest")), "docker.image[web][1]").unwrap_err();
    assert_eq!(
        report(&registry, &error),
        "invalid `docker_image_form` of cluster `devcluster`\n\
         cause: `digest` is not a form of a reference; the forms are: name, tag, host, tag-host"
    );
}

#[test]
fn platforms_are_chosen_and_required() {
    let registry = Registry::start(Options::anonymous());
    let index = Index::two_platforms(Format::Oci, "hello");
    registry.push_index("web", "1", &index);
    let host = host(&registry);
    let digest = |config| bound_text(&host, &registry, config).replace("registry:5000/web@", "");
    assert_eq!(digest(json!({})), index.digest());
    assert_eq!(
        digest(json!({"platform": "linux/arm64"})),
        index.images[1].digest()
    );
    let both = json!({"require_platforms": ["linux/amd64", "linux/arm64"]});
    assert_eq!(digest(both), index.digest());

    let opened = host
        .open(plugin(), json!({"require_platforms": ["linux/s390x"]}))
        .unwrap();
    let opened = opened.on_cluster("devcluster");
    let error = opened
        .bind("docker.image", "docker.image[web][1]")
        .unwrap_err();
    assert_eq!(error.kind(), BindErrorKind::NotFound);
    assert_eq!(
        report(&registry, &error),
        "`registry:5000/web:1` has no image for `linux/s390x`\n\
         hint: there is one for `linux/amd64`, `linux/arm64`"
    );
}

#[test]
fn a_recording_contains_the_platforms_and_takes_one_more_request() {
    let folder = tempfile::tempdir().unwrap();
    let registry = Registry::start(Options::anonymous());
    let index = Index::new(
        Format::Oci,
        ["amd64", "arm64/v8"]
            .map(|architecture| Image::new(Format::Oci, architecture, "hello"))
            .to_vec(),
    );
    registry.push_index("web", "1", &index);
    registry.push("single", "1", &Image::oci("hello"));
    let recording = host(&registry)
        .recording()
        .network(json!({"cache": folder.path()}));
    let by_digest = format!("GET /v2/web/manifests/{}", index.digest());
    for further in [vec![by_digest], Vec::new()] {
        let answer = image(&recording, "docker.image[web][1]").unwrap();
        let platforms = &answer.evidence().unwrap()["platforms"];
        assert_eq!(platforms, &json!(["linux/amd64", "linux/arm64/v8"]));
        let mut expected = vec!["HEAD /v2/web/manifests/1".to_owned()];
        expected.extend(further);
        let asked: Vec<_> = registry
            .requests()
            .iter()
            .map(|request| request.line())
            .collect();
        assert_eq!(asked, expected);
        registry.forget_requests();
    }
    let answer = image(&recording, "docker.image[single][1]").unwrap();
    assert_eq!(answer.evidence().unwrap().get("platforms"), None);
    assert_eq!(registry.requests().len(), 1);
    let answer = image(&host(&registry), "docker.image[web][1]").unwrap();
    assert_eq!(answer.evidence().unwrap().get("platforms"), None);
}

#[test]
fn answers_are_in_order_and_both_binders_agree() {
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
fn identity_tokens_go_to_the_token_server_and_registry_tokens_to_the_registry() {
    let registry = Registry::start(Options::token_for("alice", "secret"));
    registry.push("web", "1", &Image::oci("hello"));
    let asked = |credential| {
        registry.forget_requests();
        let host = host(&registry).credential(&registry.address(), credential);
        let error = image(&host, "docker.image[web][1]").unwrap_err();
        assert!(!format!("{:?} {:?}", host.log(), error).contains("canary"));
        let requests = registry.requests();
        let format = |request: &bindery_fake_registry::Request| {
            let authorization = request.authorization.as_deref().unwrap_or("nothing");
            format!("{} with {authorization}", request.line())
        };
        requests.iter().map(format).collect::<Vec<_>>()
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
    // The scheme in the address of the cluster overrides the settings.
    let both = host(&registry).registry(&address, json!({"plain_http": false}));
    assert!(image(&both, "docker.image[web][1]").is_ok());
}

#[test]
fn invalid_settings_are_errors() {
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
    let text = refused(FakeHost::new(), json!({"platform": "amd64"}));
    assert_eq!(
        text,
        "invalid `plugin.docker.platform` `amd64` is not a platform"
    );
    let text = refused(FakeHost::new(), json!({"form": "short"}));
    assert!(
        text.starts_with("invalid `plugin.docker.form` `short` is not a form"),
        "{text}"
    );
    let text = refused(FakeHost::new(), json!({"cert": "x"}));
    assert!(text.contains("unknown field `cert`"), "{text}");
}

#[test]
fn errors_have_hints() {
    let registry = Registry::start(Options::anonymous());
    registry.push("web", "1", &Image::oci("hello"));
    check_error(
        &registry,
        &host(&registry),
        "docker.image[web][2]",
        BindErrorKind::NotFound,
        &[
            "no tag `2` in `registry:5000/web`",
            "cause: GET http://registry:5000/v2/web/manifests/2 returned 404 MANIFEST_UNKNOWN: manifest unknown",
            "hint: check the spelling, and that `2` was pushed to `registry:5000/web`",
        ],
    );
    check_error(
        &registry,
        &host(&registry),
        "docker.image[Web][1]",
        BindErrorKind::Invalid,
        &[
            "`Web` is not a valid repository: upper-case letter `W`, at character 1",
            "hint: write `w`",
        ],
    );
    let error = image(&host(&registry), "docker.image[quay.io/team/app][1]").unwrap_err();
    let hint =
        "leave `quay.io/` out: the registry of a ref is the `docker_registry` of its cluster";
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
fn an_image_needs_a_cluster() {
    let registry = Registry::start(Options::anonymous());
    let opened = host(&registry).open(plugin(), json!({})).unwrap();
    let error = opened
        .bind("docker.image", "docker.image[web][1]")
        .unwrap_err();
    assert_eq!(error.kind(), BindErrorKind::Invalid);
    assert_eq!(
        report(&registry, &error),
        "an image needs a cluster, whose registry it is in\nhint: name the cluster with `--cluster NAME`"
    );
    let error = image(&FakeHost::new(), "docker.image[web][1]").unwrap_err();
    assert_eq!(
        (error.kind(), error.message()),
        (BindErrorKind::Invalid, "unknown cluster `devcluster`")
    );
}

#[test]
fn errors_about_an_address_do_not_contain_its_password() {
    for (address, cause) in [
        (
            "https://u:canary@h",
            "the registry address `https://h` contains a user name or password",
        ),
        (
            "ftp://h",
            "the registry address `ftp://h` has the scheme `ftp`",
        ),
        ("", "the registry address `` is invalid"),
    ] {
        let host = FakeHost::new().cluster("devcluster", json!({"docker_registry": address}));
        let error = image(&host, "docker.image[web][1]").unwrap_err();
        assert_eq!(
            error.message(),
            "`docker_registry` of cluster `devcluster` is not a registry"
        );
        assert_eq!(error.causes()[0], cause);
        assert!(!format!("{error:?} {:?}", host.log()).contains("canary"));
    }
}

#[test]
fn a_cancelled_call_ends() {
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
fn offline_prevents_requests() {
    let registry = Registry::start(Options::anonymous());
    let offline = host(&registry).network(json!({"offline": true}));
    let error = image(&offline, "docker.image[web][1]").unwrap_err();
    assert_eq!(error.kind(), BindErrorKind::NoAnswer);
    assert_eq!(
        error.causes()[0].replace(&registry.address(), "registry:5000"),
        "offline: HEAD http://registry:5000/v2/web/manifests/1 was not sent"
    );
    assert!(registry.requests().is_empty());
}

#[test]
fn a_warning_of_the_registry_is_logged_once() {
    let registry = Registry::start(Options::anonymous());
    registry.push("web", "1", &Image::oci("hello"));
    registry.push("web", "2", &Image::oci("hello"));
    registry.fault(Fault::set_header("warning", "299 - \"moving soon\""));
    let host = host(&registry);
    let opened = open(&host);
    opened.bind("docker.image", "docker.image[web][1]").unwrap();
    opened.bind("docker.image", "docker.image[web][2]").unwrap();
    let log = host.log();
    let warnings: Vec<_> = log.iter().filter(|line| line.starts_with("warn")).collect();
    assert_eq!(
        warnings,
        [&format!(
            "warn: `http://{}` says: moving soon",
            registry.address()
        )]
    );
}

#[test]
fn a_recalled_answer_must_be_for_the_requested_image() {
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
            Err("the answer is for `registry:5000/web:1.4`, but `other.example:5000/web:1.4` is requested".to_owned())
        );
        assert_eq!(
            review(open(&host), &address.replace("1.4", "1.5"), &answer),
            Err(
                "the answer is for `registry:5000/web:1.4`, but `registry:5000/web:1.5` is requested"
                    .to_owned()
            )
        );
        let evidence = answer.evidence().unwrap();
        let forged = Answer::text(format!("evil.example/web@{DIGEST_OF_NOTHING}"))
            .with_evidence(evidence.clone());
        assert_eq!(
            review(open(&host), &address, &forged),
            Err(
                "the answer is not `registry:5000/web:1.4` with the digest in its evidence"
                    .to_owned()
            )
        );
        let tagged = open(&host.clone().cluster(
            "devcluster",
            json!({"docker_registry": format!("http://{}", registry.address()), "docker_image_form": "tag"}),
        ));
        assert_eq!(
            review(tagged, &address, &answer),
            Ok(()),
            "the form may change"
        );
        let bare = Answer::text("web");
        assert!(review(open(&host), &address, &bare).is_err());
        assert!(registry.requests().is_empty(), "no request is sent");
    }
}

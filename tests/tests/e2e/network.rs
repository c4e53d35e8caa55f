//! Connections to registries, by the client of the program and by the client in the docker plugin, with the same results.

use std::collections::BTreeSet;
use std::fs;
use std::net::TcpListener;

use bindery_fake_registry::{Fault, Image, Options, Registry};
use bindery_tests::{Bindery, Ran};

/// Resolves the images `web:TAG` of the cluster's registry, with `bindery image resolve` and in a text with refs.
fn both(bindery: &Bindery, registry: &str, tags: &[String], options: [&str; 2]) -> [Ran; 2] {
    let list: String = tags
        .iter()
        .map(|tag| format!("{registry}/web:{tag}\n"))
        .collect();
    bindery.write("list", &list);
    let refs: String = tags
        .iter()
        .map(|tag| format!("{{{{docker.image[web][{tag}]}}}}\n"))
        .collect();
    bindery.write("refs.txt", &refs);
    let [a, b] = options;
    [
        bindery.run([a, b, "image", "resolve", "--from", "list"]),
        bindery.run([
            a,
            b,
            "render",
            "refs.txt",
            "--text",
            "--cluster",
            "devcluster",
        ]),
    ]
}

fn one_tag() -> [String; 1] {
    ["1".to_owned()]
}

/// Arguments with the default value.
const NONE: [&str; 2] = ["--jobs", "16"];

/// Returns a registry with one user, and a `Bindery` that has the user's password.
fn with_one_user(options: Options) -> (Registry, Bindery) {
    let registry = Registry::start(options);
    registry.push("web", "1", &Image::oci("hello"));
    let bindery = Bindery::new().devcluster(&registry.address());
    let login = format!(
        r#"{{"auths": {{"{}": {{"username": "alice", "password": "canary"}}}}}}"#,
        registry.address()
    );
    let folder = bindery.home().join(".docker");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("config.json"), login).unwrap();
    let private = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    fs::set_permissions(folder.join("config.json"), private).unwrap();
    (registry, bindery)
}

/// Returns the log lines of requests, without their source and duration.
fn requests(ran: &Ran) -> Vec<String> {
    let tell = |line: &str| {
        let line = line.strip_prefix("info: plugin `docker`: ").unwrap_or(line);
        let (request, rest) = line.rsplit_once(' ').filter(|(_, unit)| *unit == "ms")?;
        assert!(!rest.is_empty());
        Some(request.rsplit_once(' ')?.0.to_owned())
    };
    ran.stderr.lines().filter_map(tell).collect()
}

#[test]
fn requests_are_logged_on_demand_without_secrets() {
    let (registry, bindery) = with_one_user(Options::basic("alice", "canary"));
    let address = registry.address();
    let head = format!("HEAD http://{address}/v2/web/manifests/1");
    for ran in both(&bindery, &address, &one_tag(), ["-v", "--jobs=1"]) {
        assert_eq!(ran.code, Some(0), "{ran:?}");
        assert_eq!(
            requests(&ran),
            [format!("{head} 401"), format!("{head} 200")],
            "{ran:?}"
        );
        assert!(!format!("{ran:?}").contains("canary"), "{ran:?}");
    }
    for ran in both(&bindery, &address, &one_tag(), NONE) {
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
    }
}

#[test]
fn the_exchange_of_a_token_is_logged_without_the_token() {
    let (registry, bindery) = with_one_user(Options::token_for("alice", "canary"));
    for ran in both(
        &bindery,
        &registry.address(),
        &one_tag(),
        ["-vv", "--no-cache"],
    ) {
        assert_eq!(ran.code, Some(0), "{ran:?}");
        let lines = requests(&ran);
        assert_eq!(lines.len(), 3, "{lines:?}");
        let token = &lines[1];
        assert!(
            token.contains("/token?") && token.contains("scope=repository%3Aweb%3Apull"),
            "{token}"
        );
        assert!(!format!("{ran:?}").contains("canary"), "{ran:?}");
        assert!(!ran.stderr.contains("Bearer"), "{ran:?}");
    }
}

#[test]
fn each_v_shows_more_log_lines_of_plugins() {
    let (registry, bindery) = with_one_user(Options::basic("alice", "canary"));
    let heard = |options| {
        let [_, render] = both(&bindery, &registry.address(), &one_tag(), options);
        let has = |word: &str| {
            render
                .stderr
                .contains(&format!("{word}: plugin `docker`: "))
        };
        (has("info"), has("debug"))
    };
    assert_eq!(heard(NONE), (false, false));
    assert_eq!(heard(["-v", "--jobs=1"]), (true, false));
    assert_eq!(heard(["-v", "-v"]), (true, true));
}

#[test]
fn the_option_jobs_limits_the_connections_of_both_clients() {
    let registry = Registry::start(Options::anonymous());
    let tags: Vec<String> = (0..12).map(|number| number.to_string()).collect();
    for tag in &tags {
        registry.push("web", tag, &Image::oci(tag));
    }
    let bindery = Bindery::new().devcluster(&registry.address());
    for ran in both(&bindery, &registry.address(), &tags, ["--jobs", "2"]) {
        assert_eq!(ran.code, Some(0), "{ran:?}");
    }
    let requests = registry.requests();
    let connections: BTreeSet<_> = requests.iter().map(|request| request.connection).collect();
    assert_eq!((requests.len(), connections.len()), (24, 4));
}

#[test]
fn a_mirror_is_asked_first_and_the_reference_has_the_registrys_name() {
    let (registry, mirror) = (
        Registry::start(Options::anonymous()),
        Registry::start(Options::anonymous()),
    );
    let digest = mirror.push("web", "1", &Image::oci("hello"));
    let address = registry.address();
    let bindery = Bindery::new().devcluster(&address).configure(&format!(
        "[registry.\"{address}\"]\nmirrors = [\"http://{}\"]\n",
        mirror.address()
    ));
    let [resolved, rendered] = both(&bindery, &address, &one_tag(), NONE);
    assert_eq!(resolved.success(), format!("{digest}\n"));
    assert_eq!(rendered.success(), format!("{address}/web@{digest}\n"));
    assert_eq!((registry.requests().len(), mirror.requests().len()), (0, 2));
}

#[test]
fn a_proxy_of_the_environment_is_used_and_named_without_its_password() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let proxy = listener.local_addr().unwrap();
    // From here on the port refuses connections.
    drop(listener);
    let bindery = Bindery::new()
        .clusters(
            r#"[{"name": "devcluster", "docker_registry": "https://registry.example.invalid"}]"#,
        )
        .env("https_proxy", &format!("http://al:canary@{proxy}"));
    for ran in both(&bindery, "registry.example.invalid", &one_tag(), NONE) {
        let stderr = ran.stderr;
        assert!(
            stderr.contains(&format!("through the proxy http://{proxy}\n")),
            "{stderr}"
        );
        assert!(stderr.contains("connection refused") && !stderr.contains("canary"));
        assert_eq!(ran.code, Some(7), "{stderr}");
    }
}

#[test]
fn limits_on_time_come_from_the_configuration() {
    let registry = Registry::start(Options::anonymous());
    registry.fault(Fault::delay(std::time::Duration::from_secs(3600)));
    let bindery = Bindery::new()
        .devcluster(&registry.address())
        .configure("[limits]\nrequest_seconds = 1\n");
    for ran in both(&bindery, &registry.address(), &one_tag(), NONE) {
        let stderr = ran.stderr;
        assert!(
            stderr.contains("the response was not complete within 1 s"),
            "{stderr}"
        );
        assert_eq!(ran.code, Some(7), "{stderr}");
    }
}

#[test]
fn certificates_of_a_host_are_found_in_certs_d() {
    let bindery = Bindery::new().clusters(
        r#"[{"name": "devcluster", "docker_registry": "https://registry.example.invalid:5000"}]"#,
    );
    let registry = "registry.example.invalid:5000";
    let folder = bindery
        .home()
        .join(".config/containers/certs.d")
        .join(registry);
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("me.cert"), "").unwrap();
    for ran in both(&bindery, registry, &one_tag(), NONE) {
        let single = format!(
            "`{}` exists without `{}`",
            folder.join("me.cert").display(),
            folder.join("me.key").display()
        );
        assert!(ran.stderr.contains(&single), "{ran:?}");
        assert_ne!(ran.code, Some(0));
    }
}

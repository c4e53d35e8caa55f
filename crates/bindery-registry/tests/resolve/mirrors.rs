//! Registries with mirrors.

use std::sync::{Arc, Mutex};

use bindery_credentials::{Credential, Keychain, KeychainError};
use bindery_fake_registry::{Fault, Image, Options, Registry as Fake};
use bindery_reference::Registry;
use bindery_registry::http::Log;
use bindery_registry::{Client, Endpoint, ErrorKind, RegistrySettings};
use bindery_secret::Secret;

use crate::{CANARY, OneUser, check, lines, quick, reference, resolve, told};

const HEAD: &str = "HEAD /v2/web/manifests/1";
const GET: &str = "GET /v2/web/manifests/1";

/// What was logged.
type Lines = Arc<Mutex<Vec<String>>>;

/// A client that knows these mirrors of `registry`, and has this keychain.
fn client_with(
    registry: &Fake,
    mirrors: &[&str],
    keychain: impl Keychain + 'static,
) -> (Client, Lines) {
    let mut options = quick();
    let settings = RegistrySettings {
        mirrors: mirrors
            .iter()
            .map(|address| Endpoint::parse(address).unwrap())
            .collect(),
        ..RegistrySettings::default()
    };
    let name = Registry::parse(&registry.address()).unwrap();
    options.registries.insert(name, settings);
    let log = Lines::default();
    let sink = Arc::clone(&log);
    options.http.log = Log::new(move |level, line| {
        if line.contains("mirror") {
            sink.lock().unwrap().push(format!("{level:?}: {line}"));
        }
    });
    (Client::new(options, Arc::new(keychain)), log)
}

fn client(registry: &Fake, mirrors: &[&Fake]) -> (Client, Lines) {
    let addresses: Vec<_> = mirrors
        .iter()
        .map(|mirror| format!("http://{}", mirror.address()))
        .collect();
    let addresses: Vec<_> = addresses.iter().map(String::as_str).collect();
    client_with(registry, &addresses, OneUser::default())
}

fn anonymous() -> Fake {
    Fake::start(Options::anonymous())
}

/// An address at which nobody listens, and the socket that keeps it so.
fn deaf() -> (tokio::net::TcpSocket, String) {
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = format!("http://{}", socket.local_addr().unwrap());
    (socket, address)
}

#[tokio::test]
async fn the_first_mirror_that_answers_tells_the_digest() {
    let (registry, first, second) = (anonymous(), anonymous(), anonymous());
    registry.push("web", "1", &Image::oci("newer"));
    let digest = first.push("web", "1", &Image::oci("mirrored"));
    let (client, log) = client(&registry, &[&first, &second]);
    check(&client, &registry, "web:1", &digest).await;
    assert_eq!(lines(&first), [HEAD]);
    assert!(lines(&second).is_empty() && lines(&registry).is_empty());
    assert!(log.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_mirror_is_told_whose_it_is_and_the_registry_is_not() {
    let (registry, mirror) = (anonymous(), anonymous());
    let digest = registry.push("web", "1", &Image::oci("hello"));
    let address = format!("http://{}/proxy/of/it", mirror.address());
    let (client, _) = client_with(&registry, &[&address], OneUser::default());
    check(&client, &registry, "web:1", &digest).await;
    let namespace = format!("ns={}", registry.address().replace(':', "%3A"));
    for request in mirror.requests() {
        assert_eq!(request.path, "/proxy/of/it/v2/web/manifests/1");
        assert_eq!(request.query, namespace);
    }
    assert_eq!(mirror.requests().len(), 2);
    assert_eq!(registry.requests()[0].query, "");
}

#[tokio::test]
async fn a_mirror_that_refuses_is_passed_over_and_that_is_told() {
    for status in [401, 403, 404, 429, 500, 503] {
        let (registry, mirror) = (anonymous(), anonymous());
        let digest = registry.push("web", "1", &Image::oci("hello"));
        mirror.push("web", "1", &Image::oci("other"));
        mirror.fault(Fault::status(status).header("retry-after", "30"));
        let (client, log) = client(&registry, &[&mirror]);
        check(&client, &registry, "web:1", &digest).await;
        let asked = lines(&mirror);
        assert!(asked.len() <= 2 && asked[0] == HEAD, "{asked:?}");
        let log = log.lock().unwrap();
        let begin = match status {
            // Such a 401 does not even say what it wants.
            401 => "Warn: the mirror",
            _ => "Info: the mirror",
        };
        assert!(
            log.len() == 1 && log[0].starts_with(begin) && log[0].contains("was passed over"),
            "{status}: {log:?}"
        );
    }
}

#[tokio::test]
async fn a_mirror_that_did_not_answer_is_not_waited_for_again() {
    let registry = anonymous();
    let first = registry.push("web", "1", &Image::oci("one"));
    let second = registry.push("web", "2", &Image::oci("two"));
    let (_socket, nobody) = deaf();
    let (client, log) = client_with(&registry, &[&nobody], OneUser::default());
    check(&client, &registry, "web:1", &first).await;
    check(&client, &registry, "web:2", &second).await;
    let log = log.lock().unwrap();
    assert!(
        log.len() == 1 && log[0].contains("connection refused"),
        "{log:?}"
    );
}

#[tokio::test]
async fn a_mirror_that_broke_off_is_asked_again_for_the_next() {
    let (registry, mirror) = (anonymous(), anonymous());
    let first = registry.push("web", "1", &Image::oci("one"));
    let second = mirror.push("web", "2", &Image::oci("two"));
    mirror.fault(Fault::cut_in_head(0).path("*/1"));
    let (client, _) = client(&registry, &[&mirror]);
    check(&client, &registry, "web:1", &first).await;
    check(&client, &registry, "web:2", &second).await;
}

#[tokio::test]
async fn bytes_of_a_mirror_are_not_taken_if_they_do_not_match() {
    let (registry, mirror) = (anonymous(), anonymous());
    let digest = registry.push("web", "1", &Image::oci("hello"));
    mirror.push("web", "1", &Image::oci("hello"));
    mirror.fault(Fault::corrupt());
    let (client, log) = client(&registry, &[&mirror]);
    let by_digest = reference(&registry, &format!("web@{digest}"));
    let (manifest, found) = client.manifest(&by_digest).await.unwrap();
    assert_eq!(found.as_str(), digest);
    assert_eq!(manifest.digest("sha256").unwrap().as_str(), digest);
    assert!(log.lock().unwrap()[0].starts_with("Warn: "));
}

#[tokio::test]
async fn if_all_fail_the_registry_has_the_word_and_the_mirrors_are_among_the_causes() {
    let (registry, mirror) = (anonymous(), anonymous());
    mirror.fault(Fault::status(403));
    let (_socket, nobody) = deaf();
    let address = format!("http://{}", mirror.address());
    let (client, _) = client_with(&registry, &[&address, &nobody], OneUser::default());
    let error = resolve(&client, &registry, "web:1").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    let text = told(&registry, &error)
        .replace(&address, "http://mirror")
        .replace(&mirror.address(), "mirror")
        .replace(&nobody, "http://nobody")
        .replace(nobody.trim_start_matches("http://"), "nobody")
        .replace(&registry.address().replace(':', "%3A"), "registry%3A5000");
    insta::assert_snapshot!(text, @"
    no tag `1` in `registry:5000/web`
      cause: GET http://registry:5000/v2/web/manifests/1 was answered with 404 MANIFEST_UNKNOWN: manifest unknown
      cause: the mirror http://mirror was passed over: `mirror` refuses `web:1` to anonymous users: GET http://mirror/v2/web/manifests/1?ns=registry%3A5000 was answered with 403 Forbidden
      cause: the mirror http://nobody was passed over: `nobody` does not answer for `nobody/web:1`: no answer to HEAD http://nobody/v2/web/manifests/1?ns=registry%3A5000: connection refused
    hint: check the spelling, and that `1` was pushed to `registry:5000/web`
    ");
    assert_eq!(lines(&mirror), [HEAD, GET]);
    assert_eq!(lines(&registry), [HEAD, GET]);
}

/// Knows somebody at one registry only.
struct UserOf(Registry);

impl Keychain for UserOf {
    fn credential(
        &self,
        registry: &Registry,
        _: &str,
        _: &[&str],
    ) -> Result<Option<Credential>, KeychainError> {
        Ok((*registry == self.0).then(|| Credential::Basic {
            username: "alice".into(),
            password: Secret::new(CANARY),
        }))
    }
}

#[tokio::test]
async fn a_mirror_gets_its_own_credential_and_never_the_registrys() {
    let closed = || Fake::start(Options::basic("alice", CANARY));
    let (registry, mirror) = (closed(), closed());
    let digest = registry.push("web", "1", &Image::oci("hello"));
    mirror.push("web", "1", &Image::oci("hello"));
    let address = format!("http://{}", mirror.address());
    let user_of = |fake: &Fake| UserOf(Registry::parse(&fake.address()).unwrap());

    let (client, _) = client_with(&registry, &[&address], user_of(&registry));
    check(&client, &registry, "web:1", &digest).await;
    let shown: Vec<_> = mirror
        .requests()
        .into_iter()
        .map(|it| it.authorization)
        .collect();
    assert_eq!(shown, [None]);

    registry.forget_requests();
    let (client, _) = client_with(&registry, &[&address], user_of(&mirror));
    check(&client, &registry, "web:1", &digest).await;
    assert!(registry.requests().is_empty());
}

#[tokio::test]
async fn offline_no_mirror_is_asked_either() {
    let (registry, mirror) = (anonymous(), anonymous());
    let mut options = quick();
    options.http.offline = true;
    let settings = RegistrySettings {
        mirrors: vec![Endpoint::parse(&mirror.address()).unwrap()],
        ..RegistrySettings::default()
    };
    let name = Registry::parse(&registry.address()).unwrap();
    options.registries.insert(name, settings);
    let client = Client::new(options, Arc::new(OneUser::default()));
    let error = resolve(&client, &registry, "web:1").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoAnswer);
    insta::assert_snapshot!(told(&registry, &error), @"
    `registry:5000/web:1` cannot be asked for at `registry:5000`
      cause: offline: HEAD http://registry:5000/v2/web/manifests/1 was not asked
    ");
    assert!(lines(&registry).is_empty() && lines(&mirror).is_empty());
}

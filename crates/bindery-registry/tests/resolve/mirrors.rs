//! Registries with mirrors.

use std::sync::{Arc, Mutex};

use bindery_credentials::{Credential, Keychain, KeychainError};
use bindery_diagnostic::Kind;
use bindery_fake_registry::{Fault, Image, Options, Registry as Fake};
use bindery_http::Log;
use bindery_reference::Registry;
use bindery_registry::{Client, Endpoint, RegistrySettings};
use bindery_secret::Secret;

use crate::{CANARY, OneUser, check, lines, quick, reference, report, resolve};

const HEAD: &str = "HEAD /v2/web/manifests/1";
const GET: &str = "GET /v2/web/manifests/1";

/// Lines of the log.
type Lines = Arc<Mutex<Vec<String>>>;

/// Returns a client with these mirrors of `registry` and this keychain.
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

/// Returns an address without a server, and the socket that reserves it.
fn unreachable() -> (tokio::net::TcpSocket, String) {
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = format!("http://{}", socket.local_addr().unwrap());
    (socket, address)
}

#[tokio::test]
async fn the_first_successful_mirror_determines_the_digest() {
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
async fn a_mirror_receives_the_name_of_its_registry() {
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
async fn a_failing_mirror_is_skipped_and_logged() {
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
            // A 401 without a challenge violates the protocol.
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
async fn an_unreachable_mirror_is_tried_once() {
    let registry = anonymous();
    let first = registry.push("web", "1", &Image::oci("one"));
    let second = registry.push("web", "2", &Image::oci("two"));
    let (_socket, gone) = unreachable();
    let (client, log) = client_with(&registry, &[&gone], OneUser::default());
    check(&client, &registry, "web:1", &first).await;
    check(&client, &registry, "web:2", &second).await;
    let log = log.lock().unwrap();
    assert!(
        log.len() == 1 && log[0].contains("connection refused"),
        "{log:?}"
    );
}

#[tokio::test]
async fn a_mirror_is_tried_again_after_a_cut_connection() {
    let (registry, mirror) = (anonymous(), anonymous());
    let first = registry.push("web", "1", &Image::oci("one"));
    let second = mirror.push("web", "2", &Image::oci("two"));
    mirror.fault(Fault::cut_in_head(0).path("*/1"));
    let (client, _) = client(&registry, &[&mirror]);
    check(&client, &registry, "web:1", &first).await;
    check(&client, &registry, "web:2", &second).await;
}

#[tokio::test]
async fn content_of_a_mirror_is_verified() {
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
async fn the_error_of_the_registry_has_those_of_its_mirrors_as_causes() {
    let (registry, mirror) = (anonymous(), anonymous());
    mirror.fault(Fault::status(403));
    let (_socket, gone) = unreachable();
    let address = format!("http://{}", mirror.address());
    let (client, _) = client_with(&registry, &[&address, &gone], OneUser::default());
    let error = resolve(&client, &registry, "web:1").await.unwrap_err();
    assert_eq!(error.kind(), Kind::NotFound);
    let text = report(&registry, &error)
        .replace(&address, "http://mirror")
        .replace(&mirror.address(), "mirror")
        .replace(&gone, "http://gone")
        .replace(gone.trim_start_matches("http://"), "gone")
        .replace(&registry.address().replace(':', "%3A"), "registry%3A5000");
    insta::assert_snapshot!(text, @"
    no tag `1` in `registry:5000/web`
      cause: GET http://registry:5000/v2/web/manifests/1 returned 404 MANIFEST_UNKNOWN: manifest unknown
      cause: the mirror http://mirror was passed over: `mirror` denies access to `web:1` to anonymous users: GET http://mirror/v2/web/manifests/1?ns=registry%3A5000 returned 403 Forbidden
      cause: the mirror http://gone was passed over: no response from `gone` for `gone/web:1`: no response to HEAD http://gone/v2/web/manifests/1?ns=registry%3A5000: connection refused
    hint: check the spelling, and that `1` was pushed to `registry:5000/web`
    ");
    assert_eq!(lines(&mirror), [HEAD, GET]);
    assert_eq!(lines(&registry), [HEAD, GET]);
}

/// Keychain with a user for one registry.
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
async fn a_mirror_receives_its_own_credential_only() {
    let closed = || Fake::start(Options::basic("alice", CANARY));
    let (registry, mirror) = (closed(), closed());
    let digest = registry.push("web", "1", &Image::oci("hello"));
    mirror.push("web", "1", &Image::oci("hello"));
    let address = format!("http://{}", mirror.address());
    let user_of = |fake: &Fake| UserOf(Registry::parse(&fake.address()).unwrap());

    let (client, _) = client_with(&registry, &[&address], user_of(&registry));
    check(&client, &registry, "web:1", &digest).await;
    let authorizations: Vec<_> = mirror
        .requests()
        .into_iter()
        .map(|request| request.authorization)
        .collect();
    assert_eq!(authorizations, [None]);

    registry.forget_requests();
    let (client, _) = client_with(&registry, &[&address], user_of(&mirror));
    check(&client, &registry, "web:1", &digest).await;
    assert!(registry.requests().is_empty());
}

#[tokio::test]
async fn offline_prevents_requests_to_mirrors() {
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
    assert_eq!(error.kind(), Kind::NoAnswer);
    insta::assert_snapshot!(report(&registry, &error), @"
    request to `registry:5000` for `registry:5000/web:1` failed
      cause: offline: HEAD http://registry:5000/v2/web/manifests/1 was not sent
    ");
    assert!(lines(&registry).is_empty() && lines(&mirror).is_empty());
}

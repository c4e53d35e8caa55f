//! Certificates that are not accepted, and folders of certificates by host.

use std::path::Path;

use bindery_http::{Client, Error, Request, Settings, TrustSettings, Url};

use crate::server::{Server, answer, fixture, silent};
use crate::{get, quick, silence};

/// Believes the authority of the bad certificates.
fn with_second_authority() -> Settings {
    Settings {
        trust: TrustSettings {
            extra: vec![fixture("second-authority.pem")],
            ..TrustSettings::default()
        },
        ..quick()
    }
}

/// Looks for certificates below `place`.
fn with_folders(place: &Path) -> Settings {
    Settings {
        trust: TrustSettings {
            folders: vec![place.join("missing"), place.into()],
            ..TrustSettings::default()
        },
        ..quick()
    }
}

/// A place with a folder for the host of `url`, which holds copies of fixtures under new names.
fn folder(url: &Url, files: &[(&str, &str)]) -> tempfile::TempDir {
    let place = tempfile::tempdir().unwrap();
    let folder = place
        .path()
        .join(format!("localhost:{}", url.port().unwrap()));
    std::fs::create_dir(&folder).unwrap();
    for (name, source) in files {
        std::fs::copy(fixture(source), folder.join(name)).unwrap();
    }
    place
}

#[tokio::test]
async fn what_is_wrong_with_a_certificate_is_told_with_what_to_do() {
    for (name, problem, hint) in [
        (
            "nameless",
            "it names its host only in the subject, where names no longer count, and not among its alternative names (SAN)",
            "subjectAltName",
        ),
        ("expired", "it expired ", "renew it"),
    ] {
        let server = Server::start_tls_as(name, |_, _| answer("200 OK", &[], ""));
        let reason = silence(with_second_authority(), server.url("/")).await;
        let told = reason.to_string();
        assert!(told.contains(problem), "{told}");
        assert!(reason.hint().unwrap().contains(hint), "{reason:?}");
    }
}

#[tokio::test]
async fn a_server_that_asks_for_a_certificate_in_vain_is_told_so() {
    let server = Server::start_tls_for_known_clients(|_, _| answer("200 OK", &[], ""));
    let url = server.url("/");
    let authority = ("a.crt", "authority.pem");
    let place = folder(&url, &[authority]);
    let reason = silence(with_folders(place.path()), url.clone()).await;
    assert_eq!(
        reason.to_string(),
        "the server asks for a client certificate, and none is set"
    );
    assert!(reason.hint().unwrap().contains("cert = \"FILE\""));

    let unknown = [("a.cert", "nameless.pem"), ("a.key", "nameless.key")];
    let place = folder(&url, &[authority, unknown[0], unknown[1]]);
    let reason = silence(with_folders(place.path()), url).await;
    assert_eq!(
        reason.to_string(),
        "the server does not accept the client certificate"
    );
}

#[tokio::test]
async fn a_folder_for_the_host_has_its_authority_and_our_certificate() {
    let server = Server::start_tls_for_known_clients(|_, _| answer("200 OK", &[], "known"));
    let url = server.url("/");
    let files = [
        ("site.crt", "authority.pem"),
        ("me.cert", "client.pem"),
        ("me.key", "client.key"),
    ];
    let place = folder(&url, &files);
    let response = get(with_folders(place.path()), url).await.unwrap();
    assert_eq!(response.body, b"known");
}

#[tokio::test]
async fn settings_win_over_the_folder_key_by_key() {
    let server = Server::start_tls_for_known_clients(|_, _| answer("200 OK", &[], "known"));
    let url = server.url("/");
    // The folder's authority is of no use, and its pair is.
    let files = [
        ("site.crt", "second-authority.pem"),
        ("me.cert", "client.pem"),
        ("me.key", "client.key"),
    ];
    let place = folder(&url, &files);
    assert!(get(with_folders(place.path()), url.clone()).await.is_err());
    let mut settings = with_folders(place.path());
    let own = bindery_http::OriginSettings {
        ca: vec![fixture("authority.pem")],
        ..Default::default()
    };
    settings.origins.insert(bindery_http::Origin::of(&url), own);
    assert_eq!(get(settings, url).await.unwrap().body, b"known");
}

#[tokio::test]
async fn folders_are_looked_into_for_https_only() {
    let plain = Server::start(|_, _| answer("200 OK", &[], "plain"));
    let tls = silent()
        .as_str()
        .replace("http://127.0.0.1", "https://localhost");
    let tls: Url = tls.parse().unwrap();
    for (url, is_refused) in [(plain.url("/"), false), (tls, true)] {
        let place = folder(&url, &[("me.cert", "client.pem")]);
        let outcome = get(with_folders(place.path()), url).await;
        assert_eq!(
            matches!(outcome, Err(Error::Certificates(_))),
            is_refused,
            "{outcome:?}"
        );
    }
}

#[tokio::test]
async fn a_certificate_does_not_travel_to_another_host() {
    let server = Server::start_tls_for_known_clients(|_, _| answer("200 OK", &[], "known"));
    let other = Server::start_tls_for_known_clients(|_, _| answer("200 OK", &[], "known"));
    let files = [
        ("site.crt", "authority.pem"),
        ("me.cert", "client.pem"),
        ("me.key", "client.key"),
    ];
    let place = folder(&server.url("/"), &files);
    let mut settings = with_folders(place.path());
    settings.trust.extra = vec![fixture("authority.pem")];
    let client = Client::new(settings);
    assert!(client.fetch(&Request::get(server.url("/"))).await.is_ok());
    assert!(client.fetch(&Request::get(other.url("/"))).await.is_err());
}

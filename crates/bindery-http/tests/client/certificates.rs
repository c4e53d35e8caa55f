//! Trusted and rejected certificates, client certificates, and certificate folders by host.

use std::error::Error as _;
use std::path::Path;

use bindery_http::{
    Client, ClientCertificate, Error, Origin, OriginSettings, Request, Settings, TrustSettings, Url,
};

use crate::server::{Server, answer, fixture, silent};
use crate::{failure, get, quick, with_authority};

/// Returns settings that trust the authority of the invalid certificates.
fn with_second_authority() -> Settings {
    Settings {
        trust: TrustSettings {
            extra: vec![fixture("second-authority.pem")],
            ..TrustSettings::default()
        },
        ..quick()
    }
}

/// Returns settings with a certificate folder per host below `parent`.
fn with_folders(parent: &Path) -> Settings {
    Settings {
        trust: TrustSettings {
            folders: vec![parent.join("missing"), parent.into()],
            ..TrustSettings::default()
        },
        ..quick()
    }
}

/// Creates a folder with a certificate folder for the host of `url`, which contains copies of fixtures under new names.
fn folder(url: &Url, files: &[(&str, &str)]) -> tempfile::TempDir {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent
        .path()
        .join(format!("localhost:{}", url.port().unwrap()));
    std::fs::create_dir(&folder).unwrap();
    for (name, source) in files {
        std::fs::copy(fixture(source), folder.join(name)).unwrap();
    }
    parent
}

#[tokio::test]
async fn a_rejected_certificate_has_a_reason_and_a_hint() {
    for (name, problem, hint) in [
        (
            "nameless",
            "no host in its alternative names (SAN)",
            "subjectAltName",
        ),
        ("expired", "expired ", "renew it"),
    ] {
        let server = Server::start_tls_as(name, |_, _| answer("200 OK", &[], ""));
        let reason = failure(with_second_authority(), server.url("/")).await;
        let text = reason.to_string();
        assert!(text.contains(problem), "{text}");
        assert!(reason.hint().unwrap().contains(hint), "{reason:?}");
    }
}

#[tokio::test]
async fn a_missing_or_rejected_client_certificate_is_reported() {
    let server = Server::start_tls_for_known_clients(|_, _| answer("200 OK", &[], ""));
    let url = server.url("/");
    let authority = ("a.crt", "authority.pem");
    let parent = folder(&url, &[authority]);
    let reason = failure(with_folders(parent.path()), url.clone()).await;
    assert_eq!(
        reason.to_string(),
        "the server requires a client certificate, and none is set"
    );
    assert!(reason.hint().unwrap().contains("cert = \"FILE\""));

    let unknown = [("a.cert", "nameless.pem"), ("a.key", "nameless.key")];
    let parent = folder(&url, &[authority, unknown[0], unknown[1]]);
    let reason = failure(with_folders(parent.path()), url).await;
    assert_eq!(
        reason.to_string(),
        "the server rejects the client certificate"
    );
}

#[tokio::test]
async fn the_folder_of_a_host_provides_authority_and_client_certificate() {
    let server = Server::start_tls_for_known_clients(|_, _| answer("200 OK", &[], "known"));
    let url = server.url("/");
    let files = [
        ("site.crt", "authority.pem"),
        ("me.cert", "client.pem"),
        ("me.key", "client.key"),
    ];
    let parent = folder(&url, &files);
    let response = get(with_folders(parent.path()), url).await.unwrap();
    assert_eq!(response.body, b"known");
}

#[tokio::test]
async fn settings_win_over_the_folder_key_by_key() {
    let server = Server::start_tls_for_known_clients(|_, _| answer("200 OK", &[], "known"));
    let url = server.url("/");
    // The authority in the folder is the wrong one; the client certificate is valid.
    let files = [
        ("site.crt", "second-authority.pem"),
        ("me.cert", "client.pem"),
        ("me.key", "client.key"),
    ];
    let parent = folder(&url, &files);
    assert!(get(with_folders(parent.path()), url.clone()).await.is_err());
    let mut settings = with_folders(parent.path());
    let own = OriginSettings {
        ca: vec![fixture("authority.pem")],
        ..Default::default()
    };
    settings.origins.insert(Origin::of(&url), own);
    assert_eq!(get(settings, url).await.unwrap().body, b"known");
}

#[tokio::test]
async fn certificate_folders_are_read_for_https_only() {
    let plain = Server::start(|_, _| answer("200 OK", &[], "plain"));
    let tls = silent()
        .as_str()
        .replace("http://127.0.0.1", "https://localhost");
    let tls: Url = tls.parse().unwrap();
    for (url, is_refused) in [(plain.url("/"), false), (tls, true)] {
        let parent = folder(&url, &[("me.cert", "client.pem")]);
        let outcome = get(with_folders(parent.path()), url).await;
        assert_eq!(
            matches!(outcome, Err(Error::Certificates(_))),
            is_refused,
            "{outcome:?}"
        );
    }
}

#[tokio::test]
async fn a_client_certificate_is_not_sent_to_another_host() {
    let server = Server::start_tls_for_known_clients(|_, _| answer("200 OK", &[], "known"));
    let other = Server::start_tls_for_known_clients(|_, _| answer("200 OK", &[], "known"));
    let files = [
        ("site.crt", "authority.pem"),
        ("me.cert", "client.pem"),
        ("me.key", "client.key"),
    ];
    let parent = folder(&server.url("/"), &files);
    let mut settings = with_folders(parent.path());
    settings.trust.extra = vec![fixture("authority.pem")];
    let client = Client::new(settings);
    assert!(client.fetch(&Request::get(server.url("/"))).await.is_ok());
    assert!(client.fetch(&Request::get(other.url("/"))).await.is_err());
}

#[tokio::test]
async fn an_unknown_authority_is_named() {
    let server = Server::start_tls(|_, _| answer("200 OK", &[], "safe"));
    let error = get(quick(), server.url("/")).await.unwrap_err();
    assert_eq!(
        error.source().unwrap().to_string(),
        "the certificate was issued by `Example Test Authority`, which is not a known authority"
    );
    assert!(error.hint().unwrap().contains("ca = \"FILE\""));
}

#[tokio::test]
async fn an_authority_is_trusted_for_all_origins_or_for_one() {
    let server = Server::start_tls(|_, _| answer("200 OK", &[], "safe"));
    let url = server.url("/");
    let trusting = |file| Settings {
        trust: TrustSettings {
            file,
            ..TrustSettings::default()
        },
        ..quick()
    };
    assert_eq!(
        get(with_authority(), url.clone()).await.unwrap().body,
        b"safe"
    );
    assert_eq!(
        get(trusting(Some(fixture("authority.pem"))), url.clone())
            .await
            .unwrap()
            .body,
        b"safe"
    );

    let own = OriginSettings {
        ca: vec![fixture("authority.pem")],
        ..OriginSettings::default()
    };
    let mut settings = quick();
    settings.origins.insert(Origin::of(&url), own.clone());
    assert_eq!(get(settings, url.clone()).await.unwrap().body, b"safe");
    let mut settings = quick();
    settings
        .origins
        .insert(Origin::of(&"https://localhost:1/".parse().unwrap()), own);
    assert!(get(settings, url).await.is_err());
}

#[tokio::test]
async fn only_an_insecure_origin_may_have_any_certificate() {
    let (one, two) = (
        Server::start_tls(|_, _| answer("200 OK", &[], "")),
        Server::start_tls(|_, _| answer("200 OK", &[], "")),
    );
    let mut settings = quick();
    let insecure = OriginSettings {
        insecure: true,
        ..OriginSettings::default()
    };
    settings.origins.insert(Origin::of(&one.url("/")), insecure);
    let client = Client::new(settings);
    assert!(client.fetch(&Request::get(one.url("/"))).await.is_ok());
    assert!(client.fetch(&Request::get(two.url("/"))).await.is_err());
}

#[tokio::test]
async fn a_certificate_for_another_name_is_rejected() {
    let server = Server::start_tls(|_, _| answer("200 OK", &[], ""));
    let reason = failure(with_authority(), server.url_at("127.0.0.1", "/")).await;
    assert_eq!(
        reason.to_string(),
        "the certificate of the server is rejected: issued for `localhost`, not for `127.0.0.1`"
    );
}

#[tokio::test]
async fn a_client_certificate_is_sent_to_its_origin() {
    let server = Server::start_tls_for_known_clients(|_, _| answer("200 OK", &[], "known"));
    let url = server.url("/");
    assert!(get(with_authority(), url.clone()).await.is_err());
    let pair = |key: &str| {
        let own = OriginSettings {
            client_certificate: Some(ClientCertificate {
                certificate: fixture("client.pem"),
                key: fixture(key),
            }),
            ..OriginSettings::default()
        };
        let mut settings = with_authority();
        settings.origins.insert(Origin::of(&url), own);
        settings
    };
    assert_eq!(
        get(pair("client.key"), url.clone()).await.unwrap().body,
        b"known"
    );
    let error = get(pair("server.key"), url.clone()).await.unwrap_err();
    assert!(
        error.to_string().contains("cannot be used together"),
        "{error}"
    );
    let error = get(pair("missing.key"), url.clone()).await.unwrap_err();
    assert!(error.to_string().contains("missing.key"), "{error}");
}

#[tokio::test]
async fn certificates_are_read_for_https_only() {
    let settings = || Settings {
        trust: TrustSettings {
            file: Some("/nowhere/roots.pem".into()),
            ..TrustSettings::default()
        },
        ..quick()
    };
    let plain = Server::start(|_, _| answer("200 OK", &[], "plain"));
    assert_eq!(
        get(settings(), plain.url("/")).await.unwrap().body,
        b"plain"
    );
    let tls = Server::start_tls(|_, _| answer("200 OK", &[], ""));
    let error = get(settings(), tls.url("/")).await.unwrap_err();
    assert!(matches!(error, Error::Certificates(_)), "{error:?}");
    assert!(
        error
            .to_string()
            .starts_with("cannot read `/nowhere/roots.pem`"),
        "{error}"
    );
}

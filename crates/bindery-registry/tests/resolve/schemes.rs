//! Scheme and path of a registry.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

use bindery_diagnostic::Kind;
use bindery_fake_registry::{Fault, Image, Options, Registry as Fake};
use bindery_registry::RegistrySettings;

use crate::{anonymous, check, lines, report, resolve, with_settings};

/// TLS alert `handshake_failure`.
const ALERT: &[u8] = b"\x15\x03\x03\x00\x02\x02\x28";

/// Response of Go's HTTP server to plain http on a TLS port.
const EXPECTS_TLS: &[u8] =
    b"HTTP/1.0 400 Bad Request\r\nConnection: close\r\n\r\nClient sent an HTTP request to an HTTPS server.\n";

/// Starts a server with one response to plain http and another to TLS. Returns its address.
fn server(to_http: &'static [u8], to_tls: &'static [u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let _ = stream.and_then(|stream| respond(stream, to_http, to_tls));
        }
    });
    address
}

fn respond(mut stream: TcpStream, to_http: &[u8], to_tls: &[u8]) -> std::io::Result<()> {
    let mut first = [0; 4096];
    let read = stream.read(&mut first)?;
    let is_tls = read > 0 && first[0] == 22;
    stream.write_all(if is_tls { to_tls } else { to_http })
}

/// Returns the text of the error for `web:1` in the registry at `address`.
async fn failure(address: &str) -> String {
    let reference = format!("{address}/web:1").parse().unwrap();
    let error = anonymous().resolve(&reference).await.unwrap_err();
    report(&Fake::start(Options::anonymous()), &error)
}

#[tokio::test]
async fn a_local_registry_that_expects_tls_is_tried_with_tls() {
    for to_http in [EXPECTS_TLS, ALERT] {
        let text = failure(&server(to_http, ALERT)).await;
        assert!(text.contains("HEAD https://127.0.0.1"), "{text}");
        assert!(text.contains("TLS: received fatal alert"), "{text}");
    }
}

#[tokio::test]
async fn the_first_response_explains_a_server_without_http_and_tls() {
    let text = failure(&server(
        b"220 mail.example.org ESMTP\r\n",
        b"220 mail.example.org ESMTP\r\n",
    ))
    .await;
    assert!(text.contains("HEAD http://127.0.0.1"), "{text}");
    assert!(text.contains("the response is not HTTP"), "{text}");
    let text = failure(&server(EXPECTS_TLS, b"220 mail.example.org ESMTP\r\n")).await;
    assert!(text.contains("GET http://127.0.0.1"), "{text}");
    assert!(text.contains("400 Bad Request"), "{text}");
}

#[tokio::test]
async fn the_other_scheme_is_not_tried_after_a_response() {
    let fake = Fake::start(Options::anonymous());
    let digest = fake.push("web", "1", &Image::oci("hello"));
    let client = anonymous();
    check(&client, &fake, "web:1", &digest).await;
    check(&client, &fake, "web:1", &digest).await;
    let head = "HEAD /v2/web/manifests/1";
    assert_eq!(lines(&fake), [head, head]);
    fake.fault(Fault::status(400));
    assert!(resolve(&client, &fake, "web:1").await.is_err());
    assert_eq!(lines(&fake), [head, "GET /v2/web/manifests/1"]);
}

#[tokio::test]
async fn a_setting_decides_the_scheme() {
    let fake = Fake::start(Options::anonymous());
    let digest = fake.push("web", "1", &Image::oci("hello"));
    let plain = |plain_http| RegistrySettings {
        plain_http: Some(plain_http),
        ..RegistrySettings::default()
    };
    check(&with_settings(&fake, plain(true)), &fake, "web:1", &digest).await;
    lines(&fake);
    let error = resolve(&with_settings(&fake, plain(false)), &fake, "web:1")
        .await
        .unwrap_err();
    assert_eq!(error.kind(), Kind::NoAnswer);
    assert!(lines(&fake).is_empty());
}

#[tokio::test]
async fn an_insecure_registry_without_tls_is_reached_by_http() {
    let fake = Fake::start(Options::anonymous());
    let digest = fake.push("web", "1", &Image::oci("hello"));
    let insecure = RegistrySettings {
        insecure: true,
        ..RegistrySettings::default()
    };
    check(&with_settings(&fake, insecure), &fake, "web:1", &digest).await;
    assert_eq!(lines(&fake), ["HEAD /v2/web/manifests/1"]);
}

#[tokio::test]
async fn the_path_of_a_registry_is_before_v2() {
    let fake = Fake::start(Options::anonymous());
    let settings = RegistrySettings {
        path: Some("sub/path/".into()),
        ..RegistrySettings::default()
    };
    assert!(
        resolve(&with_settings(&fake, settings), &fake, "web:1")
            .await
            .is_err()
    );
    assert_eq!(lines(&fake)[0], "HEAD /sub/path/v2/web/manifests/1");
}

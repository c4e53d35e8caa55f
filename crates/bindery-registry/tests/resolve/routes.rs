//! How a registry is reached: scheme, certificate, path.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

use bindery_fake_registry::{Fault, Image, Options, Registry as Fake};
use bindery_registry::{ErrorKind, RegistrySettings};

use crate::{anonymous, check, lines, resolve, told, with_settings};

/// The TLS alert `handshake_failure`.
const ALERT: &[u8] = b"\x15\x03\x03\x00\x02\x02\x28";

/// What Go's HTTP server says on a port for TLS.
const EXPECTS_TLS: &[u8] =
    b"HTTP/1.0 400 Bad Request\r\nConnection: close\r\n\r\nClient sent an HTTP request to an HTTPS server.\n";

/// A server that says one thing to plain http and another to TLS; returns its address.
fn server(to_http: &'static [u8], to_tls: &'static [u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let _ = stream.and_then(|stream| say(stream, to_http, to_tls));
        }
    });
    address
}

fn say(mut stream: TcpStream, to_http: &[u8], to_tls: &[u8]) -> std::io::Result<()> {
    let mut first = [0; 4096];
    let read = stream.read(&mut first)?;
    let is_tls = read > 0 && first[0] == 22;
    stream.write_all(if is_tls { to_tls } else { to_http })
}

/// What is told about `web:1` in the registry at `address`.
async fn trouble(address: &str) -> String {
    let reference = format!("{address}/web:1").parse().unwrap();
    let error = anonymous().resolve(&reference).await.unwrap_err();
    told(&Fake::start(Options::anonymous()), &error)
}

#[tokio::test]
async fn a_registry_on_this_machine_that_expects_tls_is_asked_in_it() {
    for to_http in [EXPECTS_TLS, ALERT] {
        let text = trouble(&server(to_http, ALERT)).await;
        assert!(text.contains("HEAD https://127.0.0.1"), "{text}");
        assert!(text.contains("TLS: received fatal alert"), "{text}");
    }
}

#[tokio::test]
async fn a_server_that_speaks_neither_is_told_by_its_first_answer() {
    let text = trouble(&server(
        b"220 mail.example.org ESMTP\r\n",
        b"220 mail.example.org ESMTP\r\n",
    ))
    .await;
    assert!(text.contains("HEAD http://127.0.0.1"), "{text}");
    assert!(text.contains("the answer is not HTTP"), "{text}");
    let text = trouble(&server(EXPECTS_TLS, b"220 mail.example.org ESMTP\r\n")).await;
    assert!(text.contains("GET http://127.0.0.1"), "{text}");
    assert!(text.contains("400 Bad Request"), "{text}");
}

#[tokio::test]
async fn a_registry_in_good_health_is_not_asked_in_another_scheme() {
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
    assert_eq!(error.kind(), ErrorKind::NoAnswer);
    assert!(lines(&fake).is_empty());
}

#[tokio::test]
async fn an_insecure_registry_without_tls_is_spoken_to_in_plain_http() {
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
async fn a_path_goes_in_front() {
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

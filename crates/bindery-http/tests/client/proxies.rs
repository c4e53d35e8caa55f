//! Requests through a proxy that forwards plain http and opens tunnels for https.

use std::io::Write;
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use bindery_http::{Error, NoAnswer, Proxies, Settings, Url};
use bindery_secret::Secret;

use crate::server::{Server, answer, read_head};
use crate::{get, header, quick, with_authority};

/// `Proxy-Authorization` header for `al:canary`.
const CREDENTIAL: &str = "Basic YWw6Y2FuYXJ5";

/// Proxy that connects `registry.example` to the port of a server.
struct Proxy {
    address: String,
    log: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    fn start(target: &Server, credential: Option<&'static str>) -> Self {
        let target = target.url("/").port().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let log = Arc::new(Mutex::new(Vec::new()));
        let requests = Arc::clone(&log);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let requests = Arc::clone(&requests);
                thread::spawn(move || serve(stream.unwrap(), target, credential, &requests));
            }
        });
        Self { address, log }
    }

    fn log(&self) -> Vec<String> {
        self.log.lock().unwrap().clone()
    }
}

fn serve(
    mut client: TcpStream,
    target: u16,
    credential: Option<&str>,
    requests: &Mutex<Vec<String>>,
) -> Option<()> {
    let head = read_head(&mut client)?;
    requests.lock().unwrap().push(head.clone());
    if credential.is_some() && header(&head, "proxy-authorization") != credential {
        let refusal = b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n";
        return client.write_all(refusal).ok();
    }
    let mut server = TcpStream::connect(("127.0.0.1", target)).ok()?;
    if head.starts_with("CONNECT ") {
        client.write_all(b"HTTP/1.1 200 OK\r\n\r\n").ok()?;
    } else {
        let plain = head.replacen("http://registry.example", "", 1);
        server.write_all(plain.as_bytes()).ok()?;
    }
    let (mut from, mut to) = (client.try_clone().ok()?, server.try_clone().ok()?);
    thread::spawn(move || {
        let _ = std::io::copy(&mut from, &mut to);
        let _ = to.shutdown(Shutdown::Write);
    });
    let _ = std::io::copy(&mut server, &mut client);
    client.shutdown(Shutdown::Both).ok()
}

/// Returns `settings` with this address as the proxy for all hosts.
fn through(address: &str, settings: Settings) -> Settings {
    let proxies = Proxies {
        all: Some(Secret::new(address)),
        ..Proxies::default()
    };
    Settings {
        proxies,
        ..settings
    }
}

fn registry(scheme: &str) -> Url {
    format!("{scheme}://registry.example/v2/").parse().unwrap()
}

#[tokio::test]
async fn plain_http_is_forwarded() {
    let server = Server::start(|_, _| answer("200 OK", &[], "here"));
    let proxy = Proxy::start(&server, Some(CREDENTIAL));
    let address = format!("http://al:canary@{}", proxy.address);
    let response = get(through(&address, quick()), registry("http")).await;
    assert_eq!(response.unwrap().body, b"here");
    assert!(proxy.log()[0].starts_with("GET http://registry.example/v2/ "));
}

#[tokio::test]
async fn the_certificate_is_verified_through_the_tunnel() {
    let server = Server::start_tls(|_, _| answer("200 OK", &[], "here"));
    let proxy = Proxy::start(&server, Some(CREDENTIAL));
    let address = format!("http://al:canary@{}", proxy.address);
    let error = get(through(&address, with_authority()), registry("https"))
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "no response to GET https://registry.example/v2/ through the proxy http://{}",
            proxy.address
        )
    );
    let Error::NoAnswer { reason, .. } = error else {
        panic!("{error:?}")
    };
    assert_eq!(
        reason.to_string(),
        "the certificate of the server is rejected: issued for `localhost`, not for `registry.example`"
    );
    assert!(proxy.log()[0].starts_with("CONNECT registry.example:443 "));
    assert!(server.log().is_empty());

    let mut settings = through(&address, quick());
    let own = bindery_http::OriginSettings {
        insecure: true,
        ..Default::default()
    };
    let origin = bindery_http::Origin::of(&registry("https"));
    settings.origins.insert(origin, own);
    let response = get(settings, registry("https")).await.unwrap();
    assert_eq!(response.body, b"here");
    assert_eq!(header(&server.log()[0], "proxy-authorization"), None);
}

#[tokio::test]
async fn a_wrong_proxy_password_is_reported_for_both_schemes() {
    let server = Server::start(|_, _| answer("200 OK", &[], "here"));
    let proxy = Proxy::start(&server, Some(CREDENTIAL));
    let address = format!("http://al:canaries@{}", proxy.address);
    for scheme in ["http", "https"] {
        let error = get(through(&address, quick()), registry(scheme))
            .await
            .unwrap_err();
        let Error::NoAnswer { reason, proxy, .. } = &error else {
            panic!("{error:?}")
        };
        assert!(
            matches!(reason, NoAnswer::ProxyRefused { status: Some(407) }),
            "{reason:?}"
        );
        assert!(proxy.is_some() && error.hint().unwrap().contains("user:password@"));
        assert!(!format!("{error} {error:?} {reason}").contains("canar"));
    }
    assert!(server.log().is_empty());
}

#[tokio::test]
async fn an_unreachable_proxy_is_named() {
    let closed = tokio::net::TcpSocket::new_v4().unwrap();
    closed.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = closed.local_addr().unwrap();
    for scheme in ["http", "https"] {
        let settings = through(&format!("al:canary@{address}"), quick());
        let error = get(settings, registry(scheme)).await.unwrap_err();
        assert_eq!(
            error.to_string(),
            format!(
                "no response to GET {scheme}://registry.example/v2/ through the proxy http://{address}"
            )
        );
        assert!(error.hint().unwrap().contains("HTTPS_PROXY"), "{error:?}");
        assert!(
            matches!(
                error,
                Error::NoAnswer {
                    reason: NoAnswer::Refused,
                    ..
                }
            ),
            "{error:?}"
        );
    }
}

#[tokio::test]
async fn a_refused_tunnel_is_reported() {
    let server = Server::start(|_, _| answer("403 Forbidden", &[], ""));
    let address = server.url("/").as_str().replace("localhost", "127.0.0.1");
    let error = get(through(&address, quick()), registry("https"))
        .await
        .unwrap_err();
    assert!(
        matches!(
            error,
            Error::NoAnswer {
                reason: NoAnswer::ProxyRefused { status: None },
                ..
            }
        ),
        "{error:?}"
    );
}

#[tokio::test]
async fn this_machine_and_the_hosts_of_no_proxy_are_reached_directly() {
    let server = Server::start(|_, _| answer("200 OK", &[], "here"));
    let settings = through("http://127.0.0.1:1", quick());
    assert_eq!(get(settings, server.url("/")).await.unwrap().body, b"here");
}

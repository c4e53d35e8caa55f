//! Client against servers that respond correctly and incorrectly.

mod certificates;
mod limits;
mod proxies;
mod redirects;
mod retries;
mod server;
mod stream;

use std::time::Duration;

use bindery_http::{Client, Error, NoAnswer, Request, RetryPolicy, Settings, TrustSettings, Url};
use bindery_secret::Secret;

use server::{HOLD, Server, answer, fixture, silent};

/// Returns settings with short limits and waits.
fn quick() -> Settings {
    Settings {
        connect_timeout: Duration::from_secs(5),
        response_timeout: Duration::from_secs(5),
        retry: RetryPolicy {
            base: Duration::from_millis(1),
            ..RetryPolicy::default()
        },
        ..Settings::default()
    }
}

fn with_authority() -> Settings {
    Settings {
        trust: TrustSettings {
            extra: vec![fixture("authority.pem")],
            ..TrustSettings::default()
        },
        ..quick()
    }
}

async fn get(settings: Settings, url: Url) -> Result<bindery_http::Response, Error> {
    Client::new(settings).fetch(&Request::get(url)).await
}

/// Sends a `GET` and returns the reason for the missing response.
async fn failure(settings: Settings, url: Url) -> NoAnswer {
    match get(settings, url).await {
        Err(Error::NoAnswer { reason, .. }) => reason,
        other => panic!("expected no response, got {other:?}"),
    }
}

fn header<'a>(request: &'a str, name: &str) -> Option<&'a str> {
    request.lines().find_map(|line| {
        let (key, value) = line.split_once(": ")?;
        key.eq_ignore_ascii_case(name).then_some(value)
    })
}

#[tokio::test]
async fn a_response_is_returned_unchanged() {
    let server = Server::start(|_, _| {
        answer(
            "404 Not Found",
            &["X-Thing: a", "Content-Encoding: gzip"],
            "raw",
        )
    });
    let response = get(quick(), server.url("/a?b=c")).await.unwrap();
    assert_eq!(response.status, 404);
    assert_eq!(response.header("x-thing"), Some("a"));
    assert_eq!(response.body, b"raw");
    let log = server.log();
    assert!(log[0].starts_with("GET /a?b=c HTTP/1.1"), "{log:?}");
    assert!(
        header(&log[0], "user-agent")
            .unwrap()
            .starts_with("bindery/")
    );
    assert_eq!(header(&log[0], "accept-encoding"), None);
    assert_eq!(header(&log[0], "authorization"), None);
}

#[tokio::test]
async fn the_response_to_a_head_has_no_body() {
    let server =
        Server::start(|_, _| Some("HTTP/1.1 200 OK\r\nContent-Length: 9999999\r\n\r\n".into()));
    let response = Client::new(quick())
        .fetch(&Request::head(server.url("/")))
        .await
        .unwrap();
    assert_eq!(
        (response.header("content-length"), response.body.len()),
        (Some("9999999"), 0)
    );
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_an_error() {
    let exact = "x".repeat(100);
    for has_length in [true, false] {
        let server = Server::start(move |n, _| {
            let body = "x".repeat(100 + n);
            if has_length {
                answer("200 OK", &[], &body)
            } else {
                Some(format!(
                    "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{body}"
                ))
            }
        });
        let client = Client::new(quick());
        let request = Request {
            limit: 100,
            ..Request::get(server.url("/"))
        };
        assert_eq!(client.fetch(&request).await.unwrap().body, exact.as_bytes());
        let error = client.fetch(&request).await.unwrap_err();
        assert!(
            matches!(error, Error::TooLarge { limit: 100, .. }),
            "{error:?}"
        );
    }
}

#[tokio::test]
async fn the_body_of_an_error_response_is_truncated() {
    let server = Server::start(|_, _| answer("403 Forbidden", &[], &"x".repeat(100_000)));
    let response = get(quick(), server.url("/")).await.unwrap();
    assert_eq!(
        (response.status.as_u16(), response.body.len()),
        (403, 64 << 10)
    );
}

#[tokio::test]
async fn reasons_for_a_missing_response_are_distinguished() {
    // Bound, so that the port stays free, and not listening.
    let closed = tokio::net::TcpSocket::new_v4().unwrap();
    closed.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let refused = format!("http://{}/", closed.local_addr().unwrap())
        .parse()
        .unwrap();
    assert!(matches!(failure(quick(), refused).await, NoAnswer::Refused));

    // A label that is too long: the resolver rejects it without a request.
    let long = "a".repeat(70);
    let unknown = failure(quick(), format!("http://{long}.invalid/").parse().unwrap()).await;
    assert!(
        matches!(&unknown, NoAnswer::UnknownHost { host, .. } if host.starts_with(&long)),
        "{unknown:?}"
    );

    let hasty = Settings {
        connect_timeout: Duration::from_millis(20),
        response_timeout: Duration::from_millis(20),
        ..quick()
    };
    assert!(matches!(
        failure(hasty, silent()).await,
        NoAnswer::ResponseTimeout(_)
    ));

    let other = Server::start(|_, _| Some("220 mail.example.org ESMTP\r\n".into()));
    assert!(matches!(
        failure(quick(), other.url("/")).await,
        NoAnswer::NotHttp
    ));

    let tls = Server::start_tls(|_, _| answer("200 OK", &[], ""));
    let plain = tls
        .url("/")
        .as_str()
        .replace("https", "http")
        .parse()
        .unwrap();
    let reason = failure(quick(), plain).await;
    assert!(
        matches!(reason, NoAnswer::NotHttp | NoAnswer::Cut),
        "{reason:?}"
    );

    let plain = Server::start(|_, _| answer("200 OK", &[], ""));
    let https = plain
        .url("/")
        .as_str()
        .replace("http", "https")
        .parse()
        .unwrap();
    let hasty = Settings {
        connect_timeout: Duration::from_millis(200),
        ..quick()
    };
    let reason = failure(hasty, https).await;
    assert!(
        matches!(reason, NoAnswer::NotTls | NoAnswer::ConnectTimeout(_)),
        "{reason:?}"
    );
}

#[tokio::test]
async fn a_body_that_stops_is_an_error() {
    let server = Server::start(|_, _| {
        Some(format!(
            "HTTP/1.1 200 OK\r\n{HOLD}\r\nContent-Length: 100\r\n\r\nhalf"
        ))
    });
    let settings = Settings {
        idle_timeout: Duration::from_millis(50),
        retry: RetryPolicy::never(),
        ..quick()
    };
    let reason = failure(settings, server.url("/")).await;
    assert!(matches!(reason, NoAnswer::Stalled(_)), "{reason:?}");
}

#[tokio::test]
async fn an_invalid_authorization_is_an_error_without_its_text() {
    let server = Server::start(|_, _| answer("200 OK", &[], ""));
    let request = Request {
        authorization: Some(Secret::new("Basic ca\nnary")),
        ..Request::get(server.url("/"))
    };
    let error = Client::new(quick()).fetch(&request).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the credential cannot be sent in a request"
    );
    assert!(!format!("{error:?} {request:?}").contains("nary"));
}

//! Client against servers that respond correctly and incorrectly.

mod certificates;
mod limits;
mod proxies;
mod server;
mod stream;

use std::error::Error as _;
use std::time::Duration;

use bindery_http::{
    Client, ClientCertificate, Error, Method, NoAnswer, Origin, OriginSettings, RedirectProblem,
    Request, RetryPolicy, Settings, TrustSettings, Url,
};
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
async fn redirects_within_an_origin_keep_the_authorization() {
    let server = Server::start(|n, _| match n {
        0 => answer("307 Temporary Redirect", &["Location: /b?c=d"], ""),
        _ => answer("200 OK", &[], "here"),
    });
    let request = Request {
        authorization: Some(Secret::new("Bearer canary")),
        ..Request::get(server.url("/a"))
    };
    let response = Client::new(quick()).fetch(&request).await.unwrap();
    assert_eq!(
        (response.body.as_slice(), response.url),
        (b"here".as_slice(), server.url("/b?c=d"))
    );
    let sent: Vec<_> = server
        .log()
        .iter()
        .map(|r| header(r, "authorization").map(str::to_owned))
        .collect();
    assert_eq!(
        sent,
        [
            Some("Bearer canary".to_owned()),
            Some("Bearer canary".to_owned())
        ]
    );
}

#[tokio::test]
async fn redirects_to_another_origin_drop_the_authorization_for_good() {
    let other = Server::start(|_, request| {
        let back = request
            .split("back=")
            .nth(1)
            .unwrap()
            .split(' ')
            .next()
            .unwrap()
            .to_owned();
        answer("302 Found", &[&format!("Location: {back}")], "")
    });
    let target = other.url_at("127.0.0.1", "/x");
    let server = Server::start(move |n, request| match n {
        0 => {
            let host = header(request, "host").unwrap();
            answer(
                "302 Found",
                &[&format!("Location: {target}?back=http://{host}/again")],
                "",
            )
        }
        _ => answer("200 OK", &[], "here"),
    });
    let request = Request {
        authorization: Some(Secret::new("Basic canary")),
        ..Request::get(server.url("/a"))
    };
    let response = Client::new(quick()).fetch(&request).await.unwrap();
    assert_eq!(response.body, b"here");
    assert!(
        !other.log().concat().contains("canary"),
        "{:?}",
        other.log()
    );
    assert_eq!(header(&server.log()[1], "authorization"), None);
}

#[tokio::test]
async fn another_name_of_the_host_is_another_origin() {
    let server = Server::start(|n, request| match n {
        0 => {
            let port = header(request, "host")
                .unwrap()
                .rsplit(':')
                .next()
                .unwrap()
                .to_owned();
            answer(
                "307 Temporary Redirect",
                &[&format!("Location: http://127.0.0.1:{port}/b")],
                "",
            )
        }
        _ => answer("200 OK", &[], ""),
    });
    let request = Request {
        authorization: Some(Secret::new("Basic canary")),
        ..Request::get(server.url("/a"))
    };
    Client::new(quick()).fetch(&request).await.unwrap();
    assert_eq!(header(&server.log()[1], "authorization"), None);
}

#[tokio::test]
async fn a_user_name_in_an_address_is_not_sent() {
    let server = Server::start(|n, request| match n {
        0 => {
            let host = header(request, "host").unwrap();
            answer(
                "302 Found",
                &[&format!("Location: http://al:canary@{host}/b")],
                "",
            )
        }
        _ => answer("200 OK", &[], ""),
    });
    let url = server
        .url("/")
        .as_str()
        .replace("localhost", "bob:canary@localhost");
    get(quick(), url.parse().unwrap()).await.unwrap();
    let log = server.log();
    assert_eq!(
        (
            log.len(),
            log.iter().find_map(|r| header(r, "authorization"))
        ),
        (2, None)
    );
}

#[tokio::test]
async fn redirect_loops_end() {
    let server = Server::start(|_, _| answer("301 Moved Permanently", &["Location: /"], ""));
    let error = get(quick(), server.url("/")).await.unwrap_err();
    assert!(
        matches!(
            error,
            Error::Redirect {
                problem: RedirectProblem::TooMany(10),
                ..
            }
        ),
        "{error:?}"
    );
    assert_eq!(server.log().len(), 11);
}

#[tokio::test]
async fn redirects_to_http_and_to_other_schemes_are_not_followed() {
    let server = Server::start_tls(|_, _| {
        answer(
            "302 Found",
            &["Location: http://localhost:1/?sig=canary"],
            "",
        )
    });
    let error = get(with_authority(), server.url("/")).await.unwrap_err();
    let Error::Redirect { problem, .. } = &error else {
        panic!("{error:?}")
    };
    assert_eq!(
        problem.to_string(),
        "the target http://localhost:1/?sig=*** is not protected by https, unlike the request"
    );
    let server = Server::start(|_, _| answer("302 Found", &["Location: file:///etc/passwd"], ""));
    let error = get(quick(), server.url("/")).await.unwrap_err();
    assert!(
        matches!(
            error,
            Error::Redirect {
                problem: RedirectProblem::NotHttp(_),
                ..
            }
        ),
        "{error:?}"
    );
}

#[tokio::test]
async fn writes_follow_only_redirects_that_keep_the_method_and_are_not_repeated() {
    let server = Server::start(|n, _| match n {
        0 => answer("302 Found", &["Location: /b"], ""),
        1 => answer("307 Temporary Redirect", &["Location: /b"], ""),
        _ => answer("503 Service Unavailable", &[], ""),
    });
    let client = Client::new(quick());
    let request = Request {
        method: Method::DELETE,
        ..Request::get(server.url("/a"))
    };
    assert_eq!(client.fetch(&request).await.unwrap().status, 302);
    assert_eq!(client.fetch(&request).await.unwrap().status, 503);
    let log = server.log();
    assert_eq!(log.len(), 3);
    assert!(log[2].starts_with("DELETE /b "), "{log:?}");
}

#[tokio::test]
async fn temporary_failures_are_repeated() {
    let server = Server::start(|n, _| match n {
        0 => answer("503 Service Unavailable", &[], ""),
        1 => None,
        2 => answer("429 Too Many Requests", &["Retry-After: 0"], ""),
        3 => Some("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf".into()),
        _ => answer("200 OK", &[], "whole"),
    });
    let response = get(quick(), server.url("/")).await.unwrap();
    assert_eq!(
        (response.body.as_slice(), server.log().len()),
        (b"whole".as_slice(), 5)
    );
}

#[tokio::test]
async fn a_request_without_insist_is_not_repeated() {
    let server = Server::start(|n, _| match n {
        0 => answer("503 Service Unavailable", &[], ""),
        1 => answer("429 Too Many Requests", &["Retry-After: 30"], ""),
        _ => None,
    });
    let client = Client::new(quick());
    let request = Request {
        insist: false,
        ..Request::get(server.url("/"))
    };
    assert_eq!(client.fetch(&request).await.unwrap().status, 503);
    assert_eq!(client.fetch(&request).await.unwrap().status, 429);
    assert!(client.fetch(&request).await.is_err());
    // The last request is sent twice: its first connection might have been stale.
    assert_eq!(server.log().len(), 4);
}

#[tokio::test]
async fn the_response_to_the_last_attempt_is_returned() {
    let server = Server::start(|_, _| answer("500 Internal Server Error", &[], "sorry"));
    let response = get(quick(), server.url("/")).await.unwrap();
    assert_eq!((response.status.as_u16(), server.log().len()), (500, 5));
    let server = Server::start(|_, _| None);
    assert!(matches!(
        failure(quick(), server.url("/")).await,
        NoAnswer::Cut
    ));
    assert_eq!(server.log().len(), 5);
}

#[tokio::test]
async fn a_response_that_asks_for_a_long_wait_is_returned() {
    let server = Server::start(|_, _| answer("429 Too Many Requests", &["Retry-After: 86400"], ""));
    let response = get(quick(), server.url("/")).await.unwrap();
    assert_eq!((response.status.as_u16(), server.log().len()), (429, 1));
    assert_eq!(
        bindery_http::retry_after(&response.headers),
        Some(Duration::from_secs(86_400))
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

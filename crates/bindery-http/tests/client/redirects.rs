//! Redirects, and the credentials that they drop.

use bindery_http::{Client, Error, Method, RedirectProblem, Request};
use bindery_secret::Secret;

use crate::server::{Server, answer};
use crate::{get, header, quick, with_authority};

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

//! Repetitions after temporary failures.

use std::time::Duration;

use bindery_http::{Client, NoAnswer, Request};

use crate::server::{Server, answer};
use crate::{failure, get, quick};

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

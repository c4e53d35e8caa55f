//! Limits of a client (connections, time, waits), and its log.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use bindery_http::{Client, Error, Level, Log, NoAnswer, Request, RetryPolicy, Settings, Url};
use bindery_secret::Secret;

use crate::server::{Server, answer, keep_alive, read_head, silent};
use crate::{failure, get, quick};

/// Returns a log and the lines it receives.
fn recording_log() -> (Log, Arc<Mutex<Vec<String>>>) {
    let lines = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&lines);
    let log = Log::new(move |level, line| {
        let line = format!("{level:?} {line}");
        sink.lock().unwrap().push(line);
    });
    (log, lines)
}

#[tokio::test]
async fn connections_are_bounded_and_reused() {
    let server = Server::start(|_, _| keep_alive("here"));
    let settings = Settings {
        connections: NonZeroUsize::new(3).unwrap(),
        ..quick()
    };
    let client = Client::new(settings);
    for _ in 0..2 {
        let mut running = tokio::task::JoinSet::new();
        for _ in 0..40 {
            let (client, url) = (client.clone(), server.url("/"));
            running.spawn(async move { client.fetch(&Request::get(url)).await.unwrap() });
        }
        running.join_all().await;
    }
    assert_eq!((server.log().len(), server.connections()), (80, 3));
}

#[tokio::test]
async fn a_stale_connection_is_replaced_at_once() {
    // Every other request finds its connection closed without a response.
    let server = Server::start(|n, _| (n % 2 == 0).then(|| keep_alive("here")).flatten());
    let client = Client::new(Settings {
        retry: RetryPolicy::never(),
        ..quick()
    });
    for _ in 0..3 {
        client.fetch(&Request::get(server.url("/"))).await.unwrap();
    }
    assert_eq!(server.log().len(), 5);

    // The first connection to a server cannot be stale.
    let server = Server::start(|_, _| None);
    let settings = Settings {
        retry: RetryPolicy::never(),
        ..quick()
    };
    assert!(matches!(
        failure(settings, server.url("/")).await,
        NoAnswer::Cut
    ));
    assert_eq!(server.log().len(), 1);
}

/// Starts a server that sends single bytes of a body until the client closes the connection.
fn slow_server() -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            thread::spawn(move || {
                read_head(&mut stream);
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
                let moment = Some(Duration::from_millis(5));
                stream.set_read_timeout(moment).unwrap();
                // The client sends nothing more: a read times out, or ends when the client closes the connection.
                while stream.read(&mut [0]).is_err() && stream.write_all(b"x").is_ok() {}
            });
        }
    });
    format!("http://{address}/").parse().unwrap()
}

#[tokio::test]
async fn a_fetch_ends_in_bounded_time() {
    let settings = Settings {
        request_timeout: Duration::from_millis(300),
        ..quick()
    };
    let reason = failure(settings, slow_server()).await;
    assert_eq!(
        reason.to_string(),
        "the response was not complete within 0.3 s"
    );
}

#[tokio::test]
async fn the_total_wait_for_a_server_is_bounded() {
    let server = Server::start(|_, _| answer("429 Too Many Requests", &["Retry-After: 1"], ""));
    let settings = |patience| Settings {
        retry: RetryPolicy {
            patience,
            ..RetryPolicy::default()
        },
        ..quick()
    };
    let response = get(settings(Duration::from_millis(999)), server.url("/"));
    assert_eq!(response.await.unwrap().status, 429);
    assert_eq!(server.log().len(), 1);
    let response = get(settings(Duration::from_millis(1001)), server.url("/"));
    assert_eq!(response.await.unwrap().status, 429);
    assert_eq!(server.log().len(), 3);
}

#[tokio::test]
async fn a_requested_wait_applies_to_all_requests_to_the_host() {
    let server = Server::start(|n, _| match n {
        0 => answer("429 Too Many Requests", &["Retry-After: 1"], ""),
        _ => answer("200 OK", &[], ""),
    });
    let (log, lines) = recording_log();
    let client = Client::new(Settings { log, ..quick() });
    let first = client.clone();
    let url = server.url("/first");
    let first = tokio::spawn(async move { first.fetch(&Request::get(url)).await });
    while lines.lock().unwrap().is_empty() {
        tokio::task::yield_now().await;
    }
    // The first request has its response, and its task needs a few turns to record the pause.
    for _ in 0..9 {
        tokio::task::yield_now().await;
    }
    let begin = std::time::Instant::now();
    client
        .fetch(&Request::get(server.url("/second")))
        .await
        .unwrap();
    assert!(begin.elapsed() > Duration::from_millis(500));
    assert_eq!(first.await.unwrap().unwrap().status, 200);
}

#[tokio::test]
async fn offline_prevents_all_requests() {
    let server = Server::start(|_, _| answer("200 OK", &[], ""));
    let settings = || Settings {
        offline: true,
        ..quick()
    };
    let error = get(settings(), server.url("/a?sig=canary"))
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Offline { .. }));
    let text = error.to_string();
    assert!(
        text.starts_with("offline: GET http://localhost:") && text.ends_with(" was not sent"),
        "{text}"
    );
    assert!(!text.contains("canary"));
    // Host names are not resolved either: this one has no address.
    let unknown = "http://nowhere.invalid/".parse().unwrap();
    assert!(matches!(
        get(settings(), unknown).await,
        Err(Error::Offline { .. })
    ));
    assert_eq!(server.connections(), 0);
}

/// Returns a line of the log without port and time.
fn normalize(line: &str, url: &Url) -> String {
    let line = line.replace(&format!(":{}", url.port().unwrap()), "");
    let words = line.split(' ').map(|word| match word.parse::<u128>() {
        Ok(_) if word.len() != 3 => "N",
        _ => word,
    });
    words.collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn each_request_is_one_line_of_the_log() {
    let server = Server::start(|n, _| match n {
        0 => answer("307 Temporary Redirect", &["Location: /b?sig=canary"], ""),
        1 => None,
        _ => answer("404 Not Found", &["Warning: 299 - \"go soon\""], "canary"),
    });
    let (log, lines) = recording_log();
    let url = server.url("/a?n=1&token=canary");
    let request = Request {
        authorization: Some(Secret::new("Bearer canary")),
        ..Request::get(url.clone())
    };
    let client = Client::new(Settings { log, ..quick() });
    client.fetch(&request).await.unwrap();
    client.fetch(&request).await.unwrap();
    let lines: Vec<_> = lines
        .lock()
        .unwrap()
        .iter()
        .map(|line| normalize(line, &url))
        .collect();
    let cut = "the connection was closed before the response was complete";
    assert_eq!(
        lines,
        [
            "Info GET http://localhost/a?n=1&token=*** 307 N ms",
            &format!("Info GET http://localhost/b?sig=*** no answer N ms: {cut}"),
            "Warn `http://localhost` says: go soon",
            "Info GET http://localhost/a?n=1&token=*** 404 N ms",
            "Info GET http://localhost/a?n=1&token=*** 404 N ms",
        ]
    );
}

#[tokio::test]
async fn a_request_without_a_response_is_logged() {
    let (log, lines) = recording_log();
    let settings = Settings {
        connect_timeout: Duration::from_millis(20),
        response_timeout: Duration::from_millis(20),
        log,
        ..quick()
    };
    failure(settings, silent()).await;
    let lines = lines.lock().unwrap();
    assert!(
        lines.len() == 1 && lines[0].ends_with("no response within 0.04 s"),
        "{lines:?}"
    );
    assert!(lines[0].starts_with(&format!("{:?} GET", Level::Info)));
}

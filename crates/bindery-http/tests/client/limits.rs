//! What bounds a client: connections, time, patience; and what it tells of its requests.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use bindery_http::{Client, Error, Level, Log, NoAnswer, Request, RetryPolicy, Settings, Url};
use bindery_secret::Secret;

use crate::server::{Server, answer, kept, read_head, silent};
use crate::{get, quick, silence};

/// A log that keeps its lines.
fn kept_log() -> (Log, Arc<Mutex<Vec<String>>>) {
    let lines = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&lines);
    let log = Log::new(move |level, line| {
        let line = format!("{level:?} {line}");
        sink.lock().unwrap().push(line);
    });
    (log, lines)
}

#[tokio::test]
async fn connections_are_bounded_and_kept() {
    let server = Server::start(|_, _| kept("here"));
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
async fn a_kept_connection_that_died_costs_one_request_at_once() {
    // Every other request finds its connection closed without an answer.
    let server = Server::start(|n, _| (n % 2 == 0).then(|| kept("here")).flatten());
    let client = Client::new(Settings {
        retry: RetryPolicy::never(),
        ..quick()
    });
    for _ in 0..3 {
        client.fetch(&Request::get(server.url("/"))).await.unwrap();
    }
    assert_eq!(server.log().len(), 5);

    // A server that was never there for us gets no second chance.
    let server = Server::start(|_, _| None);
    let settings = Settings {
        retry: RetryPolicy::never(),
        ..quick()
    };
    assert!(matches!(
        silence(settings, server.url("/")).await,
        NoAnswer::Cut
    ));
    assert_eq!(server.log().len(), 1);
}

/// Sends a byte of a body now and then, until the client goes.
fn dripping() -> Url {
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
                // The client says nothing more; what does not time out is its end.
                while stream.read(&mut [0]).is_err() && stream.write_all(b"x").is_ok() {}
            });
        }
    });
    format!("http://{address}/").parse().unwrap()
}

#[tokio::test]
async fn a_server_that_drips_is_left() {
    let settings = Settings {
        request_timeout: Duration::from_millis(300),
        ..quick()
    };
    let reason = silence(settings, dripping()).await;
    assert_eq!(
        reason.to_string(),
        "the answer was not complete within 0.3 s"
    );
}

#[tokio::test]
async fn the_wait_for_a_server_is_bounded_in_all() {
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
async fn all_to_one_host_wait_when_one_was_told_to() {
    let server = Server::start(|n, _| match n {
        0 => answer("429 Too Many Requests", &["Retry-After: 1"], ""),
        _ => answer("200 OK", &[], ""),
    });
    let (log, lines) = kept_log();
    let client = Client::new(Settings { log, ..quick() });
    let first = client.clone();
    let url = server.url("/first");
    let first = tokio::spawn(async move { first.fetch(&Request::get(url)).await });
    while lines.lock().unwrap().is_empty() {
        tokio::task::yield_now().await;
    }
    // The first has its answer, and needs a turn or two to take it in.
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
async fn offline_nobody_is_asked() {
    let server = Server::start(|_, _| answer("200 OK", &[], ""));
    let settings = || Settings {
        offline: true,
        ..quick()
    };
    let error = get(settings(), server.url("/a?sig=canary"))
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Offline { .. }));
    let told = error.to_string();
    assert!(
        told.starts_with("offline: GET http://localhost:") && told.ends_with(" was not asked"),
        "{told}"
    );
    assert!(!told.contains("canary"));
    // Nor is a name looked up: this one has no address.
    let unknown = "http://nowhere.invalid/".parse().unwrap();
    assert!(matches!(
        get(settings(), unknown).await,
        Err(Error::Offline { .. })
    ));
    assert_eq!(server.connections(), 0);
}

/// A line without its port and its time.
fn bare(line: &str, url: &Url) -> String {
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
    let (log, lines) = kept_log();
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
        .map(|it| bare(it, &url))
        .collect();
    let cut = "the connection was closed before the answer was complete";
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
async fn a_server_that_says_nothing_is_in_the_log_as_well() {
    let (log, lines) = kept_log();
    let settings = Settings {
        connect_timeout: Duration::from_millis(20),
        response_timeout: Duration::from_millis(20),
        log,
        ..quick()
    };
    silence(settings, silent()).await;
    let lines = lines.lock().unwrap();
    assert!(
        lines.len() == 1 && lines[0].ends_with("no answer within 0.04 s"),
        "{lines:?}"
    );
    assert!(lines[0].starts_with(&format!("{:?} GET", Level::Info)));
}

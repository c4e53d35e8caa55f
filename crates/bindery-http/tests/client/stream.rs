//! Streamed bodies, in both directions.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::task::{Context, Poll};
use std::thread;
use std::time::{Duration, Instant};

use bindery_http::{
    Body, BodySource, Bytes, Client, Error, Method, NoAnswer, Request, Settings, Url,
};
use bindery_secret::Secret;
use tokio::io::{AsyncRead, ReadBuf};

use crate::quick;
use crate::server::{Server, answer, read_head};

/// Starts a server whose connections are all handled by `handle`, which gets the head of the request.
fn serve(handle: impl Fn(String, TcpStream) + Send + Sync + 'static) -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            if let Some(head) = read_head(&mut stream) {
                handle(head, stream);
            }
        }
    });
    url.parse().unwrap()
}

fn put(url: Url, source: BodySource) -> Request {
    Request {
        body: Body::Stream(source),
        ..Request::new(Method::PUT, url)
    }
}

/// Reads a request body with a `Content-Length`.
fn read_body(head: &str, stream: &mut impl Read) -> Vec<u8> {
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        let is_length = name.eq_ignore_ascii_case("content-length");
        is_length.then(|| value.trim().parse().unwrap())
    });
    let mut body = vec![0; length.unwrap()];
    stream.read_exact(&mut body).unwrap();
    body
}

#[tokio::test]
async fn a_slow_stream_may_exceed_the_limit_for_a_whole_request() {
    let (next, requests) = mpsc::channel::<()>();
    let requests = Mutex::new(requests);
    let url = serve(move |_, mut stream| {
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
        // One byte per message of the client, until the client drops its end.
        while requests.lock().unwrap().recv().is_ok() {
            stream.write_all(b"x").unwrap();
        }
    });
    let limit = Duration::from_millis(200);
    let client = Client::new(Settings {
        request_timeout: limit,
        ..quick()
    });
    let begin = Instant::now();
    let mut response = client.send(&Request::get(url)).await.unwrap();
    while begin.elapsed() < limit * 2 {
        next.send(()).unwrap();
        let chunk = response.body.chunk().await.unwrap();
        assert_eq!(chunk, Some(Bytes::from_static(b"x")));
    }
    drop(next);
    assert_eq!(response.body.chunk().await.unwrap(), None);
}

#[tokio::test]
async fn a_stream_without_bytes_fails() {
    let url = serve(|_, mut stream| {
        stream
            .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nx")
            .unwrap();
        // Returns when the client closes the connection.
        let _ = stream.read(&mut [0]);
    });
    let idle = Duration::from_millis(50);
    let client = Client::new(Settings {
        idle_timeout: idle,
        ..quick()
    });
    let mut response = client.send(&Request::get(url)).await.unwrap();
    assert!(response.body.chunk().await.unwrap().is_some());
    let error = response.body.chunk().await.unwrap_err();
    let Error::NoAnswer { reason, .. } = error else {
        panic!("{error:?}")
    };
    assert!(matches!(reason, NoAnswer::Stalled(limit) if limit == idle));
}

#[tokio::test]
async fn a_cut_connection_is_an_error_and_not_the_end() {
    for head in ["Content-Length: 9", "Transfer-Encoding: chunked"] {
        let url = serve(move |_, mut stream| {
            let body = if head.starts_with('C') {
                "x"
            } else {
                "1\r\nx\r\n"
            };
            write!(stream, "HTTP/1.1 200 OK\r\n{head}\r\n\r\n{body}").unwrap();
        });
        let mut response = Client::new(quick()).send(&Request::get(url)).await.unwrap();
        let error = loop {
            match response.body.chunk().await {
                Ok(chunk) => assert!(chunk.is_some(), "a cut looks like the end with {head}"),
                Err(error) => break error,
            }
        };
        let Error::NoAnswer { reason, .. } = error else {
            panic!("{error:?}")
        };
        assert!(matches!(reason, NoAnswer::Cut), "{reason:?} with {head}");
    }
}

#[tokio::test]
async fn a_range_request_returns_the_range() {
    let server = Server::start(|_, request| {
        assert!(request.contains("range: bytes=3-\r\n"), "{request}");
        answer("206 Partial Content", &["Content-Range: bytes 3-4/5"], "lo")
    });
    let mut request = Request::get(server.url("/"));
    request.headers.insert("range", "bytes=3-".parse().unwrap());
    let mut response = Client::new(quick()).send(&request).await.unwrap();
    assert_eq!(response.status, 206);
    assert_eq!(response.header("content-range"), Some("bytes 3-4/5"));
    assert_eq!(response.body.chunk().await.unwrap().unwrap(), "lo");
    assert_eq!(response.body.chunk().await.unwrap(), None);
}

/// Reader that records how many of its bytes the server has not read yet, at most.
struct Counted {
    left: u64,
    produced: u64,
    consumed: Arc<AtomicU64>,
    most: Arc<AtomicU64>,
}

impl AsyncRead for Counted {
    fn poll_read(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        let this = self.get_mut();
        let size = this.left.min(buffer.remaining() as u64);
        buffer.put_slice(&vec![7; size as usize]);
        this.left -= size;
        this.produced += size;
        let ahead = this.produced - this.consumed.load(Ordering::Acquire).min(this.produced);
        this.most.fetch_max(ahead, Ordering::Relaxed);
        Poll::Ready(Ok(()))
    }
}

#[tokio::test]
async fn an_upload_is_read_no_faster_than_it_is_sent() {
    const SIZE: u64 = 64 << 20;
    let consumed = Arc::new(AtomicU64::new(0));
    let most = Arc::new(AtomicU64::new(0));
    let count = Arc::clone(&consumed);
    let url = serve(move |_, mut stream| {
        let mut piece = vec![0; 64 << 10];
        while count.load(Ordering::Relaxed) < SIZE {
            let read = stream.read(&mut piece).unwrap();
            assert!(read > 0 && piece[..read].iter().all(|byte| *byte == 7));
            count.fetch_add(read as u64, Ordering::Release);
        }
        write!(stream, "HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n").unwrap();
    });
    let source = BodySource::once(
        Some(SIZE),
        Counted {
            left: SIZE,
            produced: 0,
            consumed: Arc::clone(&consumed),
            most: Arc::clone(&most),
        },
    );
    let response = Client::new(quick()).fetch(&put(url, source)).await.unwrap();
    assert_eq!(response.status, 201);
    assert_eq!(consumed.load(Ordering::Acquire), SIZE);
    // The buffers of two sockets, and a few pieces.
    let most = most.load(Ordering::Relaxed);
    assert!(most < SIZE / 4, "{most} bytes were in memory");
}

#[tokio::test]
async fn a_download_is_received_no_faster_than_it_is_read() {
    const SIZE: u64 = 64 << 20;
    let consumed = Arc::new(AtomicU64::new(0));
    let most = Arc::new(AtomicU64::new(0));
    let (count, peak) = (Arc::clone(&consumed), Arc::clone(&most));
    let url = serve(move |_, mut stream| {
        write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {SIZE}\r\n\r\n").unwrap();
        let piece = vec![7; 64 << 10];
        let mut produced = 0;
        while produced < SIZE {
            stream.write_all(&piece).unwrap();
            produced += piece.len() as u64;
            let ahead = produced.saturating_sub(count.load(Ordering::Acquire));
            peak.fetch_max(ahead, Ordering::Relaxed);
        }
    });
    let mut response = Client::new(quick()).send(&Request::get(url)).await.unwrap();
    while let Some(chunk) = response.body.chunk().await.unwrap() {
        consumed.fetch_add(chunk.len() as u64, Ordering::Release);
    }
    assert_eq!(consumed.load(Ordering::Acquire), SIZE);
    // The buffers of two sockets, and a few pieces.
    let most = most.load(Ordering::Relaxed);
    assert!(most < SIZE / 4, "{most} bytes were in memory");
}

#[tokio::test]
async fn an_upload_redirected_to_another_origin_drops_the_authorization() {
    let (sender, heads) = mpsc::channel();
    let sender = Mutex::new(sender);
    let storage = serve(move |head, mut stream| {
        assert_eq!(read_body(&head, &mut stream), b"hello");
        sender.lock().unwrap().send(head).unwrap();
        write!(stream, "HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n").unwrap();
    });
    let registry = serve(move |head, mut stream| {
        assert!(head.contains("authorization: Bearer canary\r\n"), "{head}");
        read_body(&head, &mut stream);
        let status = "307 Temporary Redirect";
        write!(
            stream,
            "HTTP/1.1 {status}\r\nLocation: {storage}\r\nContent-Length: 0\r\n\r\n"
        )
        .unwrap();
    });
    let request = Request {
        authorization: Some(Secret::new("Bearer canary")),
        ..put(registry, BodySource::new(Some(5), || Ok(&b"hello"[..])))
    };
    let response = Client::new(quick()).fetch(&request).await.unwrap();
    assert_eq!(response.status, 201);
    let head = heads.recv().unwrap();
    assert!(!head.contains("canary"), "{head}");
}

#[tokio::test]
async fn an_upload_without_a_length_is_chunked() {
    let url = serve(|head, stream| {
        assert!(head.contains("transfer-encoding: chunked\r\n"), "{head}");
        let mut stream = BufReader::new(stream);
        let mut line = String::new();
        stream.read_line(&mut line).unwrap();
        assert_eq!(line, "5\r\n");
        let mut rest = [0; 12];
        stream.read_exact(&mut rest).unwrap();
        assert_eq!(&rest, b"hello\r\n0\r\n\r\n");
        write!(
            stream.get_mut(),
            "HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n"
        )
        .unwrap();
    });
    let source = BodySource::once(None, &b"hello"[..]);
    let response = Client::new(quick()).fetch(&put(url, source)).await.unwrap();
    assert_eq!(response.status, 201);
}

/// Starts a server that redirects uploads of `hello` from any other path to `/b`.
fn redirecting() -> Url {
    serve(|head, mut stream| {
        let body = read_body(&head, &mut stream);
        assert_eq!(body, b"hello");
        let answer = if head.starts_with("PUT /b ") {
            "201 Created\r\n"
        } else {
            "307 Temporary Redirect\r\nLocation: /b\r\n"
        };
        write!(
            stream,
            "HTTP/1.1 {answer}Content-Length: 0\r\nConnection: close\r\n\r\n"
        )
        .unwrap();
    })
}

#[tokio::test]
async fn a_redirected_upload_needs_a_source_that_can_be_read_again() {
    let client = Client::new(quick());
    let again = BodySource::new(Some(5), || Ok(&b"hello"[..]));
    let response = client.fetch(&put(redirecting(), again)).await.unwrap();
    assert_eq!(response.status, 201);

    let once = BodySource::once(Some(5), &b"hello"[..]);
    let error = client.fetch(&put(redirecting(), once)).await.unwrap_err();
    let Error::Unsendable { what, source } = error else {
        panic!("{error:?}")
    };
    assert_eq!(
        format!("{what}: {source}"),
        "the body: the body was read once already and cannot be sent again"
    );
}

#[tokio::test]
async fn an_upload_has_exactly_its_length() {
    let url = serve(|head, mut stream| {
        assert_eq!(read_body(&head, &mut stream), b"hello");
        write!(stream, "HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n").unwrap();
    });
    let long = BodySource::once(Some(5), &b"hello!"[..]);
    let response = Client::new(quick()).fetch(&put(url, long)).await.unwrap();
    assert_eq!(response.status, 201);

    let url = serve(|_, mut stream| {
        let _ = std::io::copy(&mut stream, &mut std::io::sink());
    });
    let short = BodySource::once(Some(5), &b"hell"[..]);
    let error = Client::new(quick())
        .fetch(&put(url, short))
        .await
        .unwrap_err();
    let Error::NoAnswer { reason, .. } = error else {
        panic!("{error:?}")
    };
    assert_eq!(reason.to_string(), "the body ended before its length");
}

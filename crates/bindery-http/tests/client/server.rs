//! Server on loopback that responds with the bytes of a test.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned};

/// Header that keeps the connection open after the response, until the client closes it.
pub const HOLD: &str = "X-Hold: yes";

/// Returns the response to request number `n` (from 0) with this text, or `None` to close the connection.
type Handler = dyn Fn(usize, &str) -> Option<String> + Send + Sync;

pub struct Server {
    port: u16,
    scheme: &'static str,
    log: Arc<Mutex<Vec<String>>>,
    connections: Arc<AtomicUsize>,
}

impl Server {
    pub fn start(answer: impl Fn(usize, &str) -> Option<String> + Send + Sync + 'static) -> Self {
        Self::listen("http", Arc::new(answer), None)
    }

    pub fn start_tls(
        answer: impl Fn(usize, &str) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        Self::listen("https", Arc::new(answer), Some(tls(false)))
    }

    /// Starts a server with the certificate `NAME.pem` and the key `NAME.key`.
    pub fn start_tls_as(
        name: &str,
        answer: impl Fn(usize, &str) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        Self::listen("https", Arc::new(answer), Some(tls_as(name, false)))
    }

    pub fn start_tls_for_known_clients(
        answer: impl Fn(usize, &str) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        Self::listen("https", Arc::new(answer), Some(tls(true)))
    }

    fn listen(scheme: &'static str, answer: Arc<Handler>, tls: Option<Arc<ServerConfig>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let log = Arc::new(Mutex::new(Vec::new()));
        let connections = Arc::new(AtomicUsize::new(0));
        let (requests, counter) = (Arc::clone(&log), Arc::clone(&connections));
        thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(stream) = stream else { return };
                counter.fetch_add(1, Ordering::Relaxed);
                let (answer, requests, tls) =
                    (Arc::clone(&answer), Arc::clone(&requests), tls.clone());
                thread::spawn(move || match tls {
                    None => serve(stream, &*answer, &requests),
                    Some(config) => serve(
                        StreamOwned::new(ServerConnection::new(config).unwrap(), stream),
                        &*answer,
                        &requests,
                    ),
                });
            }
        });
        Self {
            port,
            scheme,
            log,
            connections,
        }
    }

    /// Returns the address of `path` on the host `localhost`.
    pub fn url(&self, path: &str) -> reqwest::Url {
        self.url_at("localhost", path)
    }

    pub fn url_at(&self, host: &str, path: &str) -> reqwest::Url {
        format!("{}://{host}:{}{path}", self.scheme, self.port)
            .parse()
            .unwrap()
    }

    /// Returns the number of connections so far.
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }

    /// Returns the heads of all requests so far.
    pub fn log(&self) -> Vec<String> {
        self.log.lock().unwrap().clone()
    }
}

/// Header that keeps the connection open for the next request; without it, the connection ends after the response.
pub const KEEP: &str = "X-Keep: yes";

fn serve(mut stream: impl Read + Write, answer: &Handler, requests: &Mutex<Vec<String>>) {
    while serve_one(&mut stream, answer, requests) {}
}

/// Reads the head of a request, up to the empty line.
pub fn read_head(stream: &mut impl Read) -> Option<String> {
    let mut request = Vec::new();
    let mut byte = [0];
    while !request.ends_with(b"\r\n\r\n") {
        match stream.read(&mut byte) {
            Ok(1) => request.push(byte[0]),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            _ => return None,
        }
    }
    Some(String::from_utf8(request).unwrap())
}

/// Reads one request and responds. Returns whether another request may follow.
fn serve_one(
    stream: &mut (impl Read + Write),
    answer: &Handler,
    requests: &Mutex<Vec<String>>,
) -> bool {
    let Some(request) = read_head(stream) else {
        return false;
    };
    let number = {
        let mut requests = requests.lock().unwrap();
        requests.push(request.clone());
        requests.len() - 1
    };
    let Some(answer) = answer(number, &request) else {
        return false;
    };
    let _ = stream.write_all(answer.as_bytes());
    let _ = stream.flush();
    if answer.contains(HOLD) {
        drain(stream);
    }
    answer.contains(KEEP)
}

/// Returns a response with a length that keeps the connection open.
pub fn keep_alive(body: &str) -> Option<String> {
    let length = body.len();
    Some(format!(
        "HTTP/1.1 200 OK\r\n{KEEP}\r\nContent-Length: {length}\r\n\r\n{body}"
    ))
}

/// Returns a response with a length.
pub fn answer(status: &str, headers: &[&str], body: &str) -> Option<String> {
    let headers: String = headers
        .iter()
        .map(|header| format!("{header}\r\n"))
        .collect();
    let length = body.len();
    Some(format!(
        "HTTP/1.1 {status}\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    ))
}

/// Starts a server that accepts connections and never responds.
pub fn silent() -> reqwest::Url {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for stream in listener.incoming() {
            thread::spawn(move || drain(stream.unwrap()));
        }
    });
    format!("http://127.0.0.1:{port}/").parse().unwrap()
}

pub fn drain(mut stream: impl Read) {
    let mut bytes = [0; 1024];
    while stream.read(&mut bytes).is_ok_and(|read| read > 0) {}
}

pub fn fixture(name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "tests", "fixtures", name]
        .iter()
        .collect()
}

fn tls(ask_for_certificate: bool) -> Arc<ServerConfig> {
    tls_as("server", ask_for_certificate)
}

fn tls_as(name: &str, ask_for_certificate: bool) -> Arc<ServerConfig> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .unwrap();
    let builder = if ask_for_certificate {
        let mut roots = RootCertStore::empty();
        roots
            .add(CertificateDer::from_pem_file(fixture("authority.pem")).unwrap())
            .unwrap();
        let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
        builder.with_client_cert_verifier(verifier.build().unwrap())
    } else {
        builder.with_no_client_auth()
    };
    let certificate = CertificateDer::from_pem_file(fixture(&format!("{name}.pem"))).unwrap();
    let key = PrivateKeyDer::from_pem_file(fixture(&format!("{name}.key"))).unwrap();
    Arc::new(builder.with_single_cert(vec![certificate], key).unwrap())
}

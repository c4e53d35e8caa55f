//! What a client is told before its first request.

use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::log::Log;
use crate::origin::Origin;
use crate::proxy::Proxies;
use crate::retry::RetryPolicy;

/// How a [`crate::Client`] behaves. The defaults suit a registry on the internet.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The `User-Agent` header: name and version of the program.
    pub user_agent: String,
    /// How long a connection may take, TLS included.
    pub connect_timeout: Duration,
    /// How long a server may take from the request to the end of its headers.
    pub response_timeout: Duration,
    /// How long a body may go without a byte.
    pub idle_timeout: Duration,
    /// How long a request may take from its beginning to the last byte of its answer, redirects and repetitions included, but not
    /// the waits between these.
    pub request_timeout: Duration,
    /// How many requests to one origin are under way at a time, and how many connections to it are kept open.
    pub connections: NonZeroUsize,
    /// Whether every request is refused before anything is done for it.
    pub offline: bool,
    /// By way of whom others are reached.
    pub proxies: Proxies,
    /// Whether HTTP/2 is offered to servers that speak TLS.
    pub http2: bool,
    /// Who is told of each request.
    pub log: Log,
    /// When requests are repeated.
    pub retry: RetryPolicy,
    /// Whose certificates are believed.
    pub trust: TrustSettings,
    /// What holds for one origin only.
    pub origins: HashMap<Origin, OriginSettings>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            user_agent: concat!("bindery/", env!("CARGO_PKG_VERSION")).into(),
            connect_timeout: Duration::from_secs(10),
            response_timeout: Duration::from_secs(30),
            idle_timeout: Duration::from_secs(30),
            request_timeout: Duration::from_secs(120),
            connections: NonZeroUsize::new(16).expect("it is not nought"),
            offline: false,
            proxies: Proxies::default(),
            log: Log::default(),
            http2: false,
            retry: RetryPolicy::default(),
            trust: TrustSettings::default(),
            origins: HashMap::new(),
        }
    }
}

/// Which certificate authorities are believed.
///
/// If neither `file` nor `directory` is given, the system's are; if it has none, those of Mozilla's list that is built in.
/// All are read when a server first shows a certificate.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TrustSettings {
    /// A PEM file to use in place of the system's (what `SSL_CERT_FILE` names).
    pub file: Option<PathBuf>,
    /// A folder of PEM files to use in place of the system's (what `SSL_CERT_DIR` names).
    pub directory: Option<PathBuf>,
    /// PEM files with further authorities, believed beside the others.
    pub extra: Vec<PathBuf>,
    /// Where to look for a folder of the name `host[:port]` (the `certs.d` of Docker and the containers tools); the first that
    /// exists is used when a TLS connection to that host is made. In it, each `.crt` file holds an authority that is believed for
    /// the host, and a `.cert` file with a `.key` file of the same name is what this side shows. The origin's own settings win.
    pub folders: Vec<PathBuf>,
}

/// What holds for one origin.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OriginSettings {
    /// Believe any certificate. Whoever sits on the way can then read and change everything.
    pub insecure: bool,
    /// PEM files with authorities that are believed for this origin, beside the others.
    pub ca: Vec<PathBuf>,
    /// What this side shows if the server asks for a certificate.
    pub client_certificate: Option<ClientCertificate>,
}

/// A certificate of this side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientCertificate {
    /// A PEM file with the certificate and those between it and its authority.
    pub certificate: PathBuf,
    /// A PEM file with the private key. May be the same file.
    pub key: PathBuf,
}

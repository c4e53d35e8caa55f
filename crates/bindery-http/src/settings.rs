//! Settings of a client.

use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::log::Log;
use crate::origin::Origin;
use crate::proxy::Proxies;
use crate::retry::RetryPolicy;

/// Settings of a [`crate::Client`]. The defaults suit a registry on the internet.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `User-Agent` header: name and version of the program.
    pub user_agent: String,
    /// Time limit for a connection, including TLS.
    pub connect_timeout: Duration,
    /// Time limit from the request to the end of the response headers; starts again while a streamed request body is being sent.
    pub response_timeout: Duration,
    /// Time limit between two pieces of a response body.
    pub idle_timeout: Duration,
    /// Time limit of [`crate::Client::fetch`] up to the last byte of the response, and of [`crate::Client::send`] up to the end of its
    /// headers. Includes redirects and repetitions, but not the waits between them. Requests with a streamed body are exempt.
    pub request_timeout: Duration,
    /// Maximum number of concurrent requests to one origin, and of idle connections to it.
    pub connections: NonZeroUsize,
    /// Refuses each request before anything is sent.
    pub offline: bool,
    /// Proxies.
    pub proxies: Proxies,
    /// Offers HTTP/2 to servers that speak TLS.
    pub http2: bool,
    /// Log of all requests.
    pub log: Log,
    /// Retry policy.
    pub retry: RetryPolicy,
    /// Trusted certificate authorities.
    pub trust: TrustSettings,
    /// Settings for single origins.
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
            connections: NonZeroUsize::new(16).expect("16 is not zero"),
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

/// Trusted certificate authorities.
///
/// Without `file` and `directory`, the authorities of the system are trusted; if the system has none, the built-in list of Mozilla. All files
/// are read when a server first presents a certificate.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TrustSettings {
    /// PEM file that replaces the authorities of the system (`SSL_CERT_FILE`).
    pub file: Option<PathBuf>,
    /// Folder of PEM files that replaces the authorities of the system (`SSL_CERT_DIR`).
    pub directory: Option<PathBuf>,
    /// PEM files with further authorities.
    pub extra: Vec<PathBuf>,
    /// Folders that contain a folder `host[:port]` per host (`certs.d` of Docker and the containers tools); the first existing one is used
    /// for TLS connections to that host. Each `.crt` file in it contains an authority that is trusted for the host, and a `.cert` file with a
    /// `.key` file of the same name is the client certificate. The settings of the origin win.
    pub folders: Vec<PathBuf>,
}

/// Settings for one origin.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OriginSettings {
    /// Accepts any certificate, so that attackers on the network can read and change everything.
    pub insecure: bool,
    /// PEM files with further authorities for this origin.
    pub ca: Vec<PathBuf>,
    /// Client certificate, sent if the server asks for one.
    pub client_certificate: Option<ClientCertificate>,
}

/// Client certificate and its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientCertificate {
    /// PEM file with the certificate and the intermediate certificates.
    pub certificate: PathBuf,
    /// PEM file with the private key; may be the same file.
    pub key: PathBuf,
}

//! Errors of requests: no response, or an unusable one.

use std::error::Error as StdError;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bindery_secret::RedactedUrl;
use reqwest::Method;

/// Reason why a request has no usable response. A response with status 400 or more is not an error here.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The settings forbid all requests.
    #[error("offline: {method} {url} was not sent")]
    Offline {
        /// Method of the request.
        method: Method,
        /// Address of the request.
        url: RedactedUrl,
    },
    /// There was no response, or its end is missing.
    #[error("no response to {method} {url}{}", proxy.as_ref().map_or(String::new(), |proxy| format!(" through the proxy {proxy}")))]
    NoAnswer {
        /// Method of the request.
        method: Method,
        /// Address that the request was sent to, after redirects.
        url: RedactedUrl,
        /// Proxy that the request was sent through.
        proxy: Option<RedactedUrl>,
        /// Reason.
        #[source]
        reason: NoAnswer,
    },
    /// The body of the response is longer than the limit.
    #[error("the response to {method} {url} has more than {limit} bytes")]
    TooLarge {
        /// Method of the request.
        method: Method,
        /// Address that responded.
        url: RedactedUrl,
        /// Limit of the request, in bytes.
        limit: u64,
    },
    /// The response is a redirect that this client does not follow.
    #[error("the redirect of {method} {url} is not followed")]
    Redirect {
        /// Method of the request.
        method: Method,
        /// Address that responded with the redirect.
        url: RedactedUrl,
        /// Reason.
        #[source]
        problem: RedirectProblem,
    },
    /// A file with certificates or a key in the settings cannot be used.
    #[error(transparent)]
    Certificates(#[from] CertificateError),
    /// The address of the proxy for a scheme is not valid.
    #[error("the address of the proxy for {scheme} is not valid")]
    Proxy {
        /// Scheme: `http` or `https`.
        scheme: String,
    },
    /// A part of the settings or the request cannot be sent, such as a header with a line break or a body that cannot be read again.
    #[error("{what} cannot be sent in a request")]
    Unsendable {
        /// Part of the request, for messages.
        what: &'static str,
        /// Error of the HTTP library or of the source of the body.
        #[source]
        source: Arc<dyn StdError + Send + Sync>,
    },
}

impl Error {
    /// Returns advice for the user.
    pub fn hint(&self) -> Option<String> {
        match self {
            Error::NoAnswer {
                proxy: Some(_),
                reason:
                    NoAnswer::Refused | NoAnswer::UnknownHost { .. } | NoAnswer::ConnectTimeout(_),
                ..
            } => Some(
                "check the address of the proxy in HTTPS_PROXY, HTTP_PROXY or ALL_PROXY; hosts in NO_PROXY are reached without it"
                    .into(),
            ),
            Error::NoAnswer { reason, .. } => reason.hint(),
            Error::Proxy { .. } => Some(
                "write `http://host:port` in HTTPS_PROXY, HTTP_PROXY or ALL_PROXY; SOCKS is not supported"
                    .into(),
            ),
            Error::Redirect { .. } => Some(
                "check that the address is that of the registry, not of a web page in front of it"
                    .into(),
            ),
            Error::Certificates(error) => error.hint(),
            Error::Offline { .. } | Error::TooLarge { .. } | Error::Unsendable { .. } => None,
        }
    }
}

/// Reason why a redirect is not followed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RedirectProblem {
    /// There were too many redirects, perhaps in a loop.
    #[error("more than {0} redirects")]
    TooMany(usize),
    /// The request uses https and the target http.
    #[error("the target {0} is not protected by https, unlike the request")]
    Downgrade(RedactedUrl),
    /// The target is not a valid http or https URL.
    #[error("the target `{0}` is not an http or https address")]
    NotHttp(RedactedUrl),
}

/// Reason for a missing or incomplete response.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NoAnswer {
    /// The host refuses connections on this port.
    #[error("connection refused")]
    Refused,
    /// The host name has no address.
    #[error("no address is known for host `{host}`")]
    UnknownHost {
        /// Host name.
        host: String,
        /// Error of the system.
        #[source]
        source: Arc<io::Error>,
    },
    /// The connection was not established within this time.
    #[error("no connection within {} s", .0.as_secs_f64())]
    ConnectTimeout(Duration),
    /// The headers of the response were not complete within this time.
    #[error("no response within {} s", .0.as_secs_f64())]
    ResponseTimeout(Duration),
    /// No bytes of the body arrived for this time.
    #[error("the response stopped: no bytes for {} s", .0.as_secs_f64())]
    Stalled(Duration),
    /// The whole response was not complete within this time, although bytes arrived.
    #[error("the response was not complete within {} s", .0.as_secs_f64())]
    Slow(Duration),
    /// The connection was closed before the end of the response.
    #[error("the connection was closed before the response was complete")]
    Cut,
    /// The response is not HTTP, as from a server that expects TLS.
    #[error("the response is not HTTP")]
    NotHttp,
    /// The response is not TLS, as from a server that speaks plain http.
    #[error("the server does not speak TLS")]
    NotTls,
    /// The certificate of the server was issued by an authority that is not trusted.
    #[error("the certificate was issued by {}, which is not a known authority", issuer.as_deref().map_or("an authority without a name".into(), |name| format!("`{name}`")))]
    UnknownAuthority {
        /// Name of the authority in the certificate.
        issuer: Option<String>,
    },
    /// The certificate of the server is rejected for another reason.
    #[error("the certificate of the server is rejected: {0}")]
    Certificate(ServerCertificate),
    /// The server requires a client certificate.
    #[error("{}", if *sent { "the server rejects the client certificate" } else { "the server requires a client certificate, and none is set" })]
    ClientCertificate {
        /// Whether a certificate was sent.
        sent: bool,
    },
    /// The proxy refuses the request.
    #[error("{}", match status { Some(407) => "the proxy requires a user name and password, or rejects the ones in its address", _ => "the proxy refuses to connect to the server" })]
    ProxyRefused {
        /// Status of its response, if known.
        status: Option<u16>,
    },
    /// The TLS handshake failed.
    #[error("TLS: {0}")]
    Tls(String),
    /// Another failure, such as a missing route to the host.
    #[error("{0}")]
    Other(String),
}

/// Problem with the certificate of a server.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ServerCertificate {
    /// The certificate is valid for other hosts only.
    #[error("issued for {}, not for `{host}`", names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "))]
    OtherHost {
        /// Requested host.
        host: String,
        /// Hosts in the certificate.
        names: Vec<String>,
    },
    /// The certificate has no alternative name (SAN); names in the subject do not count.
    #[error("no host in its alternative names (SAN)")]
    NamesOnlyInSubject,
    /// The certificate has expired.
    #[error("expired {} ago", format_days(*days))]
    Expired {
        /// Time since then, in whole days.
        days: u64,
    },
    /// The certificate is not valid yet.
    #[error("not valid before {} from now", format_days(*days))]
    NotYetValid {
        /// Time until then, in whole days.
        days: u64,
    },
    /// Another problem.
    #[error("{0}")]
    Other(String),
}

fn format_days(days: u64) -> String {
    match days {
        0 => "less than a day".into(),
        1 => "1 day".into(),
        _ => format!("{days} days"),
    }
}

impl ServerCertificate {
    fn hint(&self) -> &'static str {
        match self {
            Self::OtherHost { .. } => {
                "use a host name from the certificate, or ask the operator of the server for a certificate with this name"
            }
            Self::NamesOnlyInSubject => {
                "ask the operator of the server for a certificate with the host as `subjectAltName`"
            }
            Self::Expired { .. } => {
                "ask the operator of the server to renew it; if it is new, check the clock of this machine"
            }
            Self::NotYetValid { .. } => "check the clock of this machine",
            Self::Other(_) => "ask the operator of the server for another certificate",
        }
    }
}

impl NoAnswer {
    /// Returns advice for the user.
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            NoAnswer::Refused => "check host and port, and that the server runs",
            NoAnswer::UnknownHost { .. } => "check the spelling of the host, and the network",
            NoAnswer::ConnectTimeout(_) => {
                "check host, port and network; a firewall may drop the connection"
            }
            NoAnswer::ResponseTimeout(_)
            | NoAnswer::Stalled(_)
            | NoAnswer::Slow(_)
            | NoAnswer::Cut => "try again later, or ask the operator of the server",
            NoAnswer::NotHttp => "the server may expect https",
            NoAnswer::NotTls => {
                "the server may speak plain http; `plain_http = true` in its `[registry.\"host:port\"]` table allows it"
            }
            NoAnswer::UnknownAuthority { .. } => {
                "to trust the authority, set `ca = \"FILE\"` in the `[registry.\"host:port\"]` table, or SSL_CERT_FILE"
            }
            NoAnswer::Certificate(problem) => problem.hint(),
            NoAnswer::ClientCertificate { sent: false } => {
                "set `cert = \"FILE\"` and `key = \"FILE\"` in the `[registry.\"host:port\"]` table, or `.cert` and `.key` files in its certs.d folder"
            }
            NoAnswer::ClientCertificate { sent: true } => {
                "check that it has not expired, and that the server trusts its authority"
            }
            NoAnswer::ProxyRefused { status: Some(407) } => {
                "write them in the address of the proxy: `http://user:password@host:port`"
            }
            NoAnswer::ProxyRefused { .. } => {
                "ask the operator of the proxy, or add the host to NO_PROXY if it can be reached without"
            }
            NoAnswer::Tls(_) | NoAnswer::Other(_) => return None,
        };
        Some(hint.into())
    }

    /// Returns whether an immediate repetition may succeed.
    pub(crate) fn is_temporary(&self) -> bool {
        matches!(self, NoAnswer::Cut)
    }
}

/// Reason why a file with certificates or a key in the settings cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CertificateError {
    /// The file cannot be read or is not a PEM file.
    #[error("cannot read `{}`: {problem}", path.display())]
    Unreadable {
        /// Path of the file.
        path: PathBuf,
        /// Error of the reader.
        problem: String,
    },
    /// The file contains no certificate.
    #[error("no certificate in `{}`", path.display())]
    Empty {
        /// Path of the file or folder.
        path: PathBuf,
    },
    /// A folder of certificates contains a certificate without its key, or a key without its certificate.
    #[error("`{}` exists without `{}`", existing.display(), missing.display())]
    Single {
        /// Path of the existing file.
        existing: PathBuf,
        /// Path of the missing file.
        missing: PathBuf,
    },
    /// A certificate and a key cannot be used together.
    #[error("certificate `{}` and key `{}` cannot be used together: {problem}", certificate.display(), key.display())]
    Pair {
        /// Path of the certificate.
        certificate: PathBuf,
        /// Path of the key.
        key: PathBuf,
        /// Error of the TLS library.
        problem: String,
    },
}

impl CertificateError {
    /// Returns advice for the user.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            CertificateError::Unreadable { .. } => "check the path and the permissions of the file".into(),
            CertificateError::Empty { .. } => {
                "a PEM file contains blocks that begin with `-----BEGIN CERTIFICATE-----`".into()
            }
            CertificateError::Single { .. } => {
                "put both into the folder, or neither; use `.crt` for the certificate of an authority".into()
            }
            CertificateError::Pair { .. } => "set the key that belongs to the certificate".into(),
        })
    }
}

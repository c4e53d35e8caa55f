//! Why there is no answer, or none that can be used.

use std::error::Error as StdError;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bindery_secret::RedactedUrl;
use reqwest::Method;

/// Why a request has no usable answer. An answer with an unwelcome status is no error here.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No request is to be sent, so this one was not.
    #[error("offline: {method} {url} was not asked")]
    Offline {
        /// The method of the request.
        method: Method,
        /// The address that was not asked.
        url: RedactedUrl,
    },
    /// The server did not answer, or not to the end.
    #[error("no answer to {method} {url}{}", proxy.as_ref().map_or(String::new(), |proxy| format!(" by way of the proxy {proxy}")))]
    NoAnswer {
        /// The method of the request.
        method: Method,
        /// The address that was asked, which after a redirect is not the request's own.
        url: RedactedUrl,
        /// The proxy that the request went to.
        proxy: Option<RedactedUrl>,
        /// Why.
        #[source]
        reason: NoAnswer,
    },
    /// The body is longer than the request allows.
    #[error("the answer to {method} {url} has more than {limit} bytes")]
    TooLarge {
        /// The method of the request.
        method: Method,
        /// The address that answered.
        url: RedactedUrl,
        /// The request's limit.
        limit: u64,
    },
    /// The server pointed elsewhere, to where this client does not go.
    #[error("{method} {url} is redirected, and that is not followed")]
    Redirect {
        /// The method of the request.
        method: Method,
        /// The address that answered with the redirect.
        url: RedactedUrl,
        /// Why it is not followed.
        #[source]
        problem: RedirectProblem,
    },
    /// A file with certificates or a key, named in the settings, cannot be used.
    #[error(transparent)]
    Certificates(#[from] CertificateError),
    /// The proxy for this scheme has an address that cannot be used.
    #[error("the address of the proxy for {scheme} cannot be used")]
    Proxy {
        /// `http` or `https`.
        scheme: String,
    },
    /// The settings or the request cannot be expressed in HTTP, as a line break in a header.
    #[error("{what} cannot be sent in a request")]
    Unsendable {
        /// Which part.
        what: &'static str,
        /// What the HTTP library says about it.
        #[source]
        source: Arc<dyn StdError + Send + Sync>,
    },
}

impl Error {
    /// What to do about it, where that can be told.
    pub fn hint(&self) -> Option<String> {
        match self {
            Error::NoAnswer {
                proxy: Some(_),
                reason:
                    NoAnswer::Refused | NoAnswer::UnknownHost { .. } | NoAnswer::ConnectTimeout(_),
                ..
            } => Some(
                "check the proxy's address in HTTPS_PROXY, HTTP_PROXY or ALL_PROXY; hosts in NO_PROXY are reached without it"
                    .into(),
            ),
            Error::NoAnswer { reason, .. } => reason.hint(),
            Error::Proxy { .. } => Some(
                "write `http://host:port` in HTTPS_PROXY, HTTP_PROXY or ALL_PROXY; SOCKS is not supported"
                    .into(),
            ),
            Error::Redirect { .. } => Some(
                "check whether the address is the registry's own, or only a page in front of it"
                    .into(),
            ),
            Error::Certificates(error) => error.hint(),
            Error::Offline { .. } | Error::TooLarge { .. } | Error::Unsendable { .. } => None,
        }
    }
}

/// Why a redirect was not followed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RedirectProblem {
    /// There were too many, or they run in a circle.
    #[error("more than {0} redirects")]
    TooMany(usize),
    /// It leads from https to http.
    #[error("it leads from https to {0}, without protection")]
    Downgrade(RedactedUrl),
    /// It leads to something that is no address of the web.
    #[error("it leads to `{0}`, which is no http or https address")]
    NotHttp(RedactedUrl),
}

/// Why there was no answer.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NoAnswer {
    /// Nobody listens there.
    #[error("connection refused")]
    Refused,
    /// The name of the host has no address.
    #[error("no address is known for host `{host}`")]
    UnknownHost {
        /// The name.
        host: String,
        /// What the system says.
        #[source]
        source: Arc<io::Error>,
    },
    /// The connection took too long.
    #[error("no connection within {} s", .0.as_secs_f64())]
    ConnectTimeout(Duration),
    /// The server took too long to begin its answer.
    #[error("no answer within {} s", .0.as_secs_f64())]
    ResponseTimeout(Duration),
    /// The server stopped in the middle of its answer.
    #[error("the answer stopped, and no byte came for {} s", .0.as_secs_f64())]
    Stalled(Duration),
    /// The answer as a whole took too long, although bytes kept coming.
    #[error("the answer was not complete within {} s", .0.as_secs_f64())]
    Slow(Duration),
    /// The connection ended before the answer did.
    #[error("the connection was closed before the answer was complete")]
    Cut,
    /// What came is not HTTP; a server that expects TLS answers so.
    #[error("the answer is not HTTP")]
    NotHttp,
    /// What came is not TLS; a server that speaks plain http answers so.
    #[error("the server does not speak TLS")]
    NotTls,
    /// The server's certificate was issued by an authority that is not believed.
    #[error("the certificate was issued by {}, which is not a known authority", issuer.as_deref().map_or("an authority without a name".into(), |name| format!("`{name}`")))]
    UnknownAuthority {
        /// The authority's name as the certificate gives it.
        issuer: Option<String>,
    },
    /// The server's certificate is not good for another reason.
    #[error("the certificate is not accepted: {0}")]
    Certificate(ServerCertificate),
    /// The server wants a certificate of ours.
    #[error("{}", if *shown { "the server does not accept the client certificate" } else { "the server asks for a client certificate, and none is set" })]
    ClientCertificate {
        /// Whether it was shown one.
        shown: bool,
    },
    /// The proxy does not let us through.
    #[error("{}", match status { Some(407) => "the proxy wants a user and password, or does not accept those it was given", _ => "the proxy refuses to connect to the server" })]
    ProxyRefused {
        /// What it said, if that is known.
        status: Option<u16>,
    },
    /// The TLS handshake failed.
    #[error("TLS: {0}")]
    Tls(String),
    /// The system could not carry the request, as when there is no route.
    #[error("{0}")]
    Other(String),
}

/// What is wrong with a server's certificate.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ServerCertificate {
    /// It was made for other hosts.
    #[error("it is for {}, and not for `{host}`", names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "))]
    OtherHost {
        /// The host that was asked.
        host: String,
        /// Those that it is for.
        names: Vec<String>,
    },
    /// It has no alternative name (SAN).
    #[error(
        "it names its host only in the subject, where names no longer count, and not among its alternative names (SAN)"
    )]
    NamesOnlyInSubject,
    /// Its time is over.
    #[error("it expired {} ago", in_days(*days))]
    Expired {
        /// Since when, in whole days.
        days: u64,
    },
    /// Its time has not come.
    #[error("it is not valid yet, but in {}", in_days(*days))]
    NotYetValid {
        /// Until when, in whole days.
        days: u64,
    },
    /// Something else.
    #[error("{0}")]
    Other(String),
}

fn in_days(days: u64) -> String {
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
                "ask for the registry by a name that the certificate holds, or have one made that holds this name"
            }
            Self::NamesOnlyInSubject => {
                "ask who runs the server for a certificate with the host as `subjectAltName`"
            }
            Self::Expired { .. } => {
                "ask who runs the server to renew it; if it is new, check this machine's clock"
            }
            Self::NotYetValid { .. } => "check this machine's clock",
            Self::Other(_) => "ask who runs the server for another certificate",
        }
    }
}

impl NoAnswer {
    /// What to do about it, where that can be told.
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
            | NoAnswer::Cut => "try again later, or ask who runs the server",
            NoAnswer::NotHttp => "the server may expect https",
            NoAnswer::NotTls => {
                "the server may speak plain http; `plain_http = true` in its `[registry.\"host:port\"]` table allows it"
            }
            NoAnswer::UnknownAuthority { .. } => {
                "name the authority's certificate: `ca = \"FILE\"` in the `[registry.\"host:port\"]` table, or SSL_CERT_FILE"
            }
            NoAnswer::Certificate(problem) => problem.hint(),
            NoAnswer::ClientCertificate { shown: false } => {
                "name one: `cert = \"FILE\"` and `key = \"FILE\"` in the `[registry.\"host:port\"]` table, or `.cert` and `.key` files in its certs.d folder"
            }
            NoAnswer::ClientCertificate { shown: true } => {
                "check that it is in date, and that the server knows its authority"
            }
            NoAnswer::ProxyRefused { status: Some(407) } => {
                "write them into the proxy's address: `http://user:password@host:port`"
            }
            NoAnswer::ProxyRefused { .. } => {
                "ask who runs the proxy, or name the host in NO_PROXY if it can be reached without"
            }
            NoAnswer::Tls(_) | NoAnswer::Other(_) => return None,
        };
        Some(hint.into())
    }

    /// Whether asking again soon may help.
    pub(crate) fn is_passing(&self) -> bool {
        matches!(self, NoAnswer::Cut)
    }
}

/// Why a file with certificates or a key, named in the settings, cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CertificateError {
    /// The file cannot be read, or is no PEM file.
    #[error("cannot read `{}`: {problem}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the reader says.
        problem: String,
    },
    /// The file holds nothing of what is looked for.
    #[error("no certificate in `{}`", path.display())]
    Empty {
        /// The file or folder.
        path: PathBuf,
    },
    /// In a folder of certificates, one of a certificate and its key is missing.
    #[error("`{}` is there without `{}`", found.display(), missing.display())]
    Single {
        /// The file that is there.
        found: PathBuf,
        /// The file that is not.
        missing: PathBuf,
    },
    /// A certificate and a key cannot be used together.
    #[error("certificate `{}` and key `{}` cannot be used together: {problem}", certificate.display(), key.display())]
    Pair {
        /// The certificate's file.
        certificate: PathBuf,
        /// The key's file.
        key: PathBuf,
        /// What is wrong.
        problem: String,
    },
}

impl CertificateError {
    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            CertificateError::Unreadable { .. } => "check the path and who may read it".into(),
            CertificateError::Empty { .. } => {
                "a PEM file holds blocks that begin with `-----BEGIN CERTIFICATE-----`".into()
            }
            CertificateError::Single { .. } => {
                "put both into the folder, or none; an authority's certificate is called `.crt` there".into()
            }
            CertificateError::Pair { .. } => "name the key that belongs to the certificate".into(),
        })
    }
}

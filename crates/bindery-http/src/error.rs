//! Why there is no answer, or none that can be used.

use std::error::Error as StdError;
use std::io::{self, ErrorKind};
use std::sync::Arc;
use std::time::Duration;

use bindery_secret::RedactedUrl;
use reqwest::Method;

use crate::resolve::UnknownHost;
use crate::settings::Settings;
use crate::tls::{CertificateError, tls_problem};

/// Why a request has no usable answer. An answer with an unwelcome status is no error here.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The server did not answer, or not to the end.
    #[error("no answer to {method} {url}")]
    NoAnswer {
        /// The method of the request.
        method: Method,
        /// The address that was asked, which after a redirect is not the request's own.
        url: RedactedUrl,
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
            Error::NoAnswer { reason, .. } => reason.hint(),
            Error::Redirect { .. } => Some(
                "check whether the address is the registry's own, or only a page in front of it"
                    .into(),
            ),
            Error::Certificates(error) => error.hint(),
            Error::TooLarge { .. } | Error::Unsendable { .. } => None,
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
    /// The server's certificate is not good for another reason: another host's name, or its time is over.
    #[error("the certificate is not accepted: {0}")]
    Certificate(String),
    /// The TLS handshake failed.
    #[error("TLS: {0}")]
    Tls(String),
    /// The system could not carry the request, as when there is no route.
    #[error("{0}")]
    Other(String),
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
            NoAnswer::ResponseTimeout(_) | NoAnswer::Stalled(_) | NoAnswer::Cut => {
                "try again later, or ask who runs the server"
            }
            NoAnswer::NotHttp => "the server may expect https",
            NoAnswer::NotTls => {
                "the server may speak plain http; `plain_http = true` in its `[registry.\"host:port\"]` table allows it"
            }
            NoAnswer::UnknownAuthority { .. } => {
                "name the authority's certificate: `ca = \"FILE\"` in the `[registry.\"host:port\"]` table, or SSL_CERT_FILE"
            }
            NoAnswer::Certificate(_) => {
                "ask who runs the server for a certificate that holds its name and is in date"
            }
            NoAnswer::Tls(_) | NoAnswer::Other(_) => return None,
        };
        Some(hint.into())
    }

    /// Whether asking again soon may help.
    pub(crate) fn is_passing(&self) -> bool {
        matches!(self, NoAnswer::Cut)
    }

    /// What lies behind the HTTP library's error: the first cause in its chain that says something.
    pub(crate) fn from_library(
        error: &reqwest::Error,
        settings: &Settings,
    ) -> Result<Self, CertificateError> {
        let mut link: Option<&(dyn StdError + 'static)> = Some(error);
        let mut last = String::new();
        while let Some(current) = link {
            if let Some(found) = current.downcast_ref::<UnknownHost>() {
                return Ok(NoAnswer::UnknownHost {
                    host: found.host.clone(),
                    source: Arc::clone(&found.source),
                });
            }
            if let Some(found) = current.downcast_ref::<rustls::Error>() {
                return tls_problem(found);
            }
            if let Some(found) = current.downcast_ref::<io::Error>() {
                // An `io::Error` hides the error it was made from: `source()` is already that one's source.
                if let Some(inner) = found.get_ref()
                    && (inner.is::<rustls::Error>() || inner.is::<io::Error>())
                {
                    link = Some(inner);
                    continue;
                }
                match found.kind() {
                    ErrorKind::ConnectionRefused => return Ok(NoAnswer::Refused),
                    ErrorKind::ConnectionReset
                    | ErrorKind::ConnectionAborted
                    | ErrorKind::BrokenPipe
                    | ErrorKind::UnexpectedEof => return Ok(NoAnswer::Cut),
                    ErrorKind::TimedOut => {
                        return Ok(NoAnswer::ConnectTimeout(settings.connect_timeout));
                    }
                    _ => {}
                }
            }
            if let Some(found) = current.downcast_ref::<hyper::Error>() {
                if found.is_parse() {
                    return Ok(NoAnswer::NotHttp);
                }
                if found.is_incomplete_message() || found.is_canceled() || found.is_closed() {
                    return Ok(NoAnswer::Cut);
                }
            }
            last = current.to_string();
            link = current.source();
        }
        Ok(if error.is_timeout() {
            NoAnswer::ConnectTimeout(settings.connect_timeout)
        } else {
            NoAnswer::Other(last)
        })
    }
}

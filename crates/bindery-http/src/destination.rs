//! Destination of one request, and the errors that name it.

use std::error::Error as StdError;
use std::io::{self, ErrorKind};
use std::sync::Arc;
use std::time::Duration;

use bindery_secret::RedactedUrl;
use reqwest::{Method, Url};

use crate::error::{CertificateError, Error, NoAnswer};
use crate::origin_pool::OriginPool;
use crate::resolve::UnknownHost;
use crate::settings::Settings;
use crate::tls::{self, CertificateResolver};

/// Method and address of one request, and the connections that carry it.
pub(crate) struct Destination {
    pub(crate) settings: Arc<Settings>,
    pub(crate) pool: Arc<OriginPool>,
    pub(crate) method: Method,
    pub(crate) url: Url,
}

impl Destination {
    /// Returns the error for an error of the HTTP library.
    pub(crate) fn failure(&self, error: &reqwest::Error) -> Error {
        let certificate = &self.pool.certificate;
        match reason(error, self.settings.connect_timeout, certificate) {
            // Some servers close the connection without a word if they get no certificate.
            Ok(NoAnswer::Cut) if !self.pool.has_responded() => {
                self.no_answer(match certificate.was_asked() {
                    Some(sent) => NoAnswer::ClientCertificate { sent },
                    None => NoAnswer::Cut,
                })
            }
            Ok(reason) => self.no_answer(reason),
            Err(error) => Error::Certificates(error),
        }
    }

    /// Returns the error for a missing or incomplete response.
    pub(crate) fn no_answer(&self, reason: NoAnswer) -> Error {
        Error::NoAnswer {
            method: self.method.clone(),
            url: self.redacted_url(),
            proxy: self.pool.proxy.clone(),
            reason,
        }
    }

    /// Returns the error for a response body of more than `limit` bytes.
    pub(crate) fn too_large(&self, limit: u64) -> Error {
        Error::TooLarge {
            method: self.method.clone(),
            url: self.redacted_url(),
            limit,
        }
    }

    /// Returns the address in the form for messages.
    pub(crate) fn redacted_url(&self) -> RedactedUrl {
        RedactedUrl::new(self.url.as_str())
    }
}

/// Returns the reason of an error of the HTTP library: the first cause in its chain that names one.
///
/// # Errors
///
/// If the cause is a file that the settings name.
fn reason(
    error: &reqwest::Error,
    connect_timeout: Duration,
    certificate: &CertificateResolver,
) -> Result<NoAnswer, CertificateError> {
    let mut link: Option<&(dyn StdError + 'static)> = Some(error);
    let mut last = String::new();
    while let Some(current) = link {
        if let Some(unknown) = current.downcast_ref::<UnknownHost>() {
            return Ok(NoAnswer::UnknownHost {
                host: unknown.host.clone(),
                source: Arc::clone(&unknown.source),
            });
        }
        if let Some(tls_error) = current.downcast_ref::<rustls::Error>() {
            return tls::no_answer(tls_error, certificate);
        }
        if let Some(io_error) = current.downcast_ref::<io::Error>() {
            // An `io::Error` hides the error that it wraps: its `source()` is the source of the wrapped error.
            if let Some(inner) = io_error.get_ref()
                && (inner.is::<rustls::Error>() || inner.is::<io::Error>())
            {
                link = Some(inner);
                continue;
            }
            match io_error.kind() {
                ErrorKind::ConnectionRefused => return Ok(NoAnswer::Refused),
                ErrorKind::ConnectionReset
                | ErrorKind::ConnectionAborted
                | ErrorKind::BrokenPipe
                | ErrorKind::UnexpectedEof => return Ok(NoAnswer::Cut),
                ErrorKind::TimedOut => {
                    return Ok(NoAnswer::ConnectTimeout(connect_timeout));
                }
                _ => {}
            }
        }
        if let Some(http_error) = current.downcast_ref::<hyper::Error>() {
            if http_error.is_parse() {
                return Ok(NoAnswer::NotHttp);
            }
            if http_error.is_incomplete_message()
                || http_error.is_canceled()
                || http_error.is_closed()
            {
                return Ok(NoAnswer::Cut);
            }
        }
        last = current.to_string();
        // The library does not export the type of this error.
        match last.strip_prefix("tunnel error: ") {
            Some("proxy authorization required") => {
                return Ok(NoAnswer::ProxyRefused { status: Some(407) });
            }
            Some("unsuccessful") => return Ok(NoAnswer::ProxyRefused { status: None }),
            Some("unexpected end of file") => return Ok(NoAnswer::Cut),
            _ => {}
        }
        link = current.source();
    }
    Ok(if error.is_timeout() {
        NoAnswer::ConnectTimeout(connect_timeout)
    } else {
        NoAnswer::Other(last)
    })
}

//! Scheme of a registry: http or https.

use bindery_http::{Error as HttpError, NoAnswer, Response, StatusCode};
use bindery_reference::Registry;

use crate::error::Error;
use crate::settings::RegistrySettings;

/// Scheme that a registry is reached with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scheme {
    Http,
    Https,
}

impl Scheme {
    /// Returns the scheme that a `plain_http` setting means.
    pub(crate) fn from_setting(plain_http: bool) -> Self {
        if plain_http {
            Scheme::Http
        } else {
            Scheme::Https
        }
    }

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Scheme::Http => "http",
            Scheme::Https => "https",
        }
    }
}

/// Returns the schemes to try for a registry, in order.
pub(crate) fn candidates(
    registry: &Registry,
    settings: Option<&RegistrySettings>,
) -> &'static [Scheme] {
    match settings.and_then(|settings| settings.plain_http) {
        Some(true) => &[Scheme::Http],
        Some(false) => &[Scheme::Https],
        None if settings.is_some_and(|settings| settings.insecure) => {
            &[Scheme::Https, Scheme::Http]
        }
        None if registry.is_loopback() => &[Scheme::Http, Scheme::Https],
        None => &[Scheme::Https],
    }
}

/// Returns whether the outcome of a request in `scheme` is that of a server which expects the other scheme.
pub(crate) fn expects_other<B>(scheme: Scheme, outcome: Result<&Response<B>, &Error>) -> bool {
    match (scheme, outcome) {
        // Some servers answer plain http with 400 if they expect TLS; a registry would name itself in a header.
        (Scheme::Http, Ok(response)) => {
            response.status == StatusCode::BAD_REQUEST
                && response.header("docker-distribution-api-version").is_none()
        }
        (Scheme::Https, Ok(_)) => false,
        (Scheme::Http, Err(error)) => {
            matches!(reason(error), Some(NoAnswer::NotHttp | NoAnswer::Cut))
        }
        (Scheme::Https, Err(error)) => {
            matches!(reason(error), Some(NoAnswer::NotTls | NoAnswer::Cut))
        }
    }
}

/// Returns whether the request failed without showing that the server supports TLS.
pub(crate) fn supports_neither(error: &Error) -> bool {
    reason(error).is_some_and(|reason| {
        !matches!(
            reason,
            NoAnswer::UnknownAuthority { .. }
                | NoAnswer::Certificate(_)
                | NoAnswer::ClientCertificate { .. }
                | NoAnswer::Tls(_)
        )
    })
}

fn reason(error: &Error) -> Option<&NoAnswer> {
    match error.http_source()? {
        HttpError::NoAnswer { reason, .. } => Some(reason),
        _ => None,
    }
}

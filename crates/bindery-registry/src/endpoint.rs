//! Address of a registry, as in cluster definitions: a URL or a host.

use std::fmt;

use bindery_reference::{ParseError, Registry};
use bindery_secret::RedactedUrl;
use serde::{Deserialize, Serialize};

/// Address of a registry, with the scheme and path it may have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Endpoint {
    /// Host and port.
    pub registry: Registry,
    /// Whether the address has the scheme http; `None` without a scheme.
    pub plain_http: Option<bool>,
    /// Path in front of `/v2/`.
    pub path: Option<String>,
}

/// Error for a text that is not the address of a registry.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EndpointError {
    /// The scheme is neither http nor https.
    #[error("the registry address `{address}` has the scheme `{scheme}`")]
    Scheme {
        /// Address.
        address: RedactedUrl,
        /// Scheme.
        scheme: String,
    },
    /// The address contains a user name, which would be part of every job that names the registry.
    #[error("the registry address `{address}` contains a user name or password")]
    UserName {
        /// Address without user name and password.
        address: RedactedUrl,
    },
    /// The address has a query or a fragment.
    #[error("the registry address `{address}` has more than host, port and path")]
    Query {
        /// Address.
        address: RedactedUrl,
    },
    /// The host or port is invalid.
    #[error("the registry address `{address}` is invalid")]
    Host {
        /// Address.
        address: RedactedUrl,
        /// Error in the host or port.
        #[source]
        source: ParseError,
    },
}

impl EndpointError {
    /// Returns advice for the user.
    pub fn hint(&self) -> Option<String> {
        match self {
            EndpointError::Scheme { .. } => {
                Some("write `https://host:port` or `http://host:port`".into())
            }
            EndpointError::UserName { .. } => {
                Some("leave the user name out, and give the credential with an auth plugin".into())
            }
            EndpointError::Query { .. } => {
                Some("write `https://host:port`, with a path if the registry has one".into())
            }
            EndpointError::Host { source, .. } => source.hint(),
        }
    }
}

impl Endpoint {
    /// Parses `[http[s]://]host[:port][/path]`. Ignores a slash or `/v2/` at the end.
    ///
    /// # Errors
    ///
    /// If the scheme is another one, the host is missing, or the address has more than host, port and path.
    pub fn parse(text: &str) -> Result<Self, EndpointError> {
        let text = text.trim();
        let address = RedactedUrl::new(text);
        let (plain_http, rest) = match text.split_once("://") {
            None => (None, text),
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("http") => (Some(true), rest),
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("https") => (Some(false), rest),
            Some((scheme, _)) => {
                return Err(EndpointError::Scheme {
                    scheme: scheme.to_owned(),
                    address,
                });
            }
        };
        let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
        if host.contains('@') {
            return Err(EndpointError::UserName { address });
        }
        if rest.contains(['?', '#']) {
            return Err(EndpointError::Query { address });
        }
        let registry =
            Registry::parse(host).map_err(|source| EndpointError::Host { address, source })?;
        let path = path.trim_matches('/');
        let path = path
            .strip_suffix("v2")
            .filter(|path| path.is_empty() || path.ends_with('/'))
            .unwrap_or(path);
        let path = path.trim_end_matches('/');
        Ok(Self {
            registry,
            plain_http,
            path: (!path.is_empty()).then(|| path.to_owned()),
        })
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.plain_http {
            Some(true) => f.write_str("http://")?,
            Some(false) => f.write_str("https://")?,
            None => {}
        }
        write!(f, "{}", self.registry)?;
        match &self.path {
            Some(path) => write!(f, "/{path}"),
            None => Ok(()),
        }
    }
}

impl TryFrom<String> for Endpoint {
    type Error = EndpointError;

    fn try_from(text: String) -> Result<Self, EndpointError> {
        Self::parse(&text)
    }
}

impl From<Endpoint> for String {
    fn from(endpoint: Endpoint) -> Self {
        endpoint.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, registry: &str, plain_http: Option<bool>, path: Option<&str>) {
        let expected = Endpoint {
            registry: Registry::parse(registry).unwrap(),
            plain_http,
            path: path.map(str::to_owned),
        };
        assert_eq!(Endpoint::parse(text).unwrap(), expected, "from {text:?}");
    }

    #[track_caller]
    fn refuse(text: &str, message: &str) {
        let error = Endpoint::parse(text).unwrap_err();
        assert_eq!(error.to_string(), message);
        assert!(error.hint().is_some());
    }

    #[test]
    fn the_scheme_is_optional() {
        check(
            "https://registry-1.docker.io",
            "registry-1.docker.io",
            Some(false),
            None,
        );
        check(
            "http://192.168.33.7:5000",
            "192.168.33.7:5000",
            Some(true),
            None,
        );
        check("HTTP://h", "h", Some(true), None);
        check(
            "registry.example.org:5000",
            "registry.example.org:5000",
            None,
            None,
        );
        check(" [::1]:5000 ", "[::1]:5000", None, None);
    }

    #[test]
    fn slashes_and_the_api_version_at_the_end_are_ignored() {
        for end in ["", "/", "/v2", "/v2/", "//"] {
            check(
                &format!("https://h.example{end}"),
                "h.example",
                Some(false),
                None,
            );
            check(
                &format!("https://h.example/sub{end}"),
                "h.example",
                Some(false),
                Some("sub"),
            );
        }
        check(
            "https://h.example/a/b/v2/",
            "h.example",
            Some(false),
            Some("a/b"),
        );
        check(
            "https://h.example/xv2",
            "h.example",
            Some(false),
            Some("xv2"),
        );
    }

    #[test]
    fn invalid_addresses_are_refused() {
        refuse(
            "ftp://h",
            "the registry address `ftp://h` has the scheme `ftp`",
        );
        refuse(
            "https://u:canary@h/x",
            "the registry address `https://h/x` contains a user name or password",
        );
        refuse(
            "https://h/?a=b",
            "the registry address `https://h/?a=***` has more than host, port and path",
        );
        refuse("https://", "the registry address `https://` is invalid");
        refuse("h:port", "the registry address `h:port` is invalid");
    }

    #[test]
    fn an_address_is_formatted_canonically() {
        for (text, canonical) in [
            ("HTTP://h:5000/v2/", "http://h:5000"),
            ("https://h/a/b/", "https://h/a/b"),
            ("h", "h"),
        ] {
            assert_eq!(Endpoint::parse(text).unwrap().to_string(), canonical);
        }
    }
}

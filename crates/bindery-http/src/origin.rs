//! Origins (RFC 9110, section 4.3.1). A credential belongs to one origin.

use std::fmt;

use reqwest::Url;

/// Scheme, host and port of a URL; without a port in the URL, the default port of the scheme.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Origin {
    scheme: String,
    host: String,
    port: Option<u16>,
}

impl Origin {
    /// Returns the origin of `url`.
    pub fn of(url: &Url) -> Self {
        Self {
            scheme: url.scheme().to_owned(),
            host: url.host_str().unwrap_or_default().to_ascii_lowercase(),
            port: url.port_or_known_default(),
        }
    }

    /// Returns `host:port`; for the default port of the scheme, `host` and `host:port`.
    pub(crate) fn authorities(&self) -> Vec<String> {
        let host = &self.host;
        match (self.port, self.scheme.as_str()) {
            (None, _) => vec![host.clone()],
            (Some(port @ 80), "http") | (Some(port @ 443), "https") => {
                vec![host.clone(), format!("{host}:{port}")]
            }
            (Some(port), _) => vec![format!("{host}:{port}")],
        }
    }

    pub(crate) fn is_https(&self) -> bool {
        self.scheme == "https"
    }

    /// Returns the host: a name, an IPv4 address, or an IPv6 address in brackets.
    pub fn host(&self) -> &str {
        &self.host
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme, self.host)?;
        match (self.port, self.scheme.as_str()) {
            (None, _) | (Some(80), "http") | (Some(443), "https") => Ok(()),
            (Some(port), _) => write!(f, ":{port}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(url: &str, origin: &str) {
        assert_eq!(Origin::of(&Url::parse(url).unwrap()).to_string(), origin);
    }

    #[test]
    fn an_origin_excludes_path_user_and_default_port() {
        check("https://Example.org/v2/", "https://example.org");
        check("https://example.org:443", "https://example.org");
        check("http://example.org:443/a", "http://example.org:443");
        check("http://u:p@[::1]:5000/a?b", "http://[::1]:5000");
    }
}

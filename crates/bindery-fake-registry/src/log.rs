//! Recorded requests.

/// Request, and the status of its response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Method: `GET`, `HEAD`, …
    pub method: String,
    /// Path without the query, as sent.
    pub path: String,
    /// Query without `?`, as sent, or an empty text.
    pub query: String,
    /// Number of the connection, from 1. Requests with equal numbers used the same connection.
    pub connection: u64,
    /// Scheme of the `Authorization` header in lower case (`basic`, `bearer`). The credential is not recorded.
    pub authorization: Option<String>,
    /// Status of the response; `None` if the connection was cut before the status was sent.
    pub status: Option<u16>,
    /// Names and values of a form in the body. Values of passwords and tokens are not recorded.
    pub form: Vec<(String, String)>,
    pub(crate) headers: Vec<(String, String)>,
}

impl Request {
    /// Returns the values of a header, joined by commas. `Authorization` is not recorded.
    pub fn header(&self, name: &str) -> Option<String> {
        let values: Vec<&str> = self
            .headers
            .iter()
            .filter(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
            .collect();
        (!values.is_empty()).then(|| values.join(", "))
    }

    /// Returns method and path, separated by a space.
    pub fn line(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

/// Number of requests by kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Requests for a manifest, including rejected ones.
    pub manifests: u64,
    /// Requests to the token endpoint.
    pub tokens: u64,
    /// All other requests.
    pub others: u64,
    /// Connections accepted.
    pub connections: u64,
}

impl Counts {
    /// Counts a request for `path`.
    pub(crate) fn add(&mut self, path: &str) {
        let kind = if path == "/token" {
            &mut self.tokens
        } else if path.contains("/manifests/") {
            &mut self.manifests
        } else {
            &mut self.others
        };
        *kind += 1;
    }
}

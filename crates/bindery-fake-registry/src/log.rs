//! What clients asked for.

/// One request as it arrived, with the status it was answered with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// `GET`, `HEAD`, ..
    pub method: String,
    /// The path without the query, as sent.
    pub path: String,
    /// What stood behind `?`, as sent; empty if nothing did.
    pub query: String,
    /// Number of the connection, counted from 1: equal numbers mean that the connection was used again.
    pub connection: u64,
    /// The scheme of the `Authorization` header in lower case (`basic`, `bearer`), if one was sent. What followed it is not kept.
    pub authorization: Option<String>,
    /// The status answered; `None` if the connection was cut before the client could see one.
    pub status: Option<u16>,
    /// The names and values of a form in the body; of passwords and tokens the values are not kept.
    pub form: Vec<(String, String)>,
    pub(crate) headers: Vec<(String, String)>,
}

impl Request {
    /// The value of a header, several of them joined by a comma. `Authorization` is not among them.
    pub fn header(&self, name: &str) -> Option<String> {
        let values: Vec<&str> = self
            .headers
            .iter()
            .filter(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
            .collect();
        (!values.is_empty()).then(|| values.join(", "))
    }

    /// Method and path with one space between, handy to compare a whole conversation.
    pub fn line(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

/// How much was asked for, by kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Requests for a manifest, refused ones included.
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

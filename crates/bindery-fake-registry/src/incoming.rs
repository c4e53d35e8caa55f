//! Incoming requests.

use axum::body::Body;
use axum::http::{HeaderMap, Request as HttpRequest, header};

use crate::log::Request;
use crate::token::form_fields;

/// Maximum size of a form, in bytes.
const MAX_FORM: usize = 1 << 20;

/// Parts of a request that the registry uses.
pub(crate) struct Incoming {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
    pub(crate) form: String,
}

impl Incoming {
    pub(crate) async fn read(request: HttpRequest<Body>) -> Self {
        let (head, body) = request.into_parts();
        // A truncated body counts as empty, since its client does not read the response.
        let body = axum::body::to_bytes(body, MAX_FORM)
            .await
            .unwrap_or_default();
        Self {
            method: head.method.as_str().to_owned(),
            path: head.uri.path().to_owned(),
            query: head.uri.query().unwrap_or_default().to_owned(),
            headers: head.headers,
            form: String::from_utf8_lossy(&body).into_owned(),
        }
    }

    pub(crate) fn is_head(&self) -> bool {
        self.method == "HEAD"
    }

    pub(crate) fn authorization(&self) -> Option<&str> {
        self.headers.get(header::AUTHORIZATION)?.to_str().ok()
    }

    /// Returns the bearer token.
    pub(crate) fn bearer(&self) -> Option<&str> {
        let (scheme, token) = self.authorization()?.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then_some(token)
    }

    /// Returns the start of a range `bytes=START-`. Other forms of ranges count as none.
    pub(crate) fn range_start(&self) -> Option<u64> {
        let range = self.headers.get(header::RANGE)?.to_str().ok()?;
        range
            .strip_prefix("bytes=")?
            .strip_suffix('-')?
            .parse()
            .ok()
    }

    /// Returns whether `Accept` names this media type. Wildcards are ignored, as in distribution 2.8.
    pub(crate) fn accepts(&self, media_type: &str) -> bool {
        self.headers
            .get_all(header::ACCEPT)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .any(|range| {
                let accepted = range.split(';').next().unwrap_or("").trim();
                accepted.eq_ignore_ascii_case(media_type)
            })
    }

    /// Returns the record of the request, without its credentials.
    pub(crate) fn record(&self, connection: u64) -> Request {
        let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
        Request {
            method: self.method.clone(),
            path: self.path.clone(),
            query: self.query.clone(),
            connection,
            authorization: self.headers.get(header::AUTHORIZATION).map(|value| {
                let value = text(value.as_bytes());
                value.split(' ').next().unwrap_or("").to_lowercase()
            }),
            status: None,
            form: form_fields(&self.form)
                .into_iter()
                .map(|(name, value)| match name.as_str() {
                    "password" | "refresh_token" => (name, "***".to_owned()),
                    _ => (name, value),
                })
                .collect(),
            headers: self
                .headers
                .iter()
                .filter(|(name, _)| *name != header::AUTHORIZATION)
                .map(|(name, value)| (name.to_string(), text(value.as_bytes())))
                .collect(),
        }
    }
}

//! Requests, and responses that were read whole.

use bindery_secret::{RedactedUrl, Secret};
use reqwest::header::HeaderMap;
use reqwest::{Method, StatusCode, Url};

use crate::body::Body;

/// Size limit of a response body if a request sets no other, in bytes.
const DEFAULT_LIMIT: u64 = 1 << 20;

/// HTTP request.
#[derive(Clone, Debug)]
pub struct Request {
    /// Method.
    pub method: Method,
    /// Address. A user name and a password in it are ignored.
    pub url: Url,
    /// Headers, which are sent to every origin that a redirect leads to; secrets do not belong here.
    pub headers: HeaderMap,
    /// `Authorization` header, sent to the origin of `url` only.
    pub authorization: Option<Secret>,
    /// Body.
    pub body: Body,
    /// Size limit for the body of a successful response, in bytes; a larger body is an error. [`crate::Client::send`] ignores it.
    pub limit: u64,
    /// Repeats the request while the server has a temporary failure, if the method is `GET` or `HEAD`. False if another server can answer
    /// instead: then the first response counts.
    pub insist: bool,
}

impl Request {
    /// Creates a request without headers and body, with a limit of 1 MiB.
    pub fn new(method: Method, url: Url) -> Self {
        Self {
            method,
            url,
            headers: HeaderMap::new(),
            authorization: None,
            body: Body::Empty,
            limit: DEFAULT_LIMIT,
            insist: true,
        }
    }

    /// Creates a `GET` of `url`.
    pub fn get(url: Url) -> Self {
        Self::new(Method::GET, url)
    }

    /// Creates a `HEAD` of `url`.
    pub fn head(url: Url) -> Self {
        Self::new(Method::HEAD, url)
    }

    /// Creates a `POST` of these names and values to `url`, as a form.
    pub fn post_form(url: Url, fields: &[(&str, &str)]) -> Self {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.extend_pairs(fields);
        Self {
            body: Body::Form(Secret::from(form.finish())),
            ..Self::new(Method::POST, url)
        }
    }

    /// Returns whether repeating the request has no effect beyond the first one.
    pub(crate) fn is_repeatable(&self) -> bool {
        self.method == Method::GET || self.method == Method::HEAD
    }

    /// Returns the address in the form for messages.
    pub fn redacted_url(&self) -> RedactedUrl {
        RedactedUrl::new(self.url.as_str())
    }
}

/// Response with any status.
#[derive(Clone, Debug)]
pub struct Response<B = Vec<u8>> {
    /// Status.
    pub status: StatusCode,
    /// Headers.
    pub headers: HeaderMap,
    /// Address that responded, after redirects.
    pub url: Url,
    /// Body. [`crate::Client::fetch`] keeps the first 64 KiB of it if the status is 400 or more.
    pub body: B,
}

impl<B> Response<B> {
    /// Returns the first value of a header, if it is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

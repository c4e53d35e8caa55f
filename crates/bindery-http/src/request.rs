//! What is asked, and what is answered.

use bindery_secret::{RedactedUrl, Secret};
use reqwest::header::HeaderMap;
use reqwest::{Method, StatusCode, Url};

/// The most bytes of an answer that a request takes if it says nothing else.
const DEFAULT_LIMIT: u64 = 1 << 20;

/// A request, with a form for its body or none.
#[derive(Clone, Debug)]
pub struct Request {
    /// How it is asked.
    pub method: Method,
    /// What is asked for. A user name and password in it are ignored.
    pub url: Url,
    /// Headers that may go to every origin a redirect leads to; nothing secret belongs here.
    pub headers: HeaderMap,
    /// The `Authorization` header. It is sent to the origin of `url` only.
    pub authorization: Option<Secret>,
    /// The body, as `application/x-www-form-urlencoded`. It is sent to the origin of `url` only, and once.
    pub form: Option<Secret>,
    /// The most bytes that the body of a successful answer may have; one more is an error.
    pub limit: u64,
    /// Whether a server in passing trouble is waited for and asked again, where asking twice does no harm. If not, because
    /// somebody else can be asked, its first answer counts.
    pub insist: bool,
}

impl Request {
    /// A `GET` of `url` with a limit of 1 MiB.
    pub fn get(url: Url) -> Self {
        Self {
            method: Method::GET,
            url,
            headers: HeaderMap::new(),
            authorization: None,
            form: None,
            limit: DEFAULT_LIMIT,
            insist: true,
        }
    }

    /// A `HEAD` of `url`.
    pub fn head(url: Url) -> Self {
        Self {
            method: Method::HEAD,
            ..Self::get(url)
        }
    }

    /// A `POST` of these names and values to `url`.
    pub fn post_form(url: Url, fields: &[(&str, &str)]) -> Self {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.extend_pairs(fields);
        Self {
            method: Method::POST,
            form: Some(Secret::from(form.finish())),
            ..Self::get(url)
        }
    }

    /// Whether asking twice does no more than asking once.
    pub(crate) fn is_repeatable(&self) -> bool {
        self.method == Method::GET || self.method == Method::HEAD
    }

    /// The address as it may stand in a message.
    pub fn redacted_url(&self) -> RedactedUrl {
        RedactedUrl::new(self.url.as_str())
    }
}

/// A whole answer, whatever its status.
#[derive(Clone, Debug)]
pub struct Response {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The address that answered, after redirects.
    pub url: Url,
    /// The body. Of an answer with status 400 or more it is the first 64 KiB.
    pub body: Vec<u8>,
}

impl Response {
    /// The value of a header, if it is there once or more and the first one is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

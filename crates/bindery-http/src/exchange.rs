//! One request to one address.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use bindery_secret::Secret;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, WARNING};
use reqwest::{StatusCode, Url};
use tokio::sync::OwnedSemaphorePermit;
use tokio::task::yield_now;
use tokio::time::timeout;

use crate::body::{Body, Progress};
use crate::body_reader::BodyReader;
use crate::destination::Destination;
use crate::error::{Error, NoAnswer};
use crate::log::Level;
use crate::origin::Origin;
use crate::redirect;
use crate::request::{Request, Response};

/// Maximum length of a warning of a server in the log, in characters; the specification allows as many bytes.
const MAX_WARNING: usize = 4096;

/// Media type of a form.
const FORM: &str = "application/x-www-form-urlencoded";

/// Result of one request to one address.
pub(crate) enum ExchangeOutcome<B> {
    /// Final response.
    Response(Response<B>),
    /// Redirect to follow, with its status.
    Redirect(StatusCode, Url),
}

/// One request to one address.
pub(crate) struct Exchange<'a> {
    pub(crate) request: &'a Request,
    pub(crate) destination: Arc<Destination>,
}

impl Exchange<'_> {
    /// Sends the request and waits for the headers of the response. The response holds `permit` until its body is read.
    pub(crate) async fn send(
        &self,
        authorization: Option<&Secret>,
        permit: OwnedSemaphorePermit,
    ) -> Result<ExchangeOutcome<BodyReader>, Error> {
        let destination = &self.destination;
        let mut response = self.wait_for_headers(authorization).await?;
        let status = response.status();
        if status == StatusCode::PROXY_AUTHENTICATION_REQUIRED && destination.pool.proxy.is_some() {
            return Err(destination.no_answer(NoAnswer::ProxyRefused { status: Some(407) }));
        }
        destination.pool.note_response();
        self.log_warnings(response.headers());
        let next = redirect::target(self.request, &destination.url, status, response.headers());
        let next = next.map_err(|problem| Error::Redirect {
            method: self.request.method.clone(),
            url: destination.redacted_url(),
            problem,
        })?;
        if let Some(next) = next {
            drop(response);
            // The task of the connection takes the connection back before the next request looks for one.
            yield_now().await;
            drop(permit);
            return Ok(ExchangeOutcome::Redirect(status, next));
        }
        let headers = std::mem::take(response.headers_mut());
        let body = BodyReader::new(Arc::clone(destination), response, permit);
        Ok(ExchangeOutcome::Response(Response {
            status,
            headers,
            url: destination.url.clone(),
            body,
        }))
    }

    async fn wait_for_headers(
        &self,
        authorization: Option<&Secret>,
    ) -> Result<reqwest::Response, Error> {
        let destination = &self.destination;
        let mut builder = destination
            .pool
            .connections
            .request(self.request.method.clone(), destination.url.clone())
            .headers(self.request.headers.clone());
        if let Some(authorization) = authorization {
            let mut value = HeaderValue::from_str(authorization.expose()).map_err(|error| {
                Error::Unsendable {
                    what: "the credential",
                    source: Arc::new(error),
                }
            })?;
            value.set_sensitive(true);
            builder = builder.header(AUTHORIZATION, value);
        }
        let mut progress = Progress::default();
        builder = match &self.request.body {
            Body::Empty => builder,
            Body::Form(form) => builder
                .header(CONTENT_TYPE, FORM)
                .body(form.expose().to_owned()),
            Body::Bytes(bytes) => builder.body(bytes.clone()),
            Body::Stream(source) => {
                let body = source
                    .open(&mut progress)
                    .map_err(|error| Error::Unsendable {
                        what: "the body",
                        source: Arc::new(error),
                    })?;
                builder.body(body)
            }
        };
        // The HTTP library limits the time for the connection; the sum counts it once.
        let settings = &destination.settings;
        let limit = settings
            .connect_timeout
            .saturating_add(settings.response_timeout);
        let mut sending = pin!(builder.send());
        loop {
            let sent = progress.bytes();
            match timeout(limit, &mut sending).await {
                Ok(Ok(response)) => return Ok(response),
                Ok(Err(error)) => return Err(destination.failure(&error)),
                // A long body is still being sent.
                Err(_) if progress.bytes() > sent => {}
                Err(_) => return Err(destination.no_answer(NoAnswer::ResponseTimeout(limit))),
            }
        }
    }

    /// Logs one line about the request.
    pub(crate) fn log<B>(&self, outcome: &Result<ExchangeOutcome<B>, Error>, took: Duration) {
        let destination = &self.destination;
        let (method, url) = (&destination.method, destination.redacted_url());
        let took = took.as_millis();
        let status = |status: StatusCode| format!("{method} {url} {} {took} ms", status.as_u16());
        let line = match outcome {
            Ok(ExchangeOutcome::Response(response)) => status(response.status),
            Ok(ExchangeOutcome::Redirect(code, _)) => status(*code),
            Err(Error::NoAnswer { reason, .. }) => {
                format!("{method} {url} no answer {took} ms: {reason}")
            }
            Err(error) => format!("{method} {url} failed {took} ms: {error}"),
        };
        destination.settings.log.log(Level::Info, &line);
    }

    /// Logs the warnings of the server (`Warning: 299 - "text"`, OCI distribution specification 1.1, "Warnings").
    fn log_warnings(&self, headers: &HeaderMap) {
        for value in headers.get_all(WARNING) {
            let value = String::from_utf8_lossy(value.as_bytes());
            if let Some(text) = warning(&value) {
                let line = format!("`{}` says: {text}", Origin::of(&self.destination.url));
                self.destination.settings.log.log_once(Level::Warn, line);
            }
        }
    }
}

/// Returns the text of a warning with code 299 and no agent; other codes are for caches.
fn warning(value: &str) -> Option<String> {
    let quoted = value.trim().strip_prefix("299 - \"")?.strip_suffix('"')?;
    let mut text = String::new();
    let mut rest = quoted.chars();
    while let Some(next) = rest.next() {
        let next = match next {
            '\\' => rest.next()?,
            '"' => return None,
            next => next,
        };
        text.push(if next.is_control() { ' ' } else { next });
    }
    Some(text.chars().take(MAX_WARNING).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(value: &str, text: Option<&str>) {
        assert_eq!(warning(value).as_deref(), text, "from {value}");
    }

    #[test]
    fn only_warnings_for_people_are_shown() {
        check(r#"299 - "go \"soon\", a\\b""#, Some(r#"go "soon", a\b"#));
        check("299 - \"a\tb\"", Some("a b"));
        check(r#"110 cache "stale""#, None);
        check(r#"299 - "a" "Wed, 21 Oct 2015 07:28:00 GMT""#, None);
        check("299 - a", None);
        let long = format!("299 - \"{}\"", "x".repeat(9000));
        check(&long, Some(&"x".repeat(MAX_WARNING)));
    }
}

//! Responses that report an error.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use bindery_http::{Method, Response, StatusCode, retry_after};
use bindery_secret::RedactedUrl;
use serde::Deserialize;

/// Maximum number of characters of a server's text in a message.
const MAX_CHARACTERS: usize = 200;

/// Response that reports an error: its request, its status, and the text of the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErrorResponse {
    /// Method of the request.
    pub method: Method,
    /// Address that responded, after redirects.
    pub url: RedactedUrl,
    /// Status of the response.
    pub status: StatusCode,
    /// Error code in the body, as in `MANIFEST_UNKNOWN`.
    pub code: Option<String>,
    /// Message in the body.
    pub message: Option<String>,
    /// Time that the server asks to wait.
    pub retry_after: Option<Duration>,
}

/// Members of error bodies of the distribution specification, of token servers and of Docker Hub.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Body {
    errors: Vec<Item>,
    error: Option<serde_json::Value>,
    error_description: Option<serde_json::Value>,
    message: Option<serde_json::Value>,
    details: Option<serde_json::Value>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Item {
    code: Option<serde_json::Value>,
    message: Option<serde_json::Value>,
}

impl ErrorResponse {
    /// Reads `response`, which is the response to a request with `method`.
    pub(crate) fn new(method: Method, response: &Response) -> Self {
        let (code, message) = code_and_message(
            &response.body,
            response.header("content-type").unwrap_or_default(),
        );
        Self {
            method,
            url: RedactedUrl::new(response.url.as_str()),
            status: response.status,
            code,
            message,
            retry_after: retry_after(&response.headers),
        }
    }

    /// Returns whether the registry has the manifest, but in none of the accepted formats.
    pub(crate) fn is_unsupported_format(&self) -> bool {
        self.message
            .as_ref()
            .is_some_and(|message| message.to_ascii_lowercase().contains("accept header"))
    }
}

/// Returns error code and message of a body.
fn code_and_message(body: &[u8], content_type: &str) -> (Option<String>, Option<String>) {
    if let Ok(body) = serde_json::from_slice::<Body>(body) {
        let text = |value: Option<serde_json::Value>| match value {
            Some(serde_json::Value::String(text)) => printable(&text),
            _ => None,
        };
        if let Some(first) = body.errors.into_iter().next() {
            return (text(first.code), text(first.message));
        }
        let message = [body.error_description, body.message, body.details]
            .into_iter()
            .find_map(text);
        return (text(body.error), message);
    }
    let is_text = content_type
        .trim_start()
        .to_ascii_lowercase()
        .starts_with("text/plain");
    let first_line = String::from_utf8_lossy(body)
        .lines()
        .next()
        .and_then(printable);
    (None, first_line.filter(|_| is_text))
}

/// Returns `text` as one line of bounded length without control characters, or `None` if nothing remains.
fn printable(text: &str) -> Option<String> {
    let clean: String = text
        .chars()
        .take(MAX_CHARACTERS)
        .map(|character| {
            if character.is_control() {
                ' '
            } else {
                character
            }
        })
        .collect();
    let clean = clean.trim();
    (!clean.is_empty()).then(|| clean.to_owned())
}

impl fmt::Display for ErrorResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} {} returned {}",
            self.method,
            self.url,
            self.status.as_u16()
        )?;
        match (&self.code, self.status.canonical_reason()) {
            (Some(code), _) => write!(f, " {code}")?,
            (None, Some(reason)) => write!(f, " {reason}")?,
            (None, None) => {}
        }
        match &self.message {
            Some(message) => write!(f, ": {message}"),
            None => Ok(()),
        }
    }
}

impl StdError for ErrorResponse {}

#[cfg(test)]
mod tests {
    use bindery_http::header::{CONTENT_TYPE, HeaderMap, HeaderValue};

    use super::*;

    #[track_caller]
    fn check(status: u16, content_type: &'static str, body: &str, expected: &str) {
        let response = Response {
            status: StatusCode::from_u16(status).unwrap(),
            headers: HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(content_type))]),
            url: "https://u:canary@h/v2/a/manifests/1?sig=canary"
                .parse()
                .unwrap(),
            body: body.into(),
        };
        let text = ErrorResponse::new(Method::GET, &response).to_string();
        assert_eq!(
            text,
            format!("GET https://h/v2/a/manifests/1?sig=*** returned {expected}")
        );
    }

    #[test]
    fn code_and_message_are_printed() {
        check(
            404,
            "application/json",
            r#"{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown","detail":{"Tag":"1"}}]}"#,
            "404 MANIFEST_UNKNOWN: manifest unknown",
        );
        check(
            403,
            "application/json",
            r#"{"errors":[{"code":"DENIED"}]}"#,
            "403 DENIED",
        );
    }

    #[test]
    fn other_error_bodies_are_understood() {
        let json = "application/json";
        check(
            401,
            json,
            r#"{"details":"incorrect username or password"}"#,
            "401 Unauthorized: incorrect username or password",
        );
        check(
            429,
            json,
            r#"{"message":"slow down"}"#,
            "429 Too Many Requests: slow down",
        );
        check(
            400,
            json,
            r#"{"error":"invalid_grant","error_description":"no"}"#,
            "400 invalid_grant: no",
        );
        check(
            400,
            json,
            r#"{"errors":[{"code":7,"message":{}}]}"#,
            "400 Bad Request",
        );
        check(400, json, r#"{"errors":[]}"#, "400 Bad Request");
    }

    #[test]
    fn the_first_line_of_plain_text_is_printed_and_html_is_not() {
        check(
            404,
            "text/plain; charset=utf-8",
            "404 page not found\nx",
            "404 Not Found: 404 page not found",
        );
        check(502, "text/html", "<html>oh</html>", "502 Bad Gateway");
        check(
            500,
            "text/plain",
            "a\u{1b}[31mb",
            "500 Internal Server Error: a [31mb",
        );
        check(
            500,
            "text/plain",
            &"x".repeat(999),
            &format!("500 Internal Server Error: {}", "x".repeat(200)),
        );
        check(404, "", "", "404 Not Found");
    }
}

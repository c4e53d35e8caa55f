//! What a registry said when it did not do what was asked.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use bindery_http::{Method, Response, StatusCode, retry_after};
use bindery_secret::RedactedUrl;
use serde::Deserialize;

/// How much of a server's own words a message repeats.
const SHOWN_CHARACTERS: usize = 200;

/// An answer that is a refusal: what was asked, the status, and the server's own words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The method of the request.
    pub method: Method,
    /// Who answered.
    pub url: RedactedUrl,
    /// The status.
    pub status: StatusCode,
    /// The error's code, as in `MANIFEST_UNKNOWN`, if the body holds one.
    pub code: Option<String>,
    /// What the server says about it.
    pub message: Option<String>,
    /// How long the server asks to wait.
    pub retry_after: Option<Duration>,
}

/// Bodies of the distribution specification, of token servers, and of Docker Hub, as far as they are shown.
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

impl Answer {
    /// Reads what there is to read in `response`, which answered a request with `method`.
    pub(crate) fn of(method: Method, response: &Response) -> Self {
        let (code, message) = words(
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

    /// Whether the registry has the manifest, but in none of the formats it was asked for.
    pub(crate) fn speaks_of_formats(&self) -> bool {
        self.message
            .as_ref()
            .is_some_and(|message| message.to_ascii_lowercase().contains("accept header"))
    }
}

/// Code and message of a body.
fn words(body: &[u8], content_type: &str) -> (Option<String>, Option<String>) {
    if let Ok(body) = serde_json::from_slice::<Body>(body) {
        let text = |value: Option<serde_json::Value>| match value {
            Some(serde_json::Value::String(text)) => tidy(&text),
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
    let first_line = String::from_utf8_lossy(body).lines().next().and_then(tidy);
    (None, first_line.filter(|_| is_text))
}

/// One line of bounded length, without control characters.
fn tidy(text: &str) -> Option<String> {
    let clean: String = text
        .chars()
        .take(SHOWN_CHARACTERS)
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

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} {} was answered with {}",
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

impl StdError for Answer {}

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
        let shown = Answer::of(Method::GET, &response).to_string();
        assert_eq!(
            shown,
            format!("GET https://h/v2/a/manifests/1?sig=*** was answered with {expected}")
        );
    }

    #[test]
    fn code_and_message_are_shown() {
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
    fn other_forms_of_error_are_understood() {
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
    fn plain_text_is_shown_in_part_and_html_is_not() {
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

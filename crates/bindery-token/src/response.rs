//! Response of a token server.

use std::time::Duration;

use bindery_secret::Secret;
use serde::Deserialize;

/// Minimum lifetime of a token, and the lifetime if the server states none.
const MIN_LIFETIME: Duration = Duration::from_secs(60);

/// Token and its lifetime, which begins when the response is received.
#[derive(Clone, Debug)]
pub struct TokenResponse {
    /// Opaque token for `Authorization: Bearer`.
    pub token: Secret,
    /// Lifetime; at least a minute, even if the server states less.
    pub lifetime: Duration,
    /// Refresh token for the token server, if it issued one.
    pub refresh_token: Option<Secret>,
}

/// Error for a response without a token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TokenResponseError {
    /// The body is not a JSON object of the protocol. Holds line and column, and nothing of the body.
    #[error("the response is not in the format of a token server: {0}")]
    Malformed(String),
    /// The body has neither `access_token` nor `token`, or an empty one.
    #[error("the response contains no token")]
    NoToken,
}

#[derive(Deserialize)]
struct Body {
    access_token: Option<String>,
    token: Option<String>,
    expires_in: Option<f64>,
    refresh_token: Option<String>,
}

impl TokenResponse {
    /// Parses the body of a successful response. Prefers `access_token` to `token`.
    ///
    /// # Errors
    ///
    /// If the body contains no token. The error repeats nothing of the body.
    pub fn parse(body: &[u8]) -> Result<Self, TokenResponseError> {
        // The error of the parser quotes the body, which could contain a token.
        let body: Body = serde_json::from_slice(body).map_err(|error| {
            TokenResponseError::Malformed(format!(
                "line {}, column {}",
                error.line(),
                error.column()
            ))
        })?;
        let non_empty = |text: &String| !text.is_empty();
        let token = body
            .access_token
            .filter(non_empty)
            .or(body.token.filter(non_empty))
            .ok_or(TokenResponseError::NoToken)?;
        let lifetime = body
            .expires_in
            .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
        Ok(Self {
            token: Secret::from(token),
            lifetime: lifetime.unwrap_or(MIN_LIFETIME).max(MIN_LIFETIME),
            refresh_token: body.refresh_token.filter(non_empty).map(Secret::from),
        })
    }

    /// Returns the time for which a client uses the token: a tenth, and at least ten seconds, less than its lifetime.
    pub fn renew_after(&self) -> Duration {
        (self.lifetime.mul_f64(0.9)).min(self.lifetime.saturating_sub(Duration::from_secs(10)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(body: &str, token: &str, lifetime: u64) {
        let response = TokenResponse::parse(body.as_bytes()).unwrap();
        assert_eq!(
            (response.token.expose(), response.lifetime.as_secs()),
            (token, lifetime),
            "from {body}"
        );
    }

    #[track_caller]
    fn refuse(body: &str, message: &str) {
        assert_eq!(
            TokenResponse::parse(body.as_bytes())
                .unwrap_err()
                .to_string(),
            message
        );
    }

    #[test]
    fn either_field_may_hold_the_token() {
        check(
            r#"{"token":"t","expires_in":300,"issued_at":"2000-01-01T00:00:00Z"}"#,
            "t",
            300,
        );
        check(r#"{"access_token":"a","refresh_token":"r"}"#, "a", 60);
        check(r#"{"token":"t","access_token":"a"}"#, "a", 60);
        check(r#"{"token":"t","access_token":""}"#, "t", 60);
    }

    #[test]
    fn short_and_invalid_lifetimes_count_as_a_minute() {
        check(r#"{"token":"t","expires_in":5}"#, "t", 60);
        check(r#"{"token":"t","expires_in":0}"#, "t", 60);
        check(r#"{"token":"t","expires_in":-1}"#, "t", 60);
        check(r#"{"token":"t","expires_in":90.5}"#, "t", 90);
        check(r#"{"token":"t","expires_in":null}"#, "t", 60);
    }

    #[test]
    fn a_token_is_renewed_before_it_expires() {
        let response = |seconds| TokenResponse {
            token: Secret::new("t"),
            lifetime: Duration::from_secs(seconds),
            refresh_token: None,
        };
        assert_eq!(response(60).renew_after(), Duration::from_secs(50));
        assert_eq!(response(900).renew_after(), Duration::from_secs(810));
    }

    #[test]
    fn a_refresh_token_is_returned() {
        let refresh = |body: &str| {
            let response = TokenResponse::parse(body.as_bytes()).unwrap();
            response
                .refresh_token
                .map(|token| token.expose().to_owned())
        };
        assert_eq!(
            refresh(r#"{"token":"t","refresh_token":"r"}"#).as_deref(),
            Some("r")
        );
        assert_eq!(refresh(r#"{"token":"t","refresh_token":""}"#), None);
        assert_eq!(refresh(r#"{"token":"t"}"#), None);
    }

    #[test]
    fn errors_repeat_nothing_of_the_body() {
        refuse("{}", "the response contains no token");
        refuse(r#"{"token":""}"#, "the response contains no token");
        refuse(
            r#"{"token":["canary"]}"#,
            "the response is not in the format of a token server: line 1, column 9",
        );
        refuse(
            "canary",
            "the response is not in the format of a token server: line 1, column 1",
        );
    }
}

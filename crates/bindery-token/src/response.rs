//! A token server's answer.

use std::time::Duration;

use bindery_secret::Secret;
use serde::Deserialize;

/// How long a token is good for at least, and if the server does not say.
const SHORTEST_LIFE: Duration = Duration::from_secs(60);

/// A token and how long it is good for, from its receipt on.
#[derive(Clone, Debug)]
pub struct TokenResponse {
    /// The token: opaque, for `Authorization: Bearer`.
    pub token: Secret,
    /// How long the server will take it. At least a minute, whatever the server says.
    pub life: Duration,
    /// A token for the token server itself, if it gave one: it gets more tokens like this one.
    pub refresh_token: Option<Secret>,
}

/// Why an answer holds no token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TokenProblem {
    /// It is no JSON object of the protocol.
    #[error("the answer is not what a token server sends: {0}")]
    NotJson(String),
    /// It has neither `access_token` nor `token`, or an empty one.
    #[error("the answer holds no token")]
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
    /// Reads the body of a successful answer. `access_token` is taken before `token`.
    ///
    /// # Errors
    ///
    /// If it holds no token. The error repeats nothing of the body.
    pub fn parse(body: &[u8]) -> Result<Self, TokenProblem> {
        // The error's text would show what it found in place of something else, which could be a token.
        let body: Body = serde_json::from_slice(body).map_err(|error| {
            TokenProblem::NotJson(format!("line {}, column {}", error.line(), error.column()))
        })?;
        let non_empty = |text: &String| !text.is_empty();
        let token = body
            .access_token
            .filter(non_empty)
            .or(body.token.filter(non_empty))
            .ok_or(TokenProblem::NoToken)?;
        let life = body
            .expires_in
            .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
        Ok(Self {
            token: Secret::from(token),
            life: life.unwrap_or(SHORTEST_LIFE).max(SHORTEST_LIFE),
            refresh_token: body.refresh_token.filter(non_empty).map(Secret::from),
        })
    }

    /// When to fetch the next one: a tenth of the life before its end, and ten seconds at least.
    pub(crate) fn use_for(&self) -> Duration {
        (self.life.mul_f64(0.9)).min(self.life.saturating_sub(Duration::from_secs(10)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(body: &str, token: &str, life: u64) {
        let response = TokenResponse::parse(body.as_bytes()).unwrap();
        assert_eq!(
            (response.token.expose(), response.life.as_secs()),
            (token, life),
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
    fn either_field_holds_the_token() {
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
    fn short_and_silly_lives_count_as_a_minute() {
        check(r#"{"token":"t","expires_in":5}"#, "t", 60);
        check(r#"{"token":"t","expires_in":0}"#, "t", 60);
        check(r#"{"token":"t","expires_in":-1}"#, "t", 60);
        check(r#"{"token":"t","expires_in":90.5}"#, "t", 90);
        check(r#"{"token":"t","expires_in":null}"#, "t", 60);
    }

    #[test]
    fn a_token_is_replaced_before_it_ends() {
        let life = |seconds| TokenResponse {
            token: Secret::new("t"),
            life: Duration::from_secs(seconds),
            refresh_token: None,
        };
        assert_eq!(life(60).use_for(), Duration::from_secs(50));
        assert_eq!(life(900).use_for(), Duration::from_secs(810));
    }

    #[test]
    fn a_refresh_token_is_kept() {
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
    fn an_answer_without_a_token_is_told_without_repeating_it() {
        refuse("{}", "the answer holds no token");
        refuse(r#"{"token":""}"#, "the answer holds no token");
        refuse(
            r#"{"token":["canary"]}"#,
            "the answer is not what a token server sends: line 1, column 9",
        );
        refuse(
            "canary",
            "the answer is not what a token server sends: line 1, column 1",
        );
    }
}

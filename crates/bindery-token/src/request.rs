//! Request to a token server.

use std::borrow::Cow;

use bindery_secret::Secret;

use crate::scope::ScopeSet;

/// Request for a token. The credential is not part of the request: `GET` sends it as `Authorization`, `POST` as a refresh token.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TokenRequest {
    /// Service that the token is for.
    pub service: Option<String>,
    /// Requested scopes.
    pub scopes: ScopeSet,
    /// Name of the client program.
    pub client_id: Option<String>,
    /// User name, which a `GET` states next to its credential.
    pub account: Option<String>,
}

impl TokenRequest {
    /// Returns names and values of the query of a `GET`, which every token server supports.
    pub fn query(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let service = self.service.as_deref().map(|value| ("service", value));
        let scopes = self.scopes.iter().map(|value| ("scope", value));
        let client_id = self.client_id.as_deref().map(|value| ("client_id", value));
        let account = self.account.as_deref().map(|value| ("account", value));
        service
            .into_iter()
            .chain(scopes)
            .chain(client_id)
            .chain(account)
    }

    /// Returns names and values of the form of an OAuth 2 `POST` with a refresh token.
    pub fn refresh_form<'a>(
        &'a self,
        refresh_token: &'a Secret,
    ) -> [(&'static str, Cow<'a, str>); 5] {
        [
            ("grant_type", "refresh_token".into()),
            ("refresh_token", refresh_token.expose().into()),
            (
                "service",
                self.service.as_deref().unwrap_or_default().into(),
            ),
            ("scope", self.scopes.to_string().into()),
            (
                "client_id",
                self.client_id.as_deref().unwrap_or_default().into(),
            ),
        ]
    }

    /// Reads a request from the decoded names and values of a query or form. Ignores unknown names; of a repeated name the first value
    /// counts, except that scopes add up.
    pub fn from_fields<'a>(fields: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut request = Self::default();
        let mut scopes = Vec::new();
        for (name, value) in fields {
            let field = match name {
                "service" => &mut request.service,
                "client_id" => &mut request.client_id,
                "account" => &mut request.account,
                "scope" => {
                    scopes.push(value);
                    continue;
                }
                _ => continue,
            };
            if field.is_none() && !value.is_empty() {
                *field = Some(value.to_owned());
            }
        }
        request.scopes = ScopeSet::parse(&scopes.join(" "));
        request
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request() -> TokenRequest {
        TokenRequest {
            service: Some("s".into()),
            scopes: ScopeSet::parse("repository:a:pull repository:b:pull"),
            client_id: Some("c".into()),
            account: Some("alice".into()),
        }
    }

    #[test]
    fn a_query_is_read_as_the_same_request() {
        let request = request();
        let query: Vec<_> = request.query().collect();
        assert_eq!(
            query,
            [
                ("service", "s"),
                ("scope", "repository:a:pull"),
                ("scope", "repository:b:pull"),
                ("client_id", "c"),
                ("account", "alice"),
            ]
        );
        assert_eq!(TokenRequest::from_fields(query), request);
    }

    #[test]
    fn a_form_is_read_as_the_same_request() {
        let request = request();
        let refresh_token = Secret::new("r");
        let form = request.refresh_form(&refresh_token);
        assert_eq!(form[1], ("refresh_token", Cow::from("r")));
        let read = TokenRequest::from_fields(form.iter().map(|(name, value)| (*name, &**value)));
        let account = request.account.clone();
        assert_eq!(TokenRequest { account, ..read }, request);
    }
}

//! Token endpoint, and the tokens that it has issued.
//!
//! A token is an arbitrary text, since the registry that checks a token has issued it.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::time::Instant;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bindery_token::{Action, Scope, TokenRequest};
use serde_json::{Map, Value, json};

use crate::access::{Account, TokenField, TokenService};

/// Rights of a token, and the time when it expires.
struct Grant {
    repositories: Vec<String>,
    expires: Instant,
}

/// Tokens that were issued and not revoked.
#[derive(Default)]
pub(crate) struct IssuedTokens {
    grants: HashMap<String, Grant>,
    /// Users by refresh token.
    refresh: HashMap<String, String>,
    /// Source of the part of a token that cannot be guessed.
    random: RandomState,
    count: u64,
}

/// Result of the check of a token.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum TokenStatus {
    /// The token allows pulling from the repository.
    Sufficient,
    /// The token is valid, but not for the repository.
    Insufficient,
    /// The token is unknown or has expired.
    Invalid,
}

impl IssuedTokens {
    fn new_text(&mut self) -> String {
        self.count += 1;
        let random = self.random.hash_one(self.count);
        format!("fake-{}-{random:016x}", self.count)
    }

    fn issue_refresh(&mut self, user: &str) -> String {
        let token = self.new_text();
        self.refresh.insert(token.clone(), user.to_owned());
        token
    }

    fn issue(&mut self, repositories: Vec<String>, expires: Instant) -> String {
        let token = self.new_text();
        let grant = Grant {
            repositories,
            expires,
        };
        self.grants.insert(token.clone(), grant);
        token
    }

    /// Checks a token for a repository. Without a repository, every valid token is sufficient.
    pub(crate) fn status(&self, token: &str, repository: Option<&str>) -> TokenStatus {
        match self.grants.get(token) {
            Some(grant) if grant.expires > Instant::now() => match repository {
                Some(name) if !grant.repositories.iter().any(|granted| granted == name) => {
                    TokenStatus::Insufficient
                }
                _ => TokenStatus::Sufficient,
            },
            _ => TokenStatus::Invalid,
        }
    }

    /// Returns every token that was not revoked.
    pub(crate) fn texts(&self) -> Vec<String> {
        self.grants.keys().cloned().collect()
    }

    /// Revokes every token.
    pub(crate) fn clear(&mut self) {
        self.grants.clear();
    }

    /// Revokes every refresh token.
    pub(crate) fn clear_refresh(&mut self) {
        self.refresh.clear();
    }
}

/// Client that a request comes from.
pub(crate) enum Caller<'a> {
    Anonymous,
    Known(&'a Account),
    WrongCredential,
}

/// Checks an `Authorization: Basic` header against the accounts.
pub(crate) fn identify<'a>(authorization: Option<&str>, accounts: &'a [Account]) -> Caller<'a> {
    let Some(value) = authorization else {
        return Caller::Anonymous;
    };
    let credential = value
        .split_once(' ')
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("basic"))
        .and_then(|(_, encoded)| STANDARD.decode(encoded.trim()).ok())
        .and_then(|bytes| String::from_utf8(bytes).ok());
    let account = credential
        .as_deref()
        .and_then(|text| text.split_once(':'))
        .and_then(|(user, password)| {
            accounts.iter().find(|account| match user {
                "<token>" => account.identity_token.as_deref() == Some(password),
                _ => account.user == user && account.password == password,
            })
        });
    account.map_or(Caller::WrongCredential, Caller::Known)
}

/// Returns status and document for a `GET` of the token endpoint.
pub(crate) fn get(
    tokens: &mut IssuedTokens,
    service: &TokenService,
    query: &str,
    authorization: Option<&str>,
) -> (u16, Value) {
    let request = request(&form_fields(query));
    if request.service != service.service {
        return refuse(400, "not the service of this token endpoint");
    }
    let account = match identify(authorization, &service.accounts) {
        Caller::WrongCredential => return refuse(401, "incorrect username or password"),
        Caller::Known(account) => Some(account),
        Caller::Anonymous => None,
    };
    grant(tokens, service, account, &request)
}

/// Returns status and document for a `POST` (OAuth 2).
pub(crate) fn post(tokens: &mut IssuedTokens, service: &TokenService, form: &str) -> (u16, Value) {
    let fields = form_fields(form);
    let request = request(&fields);
    if request.client_id.is_none() || request.service != service.service {
        return refuse(400, "`service` and `client_id` are required");
    }
    let value = |name| {
        let field = fields.iter().find(|(known, _)| known == name);
        field.map_or("", |(_, value)| value.as_str())
    };
    if value("grant_type") != "refresh_token" {
        return refuse(400, "unsupported grant type");
    }
    let token = value("refresh_token");
    let owner = tokens.refresh.get(token);
    let account = service.accounts.iter().find(|account| {
        account.identity_token.as_deref() == Some(token) || Some(&account.user) == owner
    });
    match account {
        Some(account) => grant(tokens, service, Some(account), &request),
        None => refuse(401, "unknown refresh token"),
    }
}

fn request(fields: &[(String, String)]) -> TokenRequest {
    let fields = fields.iter();
    TokenRequest::from_fields(fields.map(|(name, value)| (name.as_str(), value.as_str())))
}

fn refuse(status: u16, text: &str) -> (u16, Value) {
    (status, json!({ "details": text }))
}

/// Issues a token for the scopes that are requested and allowed.
fn grant(
    tokens: &mut IssuedTokens,
    service: &TokenService,
    account: Option<&Account>,
    request: &TokenRequest,
) -> (u16, Value) {
    let is_allowed = |repository: &str| {
        account.map_or(service.anonymous, |account| account.may_pull(repository))
    };
    let repositories: Vec<String> = request
        .scopes
        .iter()
        .filter_map(Scope::parse)
        .filter(|scope| scope.resource_type == "repository" && scope.includes(Action::Pull))
        .filter(|scope| is_allowed(scope.name))
        .map(|scope| scope.name.to_owned())
        .collect();
    let token = Value::from(tokens.issue(repositories, Instant::now() + service.lifetime));

    let mut document = Map::new();
    if matches!(service.field, TokenField::Both | TokenField::Token) {
        document.insert("token".to_owned(), token.clone());
    }
    if matches!(service.field, TokenField::Both | TokenField::AccessToken) {
        document.insert("access_token".to_owned(), token);
    }
    if service.tells_lifetime {
        document.insert("expires_in".to_owned(), service.lifetime.as_secs().into());
    }
    if let Some(account) = account.filter(|_| service.gives_refresh_tokens) {
        let refresh = tokens.issue_refresh(&account.user);
        document.insert("refresh_token".to_owned(), refresh.into());
    }
    (200, Value::Object(document))
}

/// Returns the names and values of a query or form, percent-decoded.
pub(crate) fn form_fields(query: &str) -> Vec<(String, String)> {
    query
        .split('&')
        .filter(|part| !part.is_empty())
        .map(|part| {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            (decode(name), decode(value))
        })
        .collect()
}

fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let pair = tail
            .get(..2)
            .and_then(|pair| std::str::from_utf8(pair).ok());
        match (
            first,
            pair.and_then(|pair| u8::from_str_radix(pair, 16).ok()),
        ) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            (b'+', _) => {
                bytes.push(b' ');
                rest = tail;
            }
            _ => {
                bytes.push(first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::{IssuedTokens, TokenStatus, decode, get, post};
    use crate::access::{Account, TokenService};

    #[track_caller]
    fn check(
        service: &TokenService,
        query: &str,
        authorization: Option<&str>,
        status: u16,
        team_app: TokenStatus,
    ) {
        let mut tokens = IssuedTokens::default();
        let (actual, document) = get(&mut tokens, service, query, authorization);
        assert_eq!(actual, status);
        let token = document["token"].as_str().unwrap_or("");
        assert_eq!(
            tokens.status(token, Some("team/app")),
            team_app,
            "for {query}"
        );
    }

    #[test]
    fn a_token_covers_scopes_that_are_requested_and_allowed() {
        let open = TokenService::default();
        check(
            &open,
            "service=fake-registry&scope=repository%3Ateam%2Fapp%3Apull",
            None,
            200,
            TokenStatus::Sufficient,
        );
        check(
            &open,
            "service=fake-registry&scope=repository:x:pull+repository:team/app:push,pull",
            None,
            200,
            TokenStatus::Sufficient,
        );
        check(
            &open,
            "service=fake-registry&scope=repository:team/app:push",
            None,
            200,
            TokenStatus::Insufficient,
        );
        check(
            &open,
            "service=fake-registry",
            None,
            200,
            TokenStatus::Insufficient,
        );
        check(
            &open,
            "service=another&scope=repository:team/app:pull",
            None,
            400,
            TokenStatus::Invalid,
        );
    }

    #[test]
    fn accounts_receive_tokens_for_their_repositories() {
        let closed = TokenService {
            accounts: vec![
                Account::new("alice", "secret"),
                Account::new("bob", "secret").only(["other/*"]),
            ],
            anonymous: false,
            ..TokenService::default()
        };
        let query = "service=fake-registry&scope=repository:team/app:pull";
        check(
            &closed,
            query,
            Some("Basic YWxpY2U6c2VjcmV0"),
            200,
            TokenStatus::Sufficient,
        );
        check(
            &closed,
            query,
            Some("Basic Ym9iOnNlY3JldA=="),
            200,
            TokenStatus::Insufficient,
        );
        check(
            &closed,
            query,
            Some("Basic YWxpY2U6d3Jvbmc="),
            401,
            TokenStatus::Invalid,
        );
        check(&closed, query, None, 200, TokenStatus::Insufficient);
    }

    #[test]
    fn a_refresh_token_represents_its_account_until_it_is_revoked() {
        let service = TokenService {
            accounts: vec![Account::new("alice", "secret").identity("id")],
            anonymous: false,
            gives_refresh_tokens: true,
            ..TokenService::default()
        };
        let mut tokens = IssuedTokens::default();
        let refresh = |tokens: &mut IssuedTokens, token: &str| {
            let form = format!(
                "grant_type=refresh_token&refresh_token={token}&client_id=c&service=fake-registry&scope=repository%3Aa%3Apull"
            );
            let (status, document) = post(tokens, &service, &form);
            let token = document["token"].as_str().unwrap_or("");
            let token_status = tokens.status(token, Some("a"));
            (
                status,
                token_status,
                document["refresh_token"].as_str().unwrap_or("").to_owned(),
            )
        };
        let (status, token_status, refresh_token) = refresh(&mut tokens, "id");
        assert_eq!((status, token_status), (200, TokenStatus::Sufficient));
        assert_eq!(refresh(&mut tokens, &refresh_token).0, 200);
        tokens.clear_refresh();
        assert_eq!(refresh(&mut tokens, &refresh_token).0, 401);
        assert_eq!(refresh(&mut tokens, "id").0, 200);
        let (status, _) = post(
            &mut tokens,
            &service,
            "grant_type=password&client_id=c&service=fake-registry",
        );
        assert_eq!(status, 400);
    }

    #[test]
    fn revoked_tokens_are_invalid() {
        let mut tokens = IssuedTokens::default();
        let (_, document) = get(
            &mut tokens,
            &TokenService::default(),
            "service=fake-registry",
            None,
        );
        let token = document["access_token"].as_str().unwrap();
        assert_eq!(tokens.status(token, None), TokenStatus::Sufficient);
        tokens.clear();
        assert_eq!(tokens.status(token, None), TokenStatus::Invalid);
    }

    #[test]
    fn queries_are_decoded_leniently() {
        assert_eq!(decode("a%3Ab+c%zz%4"), "a:b c%zz%4");
    }
}

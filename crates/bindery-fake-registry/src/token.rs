//! The token endpoint, and the book of tokens given out.
//!
//! A token is any text: the registry that checks it is the one that gave it.

use std::{
    collections::HashMap,
    hash::{BuildHasher, RandomState},
    time::Instant,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Map, Value};

use crate::access::{Account, TokenField, TokenService};

/// What a token allows, and until when.
struct Grant {
    repositories: Vec<String>,
    ends: Instant,
}

/// The tokens given out so far.
#[derive(Default)]
pub(crate) struct Book {
    grants: HashMap<String, Grant>,
    /// Refresh tokens given out, each with the user it stands for.
    refresh: HashMap<String, String>,
    /// Where the unguessable part of the texts comes from.
    random: RandomState,
    given: u64,
}

/// What a token turned out to be worth.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Worth {
    /// It allows pulling from this repository.
    Enough,
    /// It is good, but not for this.
    TooLittle,
    /// It is unknown or has ended.
    Nothing,
}

impl Book {
    fn text(&mut self) -> String {
        self.given += 1;
        format!(
            "fake-{}-{:016x}",
            self.given,
            self.random.hash_one(self.given)
        )
    }

    fn give_refresh(&mut self, user: &str) -> String {
        let token = self.text();
        self.refresh.insert(token.clone(), user.to_owned());
        token
    }

    fn give(&mut self, repositories: Vec<String>, ends: Instant) -> String {
        let token = self.text();
        self.grants
            .insert(token.clone(), Grant { repositories, ends });
        token
    }

    /// What `token` is worth now; without a repository any good token is enough.
    pub(crate) fn worth(&self, token: &str, repository: Option<&str>) -> Worth {
        match self.grants.get(token) {
            Some(grant) if grant.ends > Instant::now() => match repository {
                Some(name) if !grant.repositories.iter().any(|one| one == name) => Worth::TooLittle,
                _ => Worth::Enough,
            },
            _ => Worth::Nothing,
        }
    }

    /// Every token that was given out and not ended.
    pub(crate) fn texts(&self) -> Vec<String> {
        self.grants.keys().cloned().collect()
    }

    /// Ends every token.
    pub(crate) fn clear(&mut self) {
        self.grants.clear();
    }

    /// Ends every refresh token.
    pub(crate) fn clear_refresh(&mut self) {
        self.refresh.clear();
    }
}

/// Who a request says it comes from.
pub(crate) enum Caller<'a> {
    Nobody,
    Known(&'a Account),
    /// A credential was sent, and it is wrong.
    Impostor,
}

/// Checks an `Authorization: Basic` header against the accounts.
pub(crate) fn caller<'a>(authorization: Option<&str>, accounts: &'a [Account]) -> Caller<'a> {
    let Some(value) = authorization else {
        return Caller::Nobody;
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
    account.map_or(Caller::Impostor, Caller::Known)
}

/// The answer of the token endpoint to a `GET`: status and JSON.
pub(crate) fn answer(
    book: &mut Book,
    service: &TokenService,
    query: &str,
    authorization: Option<&str>,
) -> (u16, Value) {
    let asked = fields(query);
    if values(&asked, "service").first().copied() != service.service.as_deref() {
        return refuse(400, "not the service of this token endpoint");
    }
    let account = match caller(authorization, &service.accounts) {
        Caller::Impostor => return refuse(401, "incorrect username or password"),
        Caller::Known(account) => Some(account),
        Caller::Nobody => None,
    };
    grant(book, service, account, &asked)
}

/// The answer to a `POST` (OAuth 2).
pub(crate) fn answer_post(book: &mut Book, service: &TokenService, form: &str) -> (u16, Value) {
    let asked = fields(form);
    let one = |name| values(&asked, name).first().copied().unwrap_or_default();
    if one("client_id").is_empty() || Some(one("service")) != service.service.as_deref() {
        return refuse(400, "`service` and `client_id` are required");
    }
    let user = match one("grant_type") {
        "refresh_token" => {
            let token = one("refresh_token");
            let of_account = |account: &&Account| account.identity_token.as_deref() == Some(token);
            let known = service
                .accounts
                .iter()
                .find(of_account)
                .map(|account| &account.user);
            known.or_else(|| book.refresh.get(token)).cloned()
        }
        _ => return refuse(400, "unsupported grant type"),
    };
    let account = service
        .accounts
        .iter()
        .find(|account| Some(&account.user) == user.as_ref());
    match account {
        Some(account) => grant(book, service, Some(account), &asked),
        None => refuse(401, "unknown refresh token"),
    }
}

fn refuse(status: u16, text: &str) -> (u16, Value) {
    (status, serde_json::json!({ "details": text }))
}

/// A token for what is asked for and allowed.
fn grant(
    book: &mut Book,
    service: &TokenService,
    account: Option<&Account>,
    asked: &[(String, String)],
) -> (u16, Value) {
    let allowed = |repository: &str| {
        account.map_or(service.anonymous, |account| account.may_pull(repository))
    };
    let granted: Vec<String> = values(asked, "scope")
        .iter()
        .flat_map(|scope| scope.split(' '))
        .filter_map(pulled_repository)
        .filter(|repository| allowed(repository))
        .map(str::to_owned)
        .collect();
    let token = Value::from(book.give(granted, Instant::now() + service.lifetime));

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
        let refresh = book.give_refresh(&account.user);
        document.insert("refresh_token".to_owned(), refresh.into());
    }
    (200, Value::Object(document))
}

fn values<'a>(fields: &'a [(String, String)], name: &str) -> Vec<&'a str> {
    let named = fields.iter().filter(|(key, _)| key == name);
    named.map(|(_, value)| value.as_str()).collect()
}

/// The repository of a scope like `repository:team/app:pull,push`, if pulling is among its actions.
fn pulled_repository(scope: &str) -> Option<&str> {
    let (repository, actions) = scope.strip_prefix("repository:")?.rsplit_once(':')?;
    actions
        .split(',')
        .any(|action| action == "pull" || action == "*")
        .then_some(repository)
}

/// The names and values of a query or form, percent-decoded.
pub(crate) fn fields(query: &str) -> Vec<(String, String)> {
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
    use super::{Book, Worth, answer, answer_post, decode, pulled_repository};
    use crate::access::{Account, TokenService};

    #[track_caller]
    fn check(
        service: &TokenService,
        query: &str,
        authorization: Option<&str>,
        status: u16,
        team_app: Worth,
    ) {
        let mut book = Book::default();
        let (answered, document) = answer(&mut book, service, query, authorization);
        assert_eq!(answered, status);
        let token = document["token"].as_str().unwrap_or("");
        assert_eq!(book.worth(token, Some("team/app")), team_app, "for {query}");
    }

    #[test]
    fn a_token_is_good_for_the_scopes_asked_for_and_allowed() {
        let open = TokenService::default();
        check(
            &open,
            "service=fake-registry&scope=repository%3Ateam%2Fapp%3Apull",
            None,
            200,
            Worth::Enough,
        );
        check(
            &open,
            "service=fake-registry&scope=repository:x:pull+repository:team/app:push,pull",
            None,
            200,
            Worth::Enough,
        );
        check(
            &open,
            "service=fake-registry&scope=repository:team/app:push",
            None,
            200,
            Worth::TooLittle,
        );
        check(&open, "service=fake-registry", None, 200, Worth::TooLittle);
        check(
            &open,
            "service=another&scope=repository:team/app:pull",
            None,
            400,
            Worth::Nothing,
        );
    }

    #[test]
    fn accounts_get_what_they_may_pull() {
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
            Worth::Enough,
        );
        check(
            &closed,
            query,
            Some("Basic Ym9iOnNlY3JldA=="),
            200,
            Worth::TooLittle,
        );
        check(
            &closed,
            query,
            Some("Basic YWxpY2U6d3Jvbmc="),
            401,
            Worth::Nothing,
        );
        check(&closed, query, None, 200, Worth::TooLittle);
    }

    #[test]
    fn a_refresh_token_stands_for_its_account_until_it_ends() {
        let service = TokenService {
            accounts: vec![Account::new("alice", "secret").identity("id")],
            anonymous: false,
            gives_refresh_tokens: true,
            ..TokenService::default()
        };
        let mut book = Book::default();
        let post = |book: &mut Book, token: &str| {
            let form = format!(
                "grant_type=refresh_token&refresh_token={token}&client_id=c&service=fake-registry&scope=repository%3Aa%3Apull"
            );
            let (status, document) = answer_post(book, &service, &form);
            let token = document["token"].as_str().unwrap_or("");
            let worth = book.worth(token, Some("a"));
            (
                status,
                worth,
                document["refresh_token"].as_str().unwrap_or("").to_owned(),
            )
        };
        let (status, worth, refresh) = post(&mut book, "id");
        assert_eq!((status, worth), (200, Worth::Enough));
        assert_eq!(post(&mut book, &refresh).0, 200);
        book.clear_refresh();
        assert_eq!(post(&mut book, &refresh).0, 401);
        assert_eq!(post(&mut book, "id").0, 200);
        let (status, _) = answer_post(
            &mut book,
            &service,
            "grant_type=password&client_id=c&service=fake-registry",
        );
        assert_eq!(status, 400);
    }

    #[test]
    fn ended_tokens_are_worth_nothing() {
        let mut book = Book::default();
        let (_, document) = answer(
            &mut book,
            &TokenService::default(),
            "service=fake-registry",
            None,
        );
        let token = document["access_token"].as_str().unwrap();
        assert_eq!(book.worth(token, None), Worth::Enough);
        book.clear();
        assert_eq!(book.worth(token, None), Worth::Nothing);
    }

    #[test]
    fn scopes_may_name_a_repository_with_a_port() {
        assert_eq!(
            pulled_repository("repository:host:5000/app:pull"),
            Some("host:5000/app")
        );
        assert_eq!(pulled_repository("registry:catalog:*"), None);
    }

    #[test]
    fn queries_are_decoded_leniently() {
        assert_eq!(decode("a%3Ab+c%zz%4"), "a:b c%zz%4");
    }
}

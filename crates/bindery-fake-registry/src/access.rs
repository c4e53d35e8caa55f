//! Who may read what: the modes of the registry and of its token endpoint.

use std::time::Duration;

use crate::glob;

/// How a registry is set up; [`Options::default`] is open to everybody.
#[derive(Clone, Default)]
pub struct Options {
    /// Who may read.
    pub access: Access,
}

impl Options {
    /// Open to everybody.
    pub fn anonymous() -> Self {
        Self::default()
    }

    /// Asks for user and password with every request.
    pub fn basic(user: &str, password: &str) -> Self {
        Self {
            access: Access::Basic(vec![Account::new(user, password)]),
        }
    }

    /// Asks for a token, which its own `/token` endpoint gives to anybody for pulling.
    pub fn token() -> Self {
        Self {
            access: Access::Token(TokenService::default()),
        }
    }

    /// Asks for a token, which its own `/token` endpoint gives to this user alone.
    pub fn token_for(user: &str, password: &str) -> Self {
        let service = TokenService {
            accounts: vec![Account::new(user, password)],
            anonymous: false,
            ..TokenService::default()
        };
        Self {
            access: Access::Token(service),
        }
    }
}

/// Who may read.
#[derive(Clone, Default)]
pub enum Access {
    /// Everybody.
    #[default]
    Anonymous,
    /// These accounts, by a `Basic` challenge.
    Basic(Vec<Account>),
    /// Holders of a token, by a `Bearer` challenge.
    Token(TokenService),
}

/// A user, with a password and the repositories this user may pull.
#[derive(Clone)]
pub struct Account {
    pub(crate) user: String,
    pub(crate) password: String,
    pub(crate) identity_token: Option<String>,
    repositories: Vec<String>,
}

impl Account {
    /// An account that may pull every repository.
    pub fn new(user: &str, password: &str) -> Self {
        Self {
            user: user.to_owned(),
            password: password.to_owned(),
            identity_token: None,
            repositories: vec!["*".to_owned()],
        }
    }

    /// The same account, limited to repositories that match one of `patterns` (`*` is any text).
    pub fn only<const N: usize>(mut self, patterns: [&str; N]) -> Self {
        self.repositories = patterns.map(str::to_owned).to_vec();
        self
    }

    /// The same account, which may show this token in place of the password: in a `POST`, or as the password of `<token>`.
    pub fn identity(mut self, token: &str) -> Self {
        self.identity_token = Some(token.to_owned());
        self
    }

    pub(crate) fn may_pull(&self, repository: &str) -> bool {
        self.repositories
            .iter()
            .any(|pattern| glob::matches(pattern, repository))
    }
}

/// How the token endpoint and the challenges that lead to it behave.
#[derive(Clone)]
pub struct TokenService {
    /// Who may ask with a password.
    pub accounts: Vec<Account>,
    /// Whether a request without a credential gets a token for pulling; otherwise it gets one that allows nothing.
    pub anonymous: bool,
    /// The `service` of the challenge; a token request must repeat it. `None` leaves it out.
    pub service: Option<String>,
    /// The `realm` of the challenge; `None` is this registry's own `/token`.
    pub realm: Option<String>,
    /// Under which name the answer carries the token.
    pub field: TokenField,
    /// How long a token is good for.
    pub lifetime: Duration,
    /// Whether the answer says `expires_in`.
    pub tells_lifetime: bool,
    /// Whether `POST` requests are answered (OAuth 2); else with 405.
    pub takes_post: bool,
    /// Whether an account is given a refresh token with each token, a new one each time.
    pub gives_refresh_tokens: bool,
}

impl Default for TokenService {
    fn default() -> Self {
        Self {
            accounts: Vec::new(),
            anonymous: true,
            service: Some("fake-registry".to_owned()),
            realm: None,
            field: TokenField::Both,
            lifetime: Duration::from_secs(300),
            tells_lifetime: true,
            takes_post: false,
            gives_refresh_tokens: false,
        }
    }
}

/// Under which name a token answer carries the token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenField {
    /// `token` and `access_token`.
    Both,
    /// `token`.
    Token,
    /// `access_token`.
    AccessToken,
    /// The answer has status 200 and carries no token at all.
    Neither,
}

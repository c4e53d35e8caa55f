//! Access: the modes of the registry and of its token endpoint.

use std::time::Duration;

use crate::glob;

/// Options of a registry. [`Options::default`] allows anonymous access.
#[derive(Clone, Default)]
pub struct Options {
    /// Access mode.
    pub access: Access,
}

impl Options {
    /// Allows anonymous access.
    pub fn anonymous() -> Self {
        Self::default()
    }

    /// Requires user name and password with every request.
    pub fn basic(user: &str, password: &str) -> Self {
        Self {
            access: Access::Basic(vec![Account::new(user, password)]),
        }
    }

    /// Requires a token, which the `/token` endpoint issues to anonymous clients for pulling.
    pub fn token() -> Self {
        Self {
            access: Access::Token(TokenService::default()),
        }
    }

    /// Requires a token, which the `/token` endpoint issues only to this user.
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

/// Access mode.
#[derive(Clone, Default)]
pub enum Access {
    /// Anonymous access.
    #[default]
    Anonymous,
    /// Access for these accounts, with a `Basic` challenge.
    Basic(Vec<Account>),
    /// Access with a token, with a `Bearer` challenge.
    Token(TokenService),
}

/// User name, password, and the repositories that the user may pull.
#[derive(Clone)]
pub struct Account {
    pub(crate) user: String,
    pub(crate) password: String,
    pub(crate) identity_token: Option<String>,
    repositories: Vec<String>,
}

impl Account {
    /// Creates an account that may pull every repository.
    pub fn new(user: &str, password: &str) -> Self {
        Self {
            user: user.to_owned(),
            password: password.to_owned(),
            identity_token: None,
            repositories: vec!["*".to_owned()],
        }
    }

    /// Returns the account, limited to repositories that match one of `patterns` (`*` matches any text).
    pub fn only<const N: usize>(mut self, patterns: [&str; N]) -> Self {
        self.repositories = patterns.map(str::to_owned).to_vec();
        self
    }

    /// Returns the account with an identity token, which a client may send in place of the password: in a `POST`, or as the password of
    /// `<token>`.
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

/// Behavior of the token endpoint and of the challenges that lead to it.
#[derive(Clone)]
pub struct TokenService {
    /// Accounts with a password.
    pub accounts: Vec<Account>,
    /// Whether an anonymous request gets a token for pulling; otherwise its token allows nothing.
    pub anonymous: bool,
    /// `service` of the challenge, which a token request must repeat. `None` leaves it out.
    pub service: Option<String>,
    /// `realm` of the challenge. `None` is the `/token` endpoint of the registry.
    pub realm: Option<String>,
    /// Field of the response that contains the token.
    pub field: TokenField,
    /// Lifetime of a token.
    pub lifetime: Duration,
    /// Whether the response contains `expires_in`.
    pub tells_lifetime: bool,
    /// Whether `POST` requests are supported (OAuth 2); otherwise they return 405.
    pub takes_post: bool,
    /// Whether each token of an account comes with a new refresh token.
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

/// Field of a token response that contains the token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenField {
    /// `token` and `access_token`.
    Both,
    /// `token`.
    Token,
    /// `access_token`.
    AccessToken,
    /// None: the response has status 200 and contains no token.
    Neither,
}

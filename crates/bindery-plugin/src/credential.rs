//! Credentials for registries.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Credential for a registry. Its `Debug` form hides the secret.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Credential(Kind);

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
enum Kind {
    Password { username: String, password: String },
    IdentityToken { identity_token: String },
    RegistryToken { registry_token: String },
}

/// [`Credential`] with its secret, for requests; never for a log or a message.
#[derive(Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Exposed<'c> {
    /// Account and password: for a registry, or for its token server.
    Password {
        /// Account.
        username: &'c str,
        /// Password.
        password: &'c str,
    },
    /// Token for the token server of a registry in place of a password (OAuth 2 refresh token). It is sent to no other server.
    IdentityToken(&'c str),
    /// Token for the registry itself.
    RegistryToken(&'c str),
}

impl Credential {
    /// Creates a credential with an account and its password, both unchanged.
    pub fn new(username: impl Into<String>, password: impl Into<String>) -> Self {
        Self(Kind::Password {
            username: username.into(),
            password: password.into(),
        })
    }

    /// Creates a credential with a token for the token server of a registry.
    pub fn identity_token(token: impl Into<String>) -> Self {
        Self(Kind::IdentityToken {
            identity_token: token.into(),
        })
    }

    /// Creates a credential with a token for the registry itself.
    pub fn registry_token(token: impl Into<String>) -> Self {
        Self(Kind::RegistryToken {
            registry_token: token.into(),
        })
    }

    /// Returns the account, which messages may show, or `None` for a token.
    pub fn username(&self) -> Option<&str> {
        match &self.0 {
            Kind::Password { username, .. } => Some(username),
            Kind::IdentityToken { .. } | Kind::RegistryToken { .. } => None,
        }
    }

    /// Returns the credential with its secret.
    pub fn expose(&self) -> Exposed<'_> {
        match &self.0 {
            Kind::Password { username, password } => Exposed::Password { username, password },
            Kind::IdentityToken { identity_token } => Exposed::IdentityToken(identity_token),
            Kind::RegistryToken { registry_token } => Exposed::RegistryToken(registry_token),
        }
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Credential");
        match &self.0 {
            Kind::Password { username, .. } => {
                debug.field("username", username).field("password", &"***")
            }
            Kind::IdentityToken { .. } => debug.field("identity_token", &"***"),
            Kind::RegistryToken { .. } => debug.field("registry_token", &"***"),
        }
        .finish()
    }
}

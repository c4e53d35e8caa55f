//! Credentials: what identifies a user to a registry.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What identifies us to a registry. It prints without its secret.
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

/// A [`Credential`] with its secret. Hand it to whoever asks for it, never to a log or a message.
#[derive(Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Exposed<'c> {
    /// An account and its password: for a registry, or for its token server if it has one.
    Password {
        /// The account.
        username: &'c str,
        /// The password.
        password: &'c str,
    },
    /// A token that a registry's token server takes in place of a password (OAuth 2: a refresh token). For nobody else.
    IdentityToken(&'c str),
    /// A token that a registry itself takes.
    RegistryToken(&'c str),
}

impl Credential {
    /// An account and its password; neither is changed.
    pub fn new(username: impl Into<String>, password: impl Into<String>) -> Self {
        Self(Kind::Password {
            username: username.into(),
            password: password.into(),
        })
    }

    /// A token that a registry's token server takes in place of a password.
    pub fn identity_token(token: impl Into<String>) -> Self {
        Self(Kind::IdentityToken {
            identity_token: token.into(),
        })
    }

    /// A token that a registry itself takes.
    pub fn registry_token(token: impl Into<String>) -> Self {
        Self(Kind::RegistryToken {
            registry_token: token.into(),
        })
    }

    /// The account, which messages may show; a token tells none.
    pub fn username(&self) -> Option<&str> {
        match &self.0 {
            Kind::Password { username, .. } => Some(username),
            Kind::IdentityToken { .. } | Kind::RegistryToken { .. } => None,
        }
    }

    /// The credential itself.
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
        let mut told = f.debug_struct("Credential");
        match &self.0 {
            Kind::Password { username, .. } => {
                told.field("username", username).field("password", &"***")
            }
            Kind::IdentityToken { .. } => told.field("identity_token", &"***"),
            Kind::RegistryToken { .. } => told.field("registry_token", &"***"),
        }
        .finish()
    }
}

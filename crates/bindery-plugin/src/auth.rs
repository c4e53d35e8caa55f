//! Sources of credentials.

use std::fmt;

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{Error, Host, Json};

/// Finds credentials: in a vault, by a command, in the environment.
///
/// The user selects it by an `[[auth]]` entry of `bindery.toml` that names the plugin and the registries it is good for;
/// the host asks it for those only, and remembers what it said.
pub trait AuthSource: Send + Sync + 'static {
    /// The name, unique within the plugin.
    const NAME: &'static str;

    /// The mechanisms that it answers for, as clusters name one in `auth_mechanism`: it is asked for what the scheduler of such a
    /// cluster wants, with the scheduler's host as the registry, no repository, and `call` for the action.
    const MECHANISMS: &'static [&'static str] = &[];

    /// The credential, or `None` if another source should be asked.
    ///
    /// # Errors
    ///
    /// If there should be one and it could not be had. Name the file, variable or server, never what it holds.
    fn credential(&self, host: &Host, query: &CredentialQuery)
    -> Result<Option<Credential>, Error>;
}

/// What is to be done with a credential, and what the user set for the source.
#[derive(Clone, Debug, PartialEq)]
pub struct CredentialQuery {
    pub(crate) registry: String,
    pub(crate) repository: String,
    pub(crate) actions: Vec<String>,
    pub(crate) config: Json,
}

impl CredentialQuery {
    /// The registry: a host, with a port where it is not the usual one.
    pub fn registry(&self) -> &str {
        &self.registry
    }

    /// The repository; empty where the registry as a whole is meant.
    pub fn repository(&self) -> &str {
        &self.repository
    }

    /// What is to be done: `pull`, `push`.
    pub fn actions(&self) -> &[String] {
        &self.actions
    }

    /// The settings of the `[[auth]]` entry, those of Bindery itself (`plugin`, `source`, `registry`) taken out.
    ///
    /// # Errors
    ///
    /// `Invalid` if they are not what `T` wants.
    pub fn config<T: DeserializeOwned>(&self) -> Result<T, Error> {
        T::deserialize(&self.config).map_err(|cause| {
            Error::invalid(format!(
                "the `[[auth]]` entry for `{}` is not valid: {cause}",
                self.registry
            ))
            .hint("compare the entry in bindery.toml with the plugin's README")
        })
    }
}

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

//! Credentials.

use bindery_secret::Secret;

/// Credential for a registry.
#[derive(Clone, Debug)]
pub enum Credential {
    /// User name and password. Sent to the token server of a registry that has one, else to the registry with each request.
    Basic {
        /// User name.
        username: String,
        /// Password, or a token that the site uses as one.
        password: Secret,
    },
    /// Token that the token server accepts instead of a password (OAuth 2: refresh token). Never sent to another server.
    Identity {
        /// Token.
        token: Secret,
    },
    /// Token that the registry itself accepts, without a token server.
    Registry {
        /// Token.
        token: Secret,
    },
}

impl Credential {
    /// Returns the user name, which messages may contain. Tokens have no user name.
    pub fn username(&self) -> Option<&str> {
        match self {
            Self::Basic { username, .. } => Some(username),
            Self::Identity { .. } | Self::Registry { .. } => None,
        }
    }

    /// Returns the kind for messages: `password`, `identity token` or `registry token`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Basic { .. } => "password",
            Self::Identity { .. } => "identity token",
            Self::Registry { .. } => "registry token",
        }
    }
}

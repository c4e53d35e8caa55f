//! What identifies us.

use bindery_secret::Secret;

/// What identifies us to a registry.
#[derive(Clone, Debug)]
pub enum Credential {
    /// A user name and a password. For a token registry they go to the token server, else with every request.
    Basic {
        /// The user name.
        username: String,
        /// The password, or what a site uses in its place.
        password: Secret,
    },
    /// A token that the token server takes in place of a password (OAuth 2: a refresh token). No other server is to see it.
    Identity {
        /// The token.
        token: Secret,
    },
    /// A token that the registry itself takes, without a token server.
    Registry {
        /// The token.
        token: Secret,
    },
}

impl Credential {
    /// The user name, which messages may show. A token has none that could be told.
    pub fn username(&self) -> Option<&str> {
        match self {
            Credential::Basic { username, .. } => Some(username),
            Credential::Identity { .. } | Credential::Registry { .. } => None,
        }
    }

    /// What it is, for messages: `password`, `identity token` or `registry token`.
    pub fn kind(&self) -> &'static str {
        match self {
            Credential::Basic { .. } => "password",
            Credential::Identity { .. } => "identity token",
            Credential::Registry { .. } => "registry token",
        }
    }
}

//! Sources of credentials.

use serde::de::DeserializeOwned;

use crate::{Credential, Error, Host, Json};

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

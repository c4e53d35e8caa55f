//! Sources of credentials.

use serde::de::DeserializeOwned;

use crate::{Credential, Error, Host, Json};

/// Source of credentials: a vault, a command, an environment variable.
///
/// The user selects a source with an `[[auth]]` entry of `bindery.toml`, which names the plugin and the registries. The host asks the source
/// for these registries only, and keeps its answers during a run.
pub trait AuthSource: Send + Sync + 'static {
    /// Name, unique within the plugin.
    const NAME: &'static str;

    /// Mechanisms of the source. A cluster names a mechanism in `auth_mechanism`; the host then asks for the credential of its scheduler,
    /// with the host of the scheduler as the registry, no repository, and the action `call`.
    const MECHANISMS: &'static [&'static str] = &[];

    /// Returns the credential, or `None` if the host should ask another source.
    ///
    /// # Errors
    ///
    /// If the source has a credential and cannot read it. The message names the file, variable or server, never its content.
    fn credential(&self, host: &Host, query: &CredentialQuery)
    -> Result<Option<Credential>, Error>;
}

/// Purpose of a credential, and the user's settings of the source.
#[derive(Clone, Debug, PartialEq)]
pub struct CredentialQuery {
    pub(crate) registry: String,
    pub(crate) repository: String,
    pub(crate) actions: Vec<String>,
    pub(crate) config: Json,
}

impl CredentialQuery {
    /// Returns the registry: a host, with a port unless it is the default port.
    pub fn registry(&self) -> &str {
        &self.registry
    }

    /// Returns the repository; empty for the registry as a whole.
    pub fn repository(&self) -> &str {
        &self.repository
    }

    /// Returns the actions: `pull`, `push`.
    pub fn actions(&self) -> &[String] {
        &self.actions
    }

    /// Reads the settings of the `[[auth]]` entry, without Bindery's own keys (`plugin`, `source`, `registry`).
    ///
    /// # Errors
    ///
    /// `Invalid` if the settings do not fit `T`.
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

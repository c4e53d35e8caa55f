//! Registry client of the program, and its credentials.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::thread;

use bindery_credentials::{Credential, Keychain, KeychainError};
use bindery_diagnostic::{Diagnostic, Kind};
use bindery_host::{PluginSet, Services as _};
use bindery_http::Log;
use bindery_reference::{Reference, Registry};
use bindery_registry::{Client, ClientOptions, Network, RegistrySettings};

use crate::services::Services;

/// Creates a client with the `[registry]` tables of the configuration that logs its requests to `log`.
pub fn client(
    registries: BTreeMap<Registry, RegistrySettings>,
    network: &Network,
    log: Log,
    keychain: Arc<dyn Keychain>,
) -> Client {
    let mut options = ClientOptions::new(network, registries);
    options.http.log = log;
    Client::new(options, keychain)
}

/// Keychain of the program.
pub enum Credentials {
    /// The plugins of the `[[auth]]` entries, then the user's files and credential helpers.
    Plugins(PluginSet),
    /// The user's files and credential helpers alone.
    Own(Arc<Services>),
}

impl Keychain for Credentials {
    fn credential(
        &self,
        registry: &Registry,
        repository: &str,
        actions: &[&str],
    ) -> Result<Option<Credential>, KeychainError> {
        let registry = registry.to_string();
        let credential = match self {
            // The client calls from its runtime, and a plugin may block on a runtime itself.
            Self::Plugins(plugins) => thread::scope(|scope| {
                let call = scope.spawn(|| plugins.credential(&registry, repository, actions));
                call.join()
                    .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            }),
            Self::Own(services) => services.credential(&registry, repository, actions),
        };
        credential.map_err(KeychainError::from)
    }
}

/// Parses a reference of the command line.
pub fn parse_reference(text: &str) -> Result<Reference, Diagnostic> {
    Reference::parse(text).map_err(|error| {
        let mut diagnostic = Diagnostic::new(Kind::Usage, error.to_string());
        diagnostic.hint = error.hint();
        diagnostic
    })
}

//! The registry client of this program, and where it finds its credentials.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::thread;

use bindery_credentials::{Credential, Keychain, KeychainError};
use bindery_diagnostic::{Diagnostic, Diagnostics, Kind};
use bindery_host::{Plugins, Services as _};
use bindery_http::Log;
use bindery_reference::{Reference, Registry};
use bindery_registry::{Client, ClientOptions, Error, Network, RegistrySettings};
use once_cell::sync::OnceCell;
use tokio::runtime::{Builder, Runtime};

use crate::configuration::Configuration;
use crate::services::Services;

/// A client with the `[registry]` tables of the configuration, which tells its requests to `log`.
pub fn client(
    configuration: &Configuration,
    network: &Network,
    log: Log,
    keychain: Arc<dyn Keychain>,
) -> Result<Client, Diagnostics> {
    let mut options = ClientOptions::new(network, registries(configuration)?);
    options.http.log = log;
    Ok(Client::new(options, keychain))
}

/// The `[registry]` tables as the client reads them. Keys and types were checked when the file was read.
fn registries(
    configuration: &Configuration,
) -> Result<BTreeMap<Registry, RegistrySettings>, Diagnostic> {
    let unusable = |host: &str, reason: String| {
        let message = format!("the settings of registry `{host}` cannot be used");
        Diagnostic::new(Kind::Invalid, message).cause(reason)
    };
    let registries = configuration.registries.iter().map(|(host, settings)| {
        let registry = Registry::parse(host).map_err(|error| unusable(host, error.to_string()))?;
        let settings = serde_json::from_value(serde_json::Value::Object(settings.clone()));
        Ok((
            registry,
            settings.map_err(|error| unusable(host, error.to_string()))?,
        ))
    });
    registries.collect()
}

/// Who is asked for a credential.
pub enum Credentials {
    /// The plugins that `[[auth]]` entries name, and then this program.
    Plugins(Plugins),
    /// This program alone: no entry names a plugin.
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
        let found = match self {
            // The client asks from within its runtime, and a plugin may block on one of its own.
            Self::Plugins(plugins) => thread::scope(|scope| {
                let asking = scope.spawn(|| plugins.credential(&registry, repository, actions));
                asking
                    .join()
                    .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            }),
            Self::Own(services) => services.credential(&registry, repository, actions),
        };
        found.map_err(in_words)
    }
}

/// Message and causes as one line.
fn in_words(error: Diagnostic) -> KeychainError {
    let mut message = error.message;
    for cause in &error.causes {
        message = format!("{message}: {cause}");
    }
    KeychainError::Source {
        message,
        hint: error.hint,
    }
}

/// Waits for the network.
pub fn wait_for<T>(answer: impl Future<Output = T>) -> Result<T, Diagnostic> {
    // Connections stay open from one answer to the next, and are closed by the end of the program, which is the fastest way.
    static RUNTIME: OnceCell<Runtime> = OnceCell::new();
    let runtime = RUNTIME.get_or_try_init(|| Builder::new_current_thread().enable_all().build());
    let runtime = runtime.map_err(|error| {
        Diagnostic::new(Kind::Internal, "cannot start waiting for the network").cause(error)
    })?;
    Ok(runtime.block_on(answer))
}

/// A reference of the command line.
pub fn reference(text: &str) -> Result<Reference, Diagnostic> {
    Reference::parse(text).map_err(|error| {
        let mut failure = Diagnostic::new(Kind::Usage, error.to_string());
        failure.hint = error.hint();
        failure
    })
}

/// Asks the registry whether it has what `reference` names, whatever an earlier run has kept of it.
pub fn verify(client: &Client, reference: &Reference) -> Result<(), Diagnostics> {
    let found = wait_for(client.verify(reference))?;
    found.map(|_| ()).map_err(|error| unresolved(&error).into())
}

/// The error for a reference that could not be resolved.
pub fn unresolved(error: &Error) -> Diagnostic {
    Diagnostic::from(error)
}

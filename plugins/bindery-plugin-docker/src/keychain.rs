//! The host's credentials, as the registry client asks for them.

use bindery_credentials::{Credential, Keychain, KeychainError};
use bindery_plugin::Host;
use bindery_reference::Registry;
use bindery_secret::Secret;

/// Asks the host, and nobody else.
pub(crate) struct HostKeychain(pub(crate) Host);

impl Keychain for HostKeychain {
    fn credential(
        &self,
        registry: &Registry,
        repository: &str,
        actions: &[&str],
    ) -> Result<Option<Credential>, KeychainError> {
        match self
            .0
            .credential(&registry.to_string(), repository, actions)
        {
            Ok(found) => Ok(found.map(|found| Credential::Basic {
                username: found.username().to_owned(),
                password: Secret::new(found.expose_password()),
            })),
            Err(error) => {
                let mut message = error.message().to_owned();
                for cause in error.causes() {
                    message.push_str(": ");
                    message.push_str(cause);
                }
                Err(KeychainError::Source {
                    message,
                    hint: error.hint_text().map(str::to_owned),
                })
            }
        }
    }
}

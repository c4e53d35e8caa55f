//! Keychain of the registry client: the credentials of the host.

use bindery_credentials::{Credential, Keychain, KeychainError};
use bindery_diagnostic::{Diagnostic, Kind};
use bindery_plugin::{Exposed, Host};
use bindery_reference::Registry;
use bindery_secret::Secret;

/// Keychain that asks only the host.
pub(crate) struct HostKeychain(pub(crate) Host);

impl Keychain for HostKeychain {
    fn credential(
        &self,
        registry: &Registry,
        repository: &str,
        actions: &[&str],
    ) -> Result<Option<Credential>, KeychainError> {
        let HostKeychain(host) = self;
        match host.credential(&registry.to_string(), repository, actions) {
            Ok(None) => Ok(None),
            Ok(Some(credential)) => match credential.expose() {
                Exposed::Password { username, password } => Ok(Some(Credential::Basic {
                    username: username.to_owned(),
                    password: Secret::new(password),
                })),
                Exposed::IdentityToken(token) => Ok(Some(Credential::Identity {
                    token: Secret::new(token),
                })),
                Exposed::RegistryToken(token) => Ok(Some(Credential::Registry {
                    token: Secret::new(token),
                })),
                _ => {
                    let message = "the host returned a credential of an unknown kind";
                    let error = Diagnostic::new(Kind::Invalid, message);
                    Err(error
                        .hint("use a newer version of the plugin `docker`")
                        .into())
                }
            },
            Err(error) => Err(Diagnostic {
                causes: error.causes().to_vec(),
                hint: error.hint_text().map(str::to_owned),
                ..Diagnostic::new(Kind::Invalid, error.message())
            }
            .into()),
        }
    }
}

//! Keychains.

use bindery_reference::Registry;

use crate::credential::Credential;
use crate::error::KeychainError;

/// Finder of credentials.
pub trait Keychain: Send + Sync {
    /// Returns the credential for `repository` in `registry`, or `None` for anonymous access. `actions` are the actions planned there,
    /// such as `pull`.
    ///
    /// Called once per repository, and only if the registry requires a credential. The call may block.
    ///
    /// # Errors
    ///
    /// If a credential may exist but cannot be read.
    fn credential(
        &self,
        registry: &Registry,
        repository: &str,
        actions: &[&str],
    ) -> Result<Option<Credential>, KeychainError>;
}

/// Keychain without credentials.
#[derive(Clone, Copy, Debug, Default)]
pub struct Anonymous;

impl Keychain for Anonymous {
    fn credential(
        &self,
        _: &Registry,
        _: &str,
        _: &[&str],
    ) -> Result<Option<Credential>, KeychainError> {
        Ok(None)
    }
}

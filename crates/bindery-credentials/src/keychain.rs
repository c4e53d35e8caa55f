//! Who finds credentials.

use std::path::PathBuf;
use std::sync::Arc;

use bindery_reference::Registry;

use crate::credential::Credential;

/// Finds credentials.
pub trait Keychain: Send + Sync {
    /// The credential for `repository` in `registry`, or `None` to ask as anybody; `actions` are what will be done there, as
    /// `pull`.
    ///
    /// It is asked once for each repository, and only when the registry wants a credential. It may block.
    ///
    /// # Errors
    ///
    /// If there may be a credential but it cannot be read.
    fn credential(
        &self,
        registry: &Registry,
        repository: &str,
        actions: &[&str],
    ) -> Result<Option<Credential>, KeychainError>;
}

/// A keychain without credentials.
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

/// Why a credential could not be looked up.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeychainError {
    /// A file with credentials cannot be read.
    #[error("cannot read `{}`", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: Arc<std::io::Error>,
    },
    /// A file with credentials is not what it should be.
    #[error("`{}` is no Docker configuration: {problem}", path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// What is wrong, without the text that is wrong.
        problem: String,
    },
    /// There is an entry, but of a kind that cannot be used yet.
    #[error("the entry `{key}` of `{}` holds {kind}, which cannot be used here", path.display())]
    Unsupported {
        /// The file.
        path: PathBuf,
        /// The entry's key.
        key: String,
        /// What it holds.
        kind: &'static str,
    },
    /// Whoever was asked could not answer.
    #[error("{message}")]
    Source {
        /// Why, without a secret.
        message: String,
        /// What to do about it.
        hint: Option<String>,
    },
}

impl KeychainError {
    /// What to do about it, where that can be told.
    pub fn hint(&self) -> Option<String> {
        match self {
            KeychainError::File { .. } => Some("check the path and who may read it".into()),
            KeychainError::Syntax { .. } => {
                Some("log in again with the program that wrote the file".into())
            }
            KeychainError::Unsupported { .. } => {
                Some("log in with a user name and a password or access token".into())
            }
            KeychainError::Source { hint, .. } => hint.clone(),
        }
    }
}

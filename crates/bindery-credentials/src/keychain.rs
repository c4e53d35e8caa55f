//! Who finds credentials.

use std::sync::Arc;

use bindery_reference::Registry;

use crate::credential::Credential;
use crate::helper::HelperProblem;

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
    /// A place with credentials cannot be read.
    #[error("cannot read {place}")]
    Read {
        /// The place, as a message names it: a file in backticks.
        place: String,
        /// Why.
        #[source]
        source: Arc<std::io::Error>,
    },
    /// A place with credentials does not hold what it should.
    #[error("{place} is no Docker configuration: {problem}")]
    Syntax {
        /// The place, as a message names it.
        place: String,
        /// What is wrong, without the text that is wrong.
        problem: String,
    },
    /// A credential helper could not answer.
    #[error("credential helper `{program}` gives no answer for `{server}`")]
    Helper {
        /// The helper.
        program: String,
        /// What it was asked for.
        server: String,
        /// Why.
        source: HelperProblem,
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
            KeychainError::Read { .. } => Some("check the path and who may read it".into()),
            KeychainError::Syntax { .. } => {
                Some("correct it, or log in again with the program that wrote it".into())
            }
            KeychainError::Helper {
                program, source, ..
            } => Some(source.hint(program)),
            KeychainError::Source { hint, .. } => hint.clone(),
        }
    }

    /// Message and causes as one line.
    pub fn in_words(&self) -> String {
        let mut text = self.to_string();
        let mut source = std::error::Error::source(self);
        while let Some(cause) = source {
            text = format!("{text}: {cause}");
            source = cause.source();
        }
        text
    }
}

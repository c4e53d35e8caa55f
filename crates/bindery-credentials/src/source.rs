//! Sources of credentials.

use std::io;
use std::path::PathBuf;

use bindery_secret::Secret;

use crate::docker_config::{DockerConfig, Format};
use crate::error::KeychainError;

/// Source of credentials: a file, standard input or a variable.
#[derive(Clone, Debug)]
pub struct CredentialSource {
    /// Location of the text.
    pub location: Location,
    /// Option or variable that names the location, for messages.
    pub named_by: Option<&'static str>,
    /// Makes an unusable source an error; else it is a warning, and the search continues.
    pub is_required: bool,
}

/// Location of the text of a [`CredentialSource`].
#[derive(Clone, Debug)]
pub enum Location {
    /// File in the format of Docker's `config.json`.
    File(PathBuf),
    /// File in the older format of `.dockercfg`.
    LegacyFile(PathBuf),
    /// Standard input, in the format of `config.json`.
    StandardInput,
    /// Value of a variable, in the format of `config.json` with `auths` only.
    Text(Secret),
}

impl CredentialSource {
    /// Returns the name for messages; a path is in backticks.
    pub fn name(&self) -> String {
        match (&self.location, self.named_by) {
            (Location::File(path) | Location::LegacyFile(path), _) => {
                format!("`{}`", path.display())
            }
            (Location::StandardInput, _) => "standard input".to_owned(),
            (Location::Text(_), Some(name)) => format!("`{name}`"),
            (Location::Text(_), None) => "a text".to_owned(),
        }
    }

    /// Returns the path of a file.
    pub(crate) fn path(&self) -> Option<&PathBuf> {
        match &self.location {
            Location::File(path) | Location::LegacyFile(path) => Some(path),
            Location::StandardInput | Location::Text(_) => None,
        }
    }

    /// Reads and parses the source.
    ///
    /// # Errors
    ///
    /// If the source cannot be read or has another format.
    pub(crate) fn read(&self) -> Result<DockerConfig, KeychainError> {
        match &self.location {
            Location::File(path) => DockerConfig::read(path, Format::Config),
            Location::LegacyFile(path) => DockerConfig::read(path, Format::Legacy),
            Location::StandardInput => {
                DockerConfig::read_from(io::stdin().lock(), &self.name(), Format::Config)
            }
            Location::Text(text) => {
                DockerConfig::parse(text.expose().as_bytes(), &self.name(), Format::Variable)
            }
        }
    }
}

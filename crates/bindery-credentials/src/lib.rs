//! Credentials for registries, and the keychains that find them.
//!
//! A [`Keychain`] returns the [`Credential`] for a registry, a repository and the actions planned there, or none. [`CredentialFiles`] is
//! the keychain for files that `docker login`, `podman login` and `skopeo login` write, and for the credential helpers that these files
//! name. Reads files and runs helpers; performs no network access and reads no environment variables: the caller passes all paths.
//!
//! Start at [`CredentialFiles::new`].

#![deny(missing_docs)]
#![forbid(unsafe_code)]

mod auth_entry;
mod credential;
mod docker_config;
mod error;
mod helper;
mod helper_process;
mod host_keys;
mod keychain;
mod search;
mod source;

pub use credential::Credential;
pub use error::{HelperError, KeychainError};
pub use helper::Helpers;
pub use keychain::{Anonymous, Keychain};
pub use search::{CredentialFiles, SearchOutcome, SearchStep};
pub use source::{CredentialSource, Location};

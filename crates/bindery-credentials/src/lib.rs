//! Who we are to a registry, and who finds that out.
//!
//! A [`Keychain`] answers for a registry, a repository and what will be done there, with a [`Credential`] or with nothing.
//! [`Places`] is the one that looks where `docker login`, `podman login` and `skopeo login` leave what they know: in files, and
//! with the credential helpers that these files name. Knows nothing of networks; reads files and no environment: places are
//! handed in.

#![deny(missing_docs)]
#![forbid(unsafe_code)]

mod credential;
mod docker_config;
mod auth_entry;
mod helper;
mod keychain;
mod search;

pub use credential::Credential;
pub use helper::{HelperProblem, Helpers};
pub use keychain::{Anonymous, Keychain, KeychainError};
pub use search::{Answer, Place, Places, Source, Step};

//! Who we are to a registry, and who finds that out.
//!
//! A [`Keychain`] answers for a registry, a repository and what will be done there, with a [`Credential`] or with nothing.
//! Knows nothing of networks; reads files and no environment: places are handed in.

#![deny(missing_docs)]
#![forbid(unsafe_code)]

mod credential;
mod docker_config;
mod keychain;

pub use credential::Credential;
pub use docker_config::DockerConfig;
pub use keychain::{Anonymous, Keychain, KeychainError};

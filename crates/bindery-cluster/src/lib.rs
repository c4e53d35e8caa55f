//! Clusters: their definitions in `clusters.json`, and traits that give the definitions types.
//!
//! [`Clusters::read`] reads `clusters.json` from folders and keeps every entry as it was written, including unknown keys and nulls, with
//! its file. A part of the program declares the keys that it reads as a [`Trait`], which is data: keys with their types and defaults,
//! required or not. A [`View`] is a cluster seen through traits: checked, with defaults.
//!
//! Knows nothing of environment variables, home folders or plugins: folders and traits are arguments. Behaves and reports errors like
//! the Aurora client; in place of the client's stack traces there are errors with a file.
//!
//! Start at [`Clusters::read`].

#![deny(missing_docs)]
#![forbid(unsafe_code)]

mod cluster;
mod cluster_set;
mod cluster_trait;
mod coercion;
mod file;
mod view;

pub use cluster::Cluster;
pub use cluster_set::{ClusterNotFound, Clusters, FILE_NAME};
pub use cluster_trait::{FieldKind, Trait, TraitField};
pub use file::ReadError;
pub use view::{TraitError, ValueSource, View};

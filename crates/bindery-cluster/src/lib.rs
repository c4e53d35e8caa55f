//! Clusters: which there are, and what is known of each.
//!
//! Reads `clusters.json` from the folders it is given ([`Clusters::read`]) and keeps every entry as it was written, unknown
//! keys and nulls included, with the file it came from. What a part of the program needs of a cluster it declares as a
//! [`Trait`], which is data: keys, their types, which are required and what the defaults are. A [`View`] is a cluster seen
//! through such traits, checked and with the defaults filled in.
//!
//! Knows nothing of environment variables, of home folders or of plugins: folders and traits are handed in. Behaves as the
//! Aurora client does, its error texts included; where that client had a stack trace, there is an error with a file.
//!
//! Start at [`Clusters::read`].

#![deny(missing_docs)]
#![forbid(unsafe_code)]

mod cluster;
mod clusters;
mod declaration;
mod file;
mod view;

pub use cluster::Cluster;
pub use clusters::{ClusterNotFound, Clusters, FILE_NAME};
pub use declaration::{Kind, Trait, TraitField};
pub use file::ReadError;
pub use view::{Source, TraitError, View};

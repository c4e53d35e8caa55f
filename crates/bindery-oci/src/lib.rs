//! OCI and Docker documents: descriptors, manifests, indexes, image configs, platforms, and digests of bytes.
//!
//! Reads the documents that a registry or a layer store keeps, and computes the digests that name them. Bytes are kept exactly as they
//! arrived: a document that is parsed and written again has another digest. Performs no IO and knows no protocol.
//!
//! Standards: OCI image specification 1.1; Docker image manifest, version 2, schemas 1 and 2.
//!
//! - [`Manifest`]: bytes with a known [`MediaType`]; [`Manifest::entries`] reads an index, [`Manifest::config`] an image.
//! - [`Platform`]: an operating system and a processor, and how well an image for one runs on another.
//! - [`digest_of`] for bytes in memory, [`Hasher`] for a stream.

#![deny(missing_docs)]
#![forbid(unsafe_code)]

mod config;
mod descriptor;
mod digest;
mod index;
mod manifest;
mod media_type;
mod platform;

pub use config::ImageConfig;
pub use descriptor::Descriptor;
pub use digest::{Hasher, UnsupportedAlgorithm, digest_of, sha256_of};
pub use index::IndexEntry;
pub use manifest::{Manifest, ManifestError};
pub use media_type::MediaType;
pub use platform::{Platform, PlatformError};

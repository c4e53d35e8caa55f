//! Words of the OCI image specification: media types, descriptors, manifests and their digests.

mod hash;
mod index;
mod manifest;
mod media_type;
mod platform;

use bindery_reference::Digest;

pub use hash::{UnknownAlgorithm, digest_of, sha256_of};
pub use index::Entry;
pub(crate) use index::config_platform;
pub use manifest::{Manifest, ManifestProblem};
pub use media_type::MediaType;
pub(crate) use media_type::{ACCEPT_INDEX, ACCEPT_MANIFESTS};
pub use platform::{Platform, PlatformError};

/// What a reference names at some moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Descriptor {
    /// What kind of document it is. `None` if nobody was asked, since the reference held the digest.
    pub media_type: Option<MediaType>,
    /// The digest of its bytes.
    pub digest: Digest,
    /// How many bytes it has, where that was told.
    pub size: Option<u64>,
}

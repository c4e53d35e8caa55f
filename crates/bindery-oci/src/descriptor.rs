//! Descriptor: media type, digest and size of content.

use bindery_reference::Digest;

use crate::media_type::MediaType;

/// Media type, digest and size of content (OCI image specification 1.1, "OCI Content Descriptors").
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Descriptor {
    /// Media type. `None` if the descriptor was made from a reference with a digest, without a request.
    pub media_type: Option<MediaType>,
    /// Digest of the bytes.
    pub digest: Digest,
    /// Size in bytes, if known.
    pub size: Option<u64>,
}

impl Descriptor {
    /// Creates a descriptor without media type and size.
    pub fn new(digest: Digest) -> Self {
        Self {
            media_type: None,
            digest,
            size: None,
        }
    }
}

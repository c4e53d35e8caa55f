//! Content of the registry.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use axum::body::Bytes;
use bindery_oci::{Hasher, Manifest, MediaType, sha256_of};
use bindery_reference::Digest;

/// Repository of the registry.
#[derive(Default)]
pub(crate) struct Repository {
    pub(crate) manifests: BTreeMap<Digest, Manifest>,
    pub(crate) tags: BTreeMap<String, Digest>,
    blobs: BTreeMap<Digest, Blob>,
}

/// Bytes of a blob.
#[derive(Clone)]
pub(crate) enum Blob {
    Bytes(Bytes),
    Generated(GeneratedBlob),
}

impl Repository {
    pub(crate) fn put_manifest(
        &mut self,
        tag: Option<&str>,
        media_type: &str,
        bytes: &[u8],
    ) -> Digest {
        let digest = sha256_of(bytes);
        let manifest = Manifest {
            media_type: MediaType::parse(media_type),
            bytes: bytes.to_vec(),
        };
        self.manifests.insert(digest.clone(), manifest);
        if let Some(tag) = tag {
            self.tags.insert(tag.to_owned(), digest.clone());
        }
        digest
    }

    pub(crate) fn put_blob(&mut self, digest: Digest, blob: Blob) {
        self.blobs.insert(digest, blob);
    }

    /// Returns the manifest that a tag or a digest names, and its digest.
    pub(crate) fn manifest(&self, reference: &str) -> Option<(&Digest, &Manifest)> {
        match self.tags.get(reference) {
            Some(digest) => self.manifests.get_key_value(digest),
            None => self.manifests.get_key_value(&reference.parse().ok()?),
        }
    }

    pub(crate) fn blob(&self, digest: &Digest) -> Option<&Blob> {
        self.blobs.get(digest)
    }
}

/// Blob of any size whose bytes are generated while they are sent.
///
/// The bytes are blocks of one megabyte, each with its number in front, so that no two parts of a blob are equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GeneratedBlob {
    /// Size in bytes.
    pub length: u64,
}

/// Bytes of a block after its number.
static BLOCK: LazyLock<Bytes> = LazyLock::new(|| {
    let mut state = 1_u32;
    let mut next = || {
        // Constants of Numerical Recipes; the quality of the numbers does not matter.
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    (0..1 << 20).map(|_| next()).collect()
});

/// Size of the number in front of a block, in bytes.
const NUMBER: u64 = 8;

impl GeneratedBlob {
    /// Returns up to `limit` bytes of the blob from `offset` on, at most to the end of a block.
    pub(crate) fn read(self, offset: u64, limit: usize) -> Bytes {
        let limit = limit.min(usize::try_from(self.length - offset).unwrap_or(usize::MAX));
        let block_size = NUMBER + BLOCK.len() as u64;
        let (number, within) = (offset / block_size, offset % block_size);
        let bytes = match usize::try_from(within.checked_sub(NUMBER).unwrap_or(u64::MAX)) {
            Ok(start) if within >= NUMBER => BLOCK.slice(start..),
            _ => Bytes::copy_from_slice(&number.to_le_bytes()[within as usize..]),
        };
        bytes.slice(..limit.min(bytes.len()))
    }

    /// Returns the digest of the blob by `algorithm`, which takes seconds for gigabytes.
    ///
    /// # Panics
    ///
    /// If the algorithm is not supported.
    pub fn digest(self, algorithm: &str) -> Digest {
        let mut hasher = Hasher::new(algorithm).expect("a test uses a supported algorithm");
        let mut offset = 0;
        while offset < self.length {
            let bytes = self.read(offset, usize::MAX);
            hasher.update(&bytes);
            offset += bytes.len() as u64;
        }
        hasher.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_a_generated_blob_is_the_same_as_in_the_whole() {
        let blob = GeneratedBlob { length: 3_000_000 };
        let read = |start: u64| {
            let mut bytes = Vec::new();
            while start + (bytes.len() as u64) < blob.length {
                let next = blob.read(start + bytes.len() as u64, 400_001);
                bytes.extend_from_slice(&next);
            }
            bytes
        };
        let whole = read(0);
        assert_eq!(whole.len(), 3_000_000);
        assert_eq!(sha256_of(&whole), blob.digest("sha256"));
        for start in [1, 7, 8, 1_048_583, 1_048_584, 1_048_590, 2_999_999] {
            assert_eq!(read(start), whole[start as usize..], "from {start}");
        }
    }
}

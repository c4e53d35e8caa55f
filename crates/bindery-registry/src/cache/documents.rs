//! Saved documents: manifests, indexes and image configs, by digest.

use std::path::Path;

use bindery_oci::{ImageConfig, Manifest, MediaType, digest_of};
use bindery_reference::Digest;

use crate::cache::folder::{Bounds, Folder};

/// Maximum size of a saved document, in bytes. Most documents have a few kilobytes.
const MAX_DOCUMENT: usize = 1 << 20;

const BOUNDS: Bounds = Bounds {
    entries: 4_096,
    bytes: 64 << 20,
};

/// Documents that earlier runs have fetched by digest.
pub(crate) struct SavedDocuments(Option<Folder>);

/// File of a document: its media type on the first line, then its bytes.
struct SavedDocument {
    media_type: MediaType,
    bytes: Vec<u8>,
}

impl SavedDocuments {
    pub(super) fn new(root: Option<&Path>) -> Self {
        Self(root.map(|root| Folder::new(root.join("documents"), BOUNDS)))
    }

    /// Returns the manifest with this digest, verified. Removes a damaged file.
    pub(crate) fn load_manifest(&self, digest: &Digest) -> Option<Manifest> {
        self.load(digest, |document| {
            let manifest = Manifest {
                media_type: document.media_type,
                bytes: document.bytes,
            };
            let actual = manifest.digest(digest.algorithm()).ok()?;
            (actual == *digest).then_some(manifest)
        })
    }

    /// Returns the config with this digest, verified. Removes a damaged file.
    pub(crate) fn load_config(&self, digest: &Digest) -> Option<ImageConfig> {
        self.load(digest, |document| {
            let bytes = document.bytes;
            let actual = digest_of(digest.algorithm(), &bytes).ok()?;
            (actual == *digest).then_some(ImageConfig { bytes })
        })
    }

    /// Saves a document whose digest was verified.
    pub(crate) fn save(&self, digest: &Digest, media_type: &MediaType, bytes: &[u8]) {
        let Some(folder) = &self.0 else { return };
        if bytes.len() <= MAX_DOCUMENT {
            let file = [media_type.as_str().as_bytes(), b"\n", bytes].concat();
            folder.write(&file_name(digest), &file);
        }
    }

    fn load<T>(
        &self,
        digest: &Digest,
        verify: impl FnOnce(SavedDocument) -> Option<T>,
    ) -> Option<T> {
        let folder = self.0.as_ref()?;
        let name = file_name(digest);
        let document = parse(&folder.read(&name)?).and_then(verify);
        if document.is_none() {
            folder.remove(&name);
        }
        document
    }
}

fn parse(file: &[u8]) -> Option<SavedDocument> {
    let end = file.iter().position(|byte| *byte == b'\n')?;
    Some(SavedDocument {
        media_type: MediaType::parse(std::str::from_utf8(&file[..end]).ok()?),
        bytes: file[end + 1..].to_vec(),
    })
}

fn file_name(digest: &Digest) -> String {
    format!("{}-{}", digest.algorithm(), digest.hex())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use bindery_oci::sha256_of;

    use super::*;

    #[test]
    fn a_damaged_document_is_removed() {
        let root = tempfile::tempdir().unwrap();
        let documents = SavedDocuments::new(Some(root.path()));
        let bytes = br#"{"manifests":[]}"#;
        let digest = sha256_of(bytes);
        let file = root.path().join("documents").join(file_name(&digest));
        for damage in ["", "no line", "application/json\n{}"] {
            documents.save(&digest, &MediaType::OciIndex, bytes);
            fs::write(&file, damage).unwrap();
            assert_eq!(documents.load_manifest(&digest), None, "{damage:?}");
            assert!(!file.exists(), "{damage:?}");
        }
        documents.save(&digest, &MediaType::OciIndex, bytes);
        assert!(documents.load_manifest(&digest).is_some());
        assert!(documents.load_config(&digest).is_some());
    }
}

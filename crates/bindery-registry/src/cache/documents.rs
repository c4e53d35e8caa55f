//! Saved documents: manifests, indexes and image configs, by digest.

use std::path::Path;

use bindery_oci::{Manifest, MediaType};
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

impl SavedDocuments {
    pub(super) fn new(root: Option<&Path>) -> Self {
        Self(root.map(|root| Folder::new(root.join("documents"), BOUNDS)))
    }

    /// Returns the document with this digest, verified. Removes a damaged file.
    pub(crate) fn load(&self, digest: &Digest) -> Option<Manifest> {
        let folder = self.0.as_ref()?;
        let name = file_name(digest);
        let document = parse(&folder.read(&name)?, digest);
        if document.is_none() {
            folder.remove(&name);
        }
        document
    }

    /// Saves a document whose digest was verified.
    pub(crate) fn save(&self, digest: &Digest, media_type: &MediaType, bytes: &[u8]) {
        let Some(folder) = &self.0 else { return };
        if bytes.len() <= MAX_DOCUMENT {
            let file = [media_type.as_str().as_bytes(), b"\n", bytes].concat();
            folder.write(&file_name(digest), &file);
        }
    }
}

/// Parses a file: the media type on the first line, then the bytes of the document.
fn parse(file: &[u8], digest: &Digest) -> Option<Manifest> {
    let end = file.iter().position(|byte| *byte == b'\n')?;
    let document = Manifest {
        media_type: MediaType::parse(std::str::from_utf8(&file[..end]).ok()?),
        bytes: file[end + 1..].to_vec(),
    };
    let actual = document.digest(digest.algorithm()).ok()?;
    (actual == *digest).then_some(document)
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
            assert_eq!(documents.load(&digest), None, "{damage:?}");
            assert!(!file.exists(), "{damage:?}");
        }
        documents.save(&digest, &MediaType::OciIndex, bytes);
        assert!(documents.load(&digest).is_some());
    }
}

//! Saved tags: the descriptors that tags were resolved to.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bindery_oci::{Descriptor, MediaType};
use bindery_reference::{Digest, Reference};
use serde::{Deserialize, Serialize};

use crate::cache::clock::now;
use crate::cache::entry_names::LazyEntryNames;
use crate::cache::folder::{Bounds, Folder};

const BOUNDS: Bounds = Bounds {
    entries: 16_384,
    bytes: 16 << 20,
};

/// Tags that earlier runs have resolved.
pub(crate) struct SavedTags {
    folder: Option<Folder>,
    names: Option<Arc<LazyEntryNames>>,
}

/// File of a tag.
#[derive(Serialize, Deserialize)]
struct SavedTag {
    digest: String,
    media_type: Option<String>,
    size: Option<u64>,
    /// Time when the tag was resolved, in seconds since 1970.
    at: u64,
}

impl SavedTags {
    pub(super) fn new(root: Option<&Path>, names: Option<Arc<LazyEntryNames>>) -> Self {
        Self {
            folder: root.map(|root| Folder::new(root.join("tags"), BOUNDS)),
            names,
        }
    }

    /// Returns the descriptor of a tag, if the tag was resolved less than `max_age` ago. `server` is the address of its registry.
    pub(crate) fn load(
        &self,
        server: &str,
        reference: &Reference,
        max_age: Duration,
    ) -> Option<Descriptor> {
        let name = self.file_name(server, reference)?;
        let saved: SavedTag = serde_json::from_slice(&self.folder.as_ref()?.read(&name)?).ok()?;
        // A time in the future says nothing about the age.
        if now()?.checked_sub(saved.at)? >= max_age.as_secs() {
            return None;
        }
        Some(Descriptor {
            media_type: saved.media_type.as_deref().map(MediaType::parse),
            digest: Digest::parse(&saved.digest).ok()?,
            size: saved.size,
        })
    }

    /// Saves the descriptor of a tag.
    pub(crate) fn save(&self, server: &str, reference: &Reference, descriptor: &Descriptor) {
        let Some(folder) = &self.folder else { return };
        if let (Some(name), Some(at)) = (self.file_name(server, reference), now()) {
            let saved = SavedTag {
                digest: descriptor.digest.to_string(),
                media_type: descriptor.media_type.as_ref().map(ToString::to_string),
                size: descriptor.size,
                at,
            };
            folder.write_json(&name, &saved);
        }
    }

    fn file_name(&self, server: &str, reference: &Reference) -> Option<String> {
        let repository = reference.repository.as_str();
        let fields = ["tag", server, repository, reference.manifest_name()];
        Some(self.names.as_ref()?.get()?.name(&fields))
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use bindery_oci::sha256_of;

    use super::*;

    #[test]
    fn tags_expire() {
        let root = tempfile::tempdir().unwrap();
        let names = Arc::new(LazyEntryNames::new(root.path().into()));
        let tags = SavedTags::new(Some(root.path()), Some(names));
        let reference = "h/web:1".parse().unwrap();
        tags.save("h", &reference, &Descriptor::new(sha256_of(b"x")));
        let hour = Duration::from_secs(3600);
        assert!(tags.load("h", &reference, hour).is_some());
        assert_eq!(tags.load("other", &reference, hour), None);
        let name = tags.file_name("h", &reference).unwrap();
        let file = root.path().join("tags").join(name);
        let text = fs::read_to_string(&file).unwrap();
        let load_with_time = |at: u64| {
            let mut saved: serde_json::Value = serde_json::from_str(&text).unwrap();
            saved["at"] = at.into();
            fs::write(&file, saved.to_string()).unwrap();
            tags.load("h", &reference, hour)
        };
        let now = now().unwrap();
        assert!(load_with_time(now - 3500).is_some());
        assert_eq!(load_with_time(now - 3700), None);
        assert_eq!(load_with_time(now + 3700), None);
    }
}

//! On-disk cache: documents by digest, tokens until they expire and, with a maximum age, resolved tags.
//!
//! Files are opened and created at the first lookup. A cache that cannot be read or written counts as empty: the registry is
//! authoritative, so a failure of the disk is never an error of the client. Several processes may share a folder.

mod clock;
mod documents;
mod entry_names;
mod folder;
mod tags;
mod tokens;

use std::path::PathBuf;
use std::sync::Arc;

use entry_names::LazyEntryNames;

pub(crate) use documents::SavedDocuments;
pub(crate) use tags::SavedTags;
pub(crate) use tokens::{SavedTokens, TokenPurpose};

/// Cache in one folder, which need not exist. Without a folder the cache is empty.
pub(crate) struct Cache {
    pub(crate) documents: SavedDocuments,
    pub(crate) tokens: SavedTokens,
    pub(crate) tags: SavedTags,
}

impl Cache {
    pub(crate) fn new(root: Option<PathBuf>) -> Self {
        let names = root.clone().map(LazyEntryNames::new).map(Arc::new);
        Self {
            documents: SavedDocuments::new(root.as_deref()),
            tokens: SavedTokens::new(root.as_deref(), names.clone()),
            tags: SavedTags::new(root.as_deref(), names),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;
    use std::path::Path;
    use std::time::Duration;

    use bindery_credentials::Credential;
    use bindery_oci::{Descriptor, MediaType, sha256_of};
    use bindery_secret::Secret;
    use bindery_token::ScopeSet;

    use super::*;

    const INDEX: &[u8] = br#"{"manifests":[]}"#;

    /// Returns all files below `folder`.
    fn files(folder: &Path) -> Vec<PathBuf> {
        let mut files = Vec::new();
        for entry in fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                files.extend(self::files(&path));
            } else {
                files.push(path);
            }
        }
        files
    }

    fn purpose<'a>(scopes: &'a ScopeSet, credential: Option<&'a Credential>) -> TokenPurpose<'a> {
        TokenPurpose {
            realm: "https://h/token",
            service: Some("s"),
            scopes,
            credential,
        }
    }

    #[test]
    fn entries_are_found_by_the_next_run() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("a/b");
        let digest = sha256_of(INDEX);
        let reference = "h/web:1".parse().unwrap();
        let alice = Credential::Basic {
            username: "alice".into(),
            password: Secret::new("canary"),
        };
        let scopes = ScopeSet::parse("a");
        let purpose = purpose(&scopes, Some(&alice));
        let descriptor = Descriptor {
            media_type: Some(MediaType::OciIndex),
            digest: digest.clone(),
            size: Some(5),
        };
        let first = Cache::new(Some(root.clone()));
        first.documents.save(&digest, &MediaType::OciIndex, INDEX);
        let minute = Duration::from_secs(60);
        first.tokens.save(&purpose, &Secret::new("t"), minute);
        first.tags.save("h", &reference, &descriptor);

        let later = Cache::new(Some(root.clone()));
        let document = later.documents.load_manifest(&digest).unwrap();
        assert_eq!(
            (document.media_type, &*document.bytes),
            (MediaType::OciIndex, INDEX)
        );
        let hour = Duration::from_secs(3600);
        assert_eq!(later.tags.load("h", &reference, hour), Some(descriptor));
        let token = later.tokens.load(&purpose).unwrap().token;
        assert_eq!(token.expose(), "t");

        let files = files(&root);
        assert_eq!(files.len(), 4, "{files:?}");
        for file in files {
            let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
            assert_eq!(mode(&file), 0o600, "{file:?}");
            assert_eq!(mode(file.parent().unwrap()), 0o700, "{file:?}");
            let text = fs::read(&file).unwrap();
            let text = format!("{} {}", file.display(), String::from_utf8_lossy(&text));
            assert!(
                !text.contains("canary") && !text.contains("alice"),
                "{text}"
            );
        }
    }

    #[test]
    fn a_cache_that_cannot_be_written_is_empty() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        let digest = sha256_of(INDEX);
        let scopes = ScopeSet::parse("a");
        let purpose = purpose(&scopes, None);
        for root in [None, Some(file.join("below"))] {
            let cache = Cache::new(root);
            cache.documents.save(&digest, &MediaType::OciIndex, INDEX);
            let minute = Duration::from_secs(60);
            cache.tokens.save(&purpose, &Secret::new("t"), minute);
            assert!(cache.documents.load_manifest(&digest).is_none());
            assert!(cache.tokens.load(&purpose).is_none());
        }
    }

    #[test]
    fn concurrent_writers_leave_whole_files() {
        let folder = tempfile::tempdir().unwrap();
        let document = format!(r#"{{"manifests":[]{}}}"#, " ".repeat(90_000)).into_bytes();
        let digest = sha256_of(&document);
        let scopes = ScopeSet::parse("a");
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    let cache = Cache::new(Some(folder.path().into()));
                    let purpose = purpose(&scopes, None);
                    for _ in 0..20 {
                        let documents = &cache.documents;
                        documents.save(&digest, &MediaType::OciIndex, &document);
                        assert_eq!(documents.load_manifest(&digest).unwrap().bytes, document);
                        let minute = Duration::from_secs(60);
                        cache.tokens.save(&purpose, &Secret::new("t"), minute);
                        assert!(cache.tokens.load(&purpose).is_some());
                    }
                });
            }
        });
        assert_eq!(files(folder.path()).len(), 3, "no temporary file remains");
    }
}

//! What is kept for later runs: documents by digest, tokens until they end, and, for who asks, what tags named a while ago.
//!
//! Nothing is opened or made before something is looked up or kept. A cache that cannot be read or written is an empty one: the
//! network has the last word, so no error of the disk is one of the client.

mod folder;
mod print;

use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bindery_credentials::Credential;
use bindery_reference::Digest;
use bindery_secret::Secret;
use serde::{Deserialize, Serialize};

use crate::disk::folder::{Bounds, Folder};
use crate::disk::print::Printer;
use crate::oci::{Descriptor, Manifest, MediaType};
use crate::subject::Subject;
use crate::token::{Key, TokenResponse};

/// The largest document that is kept; nearly all have a few kilobytes.
const LARGEST_DOCUMENT: usize = 1 << 20;

/// How long a token is kept at most, whatever its server says: a clock that was wrong once must not make it last.
const LONGEST_TOKEN_LIFE: Duration = Duration::from_secs(24 * 3600);

/// A token that ends sooner than this is as good as over.
const SHORTEST_TOKEN_LIFE: Duration = Duration::from_secs(10);

const DOCUMENTS: Bounds = Bounds {
    entries: 4_096,
    bytes: 64 << 20,
};

const TOKENS: Bounds = Bounds {
    entries: 2_048,
    bytes: 16 << 20,
};

const TAGS: Bounds = Bounds {
    entries: 16_384,
    bytes: 16 << 20,
};

/// The cache of one folder; without a folder it holds nothing. Several processes may share it.
pub(crate) struct Disk(Option<Places>);

struct Places {
    root: PathBuf,
    documents: Folder,
    tokens: Folder,
    tags: Folder,
    printer: OnceLock<Option<Printer>>,
}

/// A token as it lies on the disk, readable to this user alone.
#[derive(Serialize, Deserialize)]
struct KeptToken {
    token: String,
    /// In seconds since 1970.
    ends: u64,
}

/// What a tag named.
#[derive(Serialize, Deserialize)]
struct KeptTag {
    digest: String,
    media_type: Option<String>,
    size: Option<u64>,
    /// When it did, in seconds since 1970.
    at: u64,
}

impl Disk {
    /// A cache in `root`, which need not exist.
    pub(crate) fn new(root: Option<PathBuf>) -> Self {
        Self(root.map(|root| Places {
            documents: Folder::new(root.join("documents"), DOCUMENTS),
            tokens: Folder::new(root.join("tokens"), TOKENS),
            tags: Folder::new(root.join("tags"), TAGS),
            printer: OnceLock::new(),
            root,
        }))
    }

    /// The document with this digest, by which it was verified once more.
    pub(crate) fn document(&self, digest: &Digest) -> Option<Manifest> {
        let places = self.0.as_ref()?;
        let name = document_name(digest);
        let bytes = places.documents.read(&name)?;
        let read = || {
            let end = bytes.iter().position(|byte| *byte == b'\n')?;
            let media_type = MediaType::parse(std::str::from_utf8(&bytes[..end]).ok()?);
            let document = Manifest {
                media_type,
                bytes: bytes[end + 1..].to_vec(),
            };
            let found = document.digest(digest.algorithm()).ok()?;
            (found == *digest).then_some(document)
        };
        let found = read();
        if found.is_none() {
            places.documents.remove(&name);
        }
        found
    }

    /// Keeps a document whose digest was verified.
    pub(crate) fn keep_document(&self, digest: &Digest, document: &Manifest) {
        let Some(places) = &self.0 else { return };
        if document.bytes.len() <= LARGEST_DOCUMENT {
            let head = document.media_type.as_str().as_bytes();
            let bytes = [head, b"\n", &document.bytes].concat();
            places.documents.write(&document_name(digest), &bytes);
        }
    }

    /// The token for `key`, fetched with `credential`, if one is left that has not ended.
    pub(crate) fn token(
        &self,
        key: &Key,
        credential: Option<&Credential>,
    ) -> Option<TokenResponse> {
        let places = self.0.as_ref()?;
        let name = places.token_name(key, credential)?;
        let kept: KeptToken = serde_json::from_slice(&places.tokens.read(&name)?).ok()?;
        let life = Duration::from_secs(kept.ends.saturating_sub(now()?));
        let is_sane = (SHORTEST_TOKEN_LIFE..=LONGEST_TOKEN_LIFE).contains(&life);
        if !is_sane || kept.token.is_empty() {
            places.tokens.remove(&name);
            return None;
        }
        Some(TokenResponse {
            token: Secret::from(kept.token),
            life,
            refresh_token: None,
        })
    }

    /// Keeps a token.
    pub(crate) fn keep_token(
        &self,
        key: &Key,
        credential: Option<&Credential>,
        token: &Secret,
        life: Duration,
    ) {
        let Some(places) = &self.0 else { return };
        let life = life.min(LONGEST_TOKEN_LIFE).as_secs();
        if let (Some(name), Some(now)) = (places.token_name(key, credential), now()) {
            let kept = KeptToken {
                token: token.expose().to_owned(),
                ends: now + life,
            };
            places.tokens.write_json(&name, &kept);
        }
    }

    /// What `subject`'s tag named, if that is known and less long ago than `age`. `place` is the registry's address.
    pub(crate) fn tag(&self, place: &str, subject: &Subject, age: Duration) -> Option<Descriptor> {
        let places = self.0.as_ref()?;
        let name = places.tag_name(place, subject)?;
        let kept: KeptTag = serde_json::from_slice(&places.tags.read(&name)?).ok()?;
        // A time to come tells nothing of how old it is.
        if now()?.checked_sub(kept.at)? >= age.as_secs() {
            return None;
        }
        Some(Descriptor {
            media_type: kept.media_type.as_deref().map(MediaType::parse),
            digest: Digest::parse(&kept.digest).ok()?,
            size: kept.size,
        })
    }

    /// Keeps what a tag names now.
    pub(crate) fn keep_tag(&self, place: &str, subject: &Subject, found: &Descriptor) {
        let Some(places) = &self.0 else { return };
        if let (Some(name), Some(at)) = (places.tag_name(place, subject), now()) {
            let kept = KeptTag {
                digest: found.digest.to_string(),
                media_type: found.media_type.as_ref().map(ToString::to_string),
                size: found.size,
                at,
            };
            places.tags.write_json(&name, &kept);
        }
    }
}

impl Places {
    /// The token's name tells nothing of the credential, nor of what it is good for.
    fn token_name(&self, key: &Key, credential: Option<&Credential>) -> Option<String> {
        let (kind, username, secret) = match credential {
            None => ("anonymous", "", ""),
            Some(Credential::Basic { username, password }) => {
                ("basic", username.as_str(), password.expose())
            }
            Some(Credential::Identity { token }) => ("identity", "", token.expose()),
            // The registry's own tokens are not fetched.
            Some(_) => return None,
        };
        let service = key.service.as_deref();
        let fields = [
            "token",
            &key.realm,
            if service.is_some() { "service" } else { "" },
            service.unwrap_or_default(),
            &key.scopes.to_string(),
            kind,
            username,
            secret,
        ];
        Some(self.printer()?.print(&fields))
    }

    fn tag_name(&self, place: &str, subject: &Subject) -> Option<String> {
        let fields = [
            "tag",
            place,
            subject.repository.as_str(),
            subject.manifest_name(),
        ];
        Some(self.printer()?.print(&fields))
    }

    fn printer(&self) -> Option<&Printer> {
        self.printer
            .get_or_init(|| Printer::open(&self.root))
            .as_ref()
    }
}

fn document_name(digest: &Digest) -> String {
    format!("{}-{}", digest.algorithm(), digest.hex())
}

/// In seconds since 1970.
fn now() -> Option<u64> {
    Some(SystemTime::now().duration_since(UNIX_EPOCH).ok()?.as_secs())
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;
    use std::path::Path;

    use super::*;
    use crate::oci::sha256_of;
    use crate::token::{Cache, ScopeSet};

    const INDEX: &str = "application/vnd.oci.image.index.v1+json";

    fn document(text: &str) -> (Digest, Manifest) {
        let manifest = Manifest::read(Some(INDEX), text.into()).unwrap();
        (manifest.digest("sha256").unwrap(), manifest)
    }

    fn key(scope: &str, credential: Option<&Credential>) -> Key {
        Key {
            realm: "https://h/token".into(),
            service: Some("s".into()),
            scopes: ScopeSet::parse(scope),
            who: Cache::default().who(credential),
        }
    }

    fn basic(username: &str, password: &'static str) -> Credential {
        Credential::Basic {
            username: username.into(),
            password: Secret::new(password),
        }
    }

    fn found(response: Option<TokenResponse>) -> Option<String> {
        response.map(|response| response.token.expose().to_owned())
    }

    /// All files below `folder`.
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

    #[test]
    fn what_is_kept_is_found_by_the_next_run() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("a/b");
        let (digest, manifest) = document(r#"{"manifests":[]}"#);
        let subject = Subject::manifest(&"h/web:1".parse().unwrap());
        let alice = basic("alice", "canary");
        let descriptor = Descriptor {
            media_type: Some(MediaType::OciIndex),
            digest: digest.clone(),
            size: Some(5),
        };
        let first = Disk::new(Some(root.clone()));
        first.keep_document(&digest, &manifest);
        first.keep_token(
            &key("a", Some(&alice)),
            Some(&alice),
            &Secret::new("t"),
            Duration::from_secs(60),
        );
        first.keep_tag("h", &subject, &descriptor);

        let later = Disk::new(Some(root.clone()));
        assert_eq!(later.document(&digest), Some(manifest));
        let hour = Duration::from_secs(3600);
        assert_eq!(later.tag("h", &subject, hour), Some(descriptor));
        assert_eq!(
            found(later.token(&key("a", Some(&alice)), Some(&alice))).as_deref(),
            Some("t")
        );

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
    fn a_token_is_for_its_scope_and_credential_alone() {
        let folder = tempfile::tempdir().unwrap();
        let disk = Disk::new(Some(folder.path().into()));
        let alice = basic("alice", "a");
        disk.keep_token(
            &key("a", Some(&alice)),
            Some(&alice),
            &Secret::new("t"),
            Duration::from_secs(60),
        );
        let look = |scope, credential: Option<&Credential>| {
            found(disk.token(&key(scope, credential), credential))
        };
        assert_eq!(look("a", Some(&alice)).as_deref(), Some("t"));
        assert_eq!(look("b", Some(&alice)), None);
        assert_eq!(look("a", Some(&basic("alice", "b"))), None);
        assert_eq!(look("a", Some(&basic("bob", "a"))), None);
        assert_eq!(look("a", None), None);
    }

    #[test]
    fn tokens_end_and_silly_times_are_not_believed() {
        let folder = tempfile::tempdir().unwrap();
        let disk = Disk::new(Some(folder.path().into()));
        let key = key("a", None);
        let name = disk.0.as_ref().unwrap().token_name(&key, None).unwrap();
        let file = folder.path().join("tokens").join(name);
        let kept = |ends: u64| {
            disk.keep_token(&key, None, &Secret::new("t"), Duration::from_secs(60));
            fs::write(&file, format!(r#"{{"token":"t","ends":{ends}}}"#)).unwrap();
            found(disk.token(&key, None))
        };
        let now = now().unwrap();
        assert_eq!(kept(now + 100).as_deref(), Some("t"));
        assert_eq!(kept(now + 2), None);
        assert!(!file.exists(), "an ended token is removed");
        assert_eq!(kept(now + 1_000_000), None);
        disk.keep_token(&key, None, &Secret::new("t"), Duration::from_secs(u64::MAX));
        assert_eq!(found(disk.token(&key, None)).as_deref(), Some("t"));
        fs::write(&file, "canary").unwrap();
        assert_eq!(found(disk.token(&key, None)), None);
    }

    #[test]
    fn tags_grow_old() {
        let folder = tempfile::tempdir().unwrap();
        let disk = Disk::new(Some(folder.path().into()));
        let subject = Subject::manifest(&"h/web:1".parse().unwrap());
        let descriptor = Descriptor {
            media_type: None,
            digest: sha256_of(b"x"),
            size: None,
        };
        disk.keep_tag("h", &subject, &descriptor);
        let hour = Duration::from_secs(3600);
        assert!(disk.tag("h", &subject, hour).is_some());
        assert_eq!(disk.tag("other", &subject, hour), None);
        let name = disk.0.as_ref().unwrap().tag_name("h", &subject).unwrap();
        let file = folder.path().join("tags").join(name);
        let text = fs::read_to_string(&file).unwrap();
        let at = |at: u64| {
            let mut kept: serde_json::Value = serde_json::from_str(&text).unwrap();
            kept["at"] = at.into();
            fs::write(&file, kept.to_string()).unwrap();
            disk.tag("h", &subject, hour)
        };
        let now = now().unwrap();
        assert!(at(now - 3500).is_some());
        assert_eq!(at(now - 3700), None);
        assert_eq!(at(now + 3700), None);
    }

    #[test]
    fn a_damaged_document_is_dropped() {
        let folder = tempfile::tempdir().unwrap();
        let disk = Disk::new(Some(folder.path().into()));
        let (digest, manifest) = document(r#"{"manifests":[]}"#);
        let file = folder.path().join("documents").join(document_name(&digest));
        for damage in ["", "no line", "application/json\n{}"] {
            disk.keep_document(&digest, &manifest);
            fs::write(&file, damage).unwrap();
            assert_eq!(disk.document(&digest), None, "{damage:?}");
            assert!(!file.exists(), "{damage:?}");
        }
        disk.keep_document(&digest, &manifest);
        assert_eq!(disk.document(&digest), Some(manifest));
    }

    #[test]
    fn a_cache_that_cannot_be_written_holds_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        let (digest, manifest) = document(r#"{"manifests":[]}"#);
        for root in [None, Some(file.join("below"))] {
            let disk = Disk::new(root);
            disk.keep_document(&digest, &manifest);
            disk.keep_token(
                &key("a", None),
                None,
                &Secret::new("t"),
                Duration::from_secs(60),
            );
            assert_eq!(disk.document(&digest), None);
            assert_eq!(found(disk.token(&key("a", None), None)), None);
        }
    }

    #[test]
    fn many_processes_may_write_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let (digest, manifest) = document(&format!(r#"{{"manifests":[]{}}}"#, " ".repeat(90_000)));
        let key = key("a", None);
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    let disk = Disk::new(Some(folder.path().into()));
                    for _ in 0..20 {
                        disk.keep_document(&digest, &manifest);
                        assert_eq!(disk.document(&digest), Some(manifest.clone()));
                        disk.keep_token(&key, None, &Secret::new("t"), Duration::from_secs(60));
                        assert_eq!(found(disk.token(&key, None)).as_deref(), Some("t"));
                    }
                });
            }
        });
        assert_eq!(files(folder.path()).len(), 3, "no temporary file is left");
    }
}

//! Names of cache entries, which do not reveal credentials and scopes.

use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use sha2::{Digest as _, Sha256};

use crate::cache::folder::{make_private, private_file};

/// Name of the file with the key.
const FILE: &str = "key";

const KEY_BYTES: usize = 32;

/// Block size of SHA-256, in bytes.
const BLOCK: usize = 64;

/// Keyed hash that turns the fields of an entry into its file name. Without the key, passwords cannot be guessed from the names.
pub(crate) struct EntryNames {
    key: [u8; KEY_BYTES],
}

impl EntryNames {
    /// Reads the key of the cache at `root`, or creates one. Concurrent processes end up with the same key.
    pub(crate) fn open(root: &Path) -> Option<Self> {
        let file = root.join(FILE);
        if let Some(names) = Self::read(&file) {
            return Some(names);
        }
        make_private(root)?;
        let is_damaged = file.exists() && Self::read(&file).is_none();
        let mut key = [0; KEY_BYTES];
        fs::File::open("/dev/urandom")
            .ok()?
            .read_exact(&mut key)
            .ok()?;
        let mut temporary = private_file(root)?;
        temporary.write_all(&key).ok()?;
        if is_damaged {
            // Entries under the damaged key cannot be found any more.
            temporary.persist(&file).ok()?;
        } else {
            // If another process was first, its key is used.
            let _ = temporary.persist_noclobber(&file);
        }
        Self::read(&file)
    }

    fn read(file: &Path) -> Option<Self> {
        let key = fs::read(file).ok()?.try_into().ok()?;
        Some(Self { key })
    }

    /// Returns the name for `fields`: HMAC-SHA256 (RFC 2104) of the fields, each with its length in front, as hex digits.
    pub(crate) fn name(&self, fields: &[&str]) -> String {
        let pad = |with: u8| {
            let mut block = [with; BLOCK];
            block
                .iter_mut()
                .zip(self.key)
                .for_each(|(byte, key)| *byte ^= key);
            Sha256::new_with_prefix(block)
        };
        let mut inner = pad(0x36);
        for field in fields {
            inner.update((field.len() as u64).to_be_bytes());
            inner.update(field);
        }
        let hash = pad(0x5c).chain_update(inner.finalize()).finalize();
        hash.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// Entry names whose key is read at the first use.
pub(crate) struct LazyEntryNames {
    root: PathBuf,
    names: OnceLock<Option<EntryNames>>,
}

impl LazyEntryNames {
    pub(crate) fn new(root: PathBuf) -> Self {
        Self {
            root,
            names: OnceLock::new(),
        }
    }

    pub(crate) fn get(&self) -> Option<&EntryNames> {
        let names = self.names.get_or_init(|| EntryNames::open(&self.root));
        names.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn field_boundaries_matter() {
        let names = EntryNames {
            key: [7; KEY_BYTES],
        };
        assert_ne!(names.name(&["a", "bc"]), names.name(&["ab", "c"]));
        assert_ne!(names.name(&["a"]), names.name(&["a", ""]));
        assert_eq!(names.name(&["a"]).len(), 64);
    }

    #[test]
    fn the_hash_is_hmac_sha256() {
        // Computed with Python's `hmac.new(bytes(range(32)), struct.pack(">Q", 3) + b"abc", "sha256")`.
        let key = std::array::from_fn(|at| at as u8);
        assert_eq!(
            EntryNames { key }.name(&["abc"]),
            "8dd9401ea4e5af73c5d169c6484b3c13ab4b9e48b9a8c682b06bcd74e3d5bd6f"
        );
    }

    #[test]
    fn each_cache_keeps_its_key() {
        let folders = [(); 2].map(|()| tempfile::tempdir().unwrap());
        let name = |at: usize| {
            let names = EntryNames::open(folders[at].path()).unwrap();
            names.name(&["a"])
        };
        assert_eq!(name(0), name(0));
        assert_ne!(name(0), name(1));
        let before = name(0);
        fs::write(folders[0].path().join(FILE), "short").unwrap();
        assert_ne!(name(0), before);
        assert_eq!(name(0), name(0));
    }
}

//! Names for entries that tell nothing of what they are made of.

use std::fs;
use std::io::{Read, Write};
use std::path::Path;

use sha2::{Digest as _, Sha256};

use crate::disk::folder::{make_private, private_file};

/// The name of the file with the random bytes.
const FILE: &str = "key";

const KEY_BYTES: usize = 32;

/// The block of SHA-256.
const BLOCK: usize = 64;

/// Prints fields as a hash under a key of this folder's own: who reads the names of entries, but not the key, cannot try passwords
/// against them.
pub(crate) struct Printer {
    key: [u8; KEY_BYTES],
}

impl Printer {
    /// Reads the key of the cache at `root`, or makes one. Processes that do so at the same time agree.
    pub(crate) fn open(root: &Path) -> Option<Self> {
        let file = root.join(FILE);
        if let Some(known) = Self::read(&file) {
            return Some(known);
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
            // Nothing that was named by it can be found any more.
            temporary.persist(&file).ok()?;
        } else {
            // Who comes second takes the key of the first.
            let _ = temporary.persist_noclobber(&file);
        }
        Self::read(&file)
    }

    fn read(file: &Path) -> Option<Self> {
        let key = fs::read(file).ok()?.try_into().ok()?;
        Some(Self { key })
    }

    /// HMAC-SHA256 (RFC 2104) over the fields, each with its length before it, in hex digits.
    pub(crate) fn print(&self, fields: &[&str]) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_border_between_fields_counts() {
        let printer = Printer {
            key: [7; KEY_BYTES],
        };
        assert_ne!(printer.print(&["a", "bc"]), printer.print(&["ab", "c"]));
        assert_ne!(printer.print(&["a"]), printer.print(&["a", ""]));
        assert_eq!(printer.print(&["a"]).len(), 64);
    }

    #[test]
    fn the_hash_is_the_standards() {
        // By Python's `hmac.new(bytes(range(32)), struct.pack(">Q", 3) + b"abc", "sha256")`.
        let key = std::array::from_fn(|at| at as u8);
        assert_eq!(
            Printer { key }.print(&["abc"]),
            "8dd9401ea4e5af73c5d169c6484b3c13ab4b9e48b9a8c682b06bcd74e3d5bd6f"
        );
    }

    #[test]
    fn each_cache_has_a_key_of_its_own_and_keeps_it() {
        let folders = [(); 2].map(|()| tempfile::tempdir().unwrap());
        let print = |at: usize| Printer::open(folders[at].path()).unwrap().print(&["a"]);
        assert_eq!(print(0), print(0));
        assert_ne!(print(0), print(1));
        let before = print(0);
        fs::write(folders[0].path().join(FILE), "short").unwrap();
        assert_ne!(print(0), before);
        assert_eq!(print(0), print(0));
    }
}

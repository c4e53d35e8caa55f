//! Content of a lock file.

use std::collections::BTreeMap;

use crate::entry::{LockEntry, LockKey};

/// Recorded answers to refs.
#[derive(Clone, Debug, Default)]
pub struct Lockfile {
    entries: BTreeMap<LockKey, LockEntry>,
    /// Lines at which the entries began in the parsed text, counted from 1.
    lines: BTreeMap<LockKey, usize>,
}

impl Lockfile {
    /// Returns the entry for a ref.
    pub fn get(&self, key: &LockKey) -> Option<&LockEntry> {
        self.entries.get(key)
    }

    /// Returns the line at which the entry began in the parsed text, counted from 1.
    pub fn line(&self, key: &LockKey) -> Option<usize> {
        self.lines.get(key).copied()
    }

    /// Iterates over the entries, sorted by key.
    pub fn iter(&self) -> impl Iterator<Item = (&LockKey, &LockEntry)> {
        self.entries.iter()
    }

    /// Returns whether the lock file has no entries.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Inserts an entry that begins at `line`; returns an earlier entry with the same key.
    pub(crate) fn read(
        &mut self,
        key: LockKey,
        entry: LockEntry,
        line: usize,
    ) -> Option<LockEntry> {
        self.lines.insert(key.clone(), line);
        self.entries.insert(key, entry)
    }

    /// Records an answer. An entry with the same answer is left unchanged, so that the file changes only where an answer does.
    pub fn keep(&mut self, key: LockKey, entry: LockEntry) {
        match self.entries.get(&key) {
            Some(known) if known.answers_as(&entry) => {}
            _ => {
                self.entries.insert(key, entry);
            }
        }
    }

    /// Removes the entries whose keys do not satisfy `condition`.
    pub fn retain(&mut self, mut condition: impl FnMut(&LockKey) -> bool) {
        self.entries.retain(|key, _| condition(key));
    }
}

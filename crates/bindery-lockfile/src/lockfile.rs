//! Content of a lock file.

use std::collections::BTreeMap;

use crate::entry::{Entry, Key};

/// Recorded answers to refs.
#[derive(Clone, Debug, Default)]
pub struct Lockfile {
    entries: BTreeMap<Key, Entry>,
    /// Lines at which the entries began in the parsed text, counted from 1.
    lines: BTreeMap<Key, usize>,
}

impl Lockfile {
    /// Returns the entry for a ref.
    pub fn get(&self, key: &Key) -> Option<&Entry> {
        self.entries.get(key)
    }

    /// Returns the line at which the entry began in the parsed text, counted from 1.
    pub fn line(&self, key: &Key) -> Option<usize> {
        self.lines.get(key).copied()
    }

    /// Iterates over the entries, sorted by key.
    pub fn iter(&self) -> impl Iterator<Item = (&Key, &Entry)> {
        self.entries.iter()
    }

    /// Returns whether the lock file has no entries.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Inserts an entry that begins at `line`; returns an earlier entry with the same key.
    pub(crate) fn read(&mut self, key: Key, entry: Entry, line: usize) -> Option<Entry> {
        self.lines.insert(key.clone(), line);
        self.entries.insert(key, entry)
    }

    /// Records an answer. An entry with the same answer is left unchanged, so that the file changes only where an answer does.
    pub fn keep(&mut self, key: Key, entry: Entry) {
        match self.entries.get(&key) {
            Some(known) if known.answers_as(&entry) => {}
            _ => {
                self.entries.insert(key, entry);
            }
        }
    }

    /// Removes the entries whose keys do not satisfy `condition`.
    pub fn retain(&mut self, mut condition: impl FnMut(&Key) -> bool) {
        self.entries.retain(|key, _| condition(key));
    }
}

//! All entries.

use std::collections::BTreeMap;

use crate::entry::{Entry, Key};

/// What refs were bound to.
#[derive(Clone, Debug, Default)]
pub struct Lockfile {
    entries: BTreeMap<Key, Entry>,
    /// Where entries began in the text they were read from.
    lines: BTreeMap<Key, usize>,
}

impl Lockfile {
    /// The entry for a ref.
    pub fn get(&self, key: &Key) -> Option<&Entry> {
        self.entries.get(key)
    }

    /// The line at which the entry began when it was read, from 1.
    pub fn line(&self, key: &Key) -> Option<usize> {
        self.lines.get(key).copied()
    }

    /// All entries, sorted.
    pub fn iter(&self) -> impl Iterator<Item = (&Key, &Entry)> {
        self.entries.iter()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Adds an entry in the place of the one that has the key; `line` is where it stood.
    pub(crate) fn read(&mut self, key: Key, entry: Entry, line: usize) -> Option<Entry> {
        self.lines.insert(key.clone(), line);
        self.entries.insert(key, entry)
    }

    /// Keeps an answer. An entry that answers the same stays as it is, so that a file changes only where an answer does.
    pub fn keep(&mut self, key: Key, entry: Entry) {
        match self.entries.get(&key) {
            Some(known) if known.answers_as(&entry) => {}
            _ => {
                self.entries.insert(key, entry);
            }
        }
    }

    /// Drops the entries that do not fulfil a condition.
    pub fn retain(&mut self, mut condition: impl FnMut(&Key) -> bool) {
        self.entries.retain(|key, _| condition(key));
    }
}

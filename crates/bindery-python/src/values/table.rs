//! Hash table that keeps the order of insertion.

/// Entries in order of insertion, with an index of their hashes if there are more than a few.
pub struct OrderedTable<K, V> {
    entries: Vec<Option<Entry<K, V>>>,
    live: usize,
    /// Positions in `entries`, by open addressing; empty while `entries` is short.
    index: Box<[u32]>,
    /// Number of insertions and removals, for iterations to notice changes.
    pub(crate) version: u32,
}

struct Entry<K, V> {
    hash: u64,
    key: K,
    value: V,
}

const FREE: u32 = u32::MAX;
const UNINDEXED: usize = 8;

impl<K, V> Default for OrderedTable<K, V> {
    fn default() -> Self {
        Self {
            entries: Vec::new(),
            live: 0,
            index: Box::default(),
            version: 0,
        }
    }
}

impl<K, V> OrderedTable<K, V> {
    pub(crate) fn len(&self) -> usize {
        self.live
    }

    /// Returns the position of the entry with hash `wanted` whose key `is_key` accepts.
    pub(crate) fn find<E>(
        &self,
        wanted: u64,
        is_key: impl Fn(&K) -> Result<bool, E>,
    ) -> Result<Option<usize>, E> {
        let is_it = |position: usize| match &self.entries[position] {
            Some(entry) if entry.hash == wanted => is_key(&entry.key),
            _ => Ok(false),
        };
        if self.index.is_empty() {
            for position in 0..self.entries.len() {
                if is_it(position)? {
                    return Ok(Some(position));
                }
            }
            return Ok(None);
        }
        let mask = self.index.len() - 1;
        let mut probe = wanted as usize & mask;
        while self.index[probe] != FREE {
            let position = self.index[probe] as usize;
            if is_it(position)? {
                return Ok(Some(position));
            }
            probe = (probe + 1) & mask;
        }
        Ok(None)
    }

    /// Returns the value of the entry at `position`.
    pub(crate) fn value_at(&self, position: usize) -> Option<&V> {
        self.entries[position].as_ref().map(|entry| &entry.value)
    }

    /// Replaces the value of the entry at `position` and returns the old one.
    pub(crate) fn replace(&mut self, position: usize, value: V) -> Option<V> {
        let entry = self.entries[position].as_mut();
        entry.map(|entry| std::mem::replace(&mut entry.value, value))
    }

    /// Appends an entry whose key is not in the table.
    pub(crate) fn push(&mut self, hash: u64, key: K, value: V) {
        self.append(Entry { hash, key, value });
    }

    fn append(&mut self, entry: Entry<K, V>) {
        self.version = self.version.wrapping_add(1);
        self.live += 1;
        self.entries.push(Some(entry));
        if self.entries.len() > UNINDEXED && self.entries.len() * 3 / 2 >= self.index.len() {
            self.reindex();
        } else if !self.index.is_empty() {
            self.note(self.entries.len() - 1);
        }
    }

    fn note(&mut self, position: usize) {
        let Some(entry) = &self.entries[position] else {
            return;
        };
        let mask = self.index.len() - 1;
        let mut probe = entry.hash as usize & mask;
        while self.index[probe] != FREE {
            probe = (probe + 1) & mask;
        }
        self.index[probe] = u32::try_from(position).unwrap_or(FREE - 1);
    }

    /// Removes the holes and makes an index with room to double.
    fn reindex(&mut self) {
        self.entries.retain(Option::is_some);
        if self.entries.len() <= UNINDEXED {
            self.index = Box::default();
            return;
        }
        self.index = vec![FREE; (self.entries.len() * 3).next_power_of_two()].into();
        for position in 0..self.entries.len() {
            self.note(position);
        }
    }

    /// Empties the entry at `position`. Its place in the index stays, so that probing continues past it.
    pub(crate) fn take(&mut self, position: usize) -> Option<(K, V)> {
        let entry = self.entries[position].take()?;
        self.live -= 1;
        self.version = self.version.wrapping_add(1);
        if self.live == 0 {
            self.entries.clear();
            self.index = Box::default();
        } else if position + 1 == self.entries.len() && self.index.is_empty() {
            self.entries.pop();
        }
        Some((entry.key, entry.value))
    }

    pub(crate) fn pop_last(&mut self) -> Option<(K, V)> {
        let position = self.entries.iter().rposition(Option::is_some)?;
        let taken = self.take(position);
        // The next call would search holes at the end again.
        if self.live > 0 && self.entries.len() > 2 * self.live + UNINDEXED {
            self.reindex();
        }
        taken
    }

    pub(crate) fn pop_first(&mut self) -> Option<(K, V)> {
        let position = self.entries.iter().position(Option::is_some)?;
        let taken = self.take(position);
        if self.live > 0 && self.entries.len() > 2 * self.live + UNINDEXED {
            self.reindex();
        }
        taken
    }

    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = (&K, &V)> {
        self.entries
            .iter()
            .flatten()
            .map(|entry| (&entry.key, &entry.value))
    }

    /// Returns the first entry at or after `position`, and the position after it.
    pub(crate) fn next_from(&self, position: usize) -> Option<(usize, &K, &V)> {
        let rest = self.entries.get(position..)?;
        let offset = rest.iter().position(Option::is_some)?;
        rest[offset]
            .as_ref()
            .map(|entry| (position + offset + 1, &entry.key, &entry.value))
    }
}

impl<K: Clone, V: Clone> Clone for OrderedTable<K, V> {
    fn clone(&self) -> Self {
        let entries: Vec<_> = self
            .entries
            .iter()
            .flatten()
            .map(|entry| {
                Some(Entry {
                    hash: entry.hash,
                    key: entry.key.clone(),
                    value: entry.value.clone(),
                })
            })
            .collect();
        let mut copy = Self {
            live: entries.len(),
            entries,
            index: Box::default(),
            version: 0,
        };
        if copy.entries.len() > UNINDEXED {
            copy.reindex();
        }
        copy
    }
}

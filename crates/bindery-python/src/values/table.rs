//! Hash tables that keep the order of insertion: dicts and sets.

use std::cell::RefCell;
use std::rc::Rc;

use crate::compare::{equal, hash};
use crate::exception::{Outcome, Raised};
use crate::value::{Class, Value, release};

/// Entries in order of insertion, found through an index of their hashes once there are more than a few.
pub(crate) struct Table<V> {
    entries: Vec<Option<Entry<V>>>,
    live: usize,
    /// Positions in `entries`, open addressing; empty while `entries` is short.
    index: Box<[u32]>,
    /// Counts insertions and removals, so that an iteration notices them.
    pub(crate) version: u32,
}

struct Entry<V> {
    hash: u64,
    key: Value,
    value: V,
}

const FREE: u32 = u32::MAX;
const UNINDEXED: usize = 8;

impl<V> Default for Table<V> {
    fn default() -> Self {
        Self {
            entries: Vec::new(),
            live: 0,
            index: Box::default(),
            version: 0,
        }
    }
}

impl<V> Table<V> {
    pub(crate) fn len(&self) -> usize {
        self.live
    }

    fn find(&self, key: &Value, wanted: u64) -> Outcome<Option<usize>> {
        let is_it = |position: usize| -> Outcome<bool> {
            match &self.entries[position] {
                Some(entry) if entry.hash == wanted => {
                    Ok(entry.key.is(key) || equal(&entry.key, key)?)
                }
                _ => Ok(false),
            }
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

    pub(crate) fn get(&self, key: &Value) -> Outcome<Option<&V>> {
        if self.live == 0 {
            // An unhashable key is an error even here.
            return hash(key).map(|_| None);
        }
        let position = self.find(key, hash(key)?)?;
        Ok(position
            .and_then(|position| self.entries[position].as_ref())
            .map(|entry| &entry.value))
    }

    pub(crate) fn contains(&self, key: &Value) -> Outcome<bool> {
        Ok(self.get(key)?.is_some())
    }

    /// Puts `value` at `key`; gives back what was there. The first key stays.
    pub(crate) fn insert(&mut self, key: Value, value: V) -> Outcome<Option<V>> {
        let hash = hash(&key)?;
        if let Some(position) = self.find(&key, hash)? {
            let entry = self.entries[position].as_mut();
            return Ok(entry.map(|entry| std::mem::replace(&mut entry.value, value)));
        }
        self.push(Entry { hash, key, value });
        Ok(None)
    }

    fn push(&mut self, entry: Entry<V>) {
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

    /// Drops the holes and makes an index with room to double.
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

    pub(crate) fn remove(&mut self, key: &Value) -> Outcome<Option<(Value, V)>> {
        if self.live == 0 {
            return hash(key).map(|_| None);
        }
        let found = self.find(key, hash(key)?)?;
        Ok(found.and_then(|position| self.take(position)))
    }

    /// Empties the entry at `position`. Its place in the index stays, so that probing goes on past it.
    fn take(&mut self, position: usize) -> Option<(Value, V)> {
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

    pub(crate) fn pop_last(&mut self) -> Option<(Value, V)> {
        let position = self.entries.iter().rposition(Option::is_some)?;
        let taken = self.take(position);
        // Holes at the end would be searched again by the next call.
        if self.live > 0 && self.entries.len() > 2 * self.live + UNINDEXED {
            self.reindex();
        }
        taken
    }

    pub(crate) fn pop_first(&mut self) -> Option<(Value, V)> {
        let position = self.entries.iter().position(Option::is_some)?;
        let taken = self.take(position);
        if self.live > 0 && self.entries.len() > 2 * self.live + UNINDEXED {
            self.reindex();
        }
        taken
    }

    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = (&Value, &V)> {
        self.entries
            .iter()
            .flatten()
            .map(|entry| (&entry.key, &entry.value))
    }

    /// The first entry at or after `position`, and the position after it.
    pub(crate) fn next_from(&self, position: usize) -> Option<(usize, &Value, &V)> {
        let rest = self.entries.get(position..)?;
        let offset = rest.iter().position(Option::is_some)?;
        rest[offset]
            .as_ref()
            .map(|entry| (position + offset + 1, &entry.key, &entry.value))
    }
}

impl<V: Clone> Clone for Table<V> {
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

/// What sort of dict one is.
#[derive(Clone)]
pub(crate) enum DictKind {
    Plain,
    Ordered,
    /// Makes missing values by calling this, or not if it is `None`.
    Default(Value),
    Counter,
    /// What `globals()` or `locals()` gave: a program reads it, and may assign to it only where that makes a name.
    Names,
}

/// A dict.
pub(crate) struct Dict {
    pub(crate) table: RefCell<Table<Value>>,
    pub(crate) kind: DictKind,
}

impl Dict {
    pub(crate) fn new(table: Table<Value>) -> Rc<Self> {
        Self::of_kind(table, DictKind::Plain)
    }

    pub(crate) fn of_kind(table: Table<Value>, kind: DictKind) -> Rc<Self> {
        Rc::new(Self {
            table: RefCell::new(table),
            kind,
        })
    }

    pub(crate) fn class(&self) -> Class {
        match self.kind {
            DictKind::Plain | DictKind::Names => Class::Dict,
            DictKind::Ordered => Class::OrderedDict,
            DictKind::Default(_) => Class::DefaultDict,
            DictKind::Counter => Class::Counter,
        }
    }

    /// Passes if a program may change it.
    pub(crate) fn changeable(&self) -> Outcome<()> {
        match self.kind {
            DictKind::Names => Err(Raised::not_supported(
                "changing names through `globals()` or `locals()`",
                "assign the name itself, or keep named things in a dict of their own",
            )),
            _ => Ok(()),
        }
    }

    /// The kind of its copies.
    pub(crate) fn kind_of_copy(&self) -> DictKind {
        match &self.kind {
            DictKind::Names => DictKind::Plain,
            kind => kind.clone(),
        }
    }

    pub(crate) fn get(&self, key: &Value) -> Outcome<Option<Value>> {
        Ok(self.table.borrow().get(key)?.cloned())
    }

    /// Entries as they are now.
    pub(crate) fn entries(&self) -> Vec<(Value, Value)> {
        self.table
            .borrow()
            .iter()
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect()
    }
}

impl Drop for Dict {
    fn drop(&mut self) {
        let kind = std::mem::replace(&mut self.kind, DictKind::Plain);
        release((std::mem::take(self.table.get_mut()), kind));
    }
}

/// A set or frozen set.
pub(crate) struct Set {
    pub(crate) table: RefCell<Table<()>>,
    pub(crate) frozen: bool,
}

impl Set {
    pub(crate) fn new(table: Table<()>, frozen: bool) -> Rc<Self> {
        Rc::new(Self {
            table: RefCell::new(table),
            frozen,
        })
    }

    pub(crate) fn items(&self) -> Vec<Value> {
        self.table
            .borrow()
            .iter()
            .map(|(key, ())| key.clone())
            .collect()
    }
}

impl Drop for Set {
    fn drop(&mut self) {
        release(std::mem::take(self.table.get_mut()));
    }
}

#[cfg(test)]
mod tests {
    use super::Table;
    use crate::value::Value;

    #[test]
    fn order_is_that_of_insertion_through_growth_and_removal() {
        let mut table = Table::default();
        for number in 0..100i64 {
            assert!(
                table
                    .insert(Value::Int(number), number)
                    .is_ok_and(|old| old.is_none())
            );
        }
        for number in (0..100i64).filter(|number| number % 3 != 0) {
            assert!(
                table
                    .remove(&Value::Int(number))
                    .is_ok_and(|found| found.is_some())
            );
        }
        assert!(table.insert(Value::Int(1), -1).is_ok());
        let left: Vec<i64> = table.iter().map(|(_, value)| *value).collect();
        let expected: Vec<i64> = (0..100)
            .filter(|number| number % 3 == 0)
            .chain([-1])
            .collect();
        assert_eq!(left, expected);
        assert_eq!(table.len(), expected.len());
        assert!(
            table
                .get(&Value::Float(3.0))
                .is_ok_and(|found| found == Some(&3))
        );
    }
}

//! Lookup in dicts and sets by the equality and hash of values.

use std::cell::RefCell;
use std::rc::Rc;

use crate::values::class::Class;
use crate::values::compare::{equal, hash};
use crate::values::exception::{Outcome, Raised};
use crate::values::release::release;
use crate::values::value::{Dict, DictKind, Set, Table, Value};

impl<V> Table<V> {
    fn find_key(&self, key: &Value, wanted: u64) -> Outcome<Option<usize>> {
        self.find(wanted, |known| Ok(known.is(key) || equal(known, key)?))
    }

    pub(crate) fn get(&self, key: &Value) -> Outcome<Option<&V>> {
        if self.len() == 0 {
            // A key that cannot be hashed is an error even for an empty table.
            return hash(key).map(|_| None);
        }
        let position = self.find_key(key, hash(key)?)?;
        Ok(position.and_then(|position| self.value_at(position)))
    }

    pub(crate) fn contains(&self, key: &Value) -> Outcome<bool> {
        Ok(self.get(key)?.is_some())
    }

    /// Puts `value` at `key` and returns the value that was there. The first of equal keys stays.
    ///
    /// # Errors
    ///
    /// `TypeError` for a key that cannot be hashed.
    pub fn insert(&mut self, key: Value, value: V) -> Outcome<Option<V>> {
        let hash = hash(&key)?;
        if let Some(position) = self.find_key(&key, hash)? {
            return Ok(self.replace(position, value));
        }
        self.push(hash, key, value);
        Ok(None)
    }

    pub(crate) fn remove(&mut self, key: &Value) -> Outcome<Option<(Value, V)>> {
        if self.len() == 0 {
            return hash(key).map(|_| None);
        }
        let found = self.find_key(key, hash(key)?)?;
        Ok(found.and_then(|position| self.take(position)))
    }
}

impl Dict {
    /// Puts `value` at `key`.
    ///
    /// # Errors
    ///
    /// `TypeError` for a key that cannot be hashed.
    pub fn set(&self, key: Value, value: Value) -> Outcome<()> {
        let old = self.table.borrow_mut().insert(key, value)?;
        drop(old);
        Ok(())
    }

    /// Makes a plain dict.
    pub fn new(table: Table<Value>) -> Rc<Self> {
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

    /// Fails if the program may not change the dict.
    pub(crate) fn changeable(&self) -> Outcome<()> {
        match self.kind {
            DictKind::Names => Err(Raised::not_supported(
                "changing names through `globals()` or `locals()`",
                "assign the name itself, or use a dict",
            )),
            _ => Ok(()),
        }
    }

    /// Returns the kind of copies of this dict.
    pub(crate) fn kind_of_copy(&self) -> DictKind {
        match &self.kind {
            DictKind::Names => DictKind::Plain,
            kind => kind.clone(),
        }
    }

    pub(crate) fn get(&self, key: &Value) -> Outcome<Option<Value>> {
        Ok(self.table.borrow().get(key)?.cloned())
    }

    /// Returns the entries as they are now.
    pub fn entries(&self) -> Vec<(Value, Value)> {
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
    use crate::values::value::{Table, Value};

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

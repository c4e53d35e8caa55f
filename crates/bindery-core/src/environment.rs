//! Environments: flat tables of bindings.

use std::fmt;
use std::rc::Rc;

use crate::address::split_last;
use crate::model::BoundValue;
use crate::{Environment, Error, ErrorKind, Ref, Text, Value, repr};

impl Environment {
    /// Merges `sources` (mappings or environments) in order, then `keywords`. The last value of each full ref wins.
    ///
    /// # Errors
    ///
    /// `InvalidRef` for a key that is not a valid address; `Value` for a value of any type but text, number, truth value, mapping,
    /// environment or object, and for a source that is neither mapping nor environment.
    pub fn new(sources: &[Value], keywords: &[(Rc<str>, Value)]) -> Result<Self, Error> {
        let mut environment = Environment::default();
        for source in sources {
            match source {
                Value::Map(_) | Value::Environment(_) => environment.merge(None, source)?,
                other => {
                    return Err(Error::new(
                        ErrorKind::Value,
                        format!(
                            "Environment expects dict or Environment, got {}",
                            repr::value(other)?
                        ),
                    ));
                }
            }
        }
        for (name, value) in keywords {
            environment.insert(Ref::from_address(name)?, value)?;
        }
        Ok(environment)
    }

    /// Creates a table that binds only `reference`.
    ///
    /// # Errors
    ///
    /// As [`Environment::new`].
    pub fn single(reference: Ref, value: &Value) -> Result<Self, Error> {
        let mut environment = Environment::default();
        environment.insert(reference, value)?;
        Ok(environment)
    }

    fn merge(&mut self, prefix: Option<&Ref>, source: &Value) -> Result<(), Error> {
        let full = |key: Ref| match prefix {
            Some(prefix) => prefix.join(&key),
            None => key,
        };
        match source {
            Value::Map(entries) => {
                for (key, value) in entries.iter() {
                    let key = match key {
                        Value::String(text) => Ref::from_address(text)?,
                        Value::Ref(r) => r.clone(),
                        other => {
                            return Err(Error::new(
                                ErrorKind::InvalidRef,
                                format!("Invalid address: {}", repr::value(other)?),
                            ));
                        }
                    };
                    self.insert(full(key), value)?;
                }
            }
            Value::Environment(other) => {
                for address in &other.order {
                    let key = Ref::from_address(address).expect("a stored address is valid");
                    self.put(full(key), other.entries[address].clone());
                }
            }
            _ => unreachable!("only mappings and environments are merged"),
        }
        Ok(())
    }

    fn insert(&mut self, key: Ref, value: &Value) -> Result<(), Error> {
        let entry = match value {
            Value::String(text) => BoundValue::Text(text.clone()),
            Value::Boolean(_) | Value::Integer(_) | Value::Float(_) => {
                BoundValue::Text(Text::new(repr::display(value)?))
            }
            Value::Object(object) => BoundValue::Object(object.clone()),
            Value::Map(_) | Value::Environment(_) => return self.merge(Some(&key), value),
            other => {
                return Err(Error::new(
                    ErrorKind::Value,
                    format!(
                        "Environment values must be strings, numbers, Objects or other Environments. \
                         Got <class '{}'> instead.",
                        other.type_name()
                    ),
                ));
            }
        };
        self.put(key, entry);
        Ok(())
    }

    pub(crate) fn depth(&self) -> usize {
        self.depth
    }

    fn put(&mut self, key: Ref, entry: BoundValue) {
        if let BoundValue::Object(object) = &entry {
            self.depth = self.depth.max(object.depth());
        }
        let address: Rc<str> = key.address().into();
        if self.entries.insert(Rc::clone(&address), entry).is_none() {
            self.order.push(address);
        }
    }

    /// Returns the value of an address: its own entry, otherwise the part of the object under its longest bound prefix.
    pub(crate) fn find(&self, address: &str) -> Result<Option<BoundValue>, Error> {
        if let Some(found) = self.entries.get(address) {
            return Ok(Some(found.clone()));
        }
        let mut prefix = address;
        while let Some(end) = split_last(prefix) {
            prefix = &address[..end];
            if let Some(BoundValue::Object(object)) = self.entries.get(prefix) {
                let rest = &address[end..];
                let rest = rest.strip_prefix('.').unwrap_or(rest);
                if let Some(found) = object.find_address(rest)? {
                    return Ok(Some(found));
                }
            }
        }
        Ok(None)
    }

    /// Returns the value of a ref.
    ///
    /// # Errors
    ///
    /// `NotFound`, or an error of evaluating the keys of a map on the way.
    pub fn get(&self, reference: &Ref) -> Result<Value, Error> {
        match self.find(reference.address())? {
            Some(found) => Ok(found.into_value()),
            None => Err(Error::new(
                ErrorKind::NotFound,
                format!("Could not find {} in Environment", reference.address()),
            )),
        }
    }

    /// Returns the `repr()`, in the order in which refs were first bound.
    pub(crate) fn describe(&self) -> Result<String, Error> {
        let mut parts = Vec::with_capacity(self.order.len());
        for address in &self.order {
            let value = match &self.entries[address] {
                BoundValue::Text(text) => repr::string(text),
                BoundValue::Object(object) => object.repr()?,
            };
            parts.push(format!("Ref({address}): {value}"));
        }
        Ok(format!("Environment({{{}}})", parts.join(", ")))
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.order).finish()
    }
}

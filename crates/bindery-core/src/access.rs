//! Access to the parts of composites: refs, fields, elements.

use crate::address::{Component, split_first};
use crate::meter::evaluation;
use crate::model::Content;
use crate::model::{BoundValue, Scopes};
use crate::observe::Trace;
use crate::{Error, ErrorKind, Int, Object, Ref, Type, Value, repr};

impl Object {
    /// Returns the value of a canonical address, in the scopes of the object. Returns `None` where the original raises one of its
    /// naming errors, after which it asks the next scope.
    pub(crate) fn find_address(&self, address: &str) -> Result<Option<BoundValue>, Error> {
        let (first, rest) = split_first(address);
        let found = match (self.content(), first) {
            (Content::List(elements), Component::Index(text)) => {
                let index = Int::parse_python(text).and_then(|n| n.to_i64());
                index
                    .and_then(|index| position(index, elements.len()))
                    .map(|position| elements[position].clone())
            }
            (Content::Map(_), Component::Index(text)) => {
                self.entry(&Value::string(text))?.map(|(_, value)| value)
            }
            (Content::Struct(values), Component::Dereference(name)) => match self.ty() {
                Type::Struct(ty) => ty.position(name).and_then(|at| values[at].clone()),
                _ => None,
            },
            _ => None,
        };
        let Some(found) = found else {
            return Ok(None);
        };
        let found = if found.is_closed() {
            found
        } else {
            found.in_scopes(&self.inner_scopes(self.own_scopes().clone()))
        };
        if rest.is_empty() {
            Ok(Some(BoundValue::Object(found)))
        } else {
            found.find_address(rest)
        }
    }

    /// Returns the entry of a map whose key equals `key` made into the key type. A stored key is interpolated in its own scopes
    /// only (Q15). A `key` that the key type cannot hold has no entry (Q14).
    fn entry(&self, key: &Value) -> Result<Option<(Object, Object)>, Error> {
        let (Type::Map(ty), Content::Map(entries)) = (self.ty(), self.content()) else {
            return Ok(None);
        };
        let absent = |error: &Error| {
            error.kind().is_value_error()
                || matches!(error.kind(), ErrorKind::Attribute | ErrorKind::Type)
        };
        let wanted = match ty.key.adopt(key) {
            Ok(wanted) => wanted,
            Err(error) if absent(&error) => return Ok(None),
            Err(error) => return Err(error),
        };
        for (stored, value) in entries.iter() {
            match stored.equals(&wanted) {
                Ok(true) => return Ok(Some((stored.clone(), value.clone()))),
                Ok(false) => {}
                Err(error) if absent(&error) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(None)
    }

    /// Returns the value of a ref in the object.
    ///
    /// # Errors
    ///
    /// `NotFound` if the object has no value for the ref, `Attribute` if refs cannot reach into objects of its type.
    pub fn find(&self, reference: &Ref) -> Result<Value, Error> {
        if !self.is_namable() {
            return Err(Error::new(
                ErrorKind::Attribute,
                format!("'{}' object has no attribute 'find'", self.ty().name()),
            ));
        }
        match self.find_address(reference.address())? {
            Some(found) => Ok(found.into_value()),
            None => Err(Error::new(
                ErrorKind::NotFound,
                format!(
                    "Could not find {} in {}",
                    reference.address(),
                    self.ty().name()
                ),
            )),
        }
    }

    /// Returns the interpolated field of a struct; `None` if the field is Empty. A Choice remains a Choice, with the alternative
    /// taken as its content.
    ///
    /// # Errors
    ///
    /// `Attribute` for an unknown field and for an object that is not a struct; the errors of interpolation.
    pub fn attribute(&self, field: &str) -> Result<Option<Object>, Error> {
        if let (Type::Struct(ty), Content::Struct(values)) = (self.ty(), self.content())
            && let Some(position) = ty.position(field)
        {
            let scopes = self.inner_scopes(self.own_scopes().clone());
            return match &values[position] {
                Some(value) => value
                    .interpolate_part(&scopes, &mut Vec::new(), &mut Trace::off())
                    .map(Some),
                None => Ok(None),
            };
        }
        Err(Error::new(
            ErrorKind::Attribute,
            format!("{} has no attribute {field}", self.ty().name()),
        ))
    }

    /// Returns whether a field of a struct has a value, default included; `None` if the struct has no field of this name.
    pub fn has(&self, field: &str) -> Option<bool> {
        match (self.ty(), self.content()) {
            (Type::Struct(ty), Content::Struct(values)) => {
                ty.position(field).map(|at| values[at].is_some())
            }
            _ => None,
        }
    }

    /// Returns the stored field of a struct, without interpolation and without the scopes of the struct; `None` if the field is
    /// Empty or the object is not a struct. A field of an interpolated struct is interpolated.
    pub fn field(&self, name: &str) -> Option<&Object> {
        match (self.ty(), self.content()) {
            (Type::Struct(ty), Content::Struct(values)) => values[ty.position(name)?].as_ref(),
            _ => None,
        }
    }

    /// Returns the stored elements of a list; empty for any other object.
    pub fn items(&self) -> &[Object] {
        match self.content() {
            Content::List(elements) => elements,
            _ => &[],
        }
    }

    /// Returns the stored keys and values of a map; empty for any other object.
    pub fn entries(&self) -> &[(Object, Object)] {
        match self.content() {
            Content::Map(entries) => entries,
            _ => &[],
        }
    }

    /// Returns the content of a simple object or a Choice. The content of an interpolated Choice is the object of its alternative.
    pub fn raw(&self) -> Option<&Value> {
        match self.content() {
            Content::Leaf(raw) | Content::Choice(raw) => Some(raw),
            _ => None,
        }
    }

    /// Returns the elements of a list or the keys of a map, interpolated.
    ///
    /// # Errors
    ///
    /// `Type` for any other object; the errors of interpolation.
    pub fn elements(&self) -> Result<Vec<Object>, Error> {
        let whole = self.whole("is not iterable")?;
        Ok(match whole.content() {
            Content::List(elements) => elements.to_vec(),
            Content::Map(entries) => entries.iter().map(|(key, _)| key.clone()).collect(),
            _ => unreachable!("only lists and maps are containers"),
        })
    }

    /// Returns a list or map, interpolated. Access to one part evaluates the whole object.
    fn whole(&self, operation: &str) -> Result<Object, Error> {
        if !matches!(self.ty(), Type::List(_) | Type::Map(_)) {
            return Err(self.wrong_kind(operation));
        }
        evaluation(|| self.interpolate_in(&Scopes::default(), &mut Vec::new(), &mut Trace::off()))
    }

    /// Returns an element of a list by integer, counting from the end if negative, or a value of a map by key. The result and the
    /// keys that `key` is compared with are interpolated.
    ///
    /// # Errors
    ///
    /// `Index` or `Key` if the item is absent; `Type` for an object without items.
    pub fn item(&self, key: &Value) -> Result<Object, Error> {
        let whole = self.whole("is not subscriptable")?;
        match (whole.content(), key) {
            (Content::List(elements), Value::Integer(index)) => index
                .to_i64()
                .and_then(|index| position(index, elements.len()))
                .map(|at| elements[at].clone())
                .ok_or_else(|| Error::new(ErrorKind::Index, "tuple index out of range")),
            (Content::List(_), other) => Err(Error::new(
                ErrorKind::Type,
                format!(
                    "tuple indices must be integers or slices, not {}",
                    other.type_name()
                ),
            )),
            (_, key) => match whole.entry(key)? {
                Some((_, value)) => Ok(value),
                None => Err(Error::new(ErrorKind::Key, repr::value(key)?)),
            },
        }
    }

    /// Evaluates `value in object`. A list compares objects of its element type as objects, and raw values with its plain data,
    /// without coercion. A map searches its keys.
    ///
    /// # Errors
    ///
    /// `Type` for an object without items; the errors of interpolation.
    pub fn contains(&self, value: &Value) -> Result<bool, Error> {
        let whole = self.whole("is not a container")?;
        let (Type::List(ty), Content::List(elements)) = (whole.ty(), whole.content()) else {
            return Ok(whole.entry(value)?.is_some());
        };
        for element in elements.iter() {
            let equal = match value {
                Value::Object(object) if ty.element.holds(object) => element.equals(object)?,
                raw => element.get()?.python_eq(raw),
            };
            if equal {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Returns the position of an index in a list of `len` elements. Negative indices count from the end; `None` if out of range (Q13).
fn position(index: i64, len: usize) -> Option<usize> {
    let len = i64::try_from(len).ok()?;
    let at = if index < 0 { len + index } else { index };
    (0..len).contains(&at).then_some(at as usize)
}

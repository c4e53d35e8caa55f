//! Reaching into composites: refs, accessors, elements.

use crate::address::{Component, split_first};
use crate::meter::evaluation;
use crate::model::Content;
use crate::model::{BoundValue, Scopes};
use crate::observe::Trace;
use crate::{Error, ErrorKind, Int, Object, Ref, Type, Value, repr};

impl Object {
    /// What the object answers for a canonical address, seen in its own scopes; `None` where the original raises one of its
    /// naming errors, which only mean "ask the next scope".
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

    /// The entry of a map whose key, interpolated in the key's own scopes only (Q15), equals `key` made into the key type.
    /// A key that cannot be one is not there (Q14).
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

    /// Looks a ref up in the object.
    ///
    /// # Errors
    ///
    /// `NotFound` if the object does not answer it, `Type` if refs cannot reach into such an object.
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

    /// A struct's field, interpolated; `None` if it is Empty. A Choice stays one and holds the alternative taken.
    ///
    /// # Errors
    ///
    /// `Attribute` for an unknown field or an object that is no struct; those of interpolation.
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

    /// Whether a struct's field has a value, default included; `None` if there is no such field.
    pub fn has(&self, field: &str) -> Option<bool> {
        match (self.ty(), self.content()) {
            (Type::Struct(ty), Content::Struct(values)) => {
                ty.position(field).map(|at| values[at].is_some())
            }
            _ => None,
        }
    }

    /// A struct's field as the struct holds it, neither interpolated nor in the struct's scopes; `None` where it is Empty, and
    /// for what is no struct. Of an interpolated struct that is the interpolated field.
    pub fn field(&self, name: &str) -> Option<&Object> {
        match (self.ty(), self.content()) {
            (Type::Struct(ty), Content::Struct(values)) => values[ty.position(name)?].as_ref(),
            _ => None,
        }
    }

    /// The elements as a list holds them; none of what is no list.
    pub fn items(&self) -> &[Object] {
        match self.content() {
            Content::List(elements) => elements,
            _ => &[],
        }
    }

    /// The keys and values as a map holds them; none of what is no map.
    pub fn entries(&self) -> &[(Object, Object)] {
        match self.content() {
            Content::Map(entries) => entries,
            _ => &[],
        }
    }

    /// What a simple object or a Choice holds; of an interpolated Choice that is the object of the alternative it takes.
    pub fn raw(&self) -> Option<&Value> {
        match self.content() {
            Content::Leaf(raw) | Content::Choice(raw) => Some(raw),
            _ => None,
        }
    }

    /// A list's elements or a map's keys, interpolated.
    ///
    /// # Errors
    ///
    /// `Type` for anything else; those of interpolation.
    pub fn elements(&self) -> Result<Vec<Object>, Error> {
        let whole = self.whole("is not iterable")?;
        Ok(match whole.content() {
            Content::List(elements) => elements.to_vec(),
            Content::Map(entries) => entries.iter().map(|(key, _)| key.clone()).collect(),
            _ => unreachable!("only lists and maps are containers"),
        })
    }

    /// A list or map, interpolated: whoever asks for a part of one evaluates all of it.
    fn whole(&self, operation: &str) -> Result<Object, Error> {
        if !matches!(self.ty(), Type::List(_) | Type::Map(_)) {
            return Err(self.wrong_kind(operation));
        }
        evaluation(|| self.interpolate_in(&Scopes::default(), &mut Vec::new(), &mut Trace::off()))
    }

    /// A list's element by integer, negative ones counting from the end, or a map's value by key; interpolated, as are the keys
    /// that `key` is compared with.
    ///
    /// # Errors
    ///
    /// `Index` or `Key` if there is none; `Type` for an object that holds no items.
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

    /// `value in object`: a list compares objects of its element type as objects and raw values with its plain data, without
    /// coercion; a map looks for the key.
    ///
    /// # Errors
    ///
    /// `Type` for an object that holds no items; those of interpolation.
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

/// The position an index stands for; negative ones count from the end, those below the range are out of it (Q13).
fn position(index: i64, len: usize) -> Option<usize> {
    let len = i64::try_from(len).ok()?;
    let at = if index < 0 { len + index } else { index };
    (0..len).contains(&at).then_some(at as usize)
}

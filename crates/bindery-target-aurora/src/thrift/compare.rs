//! Order, equality and debug output of values.

use std::cmp::Ordering;
use std::fmt;

use crate::thrift::{EnumValue, Field, Struct, Value};

impl Value {
    /// Returns the order of the value's type among types. Values in one list, set or map have one type.
    fn rank(&self) -> u8 {
        match self {
            Self::Bool(_) => 0,
            Self::I32(_) => 1,
            Self::I64(_) => 2,
            Self::Double(_) => 3,
            Self::String(_) => 4,
            Self::Enum(_) => 5,
            Self::Struct(_) => 6,
            Self::List(_) => 7,
            Self::Set(_) => 8,
            Self::Map(_) => 9,
        }
    }
}

/// Compares numbers by value, strings by their bytes, structs by their fields in the order of names.
impl Ord for Value {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Bool(one), Self::Bool(other)) => one.cmp(other),
            (Self::I32(one), Self::I32(other)) => one.cmp(other),
            (Self::I64(one), Self::I64(other)) => one.cmp(other),
            (Self::Double(one), Self::Double(other)) => one.total_cmp(other),
            (Self::String(one), Self::String(other)) => one.cmp(other),
            (Self::Enum(one), Self::Enum(other)) => {
                (one.ty.name, one.number).cmp(&(other.ty.name, other.number))
            }
            (Self::Struct(one), Self::Struct(other)) => one.cmp(other),
            (Self::List(one), Self::List(other)) | (Self::Set(one), Self::Set(other)) => {
                one.cmp(other)
            }
            (Self::Map(one), Self::Map(other)) => one.cmp(other),
            (one, other) => one.rank().cmp(&other.rank()),
        }
    }
}

impl PartialOrd for Value {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Compares the bytes that would be written: NaN equals itself, and the two zeros differ.
impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Value {}

/// Compares the fields in the order of their names, as in the named form.
impl Ord for Struct {
    fn cmp(&self, other: &Self) -> Ordering {
        let named = |(field, value): (&'static Field, _)| (field.name, value);
        if self.fields.len() <= 1 && other.fields.len() <= 1 {
            return self.fields().map(named).cmp(other.fields().map(named));
        }
        let sorted = other.fields_by_name();
        self.fields_by_name()
            .into_iter()
            .map(named)
            .cmp(sorted.into_iter().map(named))
    }
}

impl PartialOrd for Struct {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Struct {
    fn eq(&self, other: &Self) -> bool {
        self.ty == other.ty
            && self.fields.len() == other.fields.len()
            && self
                .fields()
                .zip(other.fields())
                .all(|(one, other)| one.0.id == other.0.id && one.1 == other.1)
    }
}

impl Eq for Struct {}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool(value) => value.fmt(f),
            Self::I32(value) => value.fmt(f),
            Self::I64(value) => value.fmt(f),
            Self::Double(value) => value.fmt(f),
            Self::String(value) => value.fmt(f),
            Self::Enum(value) => value.fmt(f),
            Self::Struct(value) => value.fmt(f),
            Self::List(values) => values.fmt(f),
            Self::Set(values) => f.debug_set().entries(values).finish(),
            Self::Map(entries) => f
                .debug_map()
                .entries(entries.iter().map(|(key, value)| (key, value)))
                .finish(),
        }
    }
}

impl fmt::Debug for EnumValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => self.number.fmt(f),
        }
    }
}

impl fmt::Debug for Struct {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct(self.ty.name);
        for (field, value) in self.fields() {
            shown.field(field.name, value);
        }
        shown.finish()
    }
}

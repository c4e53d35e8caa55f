//! Values of the table's types.

use std::collections::BTreeMap;

use crate::thrift::{EnumType, Field, StructType};

/// Value of a field or of an element.
///
/// Values are created with `From` from Rust's types. A [`Struct`] checks a value when the value is set, and converts it to the type of
/// the field: a list becomes a set, sorted and without duplicates; a string becomes the enum's value with that name; integers change
/// their width.
#[derive(Clone)]
pub enum Value {
    /// Boolean.
    Bool(bool),
    /// Integer of 32 bits.
    I32(i32),
    /// Integer of 64 bits.
    I64(i64),
    /// Floating-point number.
    Double(f64),
    /// String.
    String(String),
    /// Value of an enum.
    Enum(EnumValue),
    /// Struct or union.
    Struct(Struct),
    /// Elements in order.
    List(Vec<Value>),
    /// Elements, sorted, without duplicates.
    Set(Vec<Value>),
    /// Keys and values, sorted by key, without duplicate keys.
    Map(Vec<(Value, Value)>),
}

/// Value of an enum. A value that was read may have a number that the table does not have.
#[derive(Clone, Copy, PartialEq)]
pub struct EnumValue {
    /// Enum.
    pub ty: &'static EnumType,
    /// Number on the wire.
    pub number: i32,
}

/// Struct or union of the table, with the fields that are set.
#[derive(Clone)]
pub struct Struct {
    pub(super) ty: &'static StructType,
    /// Fields in the order of their ids, which is the order of writing.
    pub(super) fields: Vec<(&'static Field, Value)>,
}

impl EnumValue {
    /// Returns the name, if the table has the number.
    pub fn name(&self) -> Option<&'static str> {
        self.ty.name_of(self.number)
    }
}

impl Value {
    /// Returns the boolean, if the value is one.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// Returns the integer of any width, or the number of an enum's value.
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Self::I32(value) => Some((*value).into()),
            Self::I64(value) => Some(*value),
            Self::Enum(value) => Some(value.number.into()),
            _ => None,
        }
    }

    /// Returns the floating-point number, if the value is one.
    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Self::Double(value) => Some(*value),
            _ => None,
        }
    }

    /// Returns the string, or the name of an enum's value.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(value) => Some(value),
            Self::Enum(value) => value.name(),
            _ => None,
        }
    }

    /// Returns the struct or union, if the value is one.
    pub fn as_struct(&self) -> Option<&Struct> {
        match self {
            Self::Struct(value) => Some(value),
            _ => None,
        }
    }

    /// Returns the elements of a list or of a set; none for other values.
    pub fn elements(&self) -> &[Value] {
        match self {
            Self::List(values) | Self::Set(values) => values,
            _ => &[],
        }
    }

    /// Returns the entries of a map; none for other values.
    pub fn entries(&self) -> &[(Value, Value)] {
        match self {
            Self::Map(entries) => entries,
            _ => &[],
        }
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i32> for Value {
    fn from(value: i32) -> Self {
        Self::I32(value)
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::I64(value)
    }
}

impl From<f64> for Value {
    fn from(value: f64) -> Self {
        Self::Double(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::String(value.to_owned())
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::String(value)
    }
}

impl From<EnumValue> for Value {
    fn from(value: EnumValue) -> Self {
        Self::Enum(value)
    }
}

impl From<Struct> for Value {
    fn from(value: Struct) -> Self {
        Self::Struct(value)
    }
}

impl<T: Into<Value>> From<Vec<T>> for Value {
    fn from(values: Vec<T>) -> Self {
        Self::List(values.into_iter().map(Into::into).collect())
    }
}

impl<K: Into<Value>, T: Into<Value>> From<BTreeMap<K, T>> for Value {
    fn from(entries: BTreeMap<K, T>) -> Self {
        let entries = entries.into_iter();
        Self::Map(
            entries
                .map(|(key, value)| (key.into(), value.into()))
                .collect(),
        )
    }
}

//! Plain data: constructors, access and Python's equality.

use std::rc::Rc;

use crate::{Int, Object, Origin, Text, Value};

impl Value {
    /// Creates a text value.
    pub fn string(text: impl Into<Rc<str>>) -> Self {
        Value::String(Text::new(text))
    }

    /// Creates an integer value.
    pub fn integer(n: i64) -> Self {
        Value::Integer(Int::from(n))
    }

    /// Creates a tuple of `items`.
    pub fn tuple(items: impl Into<Rc<[Value]>>) -> Self {
        Value::Tuple(items.into())
    }

    /// Creates a mapping with text keys.
    pub fn map<K: Into<Rc<str>>>(entries: impl IntoIterator<Item = (K, Value)>) -> Self {
        Value::Map(
            entries
                .into_iter()
                .map(|(key, value)| (Value::string(key), value))
                .collect(),
        )
    }

    /// Returns the position of a text or an object.
    pub fn origin(&self) -> Option<Origin> {
        match self {
            Value::String(text) => text.origin(),
            Value::Object(object) => object.origin(),
            _ => None,
        }
    }

    /// Returns the text of a text value.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// Returns the entry of a mapping under a text key; the last one if the key is repeated.
    pub fn entry(&self, key: &str) -> Option<&Value> {
        match self {
            Value::Map(entries) => entries
                .iter()
                .rev()
                .find(|(k, _)| k.as_str() == Some(key))
                .map(|(_, value)| value),
            _ => None,
        }
    }

    /// Returns the name of the value's type as Python prints it.
    pub fn type_name(&self) -> &str {
        match self {
            Value::None => "NoneType",
            Value::Boolean(_) => "bool",
            Value::Integer(_) => "int",
            Value::Float(_) => "float",
            Value::String(_) => "str",
            Value::List(_) => "list",
            Value::Tuple(_) => "tuple",
            Value::Map(_) => "dict",
            Value::Ref(_) => "Ref",
            Value::Environment(_) => "Environment",
            Value::Object(object) => object.ty().name(),
            Value::Empty => "Empty",
            Value::Opaque(opaque) => &opaque.type_name,
        }
    }

    /// Compares plain data as Python's `==` does: numbers and truth values by number, lists and tuples as different, mappings
    /// regardless of order. An object equals only itself.
    pub fn python_eq(&self, other: &Value) -> bool {
        match (self, other) {
            (Value::None, Value::None) | (Value::Empty, Value::Empty) => true,
            (Value::String(a), Value::String(b)) => a == b,
            (Value::Ref(a), Value::Ref(b)) => a == b,
            (Value::List(a), Value::List(b)) | (Value::Tuple(a), Value::Tuple(b)) => {
                a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| a.python_eq(b))
            }
            (Value::Map(a), Value::Map(b)) => {
                a.len() == b.len()
                    && a.iter().all(|(key, value)| {
                        b.iter()
                            .any(|(k, v)| key.python_eq(k) && value.python_eq(v))
                    })
            }
            (Value::Object(a), Value::Object(b)) => a.same_node(b),
            (Value::Environment(a), Value::Environment(b)) => Rc::ptr_eq(a, b),
            (Value::Opaque(a), Value::Opaque(b)) => Rc::ptr_eq(a, b),
            _ => match (self.number(), other.number()) {
                (Some(Number::Int(a)), Some(Number::Int(b))) => a == b,
                (Some(Number::Float(a)), Some(Number::Float(b))) => a == b,
                (Some(Number::Int(a)), Some(Number::Float(b)))
                | (Some(Number::Float(b)), Some(Number::Int(a))) => {
                    b.fract() == 0.0 && Int::from_f64(b) == Some(a)
                }
                _ => false,
            },
        }
    }

    fn number(&self) -> Option<Number> {
        match self {
            Value::Boolean(b) => Some(Number::Int(Int::from(i64::from(*b)))),
            Value::Integer(n) => Some(Number::Int(n.clone())),
            Value::Float(x) => Some(Number::Float(*x)),
            _ => None,
        }
    }
}

enum Number {
    Int(Int),
    Float(f64),
}

impl From<Text> for Value {
    fn from(text: Text) -> Self {
        Value::String(text)
    }
}

impl From<Object> for Value {
    fn from(object: Object) -> Self {
        Value::Object(object)
    }
}

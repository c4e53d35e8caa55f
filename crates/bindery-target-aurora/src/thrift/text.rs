//! Values as strings in the JSON forms: keys of maps, and doubles that are not JSON numbers.

use std::borrow::Cow;

use crate::thrift::{EnumValue, Type, Value};

impl Value {
    /// Returns the value as a key of a JSON object; an enum's value is its number.
    pub(crate) fn to_key(&self) -> Cow<'_, str> {
        match self {
            Self::String(value) => Cow::Borrowed(value),
            Self::Bool(value) => Cow::Borrowed(if *value { "1" } else { "0" }),
            Self::Double(value) => match double_to_text(*value) {
                Some(text) => Cow::Borrowed(text),
                None => Cow::Owned(value.to_string()),
            },
            Self::I32(_) | Self::I64(_) | Self::Enum(_) => {
                Cow::Owned(self.as_i64().unwrap_or_default().to_string())
            }
            Self::Struct(_) | Self::List(_) | Self::Set(_) | Self::Map(_) => {
                unreachable!("the table has keys of scalar types only")
            }
        }
    }

    /// Reads the output of [`Value::to_key`] for a key of type `ty`; an enum's value may also be a name.
    pub(crate) fn from_key(text: &str, ty: &Type) -> Option<Self> {
        match ty {
            Type::String => Some(text.into()),
            Type::Bool => match text {
                "0" => Some(Self::Bool(false)),
                "1" => Some(Self::Bool(true)),
                _ => None,
            },
            Type::I32 => text.parse().ok().map(Self::I32),
            Type::I64 => text.parse().ok().map(Self::I64),
            Type::Double => double_from_text(text)
                .or_else(|| text.parse().ok())
                .map(Self::Double),
            Type::Enum(ty) => {
                let number = ty.number(text).or_else(|| text.parse().ok())?;
                Some(Self::Enum(EnumValue { ty, number }))
            }
            Type::Struct(_) | Type::List(_) | Type::Set(_) | Type::Map(..) => None,
        }
    }
}

/// Returns the string that both JSON forms write for a double that is not a JSON number.
pub(crate) fn double_to_text(value: f64) -> Option<&'static str> {
    match value {
        value if value.is_nan() => Some("NaN"),
        f64::INFINITY => Some("Infinity"),
        f64::NEG_INFINITY => Some("-Infinity"),
        _ => None,
    }
}

/// Reads the output of [`double_to_text`].
pub(crate) fn double_from_text(text: &str) -> Option<f64> {
    match text {
        "NaN" => Some(f64::NAN),
        "Infinity" => Some(f64::INFINITY),
        "-Infinity" => Some(f64::NEG_INFINITY),
        _ => None,
    }
}

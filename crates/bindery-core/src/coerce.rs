//! Coercion of plain values to the simple types.

use crate::number::parse_python_float;
use crate::{Error, ErrorKind, Int, Type, Value, repr};

/// Returns the value as a value of a simple type.
///
/// # Errors
///
/// `Coercion`, with the message of the original.
pub(crate) fn coerce(ty: &Type, value: &Value) -> Result<Value, Error> {
    let coerced = match ty {
        Type::String => match value {
            Value::String(_) => Some(value.clone()),
            Value::Boolean(_) | Value::Integer(_) | Value::Float(_) => {
                Some(Value::string(repr::display(value)?))
            }
            _ => None,
        },
        Type::Integer => match value {
            Value::Integer(_) => Some(value.clone()),
            Value::Boolean(b) => Some(Value::integer(i64::from(*b))),
            // The original does not catch the OverflowError of an infinity (Q27).
            Value::Float(x) => Int::from_f64(*x).map(Value::Integer),
            Value::String(text) => Int::parse_python(text).map(Value::Integer),
            _ => None,
        },
        Type::Float => match value {
            Value::Float(_) => Some(value.clone()),
            Value::Boolean(b) => Some(Value::Float(f64::from(u8::from(*b)))),
            Value::Integer(n) => n.to_f64().map(Value::Float),
            Value::String(text) => parse_python_float(text).map(Value::Float),
            _ => None,
        },
        Type::Boolean => match value {
            Value::Boolean(_) => Some(value.clone()),
            Value::Integer(n) => Some(Value::Boolean(!n.is_zero())),
            Value::Float(x) => Some(Value::Boolean(*x != 0.0)),
            Value::String(text) => match text.to_lowercase().as_str() {
                "true" | "1" => Some(Value::Boolean(true)),
                "false" | "0" => Some(Value::Boolean(false)),
                _ => None,
            },
            _ => None,
        },
        Type::Enum(ty) => match value {
            Value::String(text) => {
                if ty.values.iter().any(|listed| **listed == **text) {
                    Some(value.clone())
                } else {
                    return Err(Error::new(
                        ErrorKind::Coercion,
                        format!(
                            "Cannot coerce '{}' to {}: {} is not one of {}",
                            text.as_str(),
                            ty.name,
                            text.as_str(),
                            ty.values.join(", ")
                        ),
                    ));
                }
            }
            _ => None,
        },
        Type::Choice(_) | Type::List(_) | Type::Map(_) | Type::Struct(_) => {
            unreachable!("only simple types coerce")
        }
    };
    match coerced {
        Some(value) => Ok(value),
        None => Err(failure(ty.name(), value)?),
    }
}

/// Returns the error for a value that does not fit a type.
pub(crate) fn failure(type_name: &str, value: &Value) -> Result<Error, Error> {
    Ok(Error::new(
        ErrorKind::Coercion,
        format!("Cannot coerce '{}' to {type_name}", repr::display(value)?),
    ))
}

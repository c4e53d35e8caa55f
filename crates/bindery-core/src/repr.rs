//! Printed form of values in Python: `str()` and `repr()`.

pub use bindery_notation::repr::{float, string};

use crate::{Error, Value};

/// `repr()` of `Empty`, which is a class in the original.
pub const EMPTY: &str = "<class 'pystachio.composite.Empty'>";

/// Returns `str()` of a value.
///
/// # Errors
///
/// The errors of interpolating an object.
pub fn display(value: &Value) -> Result<String, Error> {
    match value {
        Value::String(text) => Ok(text.to_string()),
        Value::Object(object) => object.display(),
        Value::Ref(r) => Ok(r.to_string()),
        other => self::value(other),
    }
}

/// Returns `repr()` of a value.
///
/// # Errors
///
/// The errors of interpolating an object.
pub fn value(value: &Value) -> Result<String, Error> {
    Ok(match value {
        Value::None => "None".to_owned(),
        Value::Boolean(true) => "True".to_owned(),
        Value::Boolean(false) => "False".to_owned(),
        Value::Integer(n) => n.to_string(),
        Value::Float(x) => float(*x),
        Value::String(text) => string(text),
        Value::List(items) => format!("[{}]", joined(items)?),
        Value::Tuple(items) if items.len() == 1 => format!("({},)", self::value(&items[0])?),
        Value::Tuple(items) => format!("({})", joined(items)?),
        Value::Map(entries) => {
            let mut parts = Vec::with_capacity(entries.len());
            for (key, entry) in entries.iter() {
                parts.push(format!("{}: {}", self::value(key)?, self::value(entry)?));
            }
            format!("{{{}}}", parts.join(", "))
        }
        Value::Ref(r) => format!("Ref({})", r.address()),
        Value::Environment(environment) => environment.describe()?,
        Value::Object(object) => object.repr()?,
        Value::Empty => EMPTY.to_owned(),
        Value::Opaque(opaque) => opaque.text.clone(),
    })
}

fn joined(items: &[Value]) -> Result<String, Error> {
    let parts: Result<Vec<_>, _> = items.iter().map(value).collect();
    Ok(parts?.join(", "))
}

//! JSON that TOML can hold.

use std::rc::Rc;

use bindery_core::{Int, Value};
use serde_json::{Map, Number, Value as Json};

use crate::error::UnkeepableError;

/// Returns a value as JSON.
pub(crate) fn of_value(value: &Value) -> Result<Json, UnkeepableError> {
    let of_all = |values: &[Value]| values.iter().map(of_value).collect::<Result<_, _>>();
    Ok(match value {
        Value::Boolean(truth) => Json::Bool(*truth),
        Value::Integer(number) => {
            let number = number.to_string().parse::<i64>();
            number
                .map_err(|_| UnkeepableError("an integer of more than 64 bits"))?
                .into()
        }
        Value::Float(number) => Number::from_f64(*number)
            .ok_or(UnkeepableError("a number that is not finite"))?
            .into(),
        Value::String(text) => text.as_str().into(),
        Value::List(items) | Value::Tuple(items) => Json::Array(of_all(items)?),
        Value::Map(entries) => {
            let members = entries.iter().map(|(key, value)| {
                let key = key
                    .as_str()
                    .ok_or(UnkeepableError("a key that is not a text"))?;
                Ok((key.to_owned(), of_value(value)?))
            });
            Json::Object(members.collect::<Result<_, _>>()?)
        }
        Value::None => return Err(UnkeepableError("null")),
        _ => return Err(UnkeepableError("a value that is not plain data")),
    })
}

/// Returns the value for which [`of_value`] returns `json`; the members of objects are sorted by name.
pub(crate) fn to_value(json: &Json) -> Value {
    match json {
        Json::Null => Value::None,
        Json::Bool(truth) => Value::Boolean(*truth),
        Json::Number(number) => match number.as_i64() {
            Some(number) => Value::Integer(Int::from(number)),
            None => Value::Float(number.as_f64().unwrap_or_default()),
        },
        Json::String(text) => Value::string(text.as_str()),
        Json::Array(items) => Value::List(items.iter().map(to_value).collect::<Rc<[_]>>()),
        Json::Object(members) => object_to_value(members),
    }
}

/// Returns an object as a mapping; its members are in the order of their names.
pub(crate) fn object_to_value(members: &Map<String, Json>) -> Value {
    let members = members.iter();
    Value::map(members.map(|(name, value)| (name.as_str(), to_value(value))))
}

/// Returns evidence as JSON that TOML can hold: without nulls, at any depth, and with integers beyond 64 bits as texts.
///
/// Returns `None` for null and for data that JSON cannot hold.
pub(crate) fn of_evidence(value: &Value) -> Option<Json> {
    Some(match value {
        Value::Boolean(truth) => Json::Bool(*truth),
        Value::Integer(number) => evidence_integer(&number.to_string())?,
        Value::Float(number) => Number::from_f64(*number)?.into(),
        Value::String(text) => text.as_str().into(),
        Value::List(items) | Value::Tuple(items) => items.iter().filter_map(of_evidence).collect(),
        Value::Map(entries) => {
            let members = entries
                .iter()
                .filter_map(|(key, value)| Some((key.as_str()?.to_owned(), of_evidence(value)?)));
            Json::Object(members.collect())
        }
        _ => return None,
    })
}

/// Returns an integer as number if it has 64 bits, as text if it fits without a sign, and as the nearest double otherwise.
fn evidence_integer(digits: &str) -> Option<Json> {
    if let Ok(number) = digits.parse::<i64>() {
        return Some(number.into());
    }
    if digits.parse::<u64>().is_ok() {
        return Some(digits.into());
    }
    Number::from_f64(digits.parse().ok()?).map(Json::Number)
}

/// Returns the data with `change` applied to every text, but not to the names of members.
pub(crate) fn map_texts(json: &Json, change: &impl Fn(&str) -> String) -> Json {
    match json {
        Json::String(text) => change(text).into(),
        Json::Array(items) => items.iter().map(|item| map_texts(item, change)).collect(),
        Json::Object(members) => members
            .iter()
            .map(|(name, value)| (name.clone(), map_texts(value, change)))
            .collect(),
        other => other.clone(),
    }
}

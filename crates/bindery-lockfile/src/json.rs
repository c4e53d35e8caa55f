//! Answers as JSON that TOML has a form for.

use std::rc::Rc;

use bindery_core::{Int, Value};
use serde_json::{Map, Number, Value as Json};

use crate::entry::UnkeepableError;

/// The value as JSON.
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
                    .ok_or(UnkeepableError("a key that is no text"))?;
                Ok((key.to_owned(), of_value(value)?))
            });
            Json::Object(members.collect::<Result<_, _>>()?)
        }
        Value::None => return Err(UnkeepableError("null")),
        _ => return Err(UnkeepableError("what is no plain data")),
    })
}

/// The value that [`of_value`] made this from; the members of objects are in the order of their names.
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
        Json::Object(members) => Value::map(
            members
                .iter()
                .map(|(name, value)| (name.as_str(), to_value(value))),
        ),
    }
}

/// What TOML has a form for: without what is null, at any depth, and with integers beyond its 64 bits as texts.
pub(crate) fn fitted(members: Map<String, Json>) -> Map<String, Json> {
    let present = members.into_iter().filter(|(_, value)| !value.is_null());
    present.map(|(name, value)| (name, fit(value))).collect()
}

fn fit(value: Json) -> Json {
    match value {
        Json::Object(members) => Json::Object(fitted(members)),
        Json::Array(items) => items
            .into_iter()
            .filter(|item| !item.is_null())
            .map(fit)
            .collect(),
        Json::Number(number) if number.as_i64().is_none() && !number.is_f64() => {
            number.to_string().into()
        }
        other => other,
    }
}

/// The same with every text changed; names of members stay.
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

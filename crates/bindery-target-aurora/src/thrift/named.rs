//! Named fields: values as JSON for people, reviews and tests.
//!
//! Objects have the fields that are set, sorted by name. An enum is its name, or a number if the table has no name for it. A set is
//! a list, sorted by the compact JSON text of its elements. A double has a decimal point, or is a string if JSON has no number for
//! it (`"NaN"`).

use std::borrow::Cow;

use serde::ser::SerializeMap as _;
use serde::ser::SerializeSeq as _;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value as Json};

use crate::thrift::error::json_offset;
use crate::thrift::text::{double_from_text, double_to_text};
use crate::thrift::{Fault, Misfit, ReadError, ShapeError, Struct, StructType, Type, Value};

/// Returns a value as an indented document: two blanks per level, a line per field, no line break at the end.
pub fn write(value: &Struct) -> String {
    serde_json::to_string_pretty(&NamedStruct(value)).expect("names and values are JSON data")
}

/// Returns a value as a JSON value.
pub fn to_json(value: &Struct) -> Json {
    serde_json::to_value(NamedStruct(value)).expect("names and values are JSON data")
}

/// Reads the output of [`write()`]. Sets may be in any order, and enums may be numbers that the table has.
///
/// # Errors
///
/// Fails if the text is not JSON, or has a field or a value that the table does not have.
pub fn read(ty: &'static StructType, text: &str) -> Result<Struct, ReadError> {
    let json: Json = serde_json::from_str(text).map_err(|error| ReadError {
        offset: Some(json_offset(text.as_bytes(), &error)),
        path: String::new(),
        fault: Fault::Json(error),
    })?;
    Ok(from_json(ty, json)?)
}

/// Reads a JSON value.
///
/// # Errors
///
/// Fails if the value has a field or a value that the table does not have.
pub fn from_json(ty: &'static StructType, json: Json) -> Result<Struct, ShapeError> {
    structure(ty, json).map_err(|error| error.within(ty.name))
}

struct NamedStruct<'v>(&'v Struct);

struct Named<'v>(&'v Value);

impl Serialize for NamedStruct<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (field, value) in self.0.fields_by_name() {
            map.serialize_entry(field.name, &Named(value))?;
        }
        map.end()
    }
}

impl Serialize for Named<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Bool(value) => serializer.serialize_bool(*value),
            Value::I32(value) => serializer.serialize_i32(*value),
            Value::I64(value) => serializer.serialize_i64(*value),
            Value::Double(value) => match double_to_text(*value) {
                Some(text) => serializer.serialize_str(text),
                None => serializer.serialize_f64(*value),
            },
            Value::String(value) => serializer.serialize_str(value),
            Value::Enum(value) => match value.name() {
                Some(name) => serializer.serialize_str(name),
                None => serializer.serialize_i32(value.number),
            },
            Value::Struct(value) => NamedStruct(value).serialize(serializer),
            Value::List(values) => serializer.collect_seq(values.iter().map(Named)),
            Value::Set(values) => {
                let mut seq = serializer.serialize_seq(Some(values.len()))?;
                for value in by_text(values) {
                    seq.serialize_element(&Named(value))?;
                }
                seq.end()
            }
            Value::Map(entries) => {
                let mut map = serializer.serialize_map(Some(entries.len()))?;
                for (key, value) in entries {
                    let name = match key {
                        Value::Enum(key) => key.name(),
                        _ => None,
                    };
                    map.serialize_key(&name.map_or_else(|| key.to_key(), Cow::Borrowed))?;
                    map.serialize_value(&Named(value))?;
                }
                map.end()
            }
        }
    }
}

/// Returns the elements in the order of their compact texts.
fn by_text(values: &[Value]) -> Vec<&Value> {
    let mut sorted: Vec<&Value> = values.iter().collect();
    sorted.sort_by_cached_key(|value| {
        serde_json::to_string(&Named(value)).expect("names and values are JSON data")
    });
    sorted
}

fn structure(ty: &'static StructType, json: Json) -> Result<Struct, ShapeError> {
    let Json::Object(entries) = json else {
        return Err(misplaced(&Type::Struct(ty), &json));
    };
    let mut record = Struct::new(ty);
    for (name, json) in entries {
        let Some(field) = ty.field(&name) else {
            return Err(Misfit::UnknownField {
                owner: ty,
                field: name,
            }
            .into());
        };
        let value = value(&field.ty, json)
            .map_err(|error| error.within(format_args!(".{}", field.name)))?;
        record.set_inside(field.name, value)?;
    }
    Ok(record)
}

fn value(ty: &Type, json: Json) -> Result<Value, ShapeError> {
    let value = match (ty, json) {
        (Type::Struct(ty), json) => Value::Struct(structure(ty, json)?),
        (Type::List(element) | Type::Set(element), Json::Array(values)) => {
            let numbered = values.into_iter().enumerate();
            let values = numbered.map(|(index, json)| {
                value(element, json).map_err(|error| error.within(format_args!("[{index}]")))
            });
            Value::List(values.collect::<Result<_, _>>()?)
        }
        (Type::Map(key, of), Json::Object(entries)) => Value::Map(map(key, of, entries)?),
        (Type::Double, Json::Number(number)) => Value::Double(number.as_f64().unwrap_or(f64::NAN)),
        (Type::Double, Json::String(text)) => match double_from_text(&text) {
            Some(value) => Value::Double(value),
            None => Value::String(text),
        },
        (_, Json::Bool(value)) => Value::Bool(value),
        (_, Json::String(value)) => Value::String(value),
        (ty, Json::Number(number)) => match number.as_i64() {
            Some(value) => Value::I64(value),
            None => return Err(misplaced(ty, &Json::Number(number))),
        },
        (ty, json) => return Err(misplaced(ty, &json)),
    };
    Ok(value)
}

fn map(
    key: &Type,
    of: &Type,
    entries: Map<String, Json>,
) -> Result<Vec<(Value, Value)>, ShapeError> {
    let read = |(text, json): (String, Json)| {
        let place = |error: ShapeError| error.within(format_args!("[\"{text}\"]"));
        let Some(key) = Value::from_key(&text, key) else {
            return Err(place(
                Misfit::WrongType {
                    expected: format!("`{key}`"),
                    found: "a string".to_owned(),
                }
                .into(),
            ));
        };
        Ok((key, value(of, json).map_err(place)?))
    };
    entries.into_iter().map(read).collect()
}

fn misplaced(ty: &Type, json: &Json) -> ShapeError {
    let found = match json {
        Json::Null => "null".to_owned(),
        Json::Bool(_) => "a boolean".to_owned(),
        Json::Number(number) => format!("the number {number}"),
        Json::String(_) => "a string".to_owned(),
        Json::Array(_) => "a list".to_owned(),
        Json::Object(_) => "an object".to_owned(),
    };
    let misfit = Misfit::WrongType {
        expected: format!("`{ty}`"),
        found,
    };
    misfit.into()
}

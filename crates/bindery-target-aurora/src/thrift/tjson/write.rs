//! Writer of the JSON protocol.

use serde::ser::SerializeMap as _;
use serde::ser::SerializeSeq as _;
use serde::{Serialize, Serializer};

use crate::thrift::text::double_to_text;
use crate::thrift::wire::Wire;
use crate::thrift::{Message, Struct, Type, Value};

/// Greatest absolute value up to which every integer is a double without loss.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// Writes a struct without a message.
pub fn write(value: &Struct) -> Vec<u8> {
    bytes(&Fields(value))
}

/// Writes a message: the body of a request or of a response.
pub fn write_message(message: &Message) -> Vec<u8> {
    bytes(&(
        1,
        message.method(),
        message.kind() as i32,
        message.seqid,
        Fields(message.body()),
    ))
}

fn bytes(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).expect("ids, types and values are JSON data")
}

struct Fields<'v>(&'v Struct);

/// Value that follows its type.
struct Labelled<'v>(&'v Type, &'v Value);

/// Value whose type has been written.
struct Plain<'v>(&'v Type, &'v Value);

/// Object in a map.
struct Entries<'v>(&'v Type, &'v [(Value, Value)]);

impl Serialize for Fields<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(
            self.0
                .fields()
                .map(|(field, value)| (field.id, Labelled(&field.ty, value))),
        )
    }
}

impl Serialize for Labelled<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry(Wire::of(self.0).name(), &Plain(self.0, self.1))?;
        map.end()
    }
}

impl Serialize for Plain<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match (self.0, self.1) {
            (_, Value::Bool(value)) => serializer.serialize_u8((*value).into()),
            (_, Value::I32(value)) => serializer.serialize_i32(*value),
            (_, Value::I64(value)) => serializer.serialize_i64(*value),
            (_, Value::Double(value)) => double(*value, serializer),
            (_, Value::String(value)) => serializer.serialize_str(value),
            (_, Value::Enum(value)) => serializer.serialize_i32(value.number),
            (_, Value::Struct(value)) => Fields(value).serialize(serializer),
            (Type::List(element), Value::List(values))
            | (Type::Set(element), Value::Set(values)) => {
                let mut seq = serializer.serialize_seq(Some(2 + values.len()))?;
                seq.serialize_element(Wire::of(element).name())?;
                seq.serialize_element(&values.len())?;
                for value in values {
                    seq.serialize_element(&Plain(element, value))?;
                }
                seq.end()
            }
            (Type::Map(key, of), Value::Map(entries)) => (
                Wire::of(key).name(),
                Wire::of(of).name(),
                entries.len(),
                Entries(of, entries),
            )
                .serialize(serializer),
            (_, Value::List(_) | Value::Set(_) | Value::Map(_)) => {
                unreachable!("a struct holds values of its fields' types")
            }
        }
    }
}

impl Serialize for Entries<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(
            self.1
                .iter()
                .map(|(key, value)| (key.to_key(), Plain(self.0, value))),
        )
    }
}

fn double<S: Serializer>(value: f64, serializer: S) -> Result<S::Ok, S::Error> {
    if let Some(text) = double_to_text(value) {
        serializer.serialize_str(text)
    } else if value.fract() == 0.0 && value.abs() <= EXACT && !is_negative_zero(value) {
        serializer.serialize_i64(value as i64)
    } else {
        serializer.serialize_f64(value)
    }
}

fn is_negative_zero(value: f64) -> bool {
    value == 0.0 && value.is_sign_negative()
}

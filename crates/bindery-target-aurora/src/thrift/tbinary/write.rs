//! Writer of the binary protocol.

use crate::thrift::tbinary::VERSION;
use crate::thrift::wire::Wire;
use crate::thrift::{Message, Struct, Type, Value};

/// Writes a struct without a message.
pub fn write(value: &Struct) -> Vec<u8> {
    let mut bytes = Vec::new();
    structure(&mut bytes, value);
    bytes
}

/// Writes a message: the body of a request or of a response.
pub fn write_message(message: &Message) -> Vec<u8> {
    let mut bytes = Vec::new();
    let version = VERSION | message.kind() as u32;
    bytes.extend(version.to_be_bytes());
    text(&mut bytes, message.method());
    bytes.extend(message.seqid.to_be_bytes());
    structure(&mut bytes, message.body());
    bytes
}

fn structure(bytes: &mut Vec<u8>, value: &Struct) {
    for (field, value) in value.fields() {
        bytes.push(Wire::of(&field.ty) as u8);
        bytes.extend(field.id.to_be_bytes());
        plain(bytes, &field.ty, value);
    }
    bytes.push(0);
}

fn plain(bytes: &mut Vec<u8>, ty: &Type, value: &Value) {
    match (ty, value) {
        (_, Value::Bool(value)) => bytes.push((*value).into()),
        (_, Value::I32(value)) => bytes.extend(value.to_be_bytes()),
        (_, Value::I64(value)) => bytes.extend(value.to_be_bytes()),
        (_, Value::Double(value)) => bytes.extend(value.to_bits().to_be_bytes()),
        (_, Value::String(value)) => text(bytes, value),
        (_, Value::Enum(value)) => bytes.extend(value.number.to_be_bytes()),
        (_, Value::Struct(value)) => structure(bytes, value),
        (Type::List(element), Value::List(values)) | (Type::Set(element), Value::Set(values)) => {
            bytes.push(Wire::of(element) as u8);
            count(bytes, values.len());
            for value in values {
                plain(bytes, element, value);
            }
        }
        (Type::Map(key, of), Value::Map(entries)) => {
            bytes.push(Wire::of(key) as u8);
            bytes.push(Wire::of(of) as u8);
            count(bytes, entries.len());
            for (one_key, value) in entries {
                plain(bytes, key, one_key);
                plain(bytes, of, value);
            }
        }
        (_, Value::List(_) | Value::Set(_) | Value::Map(_)) => {
            unreachable!("a struct holds values of its fields' types")
        }
    }
}

fn text(bytes: &mut Vec<u8>, text: &str) {
    count(bytes, text.len());
    bytes.extend(text.as_bytes());
}

fn count(bytes: &mut Vec<u8>, count: usize) {
    let count = i32::try_from(count).expect("a struct checks lengths when a field is set");
    bytes.extend(count.to_be_bytes());
}

//! Reader of the JSON protocol.
//!
//! Reads the text in one pass, guided by the table. Without a tree of the whole document, an object with a repeated key is read as by
//! generated readers, and a number is never converted to a type that is too narrow for it. The table is not recursive, and
//! `serde_json` skips values without recursion.

use std::fmt;
use std::str;

use serde::de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::thrift::error::{ValuePath, json_offset};
use crate::thrift::text::double_from_text;
use crate::thrift::wire::Wire;
use crate::thrift::{
    EnumValue, Fault, Message, MessageKind, ReadError, Struct, StructType, Type, Value,
};

/// Reads a struct without a message.
///
/// # Errors
///
/// Fails if the text is not JSON of this form, or a union has two fields.
pub fn read(ty: &'static StructType, bytes: &[u8]) -> Result<Struct, ReadError> {
    run(bytes, ValuePath::within(ty), |reader, input| {
        StructSeed { ty, reader }.deserialize(input)
    })
}

/// Reads a message.
///
/// # Errors
///
/// Fails like [`read`], and for a method that the table does not have.
pub fn read_message(bytes: &[u8]) -> Result<Message, ReadError> {
    run(bytes, ValuePath::default(), |reader, input| {
        MessageSeed { reader }.deserialize(input)
    })
}

/// State that the seeds share: their position, and the fault that ended them.
struct Reader {
    path: ValuePath,
    fault: Option<Fault>,
}

impl Reader {
    /// Records a fault. The returned error has the position only.
    fn fail<E: serde::de::Error>(&mut self, fault: impl Into<Fault>) -> E {
        self.fault = Some(fault.into());
        E::custom("see the fault")
    }
}

type Input<'b> = serde_json::Deserializer<serde_json::de::StrRead<'b>>;

fn run<T>(
    bytes: &[u8],
    path: ValuePath,
    read: impl FnOnce(&mut Reader, &mut Input<'_>) -> Result<T, serde_json::Error>,
) -> Result<T, ReadError> {
    let text = str::from_utf8(bytes).map_err(|error| ReadError {
        offset: Some(error.valid_up_to()),
        path: String::new(),
        fault: Fault::NotUtf8,
    })?;
    let mut reader = Reader { path, fault: None };
    let mut input = serde_json::Deserializer::from_str(text);
    let result = read(&mut reader, &mut input).and_then(|value| {
        reader.path = ValuePath::default();
        input.end().map(|()| value)
    });
    result.map_err(|error| ReadError {
        offset: Some(json_offset(bytes, &error)),
        path: reader.path.to_string(),
        fault: reader.fault.unwrap_or(Fault::Json(error)),
    })
}

/// Seed that passes a string to a function without copying the string.
struct StrSeed<F>(F);

impl<'de, T, F: FnOnce(&str) -> T> DeserializeSeed<'de> for StrSeed<F> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<T, F: FnOnce(&str) -> T> Visitor<'_> for StrSeed<F> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E>(self, text: &str) -> Result<T, E> {
        Ok((self.0)(text))
    }
}

struct MessageSeed<'r> {
    reader: &'r mut Reader,
}

impl<'de> DeserializeSeed<'de> for MessageSeed<'_> {
    type Value = Message;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Message, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for MessageSeed<'_> {
    type Value = Message;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a message: version, method, kind, sequence id and body")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Message, A::Error> {
        let reader = self.reader;
        let version: i64 = next(&mut seq, 0)?;
        if version != 1 {
            return Err(reader.fail(Fault::Version {
                expected: "1",
                found: version.to_string(),
            }));
        }
        let name: String = next(&mut seq, 1)?;
        let kind: i64 = next(&mut seq, 2)?;
        let kind = MessageKind::from_number(kind)
            .ok_or_else(|| reader.fail(Fault::UnknownKind { kind }))?;
        let seqid = next(&mut seq, 3)?;
        let Some(ty) = kind.body(&name) else {
            return Err(reader.fail(Fault::UnknownMethod { name }));
        };
        reader.path = ValuePath::within(ty);
        let body = seq
            .next_element_seed(StructSeed { ty, reader })?
            .ok_or_else(|| A::Error::invalid_length(4, &"five parts"))?;
        end(&mut seq, "five parts")?;
        Ok(Message::checked(kind, &name, seqid, body))
    }
}

fn next<'de, T: Deserialize<'de>, A: SeqAccess<'de>>(
    seq: &mut A,
    index: usize,
) -> Result<T, A::Error> {
    seq.next_element()?
        .ok_or_else(|| A::Error::invalid_length(index, &"more"))
}

fn end<'de, A: SeqAccess<'de>>(seq: &mut A, expected: &'static str) -> Result<(), A::Error> {
    match seq.next_element::<IgnoredAny>()? {
        None => Ok(()),
        Some(_) => Err(A::Error::custom(format_args!("more than {expected}"))),
    }
}

struct StructSeed<'r> {
    ty: &'static StructType,
    reader: &'r mut Reader,
}

impl<'de> DeserializeSeed<'de> for StructSeed<'_> {
    type Value = Struct;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Struct, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for StructSeed<'_> {
    type Value = Struct;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of fields")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Struct, A::Error> {
        let Self { ty, reader } = self;
        let mut record = Struct::new(ty);
        let parse = |text: &str| text.parse::<i64>().map_err(|_| text.to_owned());
        while let Some(id) = map.next_key_seed(StrSeed(parse))? {
            let id = id.map_err(|text| {
                reader.fail(Fault::Malformed {
                    text,
                    expected: "a field id",
                })
            })?;
            let field = i16::try_from(id).ok().and_then(|id| ty.field_by_id(id));
            let Some(field) = field else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            reader.path.enter_field(field.name);
            let ty = &field.ty;
            if let Some(value) = map.next_value_seed(Labelled { ty, reader })? {
                record
                    .put(field, value)
                    .map_err(|misfit| reader.fail(misfit))?;
            }
            reader.path.leave();
        }
        Ok(record)
    }
}

/// Seed of a value that follows its type; `None` if the type is not the table's.
struct Labelled<'r> {
    ty: &'static Type,
    reader: &'r mut Reader,
}

impl<'de> DeserializeSeed<'de> for Labelled<'_> {
    type Value = Option<Value>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Labelled<'_> {
    type Value = Option<Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of a type and a value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let Self { ty, reader } = self;
        let declared = Wire::of(ty).name();
        let same = map
            .next_key_seed(StrSeed(|text: &str| text == declared))?
            .ok_or_else(|| A::Error::invalid_length(0, &"a type and a value"))?;
        let value = if same {
            Some(map.next_value_seed(Plain { ty, reader })?)
        } else {
            map.next_value::<IgnoredAny>()?;
            None
        };
        match map.next_key::<IgnoredAny>()? {
            None => Ok(value),
            Some(_) => Err(A::Error::custom("more than a type and a value")),
        }
    }
}

/// Seed of a value whose type has been read.
struct Plain<'r> {
    ty: &'static Type,
    reader: &'r mut Reader,
}

impl<'de> DeserializeSeed<'de> for Plain<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        let Self { ty, reader } = self;
        match ty {
            Type::Bool => i64::deserialize(deserializer).map(|value| Value::Bool(value != 0)),
            Type::I32 => i32::deserialize(deserializer).map(Value::I32),
            Type::I64 => i64::deserialize(deserializer).map(Value::I64),
            Type::Double => deserializer.deserialize_any(Double).map(Value::Double),
            Type::String => String::deserialize(deserializer).map(Value::String),
            Type::Enum(ty) => {
                let number = i32::deserialize(deserializer)?;
                Ok(Value::Enum(EnumValue { ty, number }))
            }
            Type::Struct(ty) => StructSeed { ty, reader }
                .deserialize(deserializer)
                .map(Value::Struct),
            Type::List(ty) => deserializer
                .deserialize_seq(Elements { ty, reader })
                .map(Value::List),
            Type::Set(ty) => deserializer
                .deserialize_seq(Elements { ty, reader })
                .map(Value::set),
            Type::Map(key, of) => deserializer
                .deserialize_seq(Map { key, of, reader })
                .map(Value::map),
        }
    }
}

struct Double;

impl Visitor<'_> for Double {
    type Value = f64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number, `\"NaN\"`, `\"Infinity\"` or `\"-Infinity\"`")
    }

    fn visit_f64<E>(self, value: f64) -> Result<f64, E> {
        Ok(value)
    }

    fn visit_i64<E>(self, value: i64) -> Result<f64, E> {
        Ok(value as f64)
    }

    fn visit_u64<E>(self, value: u64) -> Result<f64, E> {
        Ok(value as f64)
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<f64, E> {
        double_from_text(text)
            .ok_or_else(|| E::invalid_value(serde::de::Unexpected::Str(text), &self))
    }
}

/// Reads the type of elements or keys; returns a fault if the type is not the table's.
fn other_type<'de, A: SeqAccess<'de>>(
    seq: &mut A,
    index: usize,
    declared: &Type,
) -> Result<Option<Fault>, A::Error> {
    let expected = Wire::of(declared).name();
    let compare = |text: &str| {
        (text != expected).then(|| Fault::Elements {
            expected,
            found: text.to_owned(),
        })
    };
    seq.next_element_seed(StrSeed(compare))?
        .ok_or_else(|| A::Error::invalid_length(index, &"a type"))
}

/// Visitor of a list or of a set: type, count and elements.
struct Elements<'r> {
    ty: &'static Type,
    reader: &'r mut Reader,
}

impl<'de> Visitor<'de> for Elements<'_> {
    type Value = Vec<Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of a type, a count and elements")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Vec<Value>, A::Error> {
        let Self { ty, reader } = self;
        let other = other_type(&mut seq, 0, ty)?;
        let counted: u64 = next(&mut seq, 1)?;
        // The type of an empty list does not matter.
        if let Some(other) = other.filter(|_| counted > 0) {
            return Err(reader.fail(other));
        }
        // The count may be any number, so it does not decide how much memory is allocated.
        let mut values = Vec::new();
        loop {
            reader.path.enter_index(values.len());
            let Some(value) = seq.next_element_seed(Plain { ty, reader })? else {
                break;
            };
            reader.path.leave();
            values.push(value);
        }
        reader.path.leave();
        check_count(reader, counted, values.len())?;
        Ok(values)
    }
}

fn check_count<E: serde::de::Error>(
    reader: &mut Reader,
    counted: u64,
    found: usize,
) -> Result<(), E> {
    let found = found as u64;
    if counted == found {
        return Ok(());
    }
    Err(reader.fail(Fault::Count { counted, found }))
}

/// Visitor of a map: types, count and entries.
struct Map<'r> {
    key: &'static Type,
    of: &'static Type,
    reader: &'r mut Reader,
}

impl<'de> Visitor<'de> for Map<'_> {
    type Value = Vec<(Value, Value)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of two types, a count and an object")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let Self { key, of, reader } = self;
        let other_key = other_type(&mut seq, 0, key)?;
        let other = other_key.or(other_type(&mut seq, 1, of)?);
        let counted: u64 = next(&mut seq, 2)?;
        if let Some(other) = other.filter(|_| counted > 0) {
            return Err(reader.fail(other));
        }
        let entries = seq
            .next_element_seed(Entries { key, of, reader })?
            .ok_or_else(|| A::Error::invalid_length(3, &"an object"))?;
        end(&mut seq, "two types, a count and an object")?;
        check_count(reader, counted, entries.len())?;
        Ok(entries)
    }
}

/// Seed of the object in a map.
struct Entries<'r> {
    key: &'static Type,
    of: &'static Type,
    reader: &'r mut Reader,
}

impl<'de> DeserializeSeed<'de> for Entries<'_> {
    type Value = Vec<(Value, Value)>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Entries<'_> {
    type Value = Vec<(Value, Value)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of keys and values")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let Self { key, of, reader } = self;
        let mut entries = Vec::new();
        let parse = |text: &str| Value::from_key(text, key).ok_or_else(|| text.to_owned());
        while let Some(key) = map.next_key_seed(StrSeed(parse))? {
            let key = key.map_err(|text| {
                reader.fail(Fault::Malformed {
                    text,
                    expected: "a key",
                })
            })?;
            let value = map.next_value_seed(Plain { ty: of, reader })?;
            entries.push((key, value));
        }
        Ok(entries)
    }
}

//! JSON protocol to values.
//!
//! The text is read in one pass, with the table saying what comes next: no tree of the whole stands between, so an object
//! with one key twice is read as generated readers do, and no number passes through a type too narrow for it. The table does
//! not recurse, and `serde_json` skips without recursion.

use std::{fmt, str};

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor},
};

use crate::thrift::{
    Fault, Kind, Message, ReadError, Struct, StructType, Type, Value,
    error::{Place, json_offset},
    value::{EnumValue, double_from_text},
    wire::Wire,
};

/// Reads a struct that stands alone.
///
/// # Errors
///
/// If it is no JSON, does not have this form, or holds two fields of a union.
pub fn read(ty: &'static StructType, bytes: &[u8]) -> Result<Struct, ReadError> {
    run(bytes, Place::within(ty), |reader, input| {
        StructSeed { ty, reader }.deserialize(input)
    })
}

/// Reads a message.
///
/// # Errors
///
/// As [`read`]; and if it is about a method that the table does not have.
pub fn read_message(bytes: &[u8]) -> Result<Message, ReadError> {
    run(bytes, Place::default(), |reader, input| {
        MessageSeed { reader }.deserialize(input)
    })
}

/// Where the seeds are, and the fault that ended them.
struct Reader {
    place: Place,
    fault: Option<Fault>,
}

impl Reader {
    /// Notes what is wrong; the error only carries the position.
    fn fail<E: serde::de::Error>(&mut self, fault: impl Into<Fault>) -> E {
        self.fault = Some(fault.into());
        E::custom("see the fault")
    }
}

type Input<'b> = serde_json::Deserializer<serde_json::de::StrRead<'b>>;

fn run<T>(
    bytes: &[u8],
    place: Place,
    read: impl FnOnce(&mut Reader, &mut Input<'_>) -> Result<T, serde_json::Error>,
) -> Result<T, ReadError> {
    let text = str::from_utf8(bytes).map_err(|error| ReadError {
        offset: Some(error.valid_up_to()),
        path: String::new(),
        fault: Fault::NotUtf8,
    })?;
    let mut reader = Reader { place, fault: None };
    let mut input = serde_json::Deserializer::from_str(text);
    let result = read(&mut reader, &mut input).and_then(|value| {
        reader.place = Place::default();
        input.end().map(|()| value)
    });
    result.map_err(|error| ReadError {
        offset: Some(json_offset(bytes, &error)),
        path: reader.place.to_string(),
        fault: reader.fault.unwrap_or(Fault::Json(error)),
    })
}

/// A text that is looked at, and not kept.
struct Text<F>(F);

impl<'de, T, F: FnOnce(&str) -> T> DeserializeSeed<'de> for Text<F> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<T, F: FnOnce(&str) -> T> Visitor<'_> for Text<F> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
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
        let kind =
            Kind::from_number(kind).ok_or_else(|| reader.fail(Fault::UnknownKind { kind }))?;
        let seqid = next(&mut seq, 3)?;
        let Some(ty) = kind.body(&name) else {
            return Err(reader.fail(Fault::UnknownMethod { name }));
        };
        reader.place = Place::within(ty);
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
        let mut made = Struct::new(ty);
        let parse = |text: &str| text.parse::<i64>().map_err(|_| text.to_owned());
        while let Some(id) = map.next_key_seed(Text(parse))? {
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
            reader.place.enter_field(field.name);
            let ty = &field.ty;
            if let Some(value) = map.next_value_seed(Labelled { ty, reader })? {
                made.put(field, value)
                    .map_err(|misfit| reader.fail(misfit))?;
            }
            reader.place.leave();
        }
        Ok(made)
    }
}

/// A value with its type before it; `None` if it is another type than the table's.
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
            .next_key_seed(Text(|text: &str| text == declared))?
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

/// A value whose type was read already.
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

/// The type of elements or keys, which has to be the table's; `None` if it is.
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
    seq.next_element_seed(Text(compare))?
        .ok_or_else(|| A::Error::invalid_length(index, &"a type"))
}

/// Type, count and elements of a list or of a set.
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
        // What no element has does not matter.
        if let Some(other) = other.filter(|_| counted > 0) {
            return Err(reader.fail(other));
        }
        // No more is set aside than was read: the count may be any number.
        let mut values = Vec::new();
        loop {
            reader.place.enter_index(values.len());
            let Some(value) = seq.next_element_seed(Plain { ty, reader })? else {
                break;
            };
            reader.place.leave();
            values.push(value);
        }
        reader.place.leave();
        counted_right(reader, counted, values.len())?;
        Ok(values)
    }
}

fn counted_right<E: serde::de::Error>(
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

/// Types, count and entries of a map.
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
        counted_right(reader, counted, entries.len())?;
        Ok(entries)
    }
}

/// The object inside of a map.
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
        while let Some(key) = map.next_key_seed(Text(parse))? {
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

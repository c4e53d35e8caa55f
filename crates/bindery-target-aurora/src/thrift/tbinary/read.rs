//! Reader of the binary protocol.
//!
//! Compares each length with the number of bytes that are left before it allocates memory for the length.

use std::str;

use crate::thrift::error::ValuePath;
use crate::thrift::tbinary::VERSION;
use crate::thrift::wire::Wire;
use crate::thrift::{
    EnumValue, Fault, Message, MessageKind, ReadError, Struct, StructType, Type, Value,
};

/// Greatest depth of skipped fields. The depth of other fields is limited by the table.
const SKIP_DEPTH: usize = 64;

/// Reads a struct without a message.
///
/// # Errors
///
/// Fails if the bytes end early or late, a string is not UTF-8, or a union has two fields.
pub fn read(ty: &'static StructType, bytes: &[u8]) -> Result<Struct, ReadError> {
    run(bytes, |reader| {
        reader.path.enter_struct(ty);
        reader.structure(ty)
    })
}

/// Reads a message.
///
/// # Errors
///
/// Fails like [`read`], and for a method that the table does not have.
pub fn read_message(bytes: &[u8]) -> Result<Message, ReadError> {
    run(bytes, Reader::message)
}

fn run<'b, T>(
    bytes: &'b [u8],
    read: impl FnOnce(&mut Reader<'b>) -> Result<T, Fault>,
) -> Result<T, ReadError> {
    let mut reader = Reader {
        bytes,
        at: 0,
        path: ValuePath::default(),
    };
    let result = read(&mut reader).and_then(|value| {
        reader.path = ValuePath::default();
        match reader.rest() {
            0 => Ok(value),
            count => Err(Fault::Trailing { count }),
        }
    });
    result.map_err(|fault| ReadError {
        offset: Some(reader.at),
        path: reader.path.to_string(),
        fault,
    })
}

struct Reader<'b> {
    bytes: &'b [u8],
    at: usize,
    path: ValuePath,
}

impl<'b> Reader<'b> {
    fn message(&mut self) -> Result<Message, Fault> {
        let word = u32::from_be_bytes(self.array()?);
        if word & 0xffff_0000 != VERSION {
            return Err(Fault::Version {
                expected: "8001",
                found: format!("{:04x}", word >> 16),
            });
        }
        let kind = i64::from(word & 0xffff);
        let kind = MessageKind::from_number(kind).ok_or(Fault::UnknownKind { kind })?;
        let name = self.text()?;
        let seqid = i32::from_be_bytes(self.array()?);
        let ty = kind.body(name).ok_or_else(|| Fault::UnknownMethod {
            name: name.to_owned(),
        })?;
        self.path.enter_struct(ty);
        let body = self.structure(ty)?;
        Ok(Message::checked(kind, name, seqid, body))
    }

    fn structure(&mut self, ty: &'static StructType) -> Result<Struct, Fault> {
        let mut record = Struct::new(ty);
        while let Some(wire) = self.field_type()? {
            let id = i16::from_be_bytes(self.array()?);
            let field = ty.field_by_id(id);
            let Some(field) = field.filter(|field| Wire::of(&field.ty) == wire) else {
                self.skip(wire, 1)?;
                continue;
            };
            self.path.enter_field(field.name);
            let value = self.plain(&field.ty)?;
            record.put(field, value)?;
            self.path.leave();
        }
        Ok(record)
    }

    fn plain(&mut self, ty: &'static Type) -> Result<Value, Fault> {
        Ok(match ty {
            Type::Bool => Value::Bool(self.truth()?),
            Type::I32 => Value::I32(i32::from_be_bytes(self.array()?)),
            Type::I64 => Value::I64(i64::from_be_bytes(self.array()?)),
            Type::Double => Value::Double(f64::from_be_bytes(self.array()?)),
            Type::String => Value::String(self.text()?.to_owned()),
            Type::Enum(ty) => Value::Enum(EnumValue {
                ty,
                number: i32::from_be_bytes(self.array()?),
            }),
            Type::Struct(ty) => Value::Struct(self.structure(ty)?),
            Type::List(element) => Value::List(self.elements(element)?),
            Type::Set(element) => Value::set(self.elements(element)?),
            Type::Map(key, of) => Value::map(self.entries(key, of)?),
        })
    }

    fn elements(&mut self, element: &'static Type) -> Result<Vec<Value>, Fault> {
        let found = self.byte()?;
        let smallest = Wire::of(element).smallest();
        let count = self.count(smallest)?;
        check_type(element, found, count)?;
        let mut values = Vec::new();
        for index in 0..count {
            self.path.enter_index(index);
            values.push(self.plain(element)?);
            self.path.leave();
        }
        Ok(values)
    }

    fn entries(
        &mut self,
        key: &'static Type,
        of: &'static Type,
    ) -> Result<Vec<(Value, Value)>, Fault> {
        let [found_key, found] = self.array()?;
        let smallest = Wire::of(key).smallest() + Wire::of(of).smallest();
        let count = self.count(smallest)?;
        check_type(key, found_key, count)?;
        check_type(of, found, count)?;
        let mut entries = Vec::new();
        for index in 0..count {
            self.path.enter_index(index);
            let key = self.plain(key)?;
            entries.push((key, self.plain(of)?));
            self.path.leave();
        }
        Ok(entries)
    }

    /// Skips the value of a field that the table does not have.
    fn skip(&mut self, wire: Wire, depth: usize) -> Result<(), Fault> {
        if depth > SKIP_DEPTH {
            return Err(Fault::TooDeep { limit: SKIP_DEPTH });
        }
        match wire {
            // An unknown field may have been declared as bytes, which need not be UTF-8.
            Wire::String => {
                let length = self.count(1)?;
                self.take(length)?;
            }
            Wire::Struct => {
                while let Some(wire) = self.field_type()? {
                    let _id: [u8; 2] = self.array()?;
                    self.skip(wire, depth + 1)?;
                }
            }
            Wire::List | Wire::Set => {
                let code = self.byte()?;
                let count = self.count(1)?;
                for _ in 0..count {
                    self.skip(known(code)?, depth + 1)?;
                }
            }
            Wire::Map => {
                let [key, of] = self.array()?;
                let count = self.count(2)?;
                for _ in 0..count {
                    self.skip(known(key)?, depth + 1)?;
                    self.skip(known(of)?, depth + 1)?;
                }
            }
            scalar => {
                self.take(scalar.smallest())?;
            }
        }
        Ok(())
    }

    /// Reads the type of the next field; `None` after the last.
    fn field_type(&mut self) -> Result<Option<Wire>, Fault> {
        match self.byte()? {
            0 => Ok(None),
            code => known(code).map(Some),
        }
    }

    fn truth(&mut self) -> Result<bool, Fault> {
        match self.byte()? {
            0 => Ok(false),
            1 => Ok(true),
            byte => Err(Fault::Truth { byte }),
        }
    }

    fn text(&mut self) -> Result<&'b str, Fault> {
        let length = self.count(1)?;
        let bytes = self.take(length)?;
        str::from_utf8(bytes).map_err(|error| {
            self.at = self.at - length + error.valid_up_to();
            Fault::NotUtf8
        })
    }

    /// Reads a count of elements with at least `smallest` bytes each, and checks that the input is long enough.
    fn count(&mut self, smallest: usize) -> Result<usize, Fault> {
        let length = i32::from_be_bytes(self.array()?);
        let count = usize::try_from(length).map_err(|_| Fault::Length { length })?;
        let wanted = count.saturating_mul(smallest);
        if wanted > self.rest() {
            return Err(Fault::Truncated {
                wanted: wanted as u64,
            });
        }
        Ok(count)
    }

    fn rest(&self) -> usize {
        self.bytes.len() - self.at
    }

    fn byte(&mut self) -> Result<u8, Fault> {
        let [byte] = self.array()?;
        Ok(byte)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Fault> {
        let bytes = self.bytes[self.at..].first_chunk();
        let bytes = *bytes.ok_or(Fault::Truncated { wanted: N as u64 })?;
        self.at += N;
        Ok(bytes)
    }

    fn take(&mut self, count: usize) -> Result<&'b [u8], Fault> {
        let bytes = self.bytes[self.at..].get(..count);
        let bytes = bytes.ok_or(Fault::Truncated {
            wanted: count as u64,
        })?;
        self.at += count;
        Ok(bytes)
    }
}

fn known(code: u8) -> Result<Wire, Fault> {
    Wire::from_byte(code).ok_or(Fault::UnknownType { code })
}

/// Checks that elements, if there are any, have the type of the table.
fn check_type(declared: &Type, code: u8, count: usize) -> Result<(), Fault> {
    let expected = Wire::of(declared);
    if count == 0 || code == expected as u8 {
        return Ok(());
    }
    Err(Fault::Elements {
        expected: expected.name(),
        found: known(code)?.name().to_owned(),
    })
}

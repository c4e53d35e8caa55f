//! Types on the wire: fewer than in the table, because an enum is sent as an i32.

use crate::thrift::Type;

/// Type on the wire, with its number in the binary protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Wire {
    Bool = 2,
    Byte = 3,
    Double = 4,
    I16 = 6,
    I32 = 8,
    I64 = 10,
    String = 11,
    Struct = 12,
    Map = 13,
    Set = 14,
    List = 15,
}

impl Wire {
    const ALL: [Self; 11] = [
        Self::Bool,
        Self::Byte,
        Self::Double,
        Self::I16,
        Self::I32,
        Self::I64,
        Self::String,
        Self::Struct,
        Self::Map,
        Self::Set,
        Self::List,
    ];

    pub(crate) fn of(ty: &Type) -> Self {
        match ty {
            Type::Bool => Self::Bool,
            Type::I32 | Type::Enum(_) => Self::I32,
            Type::I64 => Self::I64,
            Type::Double => Self::Double,
            Type::String => Self::String,
            Type::Struct(_) => Self::Struct,
            Type::List(_) => Self::List,
            Type::Set(_) => Self::Set,
            Type::Map(..) => Self::Map,
        }
    }

    pub(crate) fn from_byte(byte: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|wire| *wire as u8 == byte)
    }

    /// Returns the name in the JSON protocol.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Bool => "tf",
            Self::Byte => "i8",
            Self::Double => "dbl",
            Self::I16 => "i16",
            Self::I32 => "i32",
            Self::I64 => "i64",
            Self::String => "str",
            Self::Struct => "rec",
            Self::Map => "map",
            Self::Set => "set",
            Self::List => "lst",
        }
    }

    /// Returns the least number of bytes of a value in the binary protocol.
    pub(crate) fn smallest(self) -> usize {
        match self {
            Self::Bool | Self::Byte | Self::Struct => 1,
            Self::I16 => 2,
            Self::I32 | Self::String => 4,
            Self::Set | Self::List => 5,
            Self::Map => 6,
            Self::I64 | Self::Double => 8,
        }
    }
}

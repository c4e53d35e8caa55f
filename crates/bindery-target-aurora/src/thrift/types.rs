//! Elements of a table of thrift types.

use std::fmt;
use std::ptr;

/// Type of a field or of an element.
#[derive(Clone, Copy, Debug)]
pub enum Type {
    /// Boolean.
    Bool,
    /// Integer of 32 bits.
    I32,
    /// Integer of 64 bits.
    I64,
    /// Floating-point number of 64 bits.
    Double,
    /// String in UTF-8.
    String,
    /// Name, sent as its number.
    Enum(&'static EnumType),
    /// Struct, or union with one field.
    Struct(&'static StructType),
    /// Elements in order.
    List(&'static Type),
    /// Elements without duplicates.
    Set(&'static Type),
    /// Values by their keys.
    Map(&'static Type, &'static Type),
}

/// Type of a struct or of a union.
#[derive(Debug)]
pub struct StructType {
    /// Name in the IDL.
    pub name: &'static str,
    /// Whether a value has one field only.
    pub union: bool,
    /// Fields, in the order of the IDL, which may differ from the order of ids.
    pub fields: &'static [Field],
}

/// Field of a struct, or argument of a method.
#[derive(Debug)]
pub struct Field {
    /// Id in the protocols.
    pub id: i16,
    /// Name in the IDL and in the named form.
    pub name: &'static str,
    /// Type of the value.
    pub ty: Type,
    /// Whether the IDL declares the field optional. Writers leave any unset field out, and readers accept its absence.
    pub optional: bool,
    /// Value before another is set.
    pub default: Option<Literal>,
}

/// Literal of a struct in the table: its fields, which are structs.
#[derive(Clone, Copy, Debug)]
pub struct Literal(pub &'static [(&'static str, Literal)]);

/// Type of an enum.
#[derive(Debug)]
pub struct EnumType {
    /// Name in the IDL.
    pub name: &'static str,
    /// Names and numbers, in the order of the IDL.
    pub values: &'static [(&'static str, i32)],
}

/// Service, with the methods that it adds to the service that it extends.
#[derive(Debug)]
pub struct Service {
    /// Name in the IDL. The name is not sent.
    pub name: &'static str,
    /// Service whose methods this one has, too.
    pub extends: Option<&'static Service>,
    /// Methods that the service adds.
    pub methods: &'static [&'static Method],
}

/// Method of a service. Every method returns a `Response`.
#[derive(Debug)]
pub struct Method {
    /// Name in the IDL and in messages.
    pub name: &'static str,
    /// Arguments, which are sent as a struct.
    pub arguments: StructType,
}

impl StructType {
    /// Returns the type of a field with this struct.
    pub const fn ty(&'static self) -> Type {
        Type::Struct(self)
    }

    /// Returns the field with this name.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// Returns the field with this id.
    pub fn field_by_id(&self, id: i16) -> Option<&Field> {
        self.fields.iter().find(|field| field.id == id)
    }
}

/// Compares types by identity: the table has each type once.
impl PartialEq for StructType {
    fn eq(&self, other: &Self) -> bool {
        ptr::eq(self, other)
    }
}

impl EnumType {
    /// Returns the type of a field with this enum.
    pub const fn ty(&'static self) -> Type {
        Type::Enum(self)
    }

    /// Returns the number of a name.
    pub fn number(&self, name: &str) -> Option<i32> {
        let value = self.values.iter().find(|(known, _)| *known == name);
        value.map(|(_, number)| *number)
    }

    /// Returns the name of a number.
    pub fn name_of(&self, number: i32) -> Option<&'static str> {
        let value = self.values.iter().find(|(_, known)| *known == number);
        value.map(|(name, _)| *name)
    }
}

/// Compares types by identity: the table has each type once.
impl PartialEq for EnumType {
    fn eq(&self, other: &Self) -> bool {
        ptr::eq(self, other)
    }
}

/// Writes the type in the form of the IDL.
impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool => f.write_str("bool"),
            Self::I32 => f.write_str("i32"),
            Self::I64 => f.write_str("i64"),
            Self::Double => f.write_str("double"),
            Self::String => f.write_str("string"),
            Self::Enum(named) => f.write_str(named.name),
            Self::Struct(named) => f.write_str(named.name),
            Self::List(element) => write!(f, "list<{element}>"),
            Self::Set(element) => write!(f, "set<{element}>"),
            Self::Map(key, value) => write!(f, "map<{key}, {value}>"),
        }
    }
}

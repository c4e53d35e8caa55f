//! What a table of thrift types is made of.

use std::{fmt, ptr};

/// The type of a field or of an element.
#[derive(Clone, Copy, Debug)]
pub enum Type {
    /// A truth value.
    Bool,
    /// An integer of 32 bits.
    I32,
    /// An integer of 64 bits.
    I64,
    /// A floating-point number of 64 bits.
    Double,
    /// Text in UTF-8.
    String,
    /// One of some names, written as the number it stands for.
    Enum(&'static EnumType),
    /// Named fields, or one of them if it is a union.
    Struct(&'static StructType),
    /// Elements in their order.
    List(&'static Type),
    /// Elements without duplicates.
    Set(&'static Type),
    /// Values by their keys.
    Map(&'static Type, &'static Type),
}

/// A struct or a union.
#[derive(Debug)]
pub struct StructType {
    /// Its name in the IDL.
    pub name: &'static str,
    /// Whether it holds one field at a time.
    pub union: bool,
    /// Its fields, in the order of the IDL, which need not be that of their ids.
    pub fields: &'static [Field],
}

/// A field of a struct, or an argument of a method.
#[derive(Debug)]
pub struct Field {
    /// What the protocols call it.
    pub id: i16,
    /// What people call it.
    pub name: &'static str,
    /// What it holds.
    pub ty: Type,
    /// Whether it is declared optional. Writers leave unset fields out either way, and readers accept that.
    pub optional: bool,
    /// What it holds before anything is set.
    pub default: Option<Literal>,
}

/// A struct written down in the table: its fields, which are structs themselves.
#[derive(Clone, Copy, Debug)]
pub struct Literal(pub &'static [(&'static str, Literal)]);

/// An enum.
#[derive(Debug)]
pub struct EnumType {
    /// Its name in the IDL.
    pub name: &'static str,
    /// Names and numbers, in the order of the IDL.
    pub values: &'static [(&'static str, i32)],
}

/// A service and what it adds to the one that it extends.
#[derive(Debug)]
pub struct Service {
    /// Its name in the IDL; it is not sent.
    pub name: &'static str,
    /// The service whose methods it has too.
    pub extends: Option<&'static Service>,
    /// The methods of its own.
    pub methods: &'static [&'static Method],
}

/// A method of a service. Every method answers with a `Response`.
#[derive(Debug)]
pub struct Method {
    /// Its name in the IDL and in messages.
    pub name: &'static str,
    /// Its arguments, which travel as a struct.
    pub arguments: StructType,
}

impl StructType {
    /// The type of a field that holds this struct.
    pub const fn ty(&'static self) -> Type {
        Type::Struct(self)
    }

    /// The field of this name.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// The field with this id.
    pub fn field_by_id(&self, id: i16) -> Option<&Field> {
        self.fields.iter().find(|field| field.id == id)
    }
}

/// Types are compared by identity: each stands in one place of the table.
impl PartialEq for StructType {
    fn eq(&self, other: &Self) -> bool {
        ptr::eq(self, other)
    }
}

impl EnumType {
    /// The type of a field that holds one of these.
    pub const fn ty(&'static self) -> Type {
        Type::Enum(self)
    }

    /// The number of a name.
    pub fn number(&self, name: &str) -> Option<i32> {
        let found = self.values.iter().find(|(known, _)| *known == name);
        found.map(|(_, number)| *number)
    }

    /// The name of a number.
    pub fn name_of(&self, number: i32) -> Option<&'static str> {
        let found = self.values.iter().find(|(_, known)| *known == number);
        found.map(|(name, _)| *name)
    }
}

/// Types are compared by identity: each stands in one place of the table.
impl PartialEq for EnumType {
    fn eq(&self, other: &Self) -> bool {
        ptr::eq(self, other)
    }
}

/// As the IDL writes it.
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

//! Values that conform to the table, and their order.

use std::{borrow::Cow, cmp::Ordering, collections::BTreeMap, fmt};

use crate::thrift::{EnumType, Misfit, ShapeError, Struct, Type};

/// What a field or an element holds.
///
/// Made with `From` from what Rust has, and checked when a [`Struct`] takes it, which also does what the type asks for: a list
/// becomes a set, sorted and without duplicates; a text becomes the enum's value of that name; integers change their width.
#[derive(Clone)]
pub enum Value {
    /// A truth value.
    Bool(bool),
    /// An integer of 32 bits.
    I32(i32),
    /// An integer of 64 bits.
    I64(i64),
    /// A floating-point number.
    Double(f64),
    /// Text.
    String(String),
    /// An enum's value.
    Enum(EnumValue),
    /// A struct or a union.
    Struct(Struct),
    /// Elements in their order.
    List(Vec<Value>),
    /// Elements, sorted, none twice.
    Set(Vec<Value>),
    /// Keys and values, sorted by key, no key twice.
    Map(Vec<(Value, Value)>),
}

/// One value of an enum. A reader may have met a number that the table does not know.
#[derive(Clone, Copy, PartialEq)]
pub struct EnumValue {
    /// The enum.
    pub ty: &'static EnumType,
    /// The number that is sent.
    pub number: i32,
}

impl EnumValue {
    /// Its name, if the table knows the number.
    pub fn name(&self) -> Option<&'static str> {
        self.ty.name_of(self.number)
    }
}

impl Value {
    /// The truth value, if it is one.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// The integer, whatever its width, or the number of an enum's value.
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Self::I32(value) => Some((*value).into()),
            Self::I64(value) => Some(*value),
            Self::Enum(value) => Some(value.number.into()),
            _ => None,
        }
    }

    /// The floating-point number, if it is one.
    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Self::Double(value) => Some(*value),
            _ => None,
        }
    }

    /// The text, or the name of an enum's value.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(value) => Some(value),
            Self::Enum(value) => value.name(),
            _ => None,
        }
    }

    /// The struct or union, if it is one.
    pub fn as_struct(&self) -> Option<&Struct> {
        match self {
            Self::Struct(value) => Some(value),
            _ => None,
        }
    }

    /// The elements of a list or of a set; nothing for other values.
    pub fn elements(&self) -> &[Value] {
        match self {
            Self::List(values) | Self::Set(values) => values,
            _ => &[],
        }
    }

    /// The entries of a map; nothing for other values.
    pub fn entries(&self) -> &[(Value, Value)] {
        match self {
            Self::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The same value as `ty` wants it.
    pub(crate) fn fit(self, ty: &Type) -> Result<Self, ShapeError> {
        let value = match (ty, self) {
            (Type::Bool, value @ Self::Bool(_))
            | (Type::I32, value @ Self::I32(_))
            | (Type::I64, value @ Self::I64(_))
            | (Type::Double, value @ Self::Double(_)) => value,
            (Type::I64, Self::I32(value)) => Self::I64(value.into()),
            (Type::I32, Self::I64(value)) => match value.try_into() {
                Ok(value) => Self::I32(value),
                Err(_) => return Err(too_large(value, ty)),
            },
            (Type::String, Self::String(value)) => {
                countable(value.len(), ty)?;
                Self::String(value)
            }
            (Type::Enum(owner), value) => Self::Enum(enum_value(owner, value)?),
            (Type::Struct(owner), Self::Struct(value)) if value.ty() == *owner => {
                if owner.union && value.fields().next().is_none() {
                    return Err(Misfit::EmptyUnion { owner }.into());
                }
                Self::Struct(value)
            }
            (Type::List(element), Self::List(values)) => {
                Self::List(fit_elements(values, element, ty)?)
            }
            (Type::Set(element), Self::List(values) | Self::Set(values)) => {
                Self::set(fit_elements(values, element, ty)?)
            }
            (Type::Map(key, value), Self::Map(entries)) => {
                countable(entries.len(), ty)?;
                let fitted = entries.into_iter().map(|(one_key, one)| {
                    let one_key = one_key.fit(key)?;
                    match one.fit(value) {
                        Ok(one) => Ok((one_key, one)),
                        Err(error) => Err(error.within(format_args!("[{one_key:?}]"))),
                    }
                });
                Self::map(fitted.collect::<Result<_, ShapeError>>()?)
            }
            (_, other) => return Err(wrong_type(&other, ty)),
        };
        Ok(value)
    }

    /// A set of elements that fit already.
    pub(crate) fn set(mut elements: Vec<Value>) -> Self {
        elements.sort();
        elements.dedup();
        Self::Set(elements)
    }

    /// A map of entries that fit already; of two with one key the later holds, as in generated readers.
    pub(crate) fn map(mut entries: Vec<(Value, Value)>) -> Self {
        entries.sort_by(|one, other| one.0.cmp(&other.0));
        entries.dedup_by(|later, kept| {
            let same = later.0 == kept.0;
            if same {
                std::mem::swap(later, kept);
            }
            same
        });
        Self::Map(entries)
    }

    /// The text that stands for it as a key of a JSON object; an enum's value is its number.
    pub(crate) fn to_key(&self) -> Cow<'_, str> {
        match self {
            Self::String(value) => Cow::Borrowed(value),
            Self::Bool(value) => Cow::Borrowed(if *value { "1" } else { "0" }),
            Self::Double(value) => match double_to_text(*value) {
                Some(text) => Cow::Borrowed(text),
                None => Cow::Owned(value.to_string()),
            },
            Self::I32(_) | Self::I64(_) | Self::Enum(_) => {
                Cow::Owned(self.as_i64().unwrap_or_default().to_string())
            }
            Self::Struct(_) | Self::List(_) | Self::Set(_) | Self::Map(_) => {
                unreachable!("the table has keys of scalar types only")
            }
        }
    }

    /// The key of type `ty` that [`Value::to_key`] made `text` of; an enum's value may also be a name.
    pub(crate) fn from_key(text: &str, ty: &Type) -> Option<Self> {
        match ty {
            Type::String => Some(text.into()),
            Type::Bool => match text {
                "0" => Some(Self::Bool(false)),
                "1" => Some(Self::Bool(true)),
                _ => None,
            },
            Type::I32 => text.parse().ok().map(Self::I32),
            Type::I64 => text.parse().ok().map(Self::I64),
            Type::Double => double_from_text(text)
                .or_else(|| text.parse().ok())
                .map(Self::Double),
            Type::Enum(ty) => {
                let number = ty.number(text).or_else(|| text.parse().ok())?;
                Some(Self::Enum(EnumValue { ty, number }))
            }
            Type::Struct(_) | Type::List(_) | Type::Set(_) | Type::Map(..) => None,
        }
    }

    /// What messages call it.
    fn kind(&self) -> &'static str {
        match self {
            Self::Bool(_) => "a truth value",
            Self::I32(_) | Self::I64(_) => "an integer",
            Self::Double(_) => "a double",
            Self::String(_) => "a text",
            Self::Enum(value) => value.ty.name,
            Self::Struct(value) => value.ty().name,
            Self::List(_) => "a list",
            Self::Set(_) => "a set",
            Self::Map(_) => "a map",
        }
    }

    /// Values of one type never need this.
    fn rank(&self) -> u8 {
        match self {
            Self::Bool(_) => 0,
            Self::I32(_) => 1,
            Self::I64(_) => 2,
            Self::Double(_) => 3,
            Self::String(_) => 4,
            Self::Enum(_) => 5,
            Self::Struct(_) => 6,
            Self::List(_) => 7,
            Self::Set(_) => 8,
            Self::Map(_) => 9,
        }
    }
}

fn fit_elements(values: Vec<Value>, element: &Type, ty: &Type) -> Result<Vec<Value>, ShapeError> {
    countable(values.len(), ty)?;
    let numbered = values.into_iter().enumerate();
    numbered
        .map(|(index, value)| {
            value
                .fit(element)
                .map_err(|error| error.within(format_args!("[{index}]")))
        })
        .collect()
}

fn enum_value(owner: &'static EnumType, value: Value) -> Result<EnumValue, ShapeError> {
    let unknown = |value: String| ShapeError::from(Misfit::UnknownValue { owner, value });
    let number = match value {
        Value::Enum(value) if value.ty == owner => return Ok(value),
        Value::String(name) => owner.number(&name).ok_or_else(|| unknown(name))?,
        Value::I32(_) | Value::I64(_) => {
            let given = value.as_i64().unwrap_or_default();
            let known = i32::try_from(given)
                .ok()
                .filter(|number| owner.name_of(*number).is_some());
            known.ok_or_else(|| unknown(given.to_string()))?
        }
        other => return Err(wrong_type(&other, &Type::Enum(owner))),
    };
    Ok(EnumValue { ty: owner, number })
}

/// What both JSON forms write for a double that JSON cannot write as a number.
pub(crate) fn double_to_text(value: f64) -> Option<&'static str> {
    match value {
        value if value.is_nan() => Some("NaN"),
        f64::INFINITY => Some("Infinity"),
        f64::NEG_INFINITY => Some("-Infinity"),
        _ => None,
    }
}

/// The double that [`double_to_text`] made a text of.
pub(crate) fn double_from_text(text: &str) -> Option<f64> {
    match text {
        "NaN" => Some(f64::NAN),
        "Infinity" => Some(f64::INFINITY),
        "-Infinity" => Some(f64::NEG_INFINITY),
        _ => None,
    }
}

/// Both protocols count in 32 bits with a sign.
fn countable(length: usize, ty: &Type) -> Result<(), ShapeError> {
    match i32::try_from(length) {
        Ok(_) => Ok(()),
        Err(_) => Err(too_large(length as i128, ty)),
    }
}

fn too_large(value: impl Into<i128>, ty: &Type) -> ShapeError {
    let misfit = Misfit::TooLarge {
        value: value.into(),
        expected: ty.to_string(),
    };
    misfit.into()
}

fn wrong_type(found: &Value, ty: &Type) -> ShapeError {
    let misfit = Misfit::WrongType {
        expected: format!("`{ty}`"),
        found: match found {
            Value::Enum(_) | Value::Struct(_) => format!("`{}`", found.kind()),
            other => other.kind().to_owned(),
        },
    };
    misfit.into()
}

/// Numbers by value, texts by their bytes, structs by their fields in the order of the names.
impl Ord for Value {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Bool(one), Self::Bool(other)) => one.cmp(other),
            (Self::I32(one), Self::I32(other)) => one.cmp(other),
            (Self::I64(one), Self::I64(other)) => one.cmp(other),
            (Self::Double(one), Self::Double(other)) => one.total_cmp(other),
            (Self::String(one), Self::String(other)) => one.cmp(other),
            (Self::Enum(one), Self::Enum(other)) => {
                (one.ty.name, one.number).cmp(&(other.ty.name, other.number))
            }
            (Self::Struct(one), Self::Struct(other)) => one.cmp(other),
            (Self::List(one), Self::List(other)) | (Self::Set(one), Self::Set(other)) => {
                one.cmp(other)
            }
            (Self::Map(one), Self::Map(other)) => one.cmp(other),
            (one, other) => one.rank().cmp(&other.rank()),
        }
    }
}

impl PartialOrd for Value {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// By the bytes that would be written: a NaN equals itself, and the two zeros differ.
impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Value {}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool(value) => value.fmt(f),
            Self::I32(value) => value.fmt(f),
            Self::I64(value) => value.fmt(f),
            Self::Double(value) => value.fmt(f),
            Self::String(value) => value.fmt(f),
            Self::Enum(value) => value.fmt(f),
            Self::Struct(value) => value.fmt(f),
            Self::List(values) => values.fmt(f),
            Self::Set(values) => f.debug_set().entries(values).finish(),
            Self::Map(entries) => f
                .debug_map()
                .entries(entries.iter().map(|(key, value)| (key, value)))
                .finish(),
        }
    }
}

impl fmt::Debug for EnumValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => self.number.fmt(f),
        }
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i32> for Value {
    fn from(value: i32) -> Self {
        Self::I32(value)
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::I64(value)
    }
}

impl From<f64> for Value {
    fn from(value: f64) -> Self {
        Self::Double(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::String(value.to_owned())
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::String(value)
    }
}

impl From<EnumValue> for Value {
    fn from(value: EnumValue) -> Self {
        Self::Enum(value)
    }
}

impl From<Struct> for Value {
    fn from(value: Struct) -> Self {
        Self::Struct(value)
    }
}

impl<T: Into<Value>> From<Vec<T>> for Value {
    fn from(values: Vec<T>) -> Self {
        Self::List(values.into_iter().map(Into::into).collect())
    }
}

impl<K: Into<Value>, T: Into<Value>> From<BTreeMap<K, T>> for Value {
    fn from(entries: BTreeMap<K, T>) -> Self {
        let entries = entries.into_iter();
        Self::Map(
            entries
                .map(|(key, value)| (key.into(), value.into()))
                .collect(),
        )
    }
}

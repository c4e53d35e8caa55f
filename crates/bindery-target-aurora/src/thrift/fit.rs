//! Conversion of values to the types of the table.

use crate::thrift::{EnumType, EnumValue, Misfit, ShapeError, Type, Value};

impl Value {
    /// Converts the value to `ty`.
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
                check_length(value.len(), ty)?;
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
                check_length(entries.len(), ty)?;
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

    /// Creates a set of elements that have the right type.
    pub(crate) fn set(mut elements: Vec<Value>) -> Self {
        elements.sort();
        elements.dedup();
        Self::Set(elements)
    }

    /// Creates a map of entries that have the right types. Of entries with one key the last applies, as in generated readers.
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

    /// Returns the name of the value's type in messages.
    fn type_name(&self) -> &'static str {
        match self {
            Self::Bool(_) => "a boolean",
            Self::I32(_) | Self::I64(_) => "an integer",
            Self::Double(_) => "a double",
            Self::String(_) => "a string",
            Self::Enum(value) => value.ty.name,
            Self::Struct(value) => value.ty().name,
            Self::List(_) => "a list",
            Self::Set(_) => "a set",
            Self::Map(_) => "a map",
        }
    }
}

fn fit_elements(values: Vec<Value>, element: &Type, ty: &Type) -> Result<Vec<Value>, ShapeError> {
    check_length(values.len(), ty)?;
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

/// Checks a length: both protocols count in 32 bits with a sign.
fn check_length(length: usize, ty: &Type) -> Result<(), ShapeError> {
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
            Value::Enum(_) | Value::Struct(_) => format!("`{}`", found.type_name()),
            other => other.type_name().to_owned(),
        },
    };
    misfit.into()
}

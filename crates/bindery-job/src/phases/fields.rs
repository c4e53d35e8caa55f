//! Plain values out of the structs of an interpolated job.

use bindery_core::{Int, Object, Value, repr};

use crate::InvalidJob;

/// A struct of an interpolated job, and where in the job it stands.
///
/// A value is checked before it is read, as the original does; what fails the check is refused with the check's message.
pub(crate) struct Fields<'o> {
    object: &'o Object,
    path: String,
}

impl<'o> Fields<'o> {
    pub(crate) fn of(object: &'o Object, path: impl Into<String>) -> Self {
        Fields {
            object,
            path: path.into(),
        }
    }

    pub(crate) fn object(&self) -> &'o Object {
        self.object
    }

    /// Where a field stands.
    pub(crate) fn path(&self, field: &str) -> String {
        if self.path.is_empty() {
            field.to_owned()
        } else {
            format!("{}.{field}", self.path)
        }
    }

    /// A refusal for a field.
    pub(crate) fn refuse(&self, field: &str, message: impl std::fmt::Display) -> InvalidJob {
        InvalidJob::configuration(message)
            .within(&self.path(field), self.get(field))
            .within(&self.path, Some(self.object))
    }

    /// The field; of a Choice the object it takes. `None` where it is Empty.
    pub(crate) fn get(&self, field: &str) -> Option<&'o Object> {
        let held = self.object.field(field)?;
        match held.raw() {
            Some(Value::Object(taken)) => Some(taken),
            _ => Some(held),
        }
    }

    /// The field, which has to be there. The original crashes where it is not.
    pub(crate) fn required(&self, field: &str) -> Result<&'o Object, InvalidJob> {
        self.get(field).ok_or_else(|| {
            let name = self.object.ty().name();
            self.refuse(field, format_args!("{name}[{field}] is required."))
        })
    }

    /// The struct in a field.
    pub(crate) fn inner(&self, field: &str) -> Option<Fields<'o>> {
        Some(Fields::of(self.get(field)?, self.path(field)))
    }

    /// The struct in a field that has to be there.
    pub(crate) fn required_inner(&self, field: &str) -> Result<Fields<'o>, InvalidJob> {
        Ok(Fields::of(self.required(field)?, self.path(field)))
    }

    /// The structs of a list; none where the field is Empty.
    pub(crate) fn each(&self, field: &str) -> impl Iterator<Item = Fields<'o>> {
        let items = self.get(field).map_or(&[][..], Object::items);
        let path = self.path(field);
        items
            .iter()
            .enumerate()
            .map(move |(at, item)| Fields::of(item, format!("{path}[{at}]")))
    }

    /// Passes if the type check of the field does.
    pub(crate) fn check(&self, field: &str) -> Result<(), InvalidJob> {
        match self.get(field) {
            Some(object) => self.checked(field, object),
            None => Ok(()),
        }
    }

    fn checked(&self, field: &str, object: &Object) -> Result<(), InvalidJob> {
        let check = object.check()?;
        if check.ok() {
            Ok(())
        } else {
            Err(self.refuse(field, check.message()))
        }
    }

    fn plain(&self, field: &str) -> Result<&'o Value, InvalidJob> {
        let object = self.required(field)?;
        self.checked(field, object)?;
        object
            .raw()
            .ok_or_else(|| self.refuse(field, "no simple value"))
    }

    pub(crate) fn text(&self, field: &str) -> Result<String, InvalidJob> {
        match self.plain(field)? {
            Value::String(text) => Ok(text.to_string()),
            other => Err(self.refuse(field, format_args!("{} is no text", shown(other)))),
        }
    }

    pub(crate) fn optional_text(&self, field: &str) -> Result<Option<String>, InvalidJob> {
        self.get(field).map(|_| self.text(field)).transpose()
    }

    pub(crate) fn integer(&self, field: &str) -> Result<i64, InvalidJob> {
        let value = self.plain(field)?;
        match value {
            Value::Integer(n) => n.to_i64().ok_or_else(|| {
                self.refuse(
                    field,
                    format_args!("{} does not fit in 64 bits", shown(value)),
                )
            }),
            other => Err(self.refuse(field, format_args!("{} is no integer", shown(other)))),
        }
    }

    /// An integer for which the scheduler's interface has 32 bits.
    pub(crate) fn short(&self, field: &str) -> Result<i64, InvalidJob> {
        let value = self.plain(field)?;
        match value {
            Value::Integer(n) => short(n).ok_or_else(|| {
                self.refuse(
                    field,
                    format_args!("{} does not fit in 32 bits", shown(value)),
                )
            }),
            other => Err(self.refuse(field, format_args!("{} is no integer", shown(other)))),
        }
    }

    pub(crate) fn optional_integer(&self, field: &str) -> Result<Option<i64>, InvalidJob> {
        self.get(field).map(|_| self.integer(field)).transpose()
    }

    pub(crate) fn float(&self, field: &str) -> Result<f64, InvalidJob> {
        match self.plain(field)? {
            Value::Float(x) => Ok(*x),
            other => Err(self.refuse(field, format_args!("{} is no float", shown(other)))),
        }
    }

    pub(crate) fn boolean(&self, field: &str) -> Result<bool, InvalidJob> {
        match self.plain(field)? {
            Value::Boolean(b) => Ok(*b),
            other => Err(self.refuse(field, format_args!("{} is no boolean", shown(other)))),
        }
    }

    /// The value under a key of a map.
    pub(crate) fn value_under(&self, field: &str, key: &str) -> Option<&'o Object> {
        let entries = self.get(field)?.entries().iter();
        let mut values =
            entries.filter(|(stored, _)| stored.display().is_ok_and(|text| text == key));
        values.next_back().map(|(_, value)| value)
    }

    /// The texts of a map, in stored order; of equal keys the last. None where the field is Empty.
    pub(crate) fn texts(&self, field: &str) -> Result<Vec<(String, String)>, InvalidJob> {
        let Some(map) = self.get(field) else {
            return Ok(Vec::new());
        };
        self.checked(field, map)?;
        let mut texts: Vec<(String, String)> = Vec::with_capacity(map.entries().len());
        for (key, value) in map.entries() {
            let (key, value) = (key.display()?, value.display()?);
            match texts.iter_mut().find(|(known, _)| *known == key) {
                Some((_, known)) => *known = value,
                None => texts.push((key, value)),
            }
        }
        Ok(texts)
    }
}

fn shown(value: &Value) -> String {
    repr::value(value).unwrap_or_else(|error| error.message().to_owned())
}

/// The number, if it has a place in 32 bits.
pub(crate) fn short(n: &Int) -> Option<i64> {
    n.to_i64().filter(|n| i32::try_from(*n).is_ok())
}

/// The integer that a text is: blanks around and a sign, and no `_`, which the original's Python did not know.
pub(crate) fn number_in(text: &str) -> Option<Int> {
    match text.contains('_') {
        true => None,
        false => Int::parse_python(text),
    }
}

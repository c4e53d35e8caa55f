//! Typed access to the fields of an interpolated job.

use std::fmt;

use bindery_core::{Int, Object, Value, repr};

use crate::phases::invalid::origin_of;
use crate::{InvalidJob, Text};

/// Struct of an interpolated job, with its path in the job.
///
/// A value is checked before it is read, as in the original; a value that fails its check is refused with the check's message.
/// After the check of the whole job, [`Fields::checked`] saves further ones.
pub(crate) struct Fields<'o> {
    object: &'o Object,
    path: Path<'o>,
    is_checked: bool,
}

/// Path of a struct in its job, written only for an error.
#[derive(Clone, Copy)]
enum Path<'o> {
    /// The struct itself, under this name; empty for a job.
    Root(&'static str),
    /// Field of a struct.
    Field(&'o Path<'o>, &'static str),
    /// Item of a list in a field of a struct.
    Item(&'o Path<'o>, &'static str, usize),
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (parent, field) = match self {
            Path::Root(name) => return f.write_str(name),
            Path::Field(parent, field) | Path::Item(parent, field, _) => (parent, field),
        };
        if !matches!(parent, Path::Root("")) {
            write!(f, "{parent}.")?;
        }
        f.write_str(field)?;
        match self {
            Path::Item(_, _, index) => write!(f, "[{index}]"),
            _ => Ok(()),
        }
    }
}

impl<'o> Fields<'o> {
    /// Wraps a struct whose fields are checked when they are read.
    pub(crate) fn new(object: &'o Object, path: &'static str) -> Self {
        Fields {
            object,
            path: Path::Root(path),
            is_checked: false,
        }
    }

    /// Wraps a job that passed its check.
    pub(crate) fn checked(job: &'o Object) -> Self {
        Fields {
            is_checked: true,
            ..Fields::new(job, "")
        }
    }

    pub(crate) fn object(&self) -> &'o Object {
        self.object
    }

    /// Returns the path of a field.
    pub(crate) fn path(&self, field: &str) -> String {
        match self.path {
            Path::Root("") => field.to_owned(),
            path => format!("{path}.{field}"),
        }
    }

    /// Creates a refusal of a field.
    pub(crate) fn refuse(&self, field: &str, message: impl fmt::Display) -> InvalidJob {
        InvalidJob::configuration(message)
            .within(&self.path(field), self.get(field))
            .within(&self.path.to_string(), Some(self.object))
    }

    /// Returns the field, and of a Choice the object that it takes; `None` where the field is Empty.
    pub(crate) fn get(&self, field: &str) -> Option<&'o Object> {
        let value = self.object.field(field)?;
        match value.raw() {
            Some(Value::Object(alternative)) => Some(alternative),
            _ => Some(value),
        }
    }

    /// Returns the field and refuses the job if the field is Empty, where the original crashes.
    pub(crate) fn required(&self, field: &str) -> Result<&'o Object, InvalidJob> {
        self.get(field).ok_or_else(|| {
            let name = self.object.ty().name();
            self.refuse(field, format_args!("{name}[{field}] is required."))
        })
    }

    /// Returns the struct in a field; `None` where the field is Empty.
    pub(crate) fn inner(&self, field: &'static str) -> Option<Fields<'_>> {
        Some(self.field(field, self.get(field)?))
    }

    /// Returns the struct in a field and refuses the job if the field is Empty.
    pub(crate) fn required_inner(&self, field: &'static str) -> Result<Fields<'_>, InvalidJob> {
        Ok(self.field(field, self.required(field)?))
    }

    fn field<'f>(&'f self, field: &'static str, object: &'f Object) -> Fields<'f> {
        Fields {
            object,
            path: Path::Field(&self.path, field),
            is_checked: self.is_checked,
        }
    }

    /// Returns the structs of a list; none where the field is Empty.
    pub(crate) fn each(&self, field: &'static str) -> impl Iterator<Item = Fields<'_>> {
        let items = self.get(field).map_or(&[][..], Object::items);
        items.iter().enumerate().map(move |(index, object)| Fields {
            object,
            path: Path::Item(&self.path, field, index),
            is_checked: self.is_checked,
        })
    }

    /// Refuses the job if the field fails its type check.
    pub(crate) fn check(&self, field: &str) -> Result<(), InvalidJob> {
        match self.get(field) {
            Some(object) => self.check_object(field, object),
            None => Ok(()),
        }
    }

    fn check_object(&self, field: &str, object: &Object) -> Result<(), InvalidJob> {
        if self.is_checked {
            return Ok(());
        }
        let check = object.check()?;
        if check.ok() {
            Ok(())
        } else {
            Err(self.refuse(field, check.message()))
        }
    }

    fn plain(&self, field: &str) -> Result<(&'o Object, &'o Value), InvalidJob> {
        let object = self.required(field)?;
        self.check_object(field, object)?;
        match object.raw() {
            Some(value) => Ok((object, value)),
            None => Err(self.refuse(field, "not a simple value")),
        }
    }

    fn refuse_type(&self, field: &str, value: &Value, expected: &str) -> InvalidJob {
        self.refuse(field, format_args!("{} is not {expected}", quote(value)))
    }

    pub(crate) fn text(&self, field: &str) -> Result<Text, InvalidJob> {
        match self.plain(field)? {
            (object, Value::String(text)) => Ok(Text::new(text, object.origin())),
            (_, other) => Err(self.refuse_type(field, other, "text")),
        }
    }

    pub(crate) fn optional_text(&self, field: &str) -> Result<Option<Text>, InvalidJob> {
        self.get(field).map(|_| self.text(field)).transpose()
    }

    /// Returns a text; `default` where the field is Empty.
    pub(crate) fn text_or(&self, field: &str, default: &str) -> Result<Text, InvalidJob> {
        match self.get(field) {
            Some(_) => self.text(field),
            None => Ok(Text::from(default)),
        }
    }

    pub(crate) fn integer(&self, field: &str) -> Result<i64, InvalidJob> {
        match self.plain(field)?.1 {
            value @ Value::Integer(n) => n.to_i64().ok_or_else(|| {
                self.refuse(
                    field,
                    format_args!("{} does not fit in 64 bits", quote(value)),
                )
            }),
            other => Err(self.refuse_type(field, other, "an integer")),
        }
    }

    /// Returns an integer for which the scheduler's interface has 32 bits.
    pub(crate) fn short(&self, field: &str) -> Result<i64, InvalidJob> {
        match self.plain(field)?.1 {
            value @ Value::Integer(n) => fit_in_32_bits(n).ok_or_else(|| {
                self.refuse(
                    field,
                    format_args!("{} does not fit in 32 bits", quote(value)),
                )
            }),
            other => Err(self.refuse_type(field, other, "an integer")),
        }
    }

    pub(crate) fn optional_integer(&self, field: &str) -> Result<Option<i64>, InvalidJob> {
        self.get(field).map(|_| self.integer(field)).transpose()
    }

    /// Returns an integer that only the executor reads, cut to 64 bits; `default` where the field is Empty.
    pub(crate) fn integer_or(&self, field: &str, default: i64) -> Result<i64, InvalidJob> {
        if self.get(field).is_none() {
            return Ok(default);
        }
        match self.plain(field)?.1 {
            Value::Integer(n) => Ok(n.to_i64().unwrap_or_else(|| match n.to_f64() {
                Some(x) if x < 0.0 => i64::MIN,
                _ => i64::MAX,
            })),
            other => Err(self.refuse_type(field, other, "an integer")),
        }
    }

    pub(crate) fn float(&self, field: &str) -> Result<f64, InvalidJob> {
        match self.plain(field)?.1 {
            Value::Float(x) => Ok(*x),
            other => Err(self.refuse_type(field, other, "a float")),
        }
    }

    /// Returns a float; `default` where the field is Empty.
    pub(crate) fn float_or(&self, field: &str, default: f64) -> Result<f64, InvalidJob> {
        self.get(field).map_or(Ok(default), |_| self.float(field))
    }

    pub(crate) fn boolean(&self, field: &str) -> Result<bool, InvalidJob> {
        match self.plain(field)?.1 {
            Value::Boolean(b) => Ok(*b),
            other => Err(self.refuse_type(field, other, "a boolean")),
        }
    }

    /// Returns a boolean; `default` where the field is Empty.
    pub(crate) fn boolean_or(&self, field: &str, default: bool) -> Result<bool, InvalidJob> {
        self.get(field).map_or(Ok(default), |_| self.boolean(field))
    }

    /// Returns the value under a key of a map.
    pub(crate) fn value_under(&self, field: &str, key: &str) -> Option<&'o Object> {
        let entries = self.get(field)?.entries().iter();
        let mut values =
            entries.filter(|(stored, _)| stored.display().is_ok_and(|text| text == key));
        values.next_back().map(|(_, value)| value)
    }

    /// Returns the keys and values of a map of texts, in stored order, of equal keys the last; none where the field is Empty.
    pub(crate) fn texts(&self, field: &str) -> Result<Vec<(Text, Text)>, InvalidJob> {
        let Some(map) = self.get(field) else {
            return Ok(Vec::new());
        };
        self.check_object(field, map)?;
        let mut texts: Vec<(Text, Text)> = Vec::with_capacity(map.entries().len());
        for (key, value) in map.entries() {
            let (key, value) = (display(key)?, display(value)?);
            match texts.iter_mut().find(|(known, _)| *known == key) {
                Some((_, known)) => *known = value,
                None => texts.push((key, value)),
            }
        }
        Ok(texts)
    }
}

/// Returns the text of a simple object.
pub(crate) fn display(object: &Object) -> Result<Text, InvalidJob> {
    let text = bindery_core::Text::new(object.display()?);
    Ok(Text::new(&text, origin_of(object)))
}

fn quote(value: &Value) -> String {
    repr::value(value).unwrap_or_else(|error| error.message().to_owned())
}

/// Returns the number if 32 bits hold it.
pub(crate) fn fit_in_32_bits(n: &Int) -> Option<i64> {
    n.to_i64().filter(|n| i32::try_from(*n).is_ok())
}

/// Parses an integer with blanks around it and a sign. Rejects `_`, which the original's Python did not know.
pub(crate) fn parse_integer(text: &str) -> Option<Int> {
    if text.contains('_') {
        None
    } else {
        Int::parse_python(text)
    }
}

//! JSON in Python's dialect: integers of any size, `NaN` and `Infinity`, keys in stored order.

use std::rc::Rc;

pub use bindery_notation::json::JsonError;

use bindery_notation::json as notation;

use crate::meter::{count_text, evaluation};
use crate::model::Content;
use crate::{Error, ErrorKind, Int, Object, Type, Value, repr};

/// Layout of JSON text.
#[derive(Clone, Copy, Debug, Default)]
pub struct Style {
    /// Spaces per level; `None` writes one line with `", "` and `": "`.
    pub indent: Option<usize>,
    /// Sorts keys by their text.
    pub sort_keys: bool,
}

/// Reads one JSON document. The last of equal keys wins.
///
/// # Errors
///
/// [`JsonError`] with its position for text that is not valid JSON or nests deeper than 200.
pub fn parse(text: &str) -> Result<Value, JsonError> {
    notation::read(text, &mut Data)
}

/// Builder of plain data.
struct Data;

impl notation::Builder for Data {
    type Value = Value;
    type Error = JsonError;

    fn null(&mut self) -> Result<Value, JsonError> {
        Ok(Value::None)
    }

    fn boolean(&mut self, value: bool) -> Result<Value, JsonError> {
        Ok(Value::Boolean(value))
    }

    fn integer(&mut self, digits: &str) -> Result<Value, JsonError> {
        Ok(Value::Integer(
            Int::parse_python(digits).expect("the reader passes ASCII digits"),
        ))
    }

    fn float(&mut self, value: f64) -> Result<Value, JsonError> {
        Ok(Value::Float(value))
    }

    fn string(&mut self, text: Rc<str>) -> Result<Value, JsonError> {
        Ok(Value::string(text))
    }

    fn array(&mut self, items: Vec<Value>) -> Result<Value, JsonError> {
        Ok(Value::List(items.into()))
    }

    fn object(&mut self, entries: Vec<(Rc<str>, Value)>) -> Result<Value, JsonError> {
        let entries = entries
            .into_iter()
            .map(|(key, value)| (Value::string(key), value));
        Ok(Value::Map(entries.collect()))
    }
}

/// Writes plain data in ASCII, with escapes.
///
/// # Errors
///
/// `Type` for values that JSON cannot hold: objects, refs, keys other than text, number, truth value and null.
pub fn write(value: &Value, style: Style) -> Result<String, Error> {
    let mut out = String::new();
    write_value(&mut out, value, style, 0)?;
    Ok(out)
}

fn write_value(out: &mut String, value: &Value, style: Style, level: usize) -> Result<(), Error> {
    match value {
        Value::None => out.push_str("null"),
        Value::Boolean(b) => out.push_str(if *b { "true" } else { "false" }),
        Value::Integer(n) => out.push_str(&n.to_string()),
        Value::Float(x) => out.push_str(&number(*x)),
        Value::String(text) => {
            count_text(text.len())?;
            write_string(out, text);
        }
        Value::List(items) | Value::Tuple(items) => {
            if items.is_empty() {
                out.push_str("[]");
                return Ok(());
            }
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                separate(out, style, level + 1, index > 0);
                write_value(out, item, style, level + 1)?;
            }
            close(out, style, level);
            out.push(']');
        }
        Value::Map(entries) => {
            if entries.is_empty() {
                out.push_str("{}");
                return Ok(());
            }
            let mut keyed = Vec::with_capacity(entries.len());
            for (key, value) in entries.iter() {
                keyed.push((key_text(key)?, value));
            }
            if style.sort_keys {
                keyed.sort_by(|a, b| a.0.cmp(&b.0));
            }
            out.push('{');
            for (index, (key, value)) in keyed.into_iter().enumerate() {
                separate(out, style, level + 1, index > 0);
                write_string(out, &key);
                out.push_str(": ");
                write_value(out, value, style, level + 1)?;
            }
            close(out, style, level);
            out.push('}');
        }
        other => {
            return Err(Error::new(
                ErrorKind::Type,
                format!(
                    "Object of type {} is not JSON serializable",
                    other.type_name()
                ),
            ));
        }
    }
    Ok(())
}

fn separate(out: &mut String, style: Style, level: usize, further: bool) {
    match style.indent {
        Some(indent) => {
            if further {
                out.push(',');
            }
            out.push('\n');
            out.push_str(&" ".repeat(indent * level));
        }
        None if further => out.push_str(", "),
        None => {}
    }
}

fn close(out: &mut String, style: Style, level: usize) {
    if let Some(indent) = style.indent {
        out.push('\n');
        out.push_str(&" ".repeat(indent * level));
    }
}

fn number(x: f64) -> String {
    if x.is_nan() {
        "NaN".to_owned()
    } else if x.is_infinite() {
        if x > 0.0 { "Infinity" } else { "-Infinity" }.to_owned()
    } else {
        repr::float(x)
    }
}

fn key_text(key: &Value) -> Result<String, Error> {
    match key {
        Value::String(text) => Ok(text.to_string()),
        Value::None => Ok("null".to_owned()),
        Value::Boolean(b) => Ok(if *b { "true" } else { "false" }.to_owned()),
        Value::Integer(n) => Ok(n.to_string()),
        Value::Float(x) => Ok(number(*x)),
        other => Err(Error::new(
            ErrorKind::Type,
            format!(
                "keys must be str, int, float, bool or None, not {}",
                other.type_name()
            ),
        )),
    }
}

fn write_string(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            ' '..='~' => out.push(c),
            c => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    out.push_str(&format!("\\u{unit:04x}"));
                }
            }
        }
    }
    out.push('"');
}

impl Object {
    /// Returns a struct as JSON text: its plain data after interpolation.
    ///
    /// # Errors
    ///
    /// `Attribute` if the object is not a struct; the errors of interpolation and of [`write`](write()).
    pub fn json_dumps(&self) -> Result<String, Error> {
        if !matches!(self.content(), Content::Struct(_)) {
            return Err(Error::new(
                ErrorKind::Attribute,
                format!(
                    "'{}' object has no attribute 'json_dumps'",
                    self.ty().name()
                ),
            ));
        }
        evaluation(|| write(&self.interpolate()?.0.get()?, Style::default()))
    }
}

impl Type {
    /// Creates a struct from JSON text. Unless `strict`, drops keys unknown to the struct and to fields whose type is directly a
    /// struct; unknown keys inside lists, maps and choices are errors.
    ///
    /// # Errors
    ///
    /// `Value` for text that is not valid JSON; the errors of [`Type::construct`]; `Attribute` if this is not a struct type.
    pub fn json_loads(&self, text: &str, strict: bool) -> Result<Object, Error> {
        if !matches!(self, Type::Struct(_)) {
            return Err(Error::new(
                ErrorKind::Attribute,
                format!(
                    "type object '{}' has no attribute 'json_loads'",
                    self.name()
                ),
            ));
        }
        let data = parse(text).map_err(|error| Error::new(ErrorKind::Value, error.to_string()))?;
        let data = if strict { data } else { self.known(&data)? };
        self.construct(&[data], &[], None)
    }

    /// Returns the data without keys that are unknown to this struct.
    fn known(&self, data: &Value) -> Result<Value, Error> {
        let Type::Struct(ty) = self else {
            return Ok(data.clone());
        };
        let Value::Map(entries) = data else {
            return Err(Error::new(
                ErrorKind::Attribute,
                format!("{} cannot be made from {}", self.name(), repr::value(data)?),
            ));
        };
        let mut kept = Vec::new();
        for (key, value) in entries.iter() {
            if let Some(at) = key.as_str().and_then(|key| ty.position(key)) {
                kept.push((key.clone(), ty.fields()[at].1.ty.known(value)?));
            }
        }
        Ok(Value::Map(kept.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let value = parse(text).unwrap();
        assert_eq!(
            write(&value, Style::default()).unwrap(),
            expected,
            "from {text:?}"
        );
    }

    #[test]
    fn documents_are_read_and_written_as_in_python() {
        check(" [1, 2.0, -0, 1e3] ", "[1, 2.0, 0, 1000.0]");
        check(
            "{\"b\":1,\"a\":{\"b\":null},\"b\":2}",
            r#"{"b": 2, "a": {"b": null}}"#,
        );
        check("100000000000000000000", "100000000000000000000");
        check("[NaN, -Infinity, true]", "[NaN, -Infinity, true]");
        check(
            r#""\u00e9 \ud83e\udd80 é \n""#,
            r#""\u00e9 \ud83e\udd80 \u00e9 \n""#,
        );
    }

    #[test]
    fn invalid_json_is_reported_with_its_position() {
        for (text, message) in [
            ("", "Expecting value: line 1 column 1 (char 0)"),
            ("[1,\n x]", "Expecting value: line 2 column 2 (char 5)"),
            ("[1 2]", "Expecting ',' delimiter: line 1 column 4 (char 3)"),
            (
                "{a: 1}",
                "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)",
            ),
            (
                "\"abc",
                "Unterminated string starting at: line 1 column 1 (char 0)",
            ),
            ("1 2", "Extra data: line 1 column 3 (char 2)"),
            ("\"\\x\"", "Invalid \\escape: line 1 column 2 (char 1)"),
        ] {
            assert_eq!(parse(text).unwrap_err().to_string(), message);
        }
        assert_eq!(
            parse(&"[".repeat(100_000)).unwrap_err().message,
            "Nested too deeply"
        );
    }

    #[test]
    fn indented_documents_can_be_sorted() {
        let value = parse(r#"{"b": [1, []], "a": {}}"#).unwrap();
        let style = Style {
            indent: Some(2),
            sort_keys: true,
        };
        assert_eq!(
            write(&value, style).unwrap(),
            "{\n  \"a\": {},\n  \"b\": [\n    1,\n    []\n  ]\n}"
        );
    }
}

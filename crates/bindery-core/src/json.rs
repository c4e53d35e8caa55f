//! JSON in Python's dialect: integers of any size, `NaN` and `Infinity`, keys in the order they stand.

use std::rc::Rc;

use crate::meter::{evaluation, made};
use crate::object::Content;
use crate::{Error, ErrorKind, Int, Object, Text, Type, Value, repr};

/// How JSON is laid out.
#[derive(Clone, Copy, Debug, Default)]
pub struct Style {
    /// Blanks per level; `None` writes one line with `", "` and `": "`.
    pub indent: Option<usize>,
    /// Whether keys are sorted by their text.
    pub sort_keys: bool,
}

/// A text that is no JSON.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}: line {line} column {column} (char {offset})")]
pub struct JsonError {
    /// What was expected, in the words of Python's reader.
    pub message: &'static str,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// Characters before the place.
    pub offset: usize,
}

/// How deep arrays and objects may nest.
const MAX_DEPTH: usize = 200;

/// Reads one JSON document. Of equal keys the last wins.
///
/// # Errors
///
/// With the place, for anything that is no JSON, and for nesting deeper than 200.
pub fn parse(text: &str) -> Result<Value, JsonError> {
    let mut reader = Reader { text, at: 0 };
    reader.skip_space();
    let value = reader.value(0)?;
    reader.skip_space();
    if reader.at < text.len() {
        return Err(reader.error("Extra data"));
    }
    Ok(value)
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn error(&self, message: &'static str) -> JsonError {
        let before = &self.text[..self.at];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        JsonError {
            message,
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            offset: before.chars().count(),
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn take(&mut self, word: &str) -> bool {
        let found = self.text[self.at..].starts_with(word);
        if found {
            self.at += word.len();
        }
        found
    }

    fn value(&mut self, depth: usize) -> Result<Value, JsonError> {
        if depth > MAX_DEPTH {
            return Err(self.error("Nested too deeply"));
        }
        match self.peek() {
            Some(b'"') => Ok(Value::String(Text::new(self.string()?))),
            Some(b'{') => self.object(depth),
            Some(b'[') => self.array(depth),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => {
                for (word, value) in [
                    ("null", Value::None),
                    ("true", Value::Boolean(true)),
                    ("false", Value::Boolean(false)),
                    ("NaN", Value::Float(f64::NAN)),
                    ("Infinity", Value::Float(f64::INFINITY)),
                ] {
                    if self.take(word) {
                        return Ok(value);
                    }
                }
                Err(self.error("Expecting value"))
            }
        }
    }

    fn number(&mut self) -> Result<Value, JsonError> {
        let start = self.at;
        let negative = self.take("-");
        if negative && self.take("Infinity") {
            return Ok(Value::Float(f64::NEG_INFINITY));
        }
        let digits = |reader: &mut Self| {
            let from = reader.at;
            while matches!(reader.peek(), Some(b'0'..=b'9')) {
                reader.at += 1;
            }
            reader.at > from
        };
        if !self.take("0") && !digits(self) {
            self.at = start;
            return Err(self.error("Expecting value"));
        }
        let mut end = self.at;
        let mut is_float = false;
        if self.take(".") && digits(self) {
            end = self.at;
            is_float = true;
        }
        self.at = end;
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            if digits(self) {
                end = self.at;
                is_float = true;
            }
        }
        self.at = end;
        let text = &self.text[start..end];
        if is_float {
            let number = text.parse().map_err(|_| self.error("Expecting value"))?;
            return Ok(Value::Float(number));
        }
        Int::parse_python(text)
            .map(Value::Integer)
            .ok_or_else(|| self.error("Expecting value"))
    }

    fn string(&mut self) -> Result<String, JsonError> {
        let start = self.at;
        self.at += 1;
        let mut out = String::new();
        loop {
            let rest = &self.text[self.at..];
            let Some(end) = rest.find(|c: char| matches!(c, '"' | '\\') || c < ' ') else {
                self.at = start;
                return Err(self.error("Unterminated string starting at"));
            };
            out.push_str(&rest[..end]);
            self.at += end;
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(out);
                }
                Some(b'\\') => out.push(self.escape()?),
                _ => return Err(self.error("Invalid control character at")),
            }
        }
    }

    fn escape(&mut self) -> Result<char, JsonError> {
        let start = self.at;
        self.at += 1;
        let c = self.peek();
        self.at += 1;
        Ok(match c {
            Some(c @ (b'"' | b'\\' | b'/')) => char::from(c),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                let high = self.hex()?;
                if (0xd800..0xdc00).contains(&high) && self.take("\\u") {
                    let low = self.hex()?;
                    let code =
                        0x10000 + ((high - 0xd800) << 10) + (low.wrapping_sub(0xdc00) & 0x3ff);
                    char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)
                } else {
                    char::from_u32(high).unwrap_or(char::REPLACEMENT_CHARACTER)
                }
            }
            _ => {
                self.at = start;
                return Err(self.error("Invalid \\escape"));
            }
        })
    }

    fn hex(&mut self) -> Result<u32, JsonError> {
        let digits = self.text.get(self.at..self.at + 4);
        match digits.and_then(|digits| u32::from_str_radix(digits, 16).ok()) {
            Some(code) => {
                self.at += 4;
                Ok(code)
            }
            None => {
                // Python points at the `u`.
                self.at -= 1;
                Err(self.error("Invalid \\uXXXX escape"))
            }
        }
    }

    fn array(&mut self, depth: usize) -> Result<Value, JsonError> {
        self.at += 1;
        let mut items = Vec::new();
        self.skip_space();
        if self.take("]") {
            return Ok(Value::List(items.into()));
        }
        loop {
            self.skip_space();
            items.push(self.value(depth + 1)?);
            self.skip_space();
            if self.take("]") {
                return Ok(Value::List(items.into()));
            }
            if !self.take(",") {
                return Err(self.error("Expecting ',' delimiter"));
            }
        }
    }

    fn object(&mut self, depth: usize) -> Result<Value, JsonError> {
        self.at += 1;
        let mut entries: Vec<(Value, Value)> = Vec::new();
        let mut positions = std::collections::HashMap::new();
        self.skip_space();
        if self.take("}") {
            return Ok(Value::Map(entries.into()));
        }
        loop {
            self.skip_space();
            if self.peek() != Some(b'"') {
                return Err(self.error("Expecting property name enclosed in double quotes"));
            }
            let key: Rc<str> = self.string()?.into();
            self.skip_space();
            if !self.take(":") {
                return Err(self.error("Expecting ':' delimiter"));
            }
            self.skip_space();
            let value = self.value(depth + 1)?;
            match positions.get(&key) {
                Some(&position) => {
                    let entry: &mut (Value, Value) = &mut entries[position];
                    entry.1 = value;
                }
                None => {
                    positions.insert(Rc::clone(&key), entries.len());
                    entries.push((Value::string(key), value));
                }
            }
            self.skip_space();
            if self.take("}") {
                return Ok(Value::Map(entries.into()));
            }
            if !self.take(",") {
                return Err(self.error("Expecting ',' delimiter"));
            }
        }
    }
}

/// Writes plain data; texts in ASCII with escapes.
///
/// # Errors
///
/// `Type` for what JSON cannot hold: objects, refs, keys that are neither text, number, truth value nor null.
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
            made(text.len())?;
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
    /// A struct as JSON text: its plain data after interpolation.
    ///
    /// # Errors
    ///
    /// `Attribute` if this is no struct; those of interpolation and of [`write`](write()).
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
    /// Makes a struct from JSON text. Unless `strict`, keys unknown to it and to fields whose type is directly a struct are
    /// dropped; inside lists, maps and choices they are errors.
    ///
    /// # Errors
    ///
    /// `Value` for text that is no JSON; those of [`Type::construct`]; `Attribute` if this is no struct type.
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

    /// The data without the keys that this struct does not know.
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
    fn documents_are_read_and_written_as_python_does() {
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
    fn what_is_no_json_is_told_with_its_place() {
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

//! JSON of the vectors: integers of any size, `1` distinct from `1.0`, objects without an order of keys.
//!
//! Separate from the reader and writer under test, whose bugs must not cancel each other out.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::Path;

/// JSON value.
#[derive(Clone, Debug)]
pub enum Json {
    /// `null`
    Null,
    /// `true` or `false`
    Boolean(bool),
    /// Number without point and exponent, in decimal digits.
    Integer(String),
    /// Any other number.
    Float(f64),
    /// String; unpaired surrogates are U+FFFD.
    String(String),
    /// Array.
    Array(Vec<Json>),
    /// Object; of equal keys the last one counts.
    Object(BTreeMap<String, Json>),
}

impl PartialEq for Json {
    /// Floats are equal if their bits are: `-0.0` is not `0.0`.
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Null, Self::Null) => true,
            (Self::Boolean(a), Self::Boolean(b)) => a == b,
            (Self::Integer(a), Self::Integer(b)) | (Self::String(a), Self::String(b)) => a == b,
            (Self::Float(a), Self::Float(b)) => a.to_bits() == b.to_bits(),
            (Self::Array(a), Self::Array(b)) => a == b,
            (Self::Object(a), Self::Object(b)) => a == b,
            _ => false,
        }
    }
}

impl Json {
    /// Returns an object with these members.
    pub fn object<const N: usize>(members: [(&str, Json); N]) -> Self {
        Self::Object(members.map(|(key, value)| (key.to_owned(), value)).into())
    }

    /// Returns a string.
    pub fn string(text: impl Into<String>) -> Self {
        Self::String(text.into())
    }

    /// Returns a float; one that JSON cannot express becomes `{"$float": "nan"}`, `"inf"` or `"-inf"`.
    pub fn float(number: f64) -> Self {
        let name = match number {
            _ if number.is_nan() => "nan",
            f64::INFINITY => "inf",
            f64::NEG_INFINITY => "-inf",
            _ => return Self::Float(number),
        };
        Self::object([("$float", Self::string(name))])
    }

    /// Returns the value at the end of these keys, for changes.
    pub fn at_mut(&mut self, path: &[&str]) -> Option<&mut Json> {
        path.iter().try_fold(self, |json, key| match json {
            Json::Object(members) => members.get_mut(*key),
            _ => None,
        })
    }

    /// Returns the member of an object.
    pub fn get(&self, key: &str) -> Option<&Json> {
        match self {
            Self::Object(members) => members.get(key),
            _ => None,
        }
    }

    /// Returns the text of a string.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// Returns the items of an array; an empty list for any other value.
    pub fn items(&self) -> &[Json] {
        match self {
            Self::Array(items) => items,
            _ => &[],
        }
    }

    /// Reads a file with one value.
    ///
    /// # Errors
    ///
    /// A message that names the file.
    pub fn read(file: &Path) -> Result<Self, String> {
        let text = fs::read_to_string(file);
        let text = text.map_err(|error| format!("{}: {error}", file.display()))?;
        Self::parse(&text).map_err(|error| format!("{}: {error}", file.display()))
    }

    /// Reads one value. `NaN`, `Infinity` and `-Infinity`, as Python writes them, become the results of [`Json::float`].
    ///
    /// # Errors
    ///
    /// A message with the expected text and the position in bytes.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut reader = Reader {
            text,
            at: 0,
            depth: 0,
        };
        let value = reader.value()?;
        reader.blanks();
        if reader.at == text.len() {
            Ok(value)
        } else {
            Err(reader.expected("the end"))
        }
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
}

impl Reader<'_> {
    const DEEPEST: usize = 500;

    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn expected(&self, what: &str) -> String {
        format!("expected {what} at byte {}", self.at)
    }

    fn blanks(&mut self) {
        self.at = self.text.len()
            - self
                .rest()
                .trim_start_matches([' ', '\t', '\n', '\r'])
                .len();
    }

    /// Skips blanks and `word`, if it is next.
    fn take(&mut self, word: &str) -> bool {
        self.blanks();
        let is_next = self.rest().starts_with(word);
        if is_next {
            self.at += word.len();
        }
        is_next
    }

    fn need(&mut self, word: &str) -> Result<(), String> {
        if self.take(word) {
            Ok(())
        } else {
            Err(self.expected(&format!("`{word}`")))
        }
    }

    fn value(&mut self) -> Result<Json, String> {
        let words = [
            ("null", Json::Null),
            ("true", Json::Boolean(true)),
            ("false", Json::Boolean(false)),
            ("NaN", Json::float(f64::NAN)),
            ("Infinity", Json::float(f64::INFINITY)),
            ("-Infinity", Json::float(f64::NEG_INFINITY)),
        ];
        for (word, value) in words {
            if self.take(word) {
                return Ok(value);
            }
        }
        if self.depth == Self::DEEPEST {
            return Err(self.expected("less nesting"));
        }
        self.depth += 1;
        let value = if self.take("[") {
            self.array()
        } else if self.take("{") {
            self.members()
        } else if self.rest().starts_with('"') {
            self.string().map(Json::String)
        } else {
            self.number()
        };
        self.depth -= 1;
        value
    }

    fn array(&mut self) -> Result<Json, String> {
        let mut items = Vec::new();
        if !self.take("]") {
            loop {
                items.push(self.value()?);
                if self.take("]") {
                    break;
                }
                self.need(",")?;
            }
        }
        Ok(Json::Array(items))
    }

    fn members(&mut self) -> Result<Json, String> {
        let mut members = BTreeMap::new();
        if !self.take("}") {
            loop {
                self.blanks();
                let key = self.string()?;
                self.need(":")?;
                members.insert(key, self.value()?);
                if self.take("}") {
                    break;
                }
                self.need(",")?;
            }
        }
        Ok(Json::Object(members))
    }

    fn number(&mut self) -> Result<Json, String> {
        let end = self
            .rest()
            .find(|c: char| !matches!(c, '0'..='9' | '+' | '-' | '.' | 'e' | 'E'));
        let text = &self.rest()[..end.unwrap_or(self.rest().len())];
        let digits = text.strip_prefix('-').unwrap_or(text);
        let value = if !digits.starts_with(|c: char| c.is_ascii_digit()) {
            None
        } else if digits.bytes().all(|byte| byte.is_ascii_digit()) {
            Some(Json::Integer(text.to_owned()))
        } else {
            text.parse().ok().map(Json::Float)
        };
        let length = text.len();
        let value = value.ok_or_else(|| self.expected("a value"))?;
        self.at += length;
        Ok(value)
    }

    fn string(&mut self) -> Result<String, String> {
        if !self.rest().starts_with('"') {
            return Err(self.expected("a string"));
        }
        self.at += 1;
        let mut text = String::new();
        loop {
            let Some(next) = self.rest().chars().next() else {
                return Err(self.expected("the end of a string"));
            };
            self.at += next.len_utf8();
            match next {
                '"' => return Ok(text),
                '\\' => text.push(self.escape()?),
                _ => text.push(next),
            }
        }
    }

    /// Reads the rest of an escape sequence after the backslash.
    fn escape(&mut self) -> Result<char, String> {
        let Some(next) = self.rest().chars().next() else {
            return Err(self.expected("an escape"));
        };
        let plain = match next {
            '"' | '\\' | '/' => next,
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => return self.unicode(),
            _ => return Err(self.expected("an escape")),
        };
        self.at += 1;
        Ok(plain)
    }

    fn unicode(&mut self) -> Result<char, String> {
        let first = self
            .unit()
            .ok_or_else(|| self.expected("four hexadecimal digits"))?;
        if (0xd800..0xdc00).contains(&first) && self.rest().starts_with("\\u") {
            let before = self.at;
            self.at += 1;
            if let Some(second @ 0xdc00..0xe000) = self.unit() {
                let code = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
                return Ok(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            self.at = before;
        }
        Ok(char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    /// Reads `u` and four hexadecimal digits.
    fn unit(&mut self) -> Option<u32> {
        let digits = self.rest().get(1..5)?;
        let unit = u32::from_str_radix(digits, 16).ok()?;
        self.at += 5;
        Some(unit)
    }
}

impl fmt::Display for Json {
    /// Writes one line, keys sorted.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Boolean(value) => write!(f, "{value}"),
            Self::Integer(digits) => f.write_str(digits),
            // `{:?}` keeps the `.0` of whole floats.
            Self::Float(number) => write!(f, "{number:?}"),
            Self::String(text) => write_string(f, text),
            Self::Array(items) => {
                f.write_str("[")?;
                for (number, item) in items.iter().enumerate() {
                    write!(f, "{}{item}", if number == 0 { "" } else { ", " })?;
                }
                f.write_str("]")
            }
            Self::Object(members) => {
                f.write_str("{")?;
                for (number, (key, value)) in members.iter().enumerate() {
                    f.write_str(if number == 0 { "" } else { ", " })?;
                    write_string(f, key)?;
                    write!(f, ": {value}")?;
                }
                f.write_str("}")
            }
        }
    }
}

fn write_string(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    f.write_str("\"")?;
    for one in text.chars() {
        match one {
            '"' | '\\' => write!(f, "\\{one}")?,
            '\n' => f.write_str("\\n")?,
            '\t' => f.write_str("\\t")?,
            _ if one < ' ' || one == '\u{7f}' => write!(f, "\\u{:04x}", u32::from(one))?,
            _ => write!(f, "{one}")?,
        }
    }
    f.write_str("\"")
}

#[cfg(test)]
mod tests {
    use super::Json;

    #[track_caller]
    fn check(text: &str, written: &str) {
        assert_eq!(
            Json::parse(text).map(|json| json.to_string()),
            Ok(written.to_owned())
        );
    }

    #[test]
    fn values_are_read_and_written() {
        check(
            r#" {"b": [1, -2.50, 1e3, null], "a": {"x": true}} "#,
            r#"{"a": {"x": true}, "b": [1, -2.5, 1000.0, null]}"#,
        );
        check(
            r#""\u00e9\n\"\ud83d\ude00\ud83d""#,
            "\"é\\n\\\"😀\u{fffd}\"",
        );
        check(
            "[NaN, -Infinity]",
            r#"[{"$float": "nan"}, {"$float": "-inf"}]"#,
        );
        check(
            "123456789012345678901234567890",
            "123456789012345678901234567890",
        );
        check("[]", "[]");
    }

    #[test]
    fn integers_floats_and_signs_are_distinct() {
        let parse = |text| Json::parse(text).unwrap();
        assert_ne!(parse("1"), parse("1.0"));
        assert_ne!(parse("0.0"), parse("-0.0"));
        assert_eq!(parse("1e0"), parse("1.0"));
        assert_eq!(parse(r#"{"a": 1, "b": 2}"#), parse(r#"{"b": 2, "a": 1}"#));
        assert_ne!(parse("[1, 2]"), parse("[2, 1]"));
    }

    #[test]
    fn invalid_json_is_reported_with_its_position() {
        for (text, message) in [
            ("", "expected a value at byte 0"),
            ("[1", "expected `,` at byte 2"),
            ("{1: 2}", "expected a string at byte 1"),
            ("1 2", "expected the end at byte 2"),
            ("\"\\q\"", "expected an escape at byte 2"),
            (&"[".repeat(10_000), "expected less nesting at byte 500"),
        ] {
            assert_eq!(Json::parse(text).unwrap_err(), message);
        }
    }
}

//! JSON reader for CPython's dialect: integers of any size, `NaN` and `Infinity`, and keys in the order of the text.

use std::collections::HashMap;
use std::rc::Rc;

/// Error for text that is not valid JSON.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}: line {line} column {column} (char {offset})")]
pub struct JsonError {
    /// Message in the words of CPython's `json` module.
    pub message: &'static str,
    /// Line, counted from 1.
    pub line: usize,
    /// Column in characters, counted from 1.
    pub column: usize,
    /// Number of characters before the error.
    pub offset: usize,
}

/// Receiver of the values that [`read`] finds, innermost first.
pub trait Builder {
    /// Value made of one JSON value.
    type Value;
    /// Error of the reader or of the builder.
    type Error: From<JsonError>;

    /// Makes the value of `null`.
    ///
    /// # Errors
    ///
    /// Defined by the builder, as for all other methods.
    fn null(&mut self) -> Result<Self::Value, Self::Error>;

    /// Makes a truth value.
    ///
    /// # Errors
    ///
    /// Defined by the builder.
    fn boolean(&mut self, value: bool) -> Result<Self::Value, Self::Error>;

    /// Makes an integer of its ASCII digits, with an optional minus sign.
    ///
    /// # Errors
    ///
    /// Defined by the builder.
    fn integer(&mut self, digits: &str) -> Result<Self::Value, Self::Error>;

    /// Makes a number with a fraction or an exponent.
    ///
    /// # Errors
    ///
    /// Defined by the builder.
    fn float(&mut self, value: f64) -> Result<Self::Value, Self::Error>;

    /// Makes a string.
    ///
    /// # Errors
    ///
    /// Defined by the builder.
    fn string(&mut self, text: Rc<str>) -> Result<Self::Value, Self::Error>;

    /// Makes an array.
    ///
    /// # Errors
    ///
    /// Defined by the builder.
    fn array(&mut self, items: Vec<Self::Value>) -> Result<Self::Value, Self::Error>;

    /// Makes an object; no key occurs twice.
    ///
    /// # Errors
    ///
    /// Defined by the builder.
    fn object(&mut self, entries: Vec<(Rc<str>, Self::Value)>) -> Result<Self::Value, Self::Error>;
}

/// Reads one JSON document. The last of equal keys wins.
///
/// # Errors
///
/// [`JsonError`] with its position for text that is not valid JSON or nests deeper than 200, and the errors of `builder`.
pub fn read<B: Builder>(text: &str, builder: &mut B) -> Result<B::Value, B::Error> {
    let mut reader = Reader {
        text,
        at: 0,
        builder,
    };
    reader.skip_space();
    let value = reader.value(0)?;
    reader.skip_space();
    if reader.at < text.len() {
        return Err(reader.error("Extra data").into());
    }
    Ok(value)
}

/// Maximum nesting depth of arrays and objects.
const MAX_DEPTH: usize = 200;

struct Reader<'a, B> {
    text: &'a str,
    at: usize,
    builder: &'a mut B,
}

impl<B: Builder> Reader<'_, B> {
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

    fn value(&mut self, depth: usize) -> Result<B::Value, B::Error> {
        if depth > MAX_DEPTH {
            return Err(self.error("Nested too deeply").into());
        }
        match self.peek() {
            Some(b'"') => {
                let text = self.string()?.into();
                self.builder.string(text)
            }
            Some(b'{') => self.object(depth),
            Some(b'[') => self.array(depth),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b'n') if self.take("null") => self.builder.null(),
            Some(b't') if self.take("true") => self.builder.boolean(true),
            Some(b'f') if self.take("false") => self.builder.boolean(false),
            Some(b'N') if self.take("NaN") => self.builder.float(f64::NAN),
            Some(b'I') if self.take("Infinity") => self.builder.float(f64::INFINITY),
            _ => Err(self.error("Expecting value").into()),
        }
    }

    fn number(&mut self) -> Result<B::Value, B::Error> {
        let start = self.at;
        let negative = self.take("-");
        if negative && self.take("Infinity") {
            return self.builder.float(f64::NEG_INFINITY);
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
            return Err(self.error("Expecting value").into());
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
            return self.builder.float(number);
        }
        self.builder.integer(text)
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
                // CPython reports the position of the `u`.
                self.at -= 1;
                Err(self.error("Invalid \\uXXXX escape"))
            }
        }
    }

    fn array(&mut self, depth: usize) -> Result<B::Value, B::Error> {
        self.at += 1;
        let mut items = Vec::new();
        self.skip_space();
        if self.take("]") {
            return self.builder.array(items);
        }
        loop {
            self.skip_space();
            items.push(self.value(depth + 1)?);
            self.skip_space();
            if self.take("]") {
                return self.builder.array(items);
            }
            if !self.take(",") {
                return Err(self.error("Expecting ',' delimiter").into());
            }
        }
    }

    fn object(&mut self, depth: usize) -> Result<B::Value, B::Error> {
        self.at += 1;
        let mut entries: Vec<(Rc<str>, B::Value)> = Vec::new();
        let mut positions: HashMap<Rc<str>, usize> = HashMap::new();
        self.skip_space();
        if self.take("}") {
            return self.builder.object(entries);
        }
        loop {
            self.skip_space();
            if self.peek() != Some(b'"') {
                return Err(self
                    .error("Expecting property name enclosed in double quotes")
                    .into());
            }
            let key: Rc<str> = self.string()?.into();
            self.skip_space();
            if !self.take(":") {
                return Err(self.error("Expecting ':' delimiter").into());
            }
            self.skip_space();
            let value = self.value(depth + 1)?;
            match positions.get(&key) {
                Some(&position) => entries[position].1 = value,
                None => {
                    positions.insert(Rc::clone(&key), entries.len());
                    entries.push((key, value));
                }
            }
            self.skip_space();
            if self.take("}") {
                return self.builder.object(entries);
            }
            if !self.take(",") {
                return Err(self.error("Expecting ',' delimiter").into());
            }
        }
    }
}

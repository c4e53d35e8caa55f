//! TOML files with positions: typed reading of tables, with file, line and key in errors.

use std::ops::Range;
use std::path::{Path, PathBuf};

use bindery_diagnostic::{Diagnostic, Kind};
use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

/// Text of a configuration file, and its path.
pub struct TomlFile {
    path: PathBuf,
    text: String,
}

impl TomlFile {
    /// Reads a file; `None` if it does not exist.
    pub fn read(path: &Path) -> Result<Option<Self>, Diagnostic> {
        match std::fs::read_to_string(path) {
            Ok(text) => Ok(Some(Self {
                path: path.to_owned(),
                text,
            })),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => {
                let message = format!("cannot read the configuration file `{}`", path.display());
                Err(Diagnostic::new(Kind::Invalid, message).cause(error))
            }
        }
    }

    /// Parses the text.
    pub fn parse(&self) -> Result<Spanned<DeTable<'_>>, Diagnostic> {
        DeTable::parse(&self.text).map_err(|error| {
            let diagnostic =
                Diagnostic::new(Kind::Invalid, "the configuration file is not valid TOML");
            // The parser puts advice on further lines.
            let reason = error.message().lines().collect::<Vec<_>>().join(", ");
            diagnostic
                .at(&self.path, error.span().map(|span| self.position(&span)))
                .cause(reason)
        })
    }

    /// Returns a path of this file as an absolute path. A relative path starts at the folder of the file.
    pub fn resolve(&self, path: &str) -> PathBuf {
        let path = self.path.parent().unwrap_or(Path::new("")).join(path);
        // Plugins that are programs run in another working folder.
        std::path::absolute(&path).unwrap_or(path)
    }

    /// Returns an error at these bytes of the file.
    fn error(&self, message: String, span: &Range<usize>) -> Diagnostic {
        Diagnostic::new(Kind::Invalid, message).at(&self.path, Some(self.position(span)))
    }

    /// Returns line and column of the first byte. Both count from 1, columns in characters.
    fn position(&self, span: &Range<usize>) -> (usize, usize) {
        let before = self.text.get(..span.start).unwrap_or(&self.text);
        let line = before.rsplit('\n').next().unwrap_or_default();
        (before.matches('\n').count() + 1, line.chars().count() + 1)
    }
}

/// Table of the file, with its path for messages and the errors of the whole file so far.
pub struct Section<'a, 'e> {
    file: &'a TomlFile,
    path: String,
    table: &'a DeTable<'a>,
    errors: &'e mut Vec<Diagnostic>,
}

/// Value of a table, with its place and name for messages.
pub struct Entry<'a> {
    /// Last part of the name.
    pub key: &'a str,
    /// Full name, as in `registry."localhost:5000".plain_http`.
    pub name: String,
    key_span: Range<usize>,
    value: &'a Spanned<DeValue<'a>>,
    file: &'a TomlFile,
}

impl<'a, 'e> Section<'a, 'e> {
    /// Returns the top table of a file.
    pub fn top(
        file: &'a TomlFile,
        table: &'a DeTable<'a>,
        errors: &'e mut Vec<Diagnostic>,
    ) -> Self {
        Self {
            file,
            path: String::new(),
            table,
            errors,
        }
    }

    /// Calls `read` for every entry, in the order of the keys, and keeps its errors.
    pub fn each(
        &mut self,
        mut read: impl FnMut(&Entry<'a>, &mut Vec<Diagnostic>) -> Result<(), Diagnostic>,
    ) {
        for (key, value) in self.table {
            let entry = entry(self.file, &self.path, key, value);
            if let Err(error) = read(&entry, self.errors) {
                self.errors.push(error);
            }
        }
    }
}

fn entry<'a>(
    file: &'a TomlFile,
    path: &str,
    key: &'a Spanned<DeString<'a>>,
    value: &'a Spanned<DeValue<'a>>,
) -> Entry<'a> {
    let text: &str = key.get_ref();
    let bare = !text.is_empty()
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    let quoted = if bare {
        text.to_owned()
    } else {
        format!("{text:?}")
    };
    let name = if path.is_empty() {
        quoted
    } else {
        format!("{path}.{quoted}")
    };
    Entry {
        key: text,
        name,
        key_span: key.span(),
        value,
        file,
    }
}

impl<'a> Entry<'a> {
    /// Returns the error for an unknown key.
    pub fn unknown(&self, allowed: &[&str]) -> Diagnostic {
        let hint = format!("allowed keys: {}", allowed.join(", "));
        self.file
            .error(format!("unknown key `{}`", self.name), &self.key_span)
            .hint(hint)
    }

    /// Returns an error about the key.
    pub fn refuse(&self, message: String) -> Diagnostic {
        self.file.error(message, &self.key_span)
    }

    /// Returns an error about the value.
    pub fn invalid(&self, message: String) -> Diagnostic {
        self.file.error(message, &self.value.span())
    }

    fn expected(&self, what: &str) -> Diagnostic {
        self.invalid(format!(
            "`{}` must be {what}, not {}",
            self.name,
            article(self.value.get_ref())
        ))
    }

    /// Returns a truth value.
    pub fn boolean(&self) -> Result<bool, Diagnostic> {
        self.value
            .get_ref()
            .as_bool()
            .ok_or_else(|| self.expected("true or false"))
    }

    /// Returns a text.
    pub fn text(&self) -> Result<&'a str, Diagnostic> {
        self.value
            .get_ref()
            .as_str()
            .ok_or_else(|| self.expected("a text"))
    }

    /// Returns an absolute path in UTF-8. A relative path starts at the folder of the file.
    pub fn utf8_path(&self) -> Result<String, Diagnostic> {
        self.utf8(self.file.resolve(self.text()?))
    }

    fn utf8(&self, path: PathBuf) -> Result<String, Diagnostic> {
        let text = path.into_os_string().into_string();
        text.map_err(|path| {
            self.invalid(format!(
                "`{}` is below {path:?}, which is not UTF-8",
                self.name
            ))
        })
    }

    /// Returns a positive integer.
    pub fn count(&self) -> Result<u64, Diagnostic> {
        let number = self
            .value
            .get_ref()
            .as_integer()
            .and_then(|number| u64::from_str_radix(number.as_str(), number.radix()).ok());
        number
            .filter(|number| *number > 0)
            .ok_or_else(|| self.expected("a positive integer"))
    }

    /// Returns a list of texts.
    pub fn texts(&self) -> Result<Vec<&'a str>, Diagnostic> {
        let texts = self
            .value
            .get_ref()
            .as_array()
            .and_then(|array| array.iter().map(|text| text.get_ref().as_str()).collect());
        texts.ok_or_else(|| self.expected("a list of texts"))
    }

    /// Returns a list of paths. Relative paths start at the folder of the file.
    pub fn paths(&self) -> Result<Vec<PathBuf>, Diagnostic> {
        Ok(self
            .texts()?
            .into_iter()
            .map(|path| self.file.resolve(path))
            .collect())
    }

    /// Returns a command: a program and its arguments. A relative path of the program starts at the folder of the file, if it has a slash.
    pub fn command(&self) -> Result<Vec<String>, Diagnostic> {
        let words = self.texts()?;
        let Some(program) = words.first() else {
            return Err(self.expected("a program and its arguments"));
        };
        let program = if program.contains('/') {
            self.utf8(self.file.resolve(program))?
        } else {
            (*program).to_owned()
        };
        let arguments = words[1..].iter().map(|&word| word.to_owned());
        Ok(std::iter::once(program).chain(arguments).collect())
    }

    /// Returns a table.
    pub fn section<'e>(
        &self,
        errors: &'e mut Vec<Diagnostic>,
    ) -> Result<Section<'a, 'e>, Diagnostic> {
        let table = self
            .value
            .get_ref()
            .as_table()
            .ok_or_else(|| self.expected("a table"))?;
        Ok(Section {
            file: self.file,
            path: self.name.clone(),
            table,
            errors,
        })
    }

    /// Returns the tables of a list of tables.
    pub fn tables(&self) -> Result<Vec<Table<'a>>, Diagnostic> {
        let not_tables = || self.expected("a list of tables");
        let array = self.value.get_ref().as_array().ok_or_else(not_tables)?;
        let table = |value: &'a Spanned<DeValue<'a>>| {
            let table = value.get_ref().as_table().ok_or_else(not_tables)?;
            Ok(Table {
                file: self.file,
                path: self.name.clone(),
                span: value.span(),
                table,
            })
        };
        array.iter().map(table).collect()
    }

    /// Returns any value as JSON.
    pub fn json(&self) -> Result<serde_json::Value, Diagnostic> {
        json(self.value.get_ref()).ok_or_else(|| {
            self.invalid(format!(
                "`{}` has no form in JSON, in which plugins receive it",
                self.name
            ))
        })
    }
}

/// Table of a list of tables.
pub struct Table<'a> {
    file: &'a TomlFile,
    path: String,
    span: Range<usize>,
    table: &'a DeTable<'a>,
}

impl<'a> Table<'a> {
    /// Returns the entry with the key `key`.
    pub fn get(&self, key: &str) -> Option<Entry<'a>> {
        let (key, value) = self.table.iter().find(|(name, _)| name.get_ref() == key)?;
        Some(entry(self.file, &self.path, key, value))
    }

    /// Iterates over the entries.
    pub fn entries(&self) -> impl Iterator<Item = Entry<'a>> {
        self.table
            .iter()
            .map(|(key, value)| entry(self.file, &self.path, key, value))
    }

    /// Returns an error about the table as a whole.
    pub fn invalid(&self, message: String) -> Diagnostic {
        self.file.error(message, &self.span)
    }
}

/// Returns `text` as a TOML value; `None` if it is not exactly one value.
pub fn toml_value(text: &str) -> Option<serde_json::Value> {
    // A text may contain `#`, which would begin a comment.
    if text.contains(['#', '\n', '\r']) {
        return None;
    }
    let document = format!("value = {text}");
    let table = DeTable::parse(&document).ok()?;
    json(table.get_ref().get("value")?.get_ref())
}

fn article(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(_) => "a text".to_owned(),
        DeValue::Integer(number) => format!("{number}"),
        DeValue::Float(number) => format!("{number}"),
        DeValue::Boolean(truth) => format!("{truth}"),
        DeValue::Datetime(_) => "a date".to_owned(),
        DeValue::Array(_) => "a list".to_owned(),
        DeValue::Table(_) => "a table".to_owned(),
    }
}

/// Returns a value as JSON, a date as its text; `None` for infinite numbers and integers of more than 64 bits, which JSON does not have.
fn json(value: &DeValue<'_>) -> Option<serde_json::Value> {
    Some(match value {
        DeValue::String(text) => text.as_ref().into(),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
            .ok()?
            .into(),
        DeValue::Float(number) => {
            serde_json::Number::from_f64(number.as_str().parse().ok()?)?.into()
        }
        DeValue::Boolean(truth) => (*truth).into(),
        DeValue::Datetime(date) => date.to_string().into(),
        DeValue::Array(array) => array
            .iter()
            .map(|value| json(value.get_ref()))
            .collect::<Option<Vec<_>>>()?
            .into(),
        DeValue::Table(table) => {
            let members = table
                .iter()
                .map(|(key, value)| Some((key.get_ref().to_string(), json(value.get_ref())?)));
            serde_json::Value::Object(members.collect::<Option<_>>()?)
        }
    })
}

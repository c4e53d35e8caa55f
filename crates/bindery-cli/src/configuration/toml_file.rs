//! A configuration file with its places: typed reading of tables, with errors that name file, line, key and what is allowed.

use std::ops::Range;
use std::path::{Path, PathBuf};

use bindery_diagnostic::{Diagnostic, Kind};
use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

/// The text of a configuration file and where it is from.
pub struct TomlFile {
    path: PathBuf,
    text: String,
}

impl TomlFile {
    /// Reads a file; `None` if there is none.
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

    /// The tables in it, for as long as the file is kept.
    pub fn parse(&self) -> Result<Spanned<DeTable<'_>>, Diagnostic> {
        DeTable::parse(&self.text).map_err(|error| {
            let failure =
                Diagnostic::new(Kind::Invalid, "the configuration file is not valid TOML");
            // The parser puts its advice on further lines.
            let reason = error.message().lines().collect::<Vec<_>>().join(", ");
            failure
                .at(&self.path, error.span().map(|span| self.position(&span)))
                .cause(reason)
        })
    }

    /// A path from this file, absolute: relative ones start at the file's folder.
    pub fn resolve(&self, path: &str) -> PathBuf {
        let path = self.path.parent().unwrap_or(Path::new("")).join(path);
        // Programs are started in another folder than this program is in.
        std::path::absolute(&path).unwrap_or(path)
    }

    /// An error at these bytes of the file.
    fn failure(&self, message: String, span: &Range<usize>) -> Diagnostic {
        Diagnostic::new(Kind::Invalid, message).at(&self.path, Some(self.position(span)))
    }

    /// Line and column of the first byte, both from 1; columns count characters.
    fn position(&self, span: &Range<usize>) -> (usize, usize) {
        let before = self.text.get(..span.start).unwrap_or(&self.text);
        let line = before.rsplit('\n').next().unwrap_or_default();
        (before.matches('\n').count() + 1, line.chars().count() + 1)
    }
}

/// A table of the file: its path for messages, and the errors found so far in the whole file.
pub struct Section<'a, 'e> {
    file: &'a TomlFile,
    path: String,
    table: &'a DeTable<'a>,
    errors: &'e mut Vec<Diagnostic>,
}

/// A value of a table, with the place and name it has for messages.
pub struct Entry<'a> {
    /// The last part of its name.
    pub key: &'a str,
    /// Its full name, as in `registry."localhost:5000".plain_http`.
    pub name: String,
    key_span: Range<usize>,
    value: &'a Spanned<DeValue<'a>>,
    file: &'a TomlFile,
}

impl<'a, 'e> Section<'a, 'e> {
    /// The top of a file.
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

    /// Hands every entry to `read`, in the order of the keys' names, and keeps the errors that come back.
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
            .all(|it| it.is_ascii_alphanumeric() || it == '_' || it == '-');
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
    /// The error for a key that has no business here.
    pub fn unknown(&self, allowed: &[&str]) -> Diagnostic {
        let hint = format!("allowed here: {}", allowed.join(", "));
        self.file
            .failure(format!("unknown key `{}`", self.name), &self.key_span)
            .hint(hint)
    }

    /// An error about the key.
    pub fn refuse(&self, message: String) -> Diagnostic {
        self.file.failure(message, &self.key_span)
    }

    /// An error about the value.
    pub fn invalid(&self, message: String) -> Diagnostic {
        self.file.failure(message, &self.value.span())
    }

    fn expected(&self, what: &str) -> Diagnostic {
        self.invalid(format!(
            "`{}` must be {what}, not {}",
            self.name,
            article(self.value.get_ref())
        ))
    }

    /// A truth value.
    pub fn boolean(&self) -> Result<bool, Diagnostic> {
        self.value
            .get_ref()
            .as_bool()
            .ok_or_else(|| self.expected("true or false"))
    }

    /// A text.
    pub fn text(&self) -> Result<&'a str, Diagnostic> {
        self.value
            .get_ref()
            .as_str()
            .ok_or_else(|| self.expected("a text"))
    }

    /// A path as text; a relative one starts at the folder of the file.
    pub fn path_text(&self) -> Result<String, Diagnostic> {
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

    /// A number from 1 up.
    pub fn count(&self) -> Result<u64, Diagnostic> {
        let number = self
            .value
            .get_ref()
            .as_integer()
            .and_then(|number| u64::from_str_radix(number.as_str(), number.radix()).ok());
        number
            .filter(|number| *number > 0)
            .ok_or_else(|| self.expected("a whole number from 1 up"))
    }

    /// A list of texts.
    pub fn texts(&self) -> Result<Vec<&'a str>, Diagnostic> {
        let texts = self
            .value
            .get_ref()
            .as_array()
            .and_then(|array| array.iter().map(|it| it.get_ref().as_str()).collect());
        texts.ok_or_else(|| self.expected("a list of texts"))
    }

    /// A list of paths; relative ones start at the folder of the file.
    pub fn paths(&self) -> Result<Vec<PathBuf>, Diagnostic> {
        Ok(self
            .texts()?
            .into_iter()
            .map(|path| self.file.resolve(path))
            .collect())
    }

    /// A command: a program and its arguments. A relative program with a slash in it starts at the folder of the file.
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

    /// A table.
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

    /// The tables of a list of tables, each with a reader for its errors.
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

    /// Whatever it is, as JSON.
    pub fn json(&self) -> Result<serde_json::Value, Diagnostic> {
        json(self.value.get_ref()).ok_or_else(|| {
            self.invalid(format!(
                "`{}` holds a value that plugins cannot be given",
                self.name
            ))
        })
    }
}

/// One table of a list of tables.
pub struct Table<'a> {
    file: &'a TomlFile,
    path: String,
    span: Range<usize>,
    table: &'a DeTable<'a>,
}

impl<'a> Table<'a> {
    /// The entry under `key`.
    pub fn get(&self, key: &str) -> Option<Entry<'a>> {
        let (key, value) = self.table.iter().find(|(name, _)| name.get_ref() == key)?;
        Some(entry(self.file, &self.path, key, value))
    }

    /// All entries.
    pub fn entries(&self) -> impl Iterator<Item = Entry<'a>> {
        self.table
            .iter()
            .map(|(key, value)| entry(self.file, &self.path, key, value))
    }

    /// An error about the table as a whole.
    pub fn invalid(&self, message: String) -> Diagnostic {
        self.file.failure(message, &self.span)
    }
}

/// The value that `text` is in TOML, if it is one and nothing more.
pub fn toml_value(text: &str) -> Option<serde_json::Value> {
    // What follows a comment sign is part of a text.
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

/// `None` for what JSON has no words for: infinite numbers, and integers of more than 64 bits. A date becomes its text.
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
            .map(|it| json(it.get_ref()))
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

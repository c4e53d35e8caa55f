//! Errors of values that do not conform to the table, and of bytes that cannot be read.

use std::error::Error;
use std::fmt;

use crate::thrift::{EnumType, StructType};

/// Error for a value that does not conform to the table.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{misfit}, at `{path}`")]
pub struct ShapeError {
    /// Path from the struct that was being built: `TaskConfig.resources[2]`.
    pub path: String,
    /// Rule of the table that the value breaks.
    pub misfit: Misfit,
}

/// Rule of the table that a value breaks.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Misfit {
    /// The struct does not have the field.
    #[error("`{}` has no field `{field}`", owner.name)]
    UnknownField {
        /// Struct.
        owner: &'static StructType,
        /// Name of the field.
        field: String,
    },
    /// The value does not have the type of the field.
    #[error("expected {expected}, found {found}")]
    WrongType {
        /// Type in the table.
        expected: String,
        /// Type of the value.
        found: String,
    },
    /// A union has one field at a time.
    #[error("union `{}` already has `{present}` and cannot have `{added}`", owner.name)]
    SecondField {
        /// Union.
        owner: &'static StructType,
        /// Field that is set.
        present: &'static str,
        /// Field that came second.
        added: &'static str,
    },
    /// A union in another value must have a field.
    #[error("union `{}` has no field", owner.name)]
    EmptyUnion {
        /// Union.
        owner: &'static StructType,
    },
    /// The enum does not have the name or the number.
    #[error("`{}` has no value `{value}`", owner.name)]
    UnknownValue {
        /// Enum.
        owner: &'static EnumType,
        /// Name or number.
        value: String,
    },
    /// The integer does not fit its type, or the number of bytes or elements does not fit in 32 bits.
    #[error("{value} does not fit into {expected}")]
    TooLarge {
        /// Number.
        value: i128,
        /// Type in the table.
        expected: String,
    },
}

impl ShapeError {
    /// Returns the names that the table has.
    pub fn hint(&self) -> Option<String> {
        self.misfit.hint()
    }

    /// Returns the error with `outer` in front of its path.
    pub(crate) fn within(mut self, outer: impl fmt::Display) -> Self {
        self.path = format!("{outer}{}", self.path);
        self
    }
}

impl Misfit {
    fn hint(&self) -> Option<String> {
        match self {
            Self::UnknownField { owner, .. } | Self::EmptyUnion { owner } => Some(format!(
                "the fields of `{}` are {}",
                owner.name,
                quote_all(owner.fields.iter().map(|field| field.name))
            )),
            Self::UnknownValue { owner, .. } => Some(format!(
                "the values of `{}` are {}",
                owner.name,
                quote_all(owner.values.iter().map(|(name, _)| *name))
            )),
            Self::SecondField { .. } => Some("build another value of the union".to_owned()),
            Self::WrongType { .. } | Self::TooLarge { .. } => None,
        }
    }
}

fn quote_all<'n>(names: impl Iterator<Item = &'n str>) -> String {
    let quoted: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    quoted.join(", ")
}

impl From<Misfit> for ShapeError {
    fn from(misfit: Misfit) -> Self {
        Self {
            path: String::new(),
            misfit,
        }
    }
}

/// Error for bytes or a text that cannot be read as a value.
#[derive(Debug)]
pub struct ReadError {
    /// Number of bytes before the error; unknown for a misfit in named fields.
    pub offset: Option<usize>,
    /// Path from the struct that was being read: `TaskConfig.resources[2]`. Empty outside of a struct.
    pub path: String,
    /// Cause.
    pub fault: Fault,
}

/// Cause of a read error.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// The text is not JSON, or not JSON of this form.
    #[error("invalid JSON for this form")]
    Json(#[source] serde_json::Error),
    /// The value does not conform to the table.
    #[error(transparent)]
    Misfit(#[from] Misfit),
    /// A string is not UTF-8.
    #[error("string that is not UTF-8")]
    NotUtf8,
    /// The input ends within a value.
    #[error("unexpected end of input: {wanted} or more bytes expected")]
    Truncated {
        /// Least number of bytes that should follow.
        wanted: u64,
    },
    /// Bytes follow the value.
    #[error("trailing bytes: {count}")]
    Trailing {
        /// Number of bytes.
        count: usize,
    },
    /// A length is negative.
    #[error("negative length {length}")]
    Length {
        /// Length.
        length: i32,
    },
    /// A byte is not the code of a type.
    #[error("expected a type, found byte {code}")]
    UnknownType {
        /// Byte.
        code: u8,
    },
    /// A boolean is neither 0 nor 1.
    #[error("expected a boolean, found byte {byte}")]
    Truth {
        /// Byte.
        byte: u8,
    },
    /// The elements do not have the type of the table.
    #[error("expected elements of type `{expected}`, found `{found}`")]
    Elements {
        /// Type in the table, by its name in the JSON protocol.
        expected: &'static str,
        /// Type in the input.
        found: String,
    },
    /// A count differs from the number of elements.
    #[error("expected {counted} elements, found {found}")]
    Count {
        /// Count in the input.
        counted: u64,
        /// Number of elements.
        found: u64,
    },
    /// A field id or the key of a map is malformed.
    #[error("expected {expected}, found `{text}`")]
    Malformed {
        /// Text in the input.
        text: String,
        /// Expected kind of text, with its article.
        expected: &'static str,
    },
    /// Skipped fields are nested too deeply.
    #[error("fields nested more than {limit} deep")]
    TooDeep {
        /// Greatest depth.
        limit: usize,
    },
    /// The message has another protocol, or another version of the protocol.
    #[error("expected protocol version {expected}, found {found}")]
    Version {
        /// Version of the protocol.
        expected: &'static str,
        /// Version in the input.
        found: String,
    },
    /// The type of the message is unknown.
    #[error("expected a message type, found {kind}")]
    UnknownKind {
        /// Number in the input.
        kind: i64,
    },
    /// The table does not have the method of the message.
    #[error("no service has a method `{name}`")]
    UnknownMethod {
        /// Name in the message.
        name: String,
    },
}

impl ReadError {
    /// Returns the names that the table has.
    pub fn hint(&self) -> Option<String> {
        match &self.fault {
            Fault::Misfit(misfit) => misfit.hint(),
            _ => None,
        }
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.fault)?;
        if let Some(offset) = self.offset {
            write!(f, ", at byte {offset}")?;
        }
        if !self.path.is_empty() {
            write!(f, ", in `{}`", self.path)?;
        }
        Ok(())
    }
}

impl Error for ReadError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        // The message of the fault is part of this error's message.
        self.fault.source()
    }
}

impl From<ShapeError> for ReadError {
    fn from(error: ShapeError) -> Self {
        Self {
            offset: None,
            path: error.path,
            fault: error.misfit.into(),
        }
    }
}

/// Position of a reader in a value. After a failure, the position of the fault.
#[derive(Debug, Default)]
pub(crate) struct ValuePath(Vec<Step>);

#[derive(Debug)]
enum Step {
    Struct(&'static str),
    Field(&'static str),
    Index(usize),
}

impl ValuePath {
    /// Returns the position in a struct that is not part of another value.
    pub(crate) fn within(owner: &'static StructType) -> Self {
        Self(vec![Step::Struct(owner.name)])
    }

    pub(crate) fn enter_field(&mut self, name: &'static str) {
        self.0.push(Step::Field(name));
    }

    pub(crate) fn enter_index(&mut self, index: usize) {
        self.0.push(Step::Index(index));
    }

    pub(crate) fn enter_struct(&mut self, owner: &'static StructType) {
        self.0.push(Step::Struct(owner.name));
    }

    pub(crate) fn leave(&mut self) {
        self.0.pop();
    }
}

impl fmt::Display for ValuePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for step in &self.0 {
            match step {
                Step::Struct(name) => f.write_str(name)?,
                Step::Field(name) => write!(f, ".{name}")?,
                Step::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

/// Returns the number of bytes before the position of a serde_json error.
pub(crate) fn json_offset(text: &[u8], error: &serde_json::Error) -> usize {
    let lines = text.split_inclusive(|byte| *byte == b'\n');
    let before: usize = lines
        .take(error.line().saturating_sub(1))
        .map(<[u8]>::len)
        .sum();
    (before + error.column()).min(text.len())
}

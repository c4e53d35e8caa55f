//! What can be wrong with values, and with bytes that should hold some.

use std::{error::Error, fmt};

use crate::thrift::{EnumType, StructType};

/// A value does not conform to the table.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{misfit}, at `{path}`")]
pub struct ShapeError {
    /// Where, from the struct that was being built: `TaskConfig.resources[2]`.
    pub path: String,
    /// What does not fit.
    pub misfit: Misfit,
}

/// What does not fit.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Misfit {
    /// A field that the struct does not have.
    #[error("`{}` has no field `{field}`", owner.name)]
    UnknownField {
        /// The struct.
        owner: &'static StructType,
        /// The name that was given.
        field: String,
    },
    /// A value of another type than the field's.
    #[error("{found} where {expected} belongs")]
    WrongType {
        /// The type in the table.
        expected: String,
        /// What there was.
        found: String,
    },
    /// A second field in a union.
    #[error("union `{}` holds `{present}` and cannot hold `{added}` beside it", owner.name)]
    SecondField {
        /// The union.
        owner: &'static StructType,
        /// The field that it holds.
        present: &'static str,
        /// The field that came second.
        added: &'static str,
    },
    /// A union without a field, inside of something that will be sent.
    #[error("union `{}` holds nothing", owner.name)]
    EmptyUnion {
        /// The union.
        owner: &'static StructType,
    },
    /// A name or a number that the enum does not have.
    #[error("`{}` has no value `{value}`", owner.name)]
    UnknownValue {
        /// The enum.
        owner: &'static EnumType,
        /// What was given.
        value: String,
    },
    /// An integer with too many digits, or more bytes or elements than a message can count.
    #[error("{value} does not fit into {expected}")]
    TooLarge {
        /// The number.
        value: i128,
        /// The type in the table.
        expected: String,
    },
}

impl ShapeError {
    /// What would have been right, where the table knows it.
    pub fn hint(&self) -> Option<String> {
        self.misfit.hint()
    }

    /// The same, seen from further outside.
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
                listed(owner.fields.iter().map(|field| field.name))
            )),
            Self::UnknownValue { owner, .. } => Some(format!(
                "the values of `{}` are {}",
                owner.name,
                listed(owner.values.iter().map(|(name, _)| *name))
            )),
            Self::SecondField { .. } => Some("build another value of the union".to_owned()),
            Self::WrongType { .. } | Self::TooLarge { .. } => None,
        }
    }
}

fn listed<'n>(names: impl Iterator<Item = &'n str>) -> String {
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

/// Bytes or a text hold no such value.
#[derive(Debug)]
pub struct ReadError {
    /// How many bytes were read before it was noticed; unknown for a misfit in named fields.
    pub offset: Option<usize>,
    /// Where, from the struct that was to be read: `TaskConfig.resources[2]`. Empty outside of a struct.
    pub path: String,
    /// What is wrong there.
    pub fault: Fault,
}

/// What is wrong with bytes.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// No JSON, or not the JSON that the form prescribes.
    #[error("not the JSON of this form")]
    Json(#[source] serde_json::Error),
    /// A value that does not conform to the table.
    #[error(transparent)]
    Misfit(#[from] Misfit),
    /// A text that is no UTF-8.
    #[error("text that is not UTF-8")]
    NotUtf8,
    /// The end, in the midst of a value.
    #[error("end of input, and bytes still to come: {wanted}")]
    Truncated {
        /// How many bytes there should be at least.
        wanted: u64,
    },
    /// Bytes after the value.
    #[error("bytes after the end of the value: {count}")]
    Trailing {
        /// How many.
        count: usize,
    },
    /// A length below zero.
    #[error("a length below zero: {length}")]
    Length {
        /// The length that was read.
        length: i32,
    },
    /// A byte that stands for no type.
    #[error("byte {code} where a type belongs")]
    UnknownType {
        /// The byte.
        code: u8,
    },
    /// A truth value that is neither 0 nor 1.
    #[error("byte {byte} where a truth value belongs")]
    Truth {
        /// The byte.
        byte: u8,
    },
    /// Elements of another type than the table's.
    #[error("elements of type `{found}` where `{expected}` belongs")]
    Elements {
        /// The type in the table, as the JSON protocol calls it.
        expected: &'static str,
        /// The type in the input.
        found: String,
    },
    /// A count that is not the count of what follows.
    #[error("count {counted}, and number of elements {found}")]
    Count {
        /// What the input says.
        counted: u64,
        /// What the input has.
        found: u64,
    },
    /// A field id, a map's key or a number that does not have the form of one.
    #[error("`{text}` where {expected} belongs")]
    Malformed {
        /// What there is.
        text: String,
        /// What should be there.
        expected: &'static str,
    },
    /// Skipped fields inside of skipped fields, without end.
    #[error("fields nested more than {limit} deep")]
    TooDeep {
        /// How deep they may be.
        limit: usize,
    },
    /// No message of this protocol and this version of it.
    #[error("no message of this protocol: version {found} where {expected} belongs")]
    Version {
        /// What the protocol writes.
        expected: &'static str,
        /// What there is.
        found: String,
    },
    /// A type of message that thrift does not have.
    #[error("{kind} where a type of message belongs")]
    UnknownKind {
        /// The number that was read.
        kind: i64,
    },
    /// A call or an answer of a method that the table does not have.
    #[error("no service has a method `{name}`")]
    UnknownMethod {
        /// The name in the message.
        name: String,
    },
}

impl ReadError {
    /// What would have been right, where the table knows it.
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
        // The fault's own text is in ours already.
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

/// Where a reader is; what it leaves behind when it fails is the place of the fault.
#[derive(Debug, Default)]
pub(crate) struct Place(Vec<Step>);

#[derive(Debug)]
enum Step {
    Struct(&'static str),
    Field(&'static str),
    Index(usize),
}

impl Place {
    /// A place inside of a struct that nothing holds.
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

impl fmt::Display for Place {
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

/// Where serde_json stopped, as a count of bytes.
pub(crate) fn json_offset(text: &[u8], error: &serde_json::Error) -> usize {
    let lines = text.split_inclusive(|byte| *byte == b'\n');
    let before: usize = lines
        .take(error.line().saturating_sub(1))
        .map(<[u8]>::len)
        .sum();
    (before + error.column()).min(text.len())
}

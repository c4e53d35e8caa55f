//! Errors of template operations.

use std::fmt;

use crate::Origin;

/// Kind of an error, named for the class that the original raises, since job files catch errors by class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Text that is not a valid address (`Ref.InvalidRefError`).
    InvalidRef,
    /// Value that its type cannot hold (`Object.CoercionError`, a `ValueError`).
    Coercion,
    /// Template whose expansion does not end (`MustacheParser.Uninterpolatable`).
    Uninterpolatable,
    /// Struct made from anything but a mapping (`IsNotMappingError`, a `ValueError`).
    NotMapping,
    /// `ValueError`.
    Value,
    /// `AttributeError`: an unknown field or accessor.
    Attribute,
    /// `TypeError`.
    Type,
    /// `AssertionError`.
    Assertion,
    /// `KeyError`.
    Key,
    /// `IndexError`.
    Index,
    /// Ref for which a namable object has no value (`Namable.NotFound`).
    NotFound,
}

impl ErrorKind {
    /// Returns the name of the class that the original raises.
    pub fn class_name(self) -> &'static str {
        match self {
            ErrorKind::InvalidRef => "InvalidRefError",
            ErrorKind::Coercion => "CoercionError",
            ErrorKind::Uninterpolatable => "Uninterpolatable",
            ErrorKind::NotMapping => "IsNotMappingError",
            ErrorKind::Value => "ValueError",
            ErrorKind::Attribute => "AttributeError",
            ErrorKind::Type => "TypeError",
            ErrorKind::Assertion => "AssertionError",
            ErrorKind::Key => "KeyError",
            ErrorKind::Index => "IndexError",
            ErrorKind::NotFound => "NotFound",
        }
    }

    /// Returns whether the class is `ValueError` or derived from it.
    pub fn is_value_error(self) -> bool {
        matches!(
            self,
            ErrorKind::Value | ErrorKind::Coercion | ErrorKind::NotMapping
        )
    }
}

/// Step from a composite to the part that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Segment {
    /// Field of a struct.
    Field(String),
    /// Element of a list, counted from 0.
    Element(usize),
    /// Key of a map, or the value of the key.
    Key(String),
}

/// Error with its kind, the message of the original, the position of the text that caused it, and the path to the failing part.
#[derive(Clone)]
pub struct Error(Box<Inner>);

#[derive(Clone)]
struct Inner {
    kind: ErrorKind,
    message: String,
    origin: Option<Origin>,
    /// Innermost first, since the path grows while the error travels outwards.
    path: Vec<Segment>,
    hint: Option<String>,
}

impl Error {
    /// Creates an error without a position.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Error(Box::new(Inner {
            kind,
            message: message.into(),
            origin: None,
            path: Vec::new(),
            hint: None,
        }))
    }

    /// Returns the error with the position of the value that caused it. Keeps a known position.
    #[must_use]
    pub fn at(mut self, origin: Option<Origin>) -> Self {
        self.0.origin = self.0.origin.or(origin);
        self
    }

    /// Returns the error with advice for the user. Keeps earlier advice.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hint.get_or_insert_with(|| hint.into());
        self
    }

    pub(crate) fn within(mut self, segment: Segment) -> Self {
        self.0.path.push(segment);
        self
    }

    /// Returns the kind.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Returns the message of the original.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// Returns the position of the text or object that caused the error.
    pub fn origin(&self) -> Option<Origin> {
        self.0.origin
    }

    /// Returns advice for the user.
    pub fn hint(&self) -> Option<&str> {
        self.0.hint.as_deref()
    }

    /// Returns the path from the outermost object to the failing part, as in `task.processes[0].cmdline`; empty for the object
    /// itself.
    pub fn path(&self) -> String {
        path_text(self.0.path.iter().rev())
    }
}

/// Returns a path as text; `segments` are in order from the outside.
pub(crate) fn path_text<'a>(segments: impl Iterator<Item = &'a Segment>) -> String {
    let mut text = String::new();
    for segment in segments {
        match segment {
            Segment::Field(name) => {
                if !text.is_empty() {
                    text.push('.');
                }
                text.push_str(name);
            }
            Segment::Element(index) => text.push_str(&format!("[{index}]")),
            Segment::Key(key) => text.push_str(&format!("[{key}]")),
        }
    }
    text
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.kind.class_name(), self.0.message)
    }
}

impl std::error::Error for Error {}

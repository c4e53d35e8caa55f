//! Why a template operation could not be carried out.

use std::fmt;

use crate::Origin;

/// What kind of error it is: named for the class the original raises, since files catch them by class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A text that is no address (`Ref.InvalidRefError`).
    InvalidRef,
    /// A value that its type cannot hold (`Object.CoercionError`, a `ValueError`).
    Coercion,
    /// A template that does not come to an end (`MustacheParser.Uninterpolatable`).
    Uninterpolatable,
    /// A struct given something else than a mapping (`IsNotMappingError`, a `ValueError`).
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
    /// A ref that a namable object does not answer (`Namable.NotFound`).
    NotFound,
}

impl ErrorKind {
    /// The name of the class that the original raises.
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

    /// Whether the class is `ValueError` or derived from it.
    pub fn is_value_error(self) -> bool {
        matches!(
            self,
            ErrorKind::Value | ErrorKind::Coercion | ErrorKind::NotMapping
        )
    }
}

/// One step from a composite to the part that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Segment {
    /// A field of a struct.
    Field(String),
    /// An element of a list, from 0.
    Element(usize),
    /// A key of a map, or the value under it.
    Key(String),
}

/// An error with its kind, the reference's own message text, the place of the text that caused it, and the path to it.
#[derive(Clone)]
pub struct Error(Box<Inner>);

#[derive(Clone)]
struct Inner {
    kind: ErrorKind,
    message: String,
    origin: Option<Origin>,
    /// Innermost first, since it grows while the error travels outwards.
    path: Vec<Segment>,
    hint: Option<String>,
}

impl Error {
    /// An error without a place.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Error(Box::new(Inner {
            kind,
            message: message.into(),
            origin: None,
            path: Vec::new(),
            hint: None,
        }))
    }

    /// The same with the place of the value that caused it, unless one is known already.
    #[must_use]
    pub fn at(mut self, origin: Option<Origin>) -> Self {
        self.0.origin = self.0.origin.or(origin);
        self
    }

    /// The same with what the user can do about it, unless that is said already.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hint.get_or_insert_with(|| hint.into());
        self
    }

    pub(crate) fn within(mut self, segment: Segment) -> Self {
        self.0.path.push(segment);
        self
    }

    /// What kind of error it is.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The reference's text.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// Where the text or object stood that caused it.
    pub fn origin(&self) -> Option<Origin> {
        self.0.origin
    }

    /// What the user can do about it.
    pub fn hint(&self) -> Option<&str> {
        self.0.hint.as_deref()
    }

    /// The path from the outermost object to the failing part, as in `task.processes[0].cmdline`; empty for the object itself.
    pub fn path(&self) -> String {
        path_text(self.0.path.iter().rev())
    }
}

/// A path as text, from its segments in order from the outside.
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

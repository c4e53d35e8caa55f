//! Texts with the position they come from.

use std::fmt;
use std::ops::Deref;
use std::rc::Rc;

/// Position of a text or an object in a source. Opaque here: the evaluator of the source assigns and interprets the number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Origin(pub u32);

/// Text with its position in a source. Equality compares only the text.
#[derive(Clone)]
pub struct Text {
    text: Rc<str>,
    origin: Option<Origin>,
}

impl Text {
    /// Creates a text without a position.
    pub fn new(text: impl Into<Rc<str>>) -> Self {
        Text {
            text: text.into(),
            origin: None,
        }
    }

    /// Creates a text at `origin`.
    pub fn with_origin(text: impl Into<Rc<str>>, origin: Option<Origin>) -> Self {
        Text {
            text: text.into(),
            origin,
        }
    }

    /// Returns the text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns the shared text.
    pub fn shared(&self) -> &Rc<str> {
        &self.text
    }

    /// Returns the position of the text.
    pub fn origin(&self) -> Option<Origin> {
        self.origin
    }
}

impl Deref for Text {
    type Target = str;
    fn deref(&self) -> &str {
        &self.text
    }
}

impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Text {}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Text::new(text)
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Text::new(text)
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

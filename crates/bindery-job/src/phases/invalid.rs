//! Refusal of a job, in the words of the original client.

use std::fmt;

use bindery_core::{Error, Object, Origin, Value};

/// Error for a job that the original client refuses: its first reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidJob {
    message: String,
    path: String,
    origin: Option<Origin>,
    hint: Option<String>,
}

impl InvalidJob {
    /// Creates a refusal with the prefix that most messages of the original have.
    pub(crate) fn configuration(message: impl fmt::Display) -> Self {
        InvalidJob::bare(format!("The configuration was invalid: {message}"))
    }

    /// Creates a refusal without the prefix.
    pub(crate) fn bare(message: impl Into<String>) -> Self {
        InvalidJob {
            message: message.into(),
            path: String::new(),
            origin: None,
            hint: None,
        }
    }

    /// Returns the refusal with the path and the position of `part`, unless it has others already.
    #[must_use]
    pub(crate) fn within(mut self, path: &str, part: Option<&Object>) -> Self {
        if self.path.is_empty() {
            path.clone_into(&mut self.path);
        }
        self.origin = self.origin.or_else(|| part.and_then(origin_of));
        self
    }

    /// Returns the refusal with this advice.
    #[must_use]
    pub(crate) fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Returns the original's text; some texts begin and end with a line break.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Returns the path of the refused part, as in `task.resources`; empty for the job itself.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Returns the position of the refused part in its source.
    pub fn origin(&self) -> Option<Origin> {
        self.origin
    }

    /// Returns advice for the author of the job file.
    pub fn hint(&self) -> Option<&str> {
        self.hint.as_deref()
    }
}

/// Returns the position of a part: of its text, otherwise of the call that made it, otherwise of its first element with a position.
pub(crate) fn origin_of(part: &Object) -> Option<Origin> {
    let text = match part.raw() {
        Some(Value::String(text)) => text.origin(),
        _ => None,
    };
    text.or(part.origin())
        .or_else(|| part.items().iter().find_map(origin_of))
}

impl fmt::Display for InvalidJob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message.trim_matches('\n'))
    }
}

impl std::error::Error for InvalidJob {}

/// Keeps the message of a template error as it is: the original does not prefix it.
impl From<Error> for InvalidJob {
    fn from(error: Error) -> Self {
        InvalidJob {
            message: error.message().to_owned(),
            path: error.path(),
            origin: error.origin(),
            hint: error.hint().map(str::to_owned),
        }
    }
}

//! Why a job is refused, in the words of the original client.

use std::fmt;

use bindery_core::{Error, Object, Origin, Value};

/// The first thing for which the original refuses a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidJob {
    message: String,
    path: String,
    origin: Option<Origin>,
    hint: Option<String>,
}

impl InvalidJob {
    /// A refusal with the prefix that the original gives to most of them.
    pub(crate) fn configuration(message: impl fmt::Display) -> Self {
        InvalidJob::bare(format!("The configuration was invalid: {message}"))
    }

    /// A refusal that the original shows as it stands.
    pub(crate) fn bare(message: impl Into<String>) -> Self {
        InvalidJob {
            message: message.into(),
            path: String::new(),
            origin: None,
            hint: None,
        }
    }

    /// The same, for the part `path` of the job, unless a part is known already.
    #[must_use]
    pub(crate) fn within(mut self, path: &str, part: Option<&Object>) -> Self {
        if self.path.is_empty() {
            path.clone_into(&mut self.path);
        }
        self.origin = self.origin.or_else(|| part.and_then(place));
        self
    }

    /// The same, with what the user can do.
    #[must_use]
    pub(crate) fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The original's text; some begin and end with a line's end.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The part of the job, as in `task.resources`; empty for the job itself.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Where the part stood.
    pub fn origin(&self) -> Option<Origin> {
        self.origin
    }

    /// What the user can do about it.
    pub fn hint(&self) -> Option<&str> {
        self.hint.as_deref()
    }
}

/// Where a part stood: what was written for it, else what it was made by; of a list the first of its parts that stood somewhere.
pub(crate) fn place(part: &Object) -> Option<Origin> {
    let written = match part.raw() {
        Some(Value::String(text)) => text.origin(),
        _ => None,
    };
    written
        .or(part.origin())
        .or_else(|| part.items().iter().find_map(place))
}

impl fmt::Display for InvalidJob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message.trim_matches('\n'))
    }
}

impl std::error::Error for InvalidJob {}

/// Errors of templates pass without the prefix.
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

//! What a load ends in when it does not succeed: one error with its place, its way there, and what to do.

use std::fmt;

/// A place in a source text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file as the program named it: relative to the top file's folder where it is below it.
    pub file: String,
    /// Line, counted from 1.
    pub line: u32,
    /// Column in characters, counted from 1.
    pub column: u32,
    /// The text of that line, without its end.
    pub text: String,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// One step on the way to an error, innermost first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What was entered.
    pub what: StepKind,
    /// Where it was entered from.
    pub place: Place,
}

/// What a [`Step`] entered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StepKind {
    /// A function of the job file, by name.
    Call(String),
    /// Another file, by its path.
    Include(String),
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.what {
            StepKind::Call(name) => write!(f, "in `{name}`, called at {}", self.place),
            StepKind::Include(path) => write!(f, "in `{path}`, included at {}", self.place),
        }
    }
}

/// What sort of failure an [`Error`] is, as far as callers treat them differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The text is no program.
    Syntax,
    /// The program raised an exception, itself or by what it called.
    Raised,
    /// The program uses something this evaluator does not have.
    NotSupported,
    /// One of the limits was reached.
    Limit,
    /// The top file could not be read.
    NotFound,
}

/// Why a file did not load.
///
/// `Display` prints the message alone, in the words of the original; place, steps and hint are separate.
#[derive(Clone, Debug)]
pub struct Error {
    /// The sort of failure.
    pub kind: ErrorKind,
    /// The Python name of the exception's class, such as `ValueError` or `CoercionError`.
    pub class: String,
    /// Whether that class is `ValueError` or derives from it.
    pub is_value_error: bool,
    /// The message, as Python or pystachio words it.
    pub message: String,
    /// Where it happened.
    pub place: Option<Box<Place>>,
    /// Calls and includes that led there, innermost first.
    pub steps: Vec<Step>,
    /// What to do about it.
    pub hint: Option<String>,
}

impl Error {
    /// Whether the original client reports this as an invalid config: a syntax error or any `ValueError`.
    pub fn is_invalid_config(&self) -> bool {
        self.kind == ErrorKind::Syntax || self.is_value_error
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

/// Something worth saying about a file that loaded all the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// What was seen.
    pub message: String,
    /// Where.
    pub place: Option<Place>,
    /// What to do about it.
    pub hint: Option<String>,
}

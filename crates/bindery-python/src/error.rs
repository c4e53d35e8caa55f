//! Errors and warnings of a run, with positions and hints.

use std::fmt;

/// Position in a source text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// File as the program named it: relative to the top file's folder if it is below it.
    pub file: String,
    /// Line, counted from 1.
    pub line: u32,
    /// Column in characters, counted from 1.
    pub column: u32,
    /// Text of the line, without its end.
    pub text: String,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// One step of the call chain of an error, innermost first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Function or file that was entered.
    pub what: StepKind,
    /// Position of the call or include.
    pub place: Place,
}

/// Kind of a [`Step`].
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

/// Kind of an [`Error`], as far as callers treat errors differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The text is not a valid program.
    Syntax,
    /// The program, or a function it called, raised an exception.
    Raised,
    /// The program uses a construct that the evaluator does not have.
    NotSupported,
    /// The program reached a limit.
    Limit,
    /// The top file could not be read.
    NotFound,
}

/// Error that ended a run.
///
/// `Display` prints only the message, in the words of Python or pystachio; position, steps and hint are separate.
#[derive(Clone, Debug)]
pub struct Error {
    /// Kind of the error.
    pub kind: ErrorKind,
    /// Python name of the exception's class, for example `ValueError` or `CoercionError`.
    pub class: String,
    /// Whether the class is `ValueError` or derives from it.
    pub is_value_error: bool,
    /// Message in the words of Python or pystachio.
    pub message: String,
    /// Position of the error.
    pub place: Option<Box<Place>>,
    /// Calls and includes that led to the error, innermost first.
    pub steps: Vec<Step>,
    /// Advice for the reader.
    pub hint: Option<String>,
}

impl Error {
    /// Checks whether the Aurora client reports this error as an invalid config: a syntax error or any `ValueError`.
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

/// Warning about a file that ran.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// Message.
    pub message: String,
    /// Position.
    pub place: Option<Place>,
    /// Advice for the reader.
    pub hint: Option<String>,
}

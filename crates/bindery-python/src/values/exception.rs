//! Exceptions as values, and the errors that leave the evaluator.

use std::rc::Rc;

use crate::limits::{LimitKind, LimitReached};
use crate::source::{FileId, Origin, Spot};
use crate::values::exception_kind::ExcKind;
use crate::values::release::release;
use crate::values::value::Value;

/// Result of every operation that may fail inside a program.
pub type Outcome<T = Value> = Result<T, Raised>;

/// An exception object.
#[derive(Debug)]
pub struct Exception {
    /// Class.
    pub kind: ExcKind,
    /// Arguments; the first is the message.
    pub args: Vec<Value>,
    /// Advice for the reader of the error; not visible to the program.
    pub hint: Option<String>,
    /// Position of the cause, if it differs from the position of the error.
    pub origin: Option<Origin>,
}

impl Drop for Exception {
    fn drop(&mut self) {
        release(std::mem::take(&mut self.args));
    }
}

/// Cause of an error.
#[derive(Debug)]
pub enum Cause {
    /// An exception, which `except` may catch.
    Exception(Rc<Exception>),
    /// Invalid syntax; reported as a `SyntaxError`.
    Syntax {
        /// Message in the words of the parser.
        message: String,
        /// Advice.
        hint: Option<String>,
    },
    /// A construct that the language does not have.
    NotSupported {
        /// Construct in the words of the message.
        construct: String,
        /// Advice.
        hint: Option<String>,
    },
    /// A limit.
    Limit {
        /// Message.
        message: String,
        /// Advice.
        hint: Option<String>,
    },
}

/// A step of the call chain, before its position is resolved to a line and column.
#[derive(Clone, Debug)]
pub enum Entered {
    /// A function, by its name.
    Call(Rc<str>),
    /// A file, by its path.
    Include(Rc<str>),
}

/// A cause with its position and call chain. One pointer wide, because every result carries it.
#[derive(Debug)]
pub struct Raised(Box<Trace>);

#[derive(Debug)]
pub(crate) struct Trace {
    pub cause: Cause,
    pub spot: Option<Spot>,
    pub steps: Vec<(Entered, Spot)>,
}

impl Raised {
    /// Makes an error without a position.
    #[cold]
    pub fn from_cause(cause: Cause) -> Self {
        Self(Box::new(Trace {
            cause,
            spot: None,
            steps: Vec::new(),
        }))
    }

    /// Makes an exception of class `kind` with one string as its argument.
    #[cold]
    pub fn new(kind: ExcKind, message: impl Into<String>) -> Self {
        Self::with_args(kind, vec![Value::from(message.into())])
    }

    /// Makes an exception of class `kind` with these arguments.
    #[cold]
    pub fn with_args(kind: ExcKind, args: Vec<Value>) -> Self {
        Self::from_cause(Cause::Exception(Rc::new(Exception {
            kind,
            args,
            hint: None,
            origin: None,
        })))
    }

    /// Makes an error of an exception object.
    pub fn exception(exception: Rc<Exception>) -> Self {
        Self::from_cause(Cause::Exception(exception))
    }

    /// Makes the error for a construct that the language does not have.
    #[cold]
    pub fn not_supported(construct: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::from_cause(Cause::NotSupported {
            construct: construct.into(),
            hint: Some(hint.into()),
        })
    }

    /// Adds advice for the reader of the error.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        match &mut self.0.cause {
            Cause::Exception(exception) => {
                if let Some(exception) = Rc::get_mut(exception) {
                    exception.hint = Some(hint.into());
                }
            }
            Cause::Limit { hint: old, .. } => *old = Some(hint.into()),
            Cause::Syntax { .. } | Cause::NotSupported { .. } => {}
        }
        self
    }

    /// Sets the position of the cause, if the cause is not where the exception was raised.
    pub fn caused_at(mut self, origin: Option<Origin>) -> Self {
        if let Cause::Exception(exception) = &mut self.0.cause
            && let Some(exception) = Rc::get_mut(exception)
        {
            exception.origin = origin;
        }
        self
    }

    /// Sets the position unless an inner operation has set it.
    #[cold]
    pub fn at(mut self, file: FileId, offset: u32) -> Self {
        self.0.spot.get_or_insert((file, offset));
        self
    }

    /// Adds a step to the call chain.
    #[cold]
    pub fn through(mut self, entered: Entered, spot: Spot) -> Self {
        // An endless recursion is reported by its innermost calls.
        if self.0.steps.len() < 64 {
            self.0.steps.push((entered, spot));
        }
        self
    }

    /// Returns the position.
    pub fn spot(&self) -> Option<Spot> {
        self.0.spot
    }

    pub(crate) fn into_trace(self) -> Trace {
        *self.0
    }

    /// Returns the exception that a handler may catch; `None` for limits and refused constructs.
    pub fn catchable(&self) -> Option<&Rc<Exception>> {
        match &self.0.cause {
            Cause::Exception(exception) => Some(exception),
            _ => None,
        }
    }

    /// Checks whether this is an exception of class `kind` or a class derived from it.
    pub fn is(&self, kind: ExcKind) -> bool {
        self.catchable()
            .is_some_and(|exception| exception.kind.is(kind))
    }
}

impl LimitReached {
    /// Converts the limit to an error with a position.
    #[cold]
    pub(crate) fn at(self, file: FileId, offset: u32) -> Raised {
        Raised::from(self).at(file, offset)
    }
}

impl From<LimitReached> for Raised {
    #[cold]
    fn from(reached: LimitReached) -> Self {
        let hint = match reached.kind {
            LimitKind::Steps | LimitKind::Comparisons => {
                "look for a loop that does not end, or raise `[limits] steps`"
            }
            LimitKind::Depth => {
                "look for a function or file that calls itself without end, or raise `[limits] depth`"
            }
            LimitKind::String | LimitKind::Text | LimitKind::Foreign => {
                "build shorter texts, or raise `[limits]`"
            }
            LimitKind::Output => "print less, or raise `[limits] output`",
            LimitKind::Values => "build smaller lists, or raise `[limits] values`",
            LimitKind::Source => "split the file and `include()` the parts",
            LimitKind::Stack | LimitKind::Nesting => "assign the inner parts to variables",
            LimitKind::Chain => "collect the parts in a list and join or sum them",
        };
        Self::from_cause(Cause::Limit {
            message: reached.to_string(),
            hint: Some(hint.to_owned()),
        })
    }
}

/// Makes a `TypeError`.
pub fn type_error(message: impl Into<String>) -> Raised {
    Raised::new(ExcKind::Type, message)
}

/// Makes a `ValueError`.
pub fn value_error(message: impl Into<String>) -> Raised {
    Raised::new(ExcKind::Value, message)
}

/// Makes the `AttributeError` for an attribute that objects of this type do not have.
pub fn attribute_error(type_name: &str, attribute: &str) -> Raised {
    Raised::new(
        ExcKind::Attribute,
        format!("'{type_name}' object has no attribute '{attribute}'"),
    )
}

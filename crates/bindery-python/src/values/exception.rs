//! Python's exceptions as values, and how they travel through the evaluator.

use std::rc::Rc;

use crate::limits::{LimitKind, LimitReached};
use crate::source::{FileId, Origin, Spot};
use crate::values::exception_kind::ExcKind;
use crate::values::release::release;
use crate::values::value::Value;

/// What everything that may fail inside a program returns.
pub type Outcome<T = Value> = Result<T, Raised>;

/// An exception object.
#[derive(Debug)]
pub struct Exception {
    /// Class.
    pub kind: ExcKind,
    /// Arguments; the first is the message.
    pub args: Vec<Value>,
    /// What the reader of the error may do about it; not visible to the program.
    pub hint: Option<String>,
    /// Where the cause stands, if that is another place than where it was raised.
    pub origin: Option<Origin>,
}

impl Drop for Exception {
    fn drop(&mut self) {
        release(std::mem::take(&mut self.args));
    }
}

/// What is on its way out of the evaluator.
#[derive(Debug)]
pub enum Cause {
    /// An exception; `except` may stop it.
    Exception(Rc<Exception>),
    /// The text is no program; as an exception it is a `SyntaxError`.
    Syntax {
        /// Message in the words of the parser.
        message: String,
        /// Advice.
        hint: Option<String>,
    },
    /// A construct that this evaluator refuses.
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

/// Something entered on the way, as [`crate::Step`] but not yet turned into lines and columns.
#[derive(Clone, Debug)]
pub enum Entered {
    /// A function, by its name.
    Call(Rc<str>),
    /// A file, by its path.
    Include(Rc<str>),
}

/// A cause with its place and the way there. One pointer wide, since every result carries it.
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

    /// An exception of class `kind` with one text as its argument.
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

    /// The exception with a hint for whoever reads the error.
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

    /// Notes where this happened unless something deeper already did.
    #[cold]
    pub fn at(mut self, file: FileId, offset: u32) -> Self {
        self.0.spot.get_or_insert((file, offset));
        self
    }

    /// Notes what was entered, from where.
    #[cold]
    pub fn through(mut self, entered: Entered, spot: Spot) -> Self {
        // An endless recursion is told by its two ends.
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

    /// The exception a handler may see; none for limits and refused constructs.
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
    /// The error with its position.
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
            LimitKind::Stack | LimitKind::Nesting => "give the inner parts names of their own",
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

//! Python's exceptions as values, and how they travel through the evaluator.

use std::rc::Rc;

use bindery_core::Origin;

use crate::source::FileId;
use crate::value::{Value, release};

/// What everything that may fail inside a program returns.
pub(crate) type Outcome<T = Value> = Result<T, Raised>;

macro_rules! exceptions {
    ($($kind:ident $name:literal < $parent:ident,)*) => {
        /// The classes of exceptions that programs and the template core raise.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub(crate) enum ExcKind { $(
            #[doc = concat!("Python's `", $name, "`.")]
            $kind,
        )* }

        impl ExcKind {
            pub(crate) const ALL: &[ExcKind] = &[$(ExcKind::$kind),*];

            /// The class's own name.
            pub(crate) fn name(self) -> &'static str {
                match self { $(ExcKind::$kind => $name,)* }
            }

            fn parent(self) -> ExcKind {
                match self { $(ExcKind::$kind => ExcKind::$parent,)* }
            }
        }
    };
}

exceptions! {
    Base "BaseException" < Base,
    Exception "Exception" < Base,
    SystemExit "SystemExit" < Base,
    KeyboardInterrupt "KeyboardInterrupt" < Base,
    Arithmetic "ArithmeticError" < Exception,
    Overflow "OverflowError" < Arithmetic,
    ZeroDivision "ZeroDivisionError" < Arithmetic,
    FloatingPoint "FloatingPointError" < Arithmetic,
    Assertion "AssertionError" < Exception,
    Attribute "AttributeError" < Exception,
    Eof "EOFError" < Exception,
    Import "ImportError" < Exception,
    ModuleNotFound "ModuleNotFoundError" < Import,
    Lookup "LookupError" < Exception,
    Index "IndexError" < Lookup,
    Key "KeyError" < Lookup,
    Memory "MemoryError" < Exception,
    Name "NameError" < Exception,
    UnboundLocal "UnboundLocalError" < Name,
    Os "OSError" < Exception,
    FileNotFound "FileNotFoundError" < Os,
    FileExists "FileExistsError" < Os,
    IsADirectory "IsADirectoryError" < Os,
    NotADirectory "NotADirectoryError" < Os,
    Permission "PermissionError" < Os,
    Timeout "TimeoutError" < Os,
    Runtime "RuntimeError" < Exception,
    NotImplemented "NotImplementedError" < Runtime,
    Recursion "RecursionError" < Runtime,
    StopIteration "StopIteration" < Exception,
    Syntax "SyntaxError" < Exception,
    Type "TypeError" < Exception,
    Value "ValueError" < Exception,
    Unicode "UnicodeError" < Value,
    UnicodeDecode "UnicodeDecodeError" < Unicode,
    UnicodeEncode "UnicodeEncodeError" < Unicode,
    Warning "Warning" < Exception,
    UserWarning "UserWarning" < Warning,
    DeprecationWarning "DeprecationWarning" < Warning,
    JsonDecode "JSONDecodeError" < Value,
    Regex "error" < Exception,
    Base64 "Error" < Value,
    Coercion "CoercionError" < Value,
    IsNotMapping "IsNotMappingError" < Value,
    InvalidRef "InvalidRefError" < Exception,
    Mustache "MustacheParser.Error" < Exception,
    Uninterpolatable "Uninterpolatable" < Mustache,
    Namable "Namable.Error" < Exception,
    NotFound "NotFound" < Namable,
    Naming "NamingError" < Namable,
    Unnamable "Unnamable" < Namable,
}

impl ExcKind {
    /// Whether `self` is `class` or derives from it.
    pub(crate) fn is(self, class: ExcKind) -> bool {
        let mut kind = self;
        loop {
            if kind == class {
                return true;
            }
            if kind == ExcKind::Base {
                return false;
            }
            kind = kind.parent();
        }
    }

    /// Whether job files see the class without importing anything.
    pub(crate) fn is_builtin(self) -> bool {
        self < ExcKind::JsonDecode
    }
}

/// An exception object.
#[derive(Debug)]
pub(crate) struct Exception {
    pub(crate) kind: ExcKind,
    pub(crate) args: Vec<Value>,
    /// What the reader of the error may do about it; not visible to the program.
    pub(crate) hint: Option<String>,
    /// Where the cause stands, if that is another place than where it was raised.
    pub(crate) origin: Option<Origin>,
}

impl Drop for Exception {
    fn drop(&mut self) {
        release(std::mem::take(&mut self.args));
    }
}

/// The limits a program may reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LimitKind {
    Steps,
    Depth,
    String,
    Text,
    Output,
    Values,
    Stack,
    Source,
    Nesting,
    Chain,
}

/// What is on its way out of the evaluator.
#[derive(Debug)]
pub(crate) enum Cause {
    /// An exception; `except` may stop it.
    Exception(Rc<Exception>),
    /// The text is no program; as an exception it is a `SyntaxError`.
    Syntax {
        message: String,
        hint: Option<String>,
    },
    /// A construct that this evaluator refuses.
    NotSupported {
        construct: String,
        hint: Option<String>,
    },
    /// A limit.
    Limit {
        message: String,
        hint: Option<String>,
    },
}

/// Where the evaluator was: a file and an offset in it.
pub(crate) type Spot = (FileId, u32);

/// Something entered on the way, as [`crate::Step`] but not yet turned into lines and columns.
#[derive(Clone, Debug)]
pub(crate) enum Entered {
    Call(Rc<str>),
    Include(Rc<str>),
}

/// A cause with its place and the way there. One pointer wide, since every result carries it.
#[derive(Debug)]
pub(crate) struct Raised(Box<Trace>);

#[derive(Debug)]
pub(crate) struct Trace {
    pub(crate) cause: Cause,
    pub(crate) spot: Option<Spot>,
    pub(crate) steps: Vec<(Entered, Spot)>,
}

impl Raised {
    #[cold]
    pub(crate) fn from_cause(cause: Cause) -> Self {
        Self(Box::new(Trace {
            cause,
            spot: None,
            steps: Vec::new(),
        }))
    }

    /// An exception of class `kind` with one text as its argument.
    #[cold]
    pub(crate) fn new(kind: ExcKind, message: impl Into<String>) -> Self {
        Self::with_args(kind, vec![Value::from(message.into())])
    }

    #[cold]
    pub(crate) fn with_args(kind: ExcKind, args: Vec<Value>) -> Self {
        Self::from_cause(Cause::Exception(Rc::new(Exception {
            kind,
            args,
            hint: None,
            origin: None,
        })))
    }

    pub(crate) fn exception(exception: Rc<Exception>) -> Self {
        Self::from_cause(Cause::Exception(exception))
    }

    #[cold]
    pub(crate) fn not_supported(construct: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::from_cause(Cause::NotSupported {
            construct: construct.into(),
            hint: Some(hint.into()),
        })
    }

    #[cold]
    pub(crate) fn limit(kind: LimitKind, message: String) -> Self {
        let hint = match kind {
            LimitKind::Steps => "look for a loop that does not end, or raise `[limits] steps`",
            LimitKind::Depth => {
                "look for a function or file that calls itself without end, or raise `[limits] depth`"
            }
            LimitKind::String | LimitKind::Text => "build shorter texts, or raise `[limits]`",
            LimitKind::Output => "print less, or raise `[limits] output`",
            LimitKind::Values => "build smaller lists, or raise `[limits] values`",
            LimitKind::Source => "split the file and `include()` the parts",
            LimitKind::Stack | LimitKind::Nesting => "give the inner parts names of their own",
            LimitKind::Chain => "collect the parts in a list and join or sum them",
        };
        Self::from_cause(Cause::Limit {
            message,
            hint: Some(hint.to_owned()),
        })
    }

    /// The exception with a hint for whoever reads the error.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
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

    /// Notes where this happened unless something deeper already did.
    #[cold]
    pub(crate) fn at(mut self, file: FileId, offset: u32) -> Self {
        self.0.spot.get_or_insert((file, offset));
        self
    }

    /// Notes what was entered, from where.
    #[cold]
    pub(crate) fn through(mut self, entered: Entered, spot: Spot) -> Self {
        // An endless recursion is told by its two ends.
        if self.0.steps.len() < 64 {
            self.0.steps.push((entered, spot));
        }
        self
    }

    pub(crate) fn spot(&self) -> Option<Spot> {
        self.0.spot
    }

    pub(crate) fn into_trace(self) -> Trace {
        *self.0
    }

    /// The exception a handler may see; none for limits and refused constructs.
    pub(crate) fn catchable(&self) -> Option<&Rc<Exception>> {
        match &self.0.cause {
            Cause::Exception(exception) => Some(exception),
            _ => None,
        }
    }

    pub(crate) fn is(&self, kind: ExcKind) -> bool {
        self.catchable()
            .is_some_and(|exception| exception.kind.is(kind))
    }
}

pub(crate) fn type_error(message: impl Into<String>) -> Raised {
    Raised::new(ExcKind::Type, message)
}

pub(crate) fn value_error(message: impl Into<String>) -> Raised {
    Raised::new(ExcKind::Value, message)
}

pub(crate) fn attribute_error(type_name: &str, attribute: &str) -> Raised {
    Raised::new(
        ExcKind::Attribute,
        format!("'{type_name}' object has no attribute '{attribute}'"),
    )
}

//! Sandboxed evaluator for the part of Python that job files are written in.
//!
//! A text is scanned for nesting that is too deep ([`Limits`]), parsed, lowered to a form in which names are slots, and walked.
//! Programs see files, environment variables, the user and the clock only through a [`Host`]. An [`Extension`] adds modules and
//! classes, whose objects implement [`Native`]; the evaluator itself knows no template. This crate performs no input or output.
//!
//! ```
//! use bindery_python::{Limits, NoExtension, NoHost, Value, Vm};
//!
//! let mut vm = Vm::new(Limits::default(), Box::new(NoHost), &NoExtension);
//! vm.evaluate("example", "total = sum(n * n for n in range(4))").unwrap();
//! assert!(matches!(vm.assigned("total"), Some(Value::Int(14))));
//! ```
//!
//! Start at [`Vm`]. Errors carry position, call chain and hint apart from their message: [`Error`].

#![deny(missing_docs)]
#![forbid(unsafe_code)]

pub mod catalog;
mod error;
mod eval;
mod host;
mod ir;
mod limits;
mod lower;
mod names;
mod operator;
mod paths;
mod source;
mod stack;
mod stdlib;
mod suggest;
mod text;
mod values;
mod vm;

pub use error::{Error, ErrorKind, Place, Step, StepKind, Warning};
pub use host::{FileKind, Host, Include, IncludeError, NoHost, ReadError, Unreadable};
pub use limits::{Budget, LimitReached, Limits, Meter, Usage};
pub use operator::{BinaryOp, CompareOp};
pub use paths::normalize;
pub use source::{FileId, Origin, Spot};
pub use stack::{charge_comparison, check_stack, on_large_stack};
pub use stdlib::methods::is_view;
pub use suggest::closest;
pub use text::repr;
pub use values::args::text;
pub use values::compare::{hash, truth};
pub use values::exception::{attribute_error, type_error};
pub use values::quotient::is_quotient;
pub use values::{
    Args, Cause, Class, Dict, DictKind, ExcKind, Exception, Extension, ForeignException, Iter,
    Iteration, Method, ModuleItems, Native, NoExtension, Outcome, Raised, Str, Table, Value,
};
pub use vm::Vm;

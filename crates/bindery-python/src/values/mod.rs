//! Values of the language, and operations on them that need no running program.

pub(crate) mod args;
pub(crate) mod arithmetic;
pub(crate) mod callable;
pub(crate) mod class;
pub(crate) mod compare;
pub(crate) mod dict;
pub(crate) mod exception;
pub(crate) mod exception_kind;
pub(crate) mod iterator;
pub(crate) mod native;
pub(crate) mod number;
pub(crate) mod parse_number;
pub(crate) mod quotient;
pub(crate) mod release;
pub(crate) mod table;
pub(crate) mod value;

pub use callable::{Args, Builtin, Function, Method, Module, SharedCell};
pub use class::Class;
pub use exception::{Cause, Entered, Exception, Outcome, Raised};
pub use exception_kind::{ExcKind, ForeignException};
pub(crate) use iterator::{DictPart, Generator, IterState, Tee};
pub use iterator::{Iter, Iteration};
pub use native::{Extension, ModuleItems, Native, NoExtension};
pub use value::{Dict, DictKind, List, NamedTuple, Range, Set, Slice, Str, Table, Tuple, Value};

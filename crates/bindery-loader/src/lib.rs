//! Evaluates a Python-syntax job file to template objects, given a prelude of names.
//!
//! The language is the part of Python 3 that job files are written in, by an evaluator of our own: a text is looked over for
//! what would nest too deep ([`Limits`]), parsed, lowered to a form in which names are slots, and walked. Struct classes,
//! types and objects are those of `bindery-core`. What is not supported is refused by name and place.
//!
//! A program sees nothing but its own text, the files below its folder through a [`SourceReader`], the user's name and the
//! environment variables that [`Options`] allow; what it has seen is recorded in [`Inputs`]. It cannot write, start, connect,
//! ask the clock or run for ever. This crate itself performs no input or output.
//!
//! Start at [`Loader::load`]. Errors carry place, call chain and hint apart from their message: [`Error`].

#![deny(missing_docs)]
#![forbid(unsafe_code)]

mod error;
mod limits;
mod loader;
mod source;

mod args;
mod builtins;
mod compare;
mod dict;
mod eval;
mod exception;
mod format;
mod host;
mod ir;
mod iter;
mod lower;
#[cfg(test)]
mod manual;
mod methods;
mod modules;
mod number;
mod resolve;
mod scan;
mod suggest;
mod template;
mod text;
mod value;

pub use error::{Diagnostic, Error, ErrorKind, Place, Step, StepKind};
pub use host::{Inputs, Options};
pub use limits::{Limits, on_large_stack};
pub use loader::{Loader, Namespace};
pub use source::{NoFiles, ReadError, SourceReader};

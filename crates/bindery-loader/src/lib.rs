//! Evaluates a Python-syntax job file to template objects, given a prelude of names.
//!
//! The evaluator is `bindery-python`; struct classes, types and objects are those of `bindery-core`. Constructs that the
//! language does not have are refused by name and position.
//!
//! A program sees only its own text, the files below its folder through a [`SourceReader`], the user's name and the environment
//! variables that [`Options`] allow; [`Inputs`] records all it has read. A program cannot write files, start processes, open
//! connections, read the clock or run for ever. This crate performs no input or output.
//!
//! Start at [`Loader::load`]. Errors carry position, call chain and hint apart from their message: [`Error`].

#![deny(missing_docs)]
#![forbid(unsafe_code)]

mod loader;
mod reader;
mod sandbox;
mod template;

pub use bindery_python::{
    Error, ErrorKind, Limits, Place, ReadError, Step, StepKind, Warning, on_large_stack,
};
pub use loader::{Loader, Namespace};
pub use reader::{NoFiles, SourceReader};
pub use sandbox::{Inputs, Options};

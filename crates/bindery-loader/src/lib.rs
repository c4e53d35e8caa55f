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

//! The bridge to the template core: its types, objects, refs and environments as values of the language.
//!
//! No other module of this crate calls the core's template operations.

mod convert;
mod errors;
mod exceptions;
mod extension;
mod makers;
mod objects;
mod origin;
mod prelude;
mod python2;
mod refs;
mod structs;
mod types;
mod values;

pub(crate) use convert::to_core;
pub(crate) use extension::Templates;
pub(crate) use origin::to_python;
pub(crate) use prelude::{definition, names};

//! Python's text forms of plain values, shared by templates and the evaluator: `repr()` of strings and floats, and a JSON
//! reader.
//!
//! [`repr`] writes a value in the characters CPython would print. [`json::read`] reads CPython's JSON dialect and passes each
//! value to a [`json::Builder`], so that no intermediate tree is made.

#![deny(missing_docs)]
#![forbid(unsafe_code)]

pub mod json;
pub mod repr;

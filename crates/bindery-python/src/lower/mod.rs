//! From text to the tree that is evaluated: the only module that names the parser.
//!
//! Syntax that the language does not have is refused here, by name and position.

mod expression;
mod lowerer;
mod program;
mod resolve;
mod scan;
mod statement;

pub(crate) use program::program;

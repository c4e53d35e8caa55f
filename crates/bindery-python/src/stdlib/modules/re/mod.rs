//! `re`, on an engine that never backtracks: patterns that need backtracking are refused by name.

mod flags;
mod functions;
mod methods;
mod objects;
mod pattern;
mod substitute;
mod syntax;

pub(super) use functions::items;

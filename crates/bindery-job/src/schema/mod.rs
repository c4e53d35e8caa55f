//! Aurora's job schema: types, prelude and helper functions.

mod document;
pub(crate) mod helpers;
pub(crate) mod options;
pub(crate) mod tasks;
pub(crate) mod types;

//! Aurora's job schema: types, prelude and helper functions.

mod call;
mod declarations;
mod document;
mod helpers;
mod options;
mod prelude;
mod tasks;
pub(crate) mod types;

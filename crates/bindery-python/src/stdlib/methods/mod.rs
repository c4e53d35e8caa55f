//! Methods and data attributes of built-in values.

mod attributes;
pub(crate) mod bytes;
mod dicts;
mod dispatch;
mod letters;
mod numbers;
mod sequences;
mod sets;
mod splitting;
mod strings;
pub(crate) mod table;
mod views;

pub(crate) use attributes::data;
pub(crate) use dispatch::{Called, call, has, has_method, names, names_of};
pub(crate) use splitting::split_lines;
pub use views::is_view;

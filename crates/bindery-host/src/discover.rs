//! Discovery of plugins, without running them.

pub(crate) mod find;
pub(crate) mod inspect;
pub(crate) mod names;
mod object_file;
pub(crate) mod search;
pub(crate) mod trust;
pub(crate) mod validate;

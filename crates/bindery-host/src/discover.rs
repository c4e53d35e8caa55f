//! Discovery of plugins, without running them.

pub(crate) mod inspect;
pub(crate) mod names;
mod object_file;
pub(crate) mod search;
pub(crate) mod trust;

//! Parts that plugins provide, as the rest of the program uses them.

mod answer;
pub(crate) mod binder;
pub(crate) mod commands;
pub(crate) mod credentials;
pub(crate) mod definitions;
pub(crate) mod hooks;
pub(crate) mod lifecycle;
pub(crate) mod mechanism;

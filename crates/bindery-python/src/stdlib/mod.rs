//! Built-in functions and classes, methods of built-in values, and modules.

pub(crate) mod builtins;
pub(crate) mod counter;
pub(crate) mod filling;
pub(crate) mod methods;
pub(crate) mod modules;

//! Parts that plugins provide.

pub(crate) mod binder;
pub(crate) mod credentials;
pub(crate) mod definitions;
pub(crate) mod hooks;
pub(crate) mod lifecycle;
pub(crate) mod mechanism;

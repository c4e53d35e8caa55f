//! Abilities beside binding and credentials.

use crate::{Error, Host, Json};

/// An ability that the host, or whoever uses it, calls by name with JSON in and JSON out.
pub trait Method: Send + Sync + 'static {
    /// The name. Names with a dot in them belong to Bindery.
    const NAME: &'static str;

    /// Does it.
    ///
    /// # Errors
    ///
    /// Whatever keeps it from being done.
    fn call(&self, host: &Host, input: &Json) -> Result<Json, Error>;
}

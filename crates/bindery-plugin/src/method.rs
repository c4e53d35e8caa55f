//! Methods: abilities besides binding and credentials.

use crate::{Error, Host, Json};

/// Ability that a host calls by name, with JSON as input and output.
pub trait Method: Send + Sync + 'static {
    /// Name. Names with a dot are reserved for Bindery.
    const NAME: &'static str;

    /// Runs the method.
    ///
    /// # Errors
    ///
    /// If the method fails.
    fn call(&self, host: &Host, input: &Json) -> Result<Json, Error>;
}

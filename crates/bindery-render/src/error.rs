//! Errors of a rendering, with the warnings that came before them.

use std::error::Error;
use std::fmt;

use bindery_diagnostic::{Diagnostic, Diagnostics};

/// Errors that end a rendering. Independent errors are reported together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RenderError {
    /// Warnings up to the errors, in order.
    pub warnings: Vec<Diagnostic>,
    /// The errors.
    pub errors: Diagnostics,
}

impl RenderError {
    /// Returns the error with `warnings` before its own.
    pub(crate) fn after(mut self, mut warnings: Vec<Diagnostic>) -> Self {
        warnings.append(&mut self.warnings);
        Self { warnings, ..self }
    }
}

impl From<Diagnostics> for RenderError {
    fn from(errors: Diagnostics) -> Self {
        Self {
            warnings: Vec::new(),
            errors,
        }
    }
}

impl From<Diagnostic> for RenderError {
    fn from(error: Diagnostic) -> Self {
        Diagnostics::from(error).into()
    }
}

impl From<RenderError> for Diagnostics {
    /// Drops the warnings.
    fn from(error: RenderError) -> Self {
        error.errors
    }
}

/// Formats the report of each error.
impl fmt::Display for RenderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.errors.fmt(f)
    }
}

impl Error for RenderError {}

//! Stack for the evaluation of job files.

use bindery_diagnostic::{Diagnostic, Diagnostics, Kind};
use bindery_loader::on_large_stack;

/// Runs `work` on a thread with a stack for the most deeply nested job files, and returns its result.
pub fn with_large_stack<T: Send>(
    work: impl FnOnce() -> Result<T, Diagnostics> + Send,
) -> Result<T, Diagnostics> {
    on_large_stack(work).unwrap_or_else(|error| {
        let message = "cannot start a thread to evaluate files";
        Err(Diagnostic::new(Kind::Internal, message).cause(error).into())
    })
}

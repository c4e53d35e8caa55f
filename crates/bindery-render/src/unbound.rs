//! Errors for refs that a binder claims and cannot answer.

use bindery_core::{BindError, Origin};
use bindery_diagnostic::{Diagnostic, Place};

/// Returns one error for each ref that was claimed and not answered; `place` returns the position of the ref.
pub fn failures(errors: &[BindError], place: impl Fn(Origin) -> Option<Place>) -> Vec<Diagnostic> {
    let failure = |error: &BindError| {
        let mut failure = error.source.clone().context(error.to_string());
        failure.place = error.origin.and_then(&place).map(Box::new);
        failure
    };
    errors.iter().map(failure).collect()
}

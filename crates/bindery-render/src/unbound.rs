//! Errors for refs that a binder claimed and could not answer.

use bindery_core::{BindError, Origin};
use bindery_diagnostic::{Diagnostic, Place};

/// Returns one error for each ref; `place` returns the position of a ref.
pub(crate) fn bind_errors(
    errors: &[BindError],
    place: impl Fn(Origin) -> Option<Place>,
) -> Vec<Diagnostic> {
    let diagnostic = |error: &BindError| {
        let mut diagnostic = error.source.clone().context(error.to_string());
        diagnostic.place = error.origin.and_then(&place).map(Box::new);
        diagnostic
    };
    errors.iter().map(diagnostic).collect()
}

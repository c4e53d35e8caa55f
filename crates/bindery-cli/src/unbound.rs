//! What binders could not answer, as errors of a command.

use bindery_core::{BindError, BinderErrorKind, Origin};
use bindery_diagnostic::{Diagnostic, Kind, Place};

/// One error for each ref that was claimed and not answered; `place` tells where it stands.
pub fn failures(errors: &[BindError], place: impl Fn(Origin) -> Option<Place>) -> Vec<Diagnostic> {
    let failure = |error: &BindError| {
        let mut failure = Diagnostic::new(kind(error.source.kind), error.to_string());
        failure.place = error.origin.and_then(&place).map(Box::new);
        failure.causes = std::iter::once(&error.source.message)
            .chain(&error.source.causes)
            .cloned()
            .collect();
        failure.hint.clone_from(&error.source.hint);
        failure
    };
    errors.iter().map(failure).collect()
}

/// Returns the kind of a diagnostic for a binder's error of this kind.
pub fn kind(kind: BinderErrorKind) -> Kind {
    match kind {
        BinderErrorKind::NotFound => Kind::NotFound,
        BinderErrorKind::Denied => Kind::Denied,
        BinderErrorKind::NoAnswer => Kind::NoAnswer,
        BinderErrorKind::Invalid => Kind::Invalid,
        _ => Kind::Failed,
    }
}

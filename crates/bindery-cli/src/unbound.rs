//! What binders could not answer, as errors of a command.

use bindery_core::{BindError, BinderErrorKind, Origin};

use crate::{
    exit::ExitStatus,
    report::{Failure, Place},
};

/// One error for each ref that was claimed and not answered; `place` tells where it stands.
pub fn failures(errors: &[BindError], place: impl Fn(Origin) -> Option<Place>) -> Vec<Failure> {
    let failure = |error: &BindError| {
        let mut failure = Failure::new(status(error.source.kind), error.to_string());
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

/// The exit code for a plugin's error of this kind.
pub fn status(kind: BinderErrorKind) -> ExitStatus {
    match kind {
        BinderErrorKind::NotFound => ExitStatus::CommandFailure,
        BinderErrorKind::Denied => ExitStatus::Refused,
        BinderErrorKind::NoAnswer => ExitStatus::NoAnswer,
        BinderErrorKind::Invalid => ExitStatus::InvalidConfiguration,
        _ => ExitStatus::CommandFailure,
    }
}

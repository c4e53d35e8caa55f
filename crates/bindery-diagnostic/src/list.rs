//! Several independent errors, reported together.

use std::error::Error;
use std::fmt;

use crate::{Diagnostic, Kind, Severity};

/// One or more errors that do not depend on each other, in the order they are reported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostics(Vec<Diagnostic>);

impl Diagnostics {
    /// Returns `Ok` if `errors` is empty.
    ///
    /// # Errors
    ///
    /// All of `errors`.
    pub fn check(errors: Vec<Diagnostic>) -> Result<(), Self> {
        if errors.is_empty() {
            Ok(())
        } else {
            Err(Self(errors))
        }
    }

    /// Returns the kind of all errors, or [`Kind::Failed`] if they are of several kinds.
    pub fn kind(&self) -> Kind {
        let mut kinds = self.0.iter().map(|error| error.kind);
        match kinds.next() {
            Some(first) if kinds.all(|other| other == first) => first,
            _ => Kind::Failed,
        }
    }

    /// Iterates over the errors.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.0.iter()
    }

    /// Returns the errors as a list, which may be extended.
    pub fn into_vec(self) -> Vec<Diagnostic> {
        self.0
    }

    /// Applies `change` to each error.
    pub fn map(self, change: impl FnMut(Diagnostic) -> Diagnostic) -> Self {
        Self(self.0.into_iter().map(change).collect())
    }
}

impl From<Diagnostic> for Diagnostics {
    fn from(error: Diagnostic) -> Self {
        Self(vec![error])
    }
}

/// Formats the report of each error.
impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0
            .iter()
            .try_for_each(|error| error.report(Severity::Error).fmt(f))
    }
}

impl Error for Diagnostics {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_kinds_are_a_failed_operation() {
        let kind = |kinds: &[Kind]| {
            let errors = kinds.iter().map(|kind| Diagnostic::new(*kind, "m"));
            Diagnostics::check(errors.collect()).unwrap_err().kind()
        };
        assert_eq!(kind(&[Kind::NoAnswer]), Kind::NoAnswer);
        assert_eq!(kind(&[Kind::Denied, Kind::Denied]), Kind::Denied);
        assert_eq!(
            kind(&[Kind::Denied, Kind::NoAnswer, Kind::Denied]),
            Kind::Failed
        );
    }

    #[test]
    fn no_errors_are_a_success() {
        assert_eq!(Diagnostics::check(Vec::new()), Ok(()));
    }
}

//! List of cases that do not pass yet. The list only shrinks.

use std::collections::BTreeSet;

/// Ids, as `suite/id`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Pending(BTreeSet<String>);

impl Pending {
    /// Reads one id per line; blank lines and lines that begin with `#` are skipped.
    pub(crate) fn parse(text: &str) -> Self {
        let ids = text
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty() && !line.starts_with('#'));
        Self(ids.map(str::to_owned).collect())
    }

    /// Returns the contradiction between the list and the result of a case.
    pub(crate) fn contradiction(&self, id: &str, passed: bool) -> Option<Contradiction> {
        match (passed, self.0.contains(id)) {
            (false, false) => Some(Contradiction::Fails),
            (true, true) => Some(Contradiction::Passes),
            _ => None,
        }
    }
}

/// Contradiction between the list and a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Contradiction {
    /// The case fails and is not listed.
    Fails,
    /// The case passes and is still listed.
    Passes,
}

#[cfg(test)]
mod tests {
    use super::{Contradiction, Pending};

    #[test]
    fn a_case_is_listed_exactly_while_it_fails() {
        let pending = Pending::parse("# not yet\npystachio/001-a\n\n  aurora/b  \n");
        assert_eq!(pending.contradiction("pystachio/001-a", false), None);
        assert_eq!(
            pending.contradiction("aurora/b", true),
            Some(Contradiction::Passes)
        );
        assert_eq!(pending.contradiction("aurora/c", true), None);
        assert_eq!(
            pending.contradiction("aurora/c", false),
            Some(Contradiction::Fails)
        );
    }
}

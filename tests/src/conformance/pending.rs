//! The list of cases that do not hold yet; it only shrinks.

use std::collections::BTreeSet;

/// Ids as `suite/id`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Pending(BTreeSet<String>);

impl Pending {
    /// Reads one id a line; blank lines and those that begin with `#` say nothing.
    pub(crate) fn parse(text: &str) -> Self {
        let ids = text
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty() && !line.starts_with('#'));
        Self(ids.map(str::to_owned).collect())
    }

    /// What contradicts the list, if a case passed or failed; `None` if that is what the list says.
    pub(crate) fn contradiction(&self, id: &str, passed: bool) -> Option<Contradiction> {
        match (passed, self.0.contains(id)) {
            (false, false) => Some(Contradiction::Fails),
            (true, true) => Some(Contradiction::Passes),
            _ => None,
        }
    }
}

/// How a case contradicts the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Contradiction {
    /// It fails and is not listed.
    Fails,
    /// It passes and is still listed.
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

//! Content of a fixture.

use std::collections::BTreeMap;

use bindery_core::{Answer, Matcher};
use bindery_diagnostic::Diagnostic;

/// Recorded request: a ref, the cluster and the binder.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FixtureKey {
    /// Part of the ref that the binder claims, as in `docker.image[web][1.4]`.
    pub address: String,
    /// Cluster of the jobs, if they have one.
    pub cluster: Option<String>,
    /// Name of the binder.
    pub binder: String,
}

/// Recorded answer or error.
pub type RecordedAnswer = Result<Answer, Diagnostic>;

/// Recorded requests with their answers.
#[derive(Clone, Debug, Default)]
pub struct Fixture {
    /// Names and patterns of the binders, in the order in which they are asked.
    pub(crate) binders: Vec<(String, String)>,
    pub(crate) answers: BTreeMap<FixtureKey, RecordedAnswer>,
}

impl Fixture {
    /// Adds a binder with its pattern after the others, unless it is listed already.
    pub fn add_binder(&mut self, name: &str, pattern: &str) {
        debug_assert!(Matcher::parse(pattern).is_ok(), "{pattern}");
        if !self.binders.iter().any(|(known, _)| known == name) {
            self.binders.push((name.to_owned(), pattern.to_owned()));
        }
    }

    /// Returns the recorded answer to a request.
    pub fn get(&self, key: &FixtureKey) -> Option<&RecordedAnswer> {
        self.answers.get(key)
    }

    /// Records the answer to a request; returns the earlier answer.
    pub fn insert(&mut self, key: FixtureKey, answer: RecordedAnswer) -> Option<RecordedAnswer> {
        self.answers.insert(key, answer)
    }

    /// Iterates over the requests with their answers, sorted.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&FixtureKey, &RecordedAnswer)> {
        self.answers.iter()
    }
}

//! Questions and answers, and how they are written.

use std::collections::BTreeMap;

use bindery_core::{Answer, Matcher};
use bindery_diagnostic::Diagnostic;

/// A ref that a binder is asked for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Question {
    /// The part of the ref that the binder claims, as in `docker.image[web][1.4]`.
    pub address: String,
    /// The cluster of the jobs, if they have one.
    pub cluster: Option<String>,
    /// Name of the binder.
    pub binder: String,
}

/// What was said to a question.
pub type Outcome = Result<Answer, Diagnostic>;

/// What binders were asked and what they answered.
#[derive(Clone, Debug, Default)]
pub struct Fixture {
    /// Names and patterns, in the order in which they are asked.
    pub(crate) binders: Vec<(String, String)>,
    pub(crate) outcomes: BTreeMap<Question, Outcome>,
}

impl Fixture {
    /// Adds a binder with its pattern behind the others; one that is there stays.
    pub fn add_binder(&mut self, name: &str, pattern: &str) {
        debug_assert!(Matcher::parse(pattern).is_ok(), "{pattern}");
        if !self.binders.iter().any(|(known, _)| known == name) {
            self.binders.push((name.to_owned(), pattern.to_owned()));
        }
    }

    /// What was said to a question.
    pub fn get(&self, question: &Question) -> Option<&Outcome> {
        self.outcomes.get(question)
    }

    /// Keeps what was said; gives back what was kept for the same question.
    pub fn insert(&mut self, question: Question, outcome: Outcome) -> Option<Outcome> {
        self.outcomes.insert(question, outcome)
    }

    /// All questions with what was said, sorted.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&Question, &Outcome)> {
        self.outcomes.iter()
    }
}

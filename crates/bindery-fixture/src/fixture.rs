//! Questions and answers, and how they are written.

use std::collections::BTreeMap;

use bindery_core::{
    Answer, Matcher, Value,
    json::{self, Style},
};
use bindery_diagnostic::Diagnostic;

use crate::read::{self, FixtureError};

/// The version that the first line tells.
pub(crate) const VERSION: i64 = 1;

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

/// An answer that has no form in the file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the answer to `{address}` is no plain data and cannot be recorded")]
pub struct UnkeepableError {
    /// The ref.
    pub address: String,
}

/// What binders were asked and what they answered.
#[derive(Clone, Debug, Default)]
pub struct Fixture {
    /// Names and patterns, in the order in which they are asked.
    pub(crate) binders: Vec<(String, String)>,
    outcomes: BTreeMap<Question, Outcome>,
}

impl Fixture {
    /// Reads the text of a fixture.
    ///
    /// # Errors
    ///
    /// With the line: for what is no fixture, for another version, and for a question that stands there twice.
    pub fn parse(text: &str) -> Result<Self, FixtureError> {
        read::parse(text)
    }

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

    /// The text: first the binders, then a line for each question, sorted by address, cluster and binder.
    ///
    /// # Errors
    ///
    /// For an answer that is no plain data.
    pub fn to_text(&self) -> Result<String, UnkeepableError> {
        let binder = |(name, pattern): &(String, String)| {
            Value::map([
                ("name", Value::string(name.as_str())),
                ("pattern", Value::string(pattern.as_str())),
            ])
        };
        let head = Value::map([
            ("binders", list(self.binders.iter().map(binder))),
            ("fixture", Value::Integer(VERSION.into())),
        ]);
        let mut text = String::new();
        let mut write = |line: &Value, address: &str| {
            let style = Style {
                indent: None,
                sort_keys: true,
            };
            let line = json::write(line, style).map_err(|_| UnkeepableError {
                address: address.to_owned(),
            })?;
            text.push_str(&line);
            text.push('\n');
            Ok(())
        };
        write(&head, "")?;
        for (question, outcome) in &self.outcomes {
            write(&line(question, outcome), &question.address)?;
        }
        Ok(text)
    }
}

fn line(question: &Question, outcome: &Outcome) -> Value {
    let text = |text: &str| Value::string(text);
    let mut members = vec![
        ("address", text(&question.address)),
        ("binder", text(&question.binder)),
    ];
    if let Some(cluster) = &question.cluster {
        members.push(("cluster", text(cluster)));
    }
    match outcome {
        Ok(answer) => {
            members.push(("answer", answer.value.clone()));
            if let Some(evidence) = answer.evidence.value() {
                members.push(("evidence", evidence.clone()));
            }
        }
        Err(error) => {
            let mut told = vec![
                ("kind", text(error.kind.code())),
                ("message", text(&error.message)),
            ];
            if !error.causes.is_empty() {
                told.push(("causes", list(error.causes.iter().map(|cause| text(cause)))));
            }
            if let Some(hint) = &error.hint {
                told.push(("hint", text(hint)));
            }
            members.push(("error", Value::map(told)));
        }
    }
    Value::map(members)
}

fn list(items: impl Iterator<Item = Value>) -> Value {
    Value::List(items.collect())
}

//! Binders that answer from a fixture.

use std::rc::Rc;

use bindery_core::{Answer, Binder, Matcher, Ref, Request};
use bindery_diagnostic::{Diagnostic, Kind};

use crate::fixture::{Fixture, FixtureKey};

/// Binder that answers from a fixture only.
pub struct ReplayingBinder {
    name: String,
    matcher: Matcher,
    cluster: Option<String>,
    fixture: Rc<Fixture>,
    /// Name of the fixture in messages.
    place: Rc<str>,
}

/// Returns the binders of a fixture, named `place` in messages, for jobs of `cluster`, in the order in which they are asked.
pub fn replay_binders(
    fixture: &Rc<Fixture>,
    place: &Rc<str>,
    cluster: Option<&str>,
) -> Vec<ReplayingBinder> {
    let binder = |(name, pattern): &(String, String)| ReplayingBinder {
        name: name.clone(),
        matcher: Matcher::parse(pattern).expect("patterns are checked on input"),
        cluster: cluster.map(str::to_owned),
        fixture: Rc::clone(fixture),
        place: Rc::clone(place),
    };
    fixture.binders.iter().map(binder).collect()
}

impl ReplayingBinder {
    fn missing(&self) -> Diagnostic {
        Diagnostic::new(Kind::Invalid, format!("no answer is recorded in `{}`", self.place)).hint(format!(
                "run `bindery plugin record FILE… --to {}` to record answers for all refs of these files",
                self.place
            ))
    }
}

impl Binder for ReplayingBinder {
    fn name(&self) -> &str {
        &self.name
    }

    fn claims(&self, reference: &Ref) -> Option<Ref> {
        self.matcher.matches(reference)
    }

    fn bind(&self, requests: &[Request]) -> Vec<Result<Answer, Diagnostic>> {
        let recorded = |request: &Request| {
            let key = FixtureKey {
                address: request.address.address().to_owned(),
                cluster: self.cluster.clone(),
                binder: self.name.clone(),
            };
            let answer = self.fixture.get(&key).cloned();
            answer.unwrap_or_else(|| Err(self.missing()))
        };
        requests.iter().map(recorded).collect()
    }
}

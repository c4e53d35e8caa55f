//! Binders made of a fixture.

use std::rc::Rc;

use bindery_core::{Answer, Binder, Matcher, Ref, Request};
use bindery_diagnostic::{Diagnostic, Kind};

use crate::fixture::{Fixture, Question};

/// A binder that says what was said when the fixture was recorded. There is nobody behind it.
pub struct Replaying {
    name: String,
    matcher: Matcher,
    cluster: Option<String>,
    fixture: Rc<Fixture>,
    /// What messages call the fixture.
    place: Rc<str>,
}

/// The binders of a fixture, which messages call `place`, for jobs of `cluster`; in the order in which they are to be asked.
pub fn replaying(fixture: &Rc<Fixture>, place: &Rc<str>, cluster: Option<&str>) -> Vec<Replaying> {
    let binder = |(name, pattern): &(String, String)| Replaying {
        name: name.clone(),
        matcher: Matcher::parse(pattern).expect("patterns are checked when they come in"),
        cluster: cluster.map(str::to_owned),
        fixture: Rc::clone(fixture),
        place: Rc::clone(place),
    };
    fixture.binders.iter().map(binder).collect()
}

impl Replaying {
    fn missing(&self) -> Diagnostic {
        Diagnostic::new(Kind::Invalid, format!("it is not recorded in `{}`", self.place)).hint(format!(
                "`bindery plugin record FILE… --to {}` asks for all refs of these files and records the answers",
                self.place
            ))
    }
}

impl Binder for Replaying {
    fn name(&self) -> &str {
        &self.name
    }

    fn claims(&self, reference: &Ref) -> Option<Ref> {
        self.matcher.matches(reference)
    }

    fn bind(&self, requests: &[Request]) -> Vec<Result<Answer, Diagnostic>> {
        let recorded = |request: &Request| {
            let question = Question {
                address: request.address.address().to_owned(),
                cluster: self.cluster.clone(),
                binder: self.name.clone(),
            };
            let outcome = self.fixture.get(&question).cloned();
            outcome.unwrap_or_else(|| Err(self.missing()))
        };
        requests.iter().map(recorded).collect()
    }
}

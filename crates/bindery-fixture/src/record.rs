//! A live binder whose answers are written down.

use std::{cell::RefCell, rc::Rc};

use bindery_core::{Answer, Binder, Ref, Request};
use bindery_diagnostic::Diagnostic;

use crate::fixture::{Fixture, Outcome, Question};

/// A binder in front of which a fixture is filled. What the fixture has already is not asked again.
pub struct Recording<B> {
    binder: B,
    cluster: Option<String>,
    fixture: Rc<RefCell<Fixture>>,
}

impl<B: Binder> Recording<B> {
    /// Puts `fixture` in front of `binder`, which answers for `cluster`.
    pub fn new(binder: B, cluster: Option<&str>, fixture: Rc<RefCell<Fixture>>) -> Self {
        Self {
            binder,
            cluster: cluster.map(str::to_owned),
            fixture,
        }
    }

    fn question(&self, request: &Request) -> Question {
        Question {
            address: request.address.address().to_owned(),
            cluster: self.cluster.clone(),
            binder: self.binder.name().to_owned(),
        }
    }

    fn known(&self, request: &Request) -> Option<Outcome> {
        let fixture = self.fixture.borrow();
        fixture.get(&self.question(request)).cloned()
    }
}

impl<B: Binder> Binder for Recording<B> {
    fn name(&self) -> &str {
        self.binder.name()
    }

    fn claims(&self, reference: &Ref) -> Option<Ref> {
        self.binder.claims(reference)
    }

    fn bind(&self, requests: &[Request]) -> Vec<Result<Answer, Diagnostic>> {
        let open: Vec<_> = requests
            .iter()
            .filter(|request| self.known(request).is_none())
            .cloned()
            .collect();
        if !open.is_empty() {
            let outcomes = self.binder.bind(&open);
            let mut fixture = self.fixture.borrow_mut();
            for (request, outcome) in open.iter().zip(outcomes) {
                fixture.insert(self.question(request), outcome);
            }
        }
        // A binder that gives too few ends the list early, which the bind pass tells of.
        requests.iter().map_while(|it| self.known(it)).collect()
    }
}

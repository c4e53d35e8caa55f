//! Binder that records the answers of a live binder.

use std::cell::RefCell;
use std::rc::Rc;

use bindery_core::{Answer, Binder, Ref, Request};
use bindery_diagnostic::Diagnostic;

use crate::fixture::{Fixture, FixtureKey, RecordedAnswer};

/// Binder that asks a live binder and records its answers. Requests that are in the fixture already are not repeated.
pub struct RecordingBinder<B> {
    binder: B,
    cluster: Option<String>,
    fixture: Rc<RefCell<Fixture>>,
}

impl<B: Binder> RecordingBinder<B> {
    /// Creates a binder that looks in `fixture` before it asks `binder` on behalf of `cluster`.
    pub fn new(binder: B, cluster: Option<&str>, fixture: Rc<RefCell<Fixture>>) -> Self {
        Self {
            binder,
            cluster: cluster.map(str::to_owned),
            fixture,
        }
    }

    fn key(&self, request: &Request) -> FixtureKey {
        FixtureKey {
            address: request.address.address().to_owned(),
            cluster: self.cluster.clone(),
            binder: self.binder.name().to_owned(),
        }
    }

    fn known(&self, request: &Request) -> Option<RecordedAnswer> {
        let fixture = self.fixture.borrow();
        fixture.get(&self.key(request)).cloned()
    }
}

impl<B: Binder> Binder for RecordingBinder<B> {
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
            let answers = self.binder.bind(&open);
            let mut fixture = self.fixture.borrow_mut();
            for (request, answer) in open.iter().zip(answers) {
                fixture.insert(self.key(request), answer);
            }
        }
        // If the binder returns too few answers, the list is short, which the bind pass reports.
        requests
            .iter()
            .map_while(|request| self.known(request))
            .collect()
    }
}

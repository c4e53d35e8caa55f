//! Binders: the seam to whatever can answer refs.

use bindery_diagnostic::Diagnostic;

use crate::{Answer, Origin, Ref};

/// Answers the refs that its matcher claims.
pub trait Binder {
    /// Returns the name, as in `docker.image`. Answers are recorded under this name.
    fn name(&self) -> &str;

    /// Returns the part of `reference` that the binder answers, or `None` if the binder does not claim the ref.
    fn claims(&self, reference: &Ref) -> Option<Ref>;

    /// Answers a batch: one result per request, in the order of the requests, which are distinct and sorted by address.
    fn bind(&self, requests: &[Request]) -> Vec<Result<Answer, Diagnostic>>;

    /// Checks answers of an earlier run before they are used again: one result per pair, in the order of the pairs.
    ///
    /// Checks, without network access, that each recalled answer could have come from this binder for this request. The default
    /// accepts all.
    fn review(&self, recalled: &[(Request, Answer)]) -> Vec<Result<(), Diagnostic>> {
        recalled.iter().map(|_| Ok(())).collect()
    }
}

impl<B: Binder + ?Sized> Binder for Box<B> {
    fn name(&self) -> &str {
        (**self).name()
    }

    fn claims(&self, reference: &Ref) -> Option<Ref> {
        (**self).claims(reference)
    }

    fn bind(&self, requests: &[Request]) -> Vec<Result<Answer, Diagnostic>> {
        (**self).bind(requests)
    }

    fn review(&self, recalled: &[(Request, Answer)]) -> Vec<Result<(), Diagnostic>> {
        (**self).review(recalled)
    }
}

/// Request to a binder for one ref.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Part of the ref that the binder claims.
    pub address: Ref,
    /// Texts of the components of `address`, the first included.
    pub parts: Vec<String>,
    /// Position of the first text that holds the ref.
    pub origin: Option<Origin>,
}

impl Request {
    /// Creates a request for `address`.
    pub fn new(address: Ref, origin: Option<Origin>) -> Self {
        Self {
            parts: address.parts(),
            address,
            origin,
        }
    }
}

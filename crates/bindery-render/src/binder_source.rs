//! Sources of binders.

use bindery_core::{Answer, Binder, Ref, Request};
use bindery_diagnostic::{Diagnostic, Diagnostics};

/// Source of the binders of a run: plugins, a lock file in front of plugins, or a recording.
///
/// A closure with the signature of [`BinderSource::binders`] is a source, too.
pub trait BinderSource {
    /// Returns the binders for the jobs of `cluster`, in the order in which they are asked.
    ///
    /// # Errors
    ///
    /// If the binders cannot be found, for example because a plugin cannot be used.
    fn binders(&self, cluster: Option<&str>) -> Result<Vec<Box<dyn Binder + '_>>, Diagnostics>;
}

impl<F> BinderSource for F
where
    F: Fn(Option<&str>) -> Result<Vec<Box<dyn Binder>>, Diagnostics>,
{
    fn binders(&self, cluster: Option<&str>) -> Result<Vec<Box<dyn Binder + '_>>, Diagnostics> {
        self(cluster)
    }
}

/// Source with the same binders for every cluster.
pub struct FixedBinders(pub Vec<Box<dyn Binder>>);

impl BinderSource for FixedBinders {
    fn binders(&self, _cluster: Option<&str>) -> Result<Vec<Box<dyn Binder + '_>>, Diagnostics> {
        let borrow = |binder| -> Box<dyn Binder + '_> { Box::new(Borrowed(binder)) };
        Ok(self.0.iter().map(|binder| borrow(&**binder)).collect())
    }
}

/// Reference to a binder.
struct Borrowed<'b>(&'b dyn Binder);

impl Binder for Borrowed<'_> {
    fn name(&self) -> &str {
        self.0.name()
    }

    fn claims(&self, reference: &Ref) -> Option<Ref> {
        self.0.claims(reference)
    }

    fn bind(&self, requests: &[Request]) -> Vec<Result<Answer, Diagnostic>> {
        self.0.bind(requests)
    }

    fn review(&self, recalled: &[(Request, Answer)]) -> Vec<Result<(), Diagnostic>> {
        self.0.review(recalled)
    }
}

//! Who answers the refs of a run.

use bindery_core::Binder;
use bindery_diagnostic::Diagnostics;

use crate::context::Context;

/// A source of binders: plugins with a lock file in front of them, or what was recorded of them.
pub trait Answers {
    /// The binders for jobs of `cluster`, in the order in which they are to be asked.
    fn binders(
        &self,
        cluster: Option<&str>,
        context: &Context<'_>,
    ) -> Result<Vec<Box<dyn Binder>>, Diagnostics>;
}

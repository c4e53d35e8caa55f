//! Catches panics of the host's own services before they reach the boundary.

use std::panic::{self, AssertUnwindSafe};

/// What `work` gives, or nothing if it panicked; the panic itself was reported by this program's panic hook.
pub(crate) fn guard<T>(work: impl FnOnce() -> T) -> Option<T> {
    match panic::catch_unwind(AssertUnwindSafe(work)) {
        Ok(done) => Some(done),
        Err(payload) => {
            // Dropping what was thrown runs code that may panic as well.
            let _ = panic::catch_unwind(AssertUnwindSafe(|| drop(payload)));
            None
        }
    }
}

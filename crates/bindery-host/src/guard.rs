//! Catching of panics in the host's services, before they reach the plugin interface.

use std::panic::{self, AssertUnwindSafe};

/// Returns the result of `work`, or `None` if it panicked. The panic hook has reported the panic by then.
pub(crate) fn guard<T>(work: impl FnOnce() -> T) -> Option<T> {
    match panic::catch_unwind(AssertUnwindSafe(work)) {
        Ok(result) => Some(result),
        Err(payload) => {
            // Dropping the payload runs code that may panic again.
            let _ = panic::catch_unwind(AssertUnwindSafe(|| drop(payload)));
            None
        }
    }
}

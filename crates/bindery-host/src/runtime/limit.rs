//! Time limits for work on threads.

use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

/// Runs `work` on a new thread; returns `None` if it takes longer than `limit`.
///
/// After the limit the thread keeps running: only the end of the process can stop it.
///
/// # Panics
///
/// If `work` panics.
pub(crate) fn run_with_limit<T: Send + 'static>(
    limit: Duration,
    work: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    let (sender, result) = channel();
    let started = thread::Builder::new()
        .name("plugin".to_owned())
        .spawn(move || sender.send(work()));
    let Ok(thread) = started else { return None };
    match result.recv_timeout(limit) {
        Ok(result) => Some(result),
        Err(RecvTimeoutError::Timeout) => None,
        Err(RecvTimeoutError::Disconnected) => match thread.join() {
            Err(panic) => std::panic::resume_unwind(panic),
            Ok(_) => None,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_over_the_limit_has_no_result() {
        assert_eq!(run_with_limit(Duration::from_secs(60), || 5), Some(5));
        let (_keep, never) = channel::<()>();
        assert_eq!(
            run_with_limit(Duration::from_millis(1), move || never.recv()),
            None
        );
    }

    #[test]
    fn a_panic_reaches_the_caller() {
        let panicked = std::panic::catch_unwind(|| {
            run_with_limit(Duration::from_secs(60), || std::panic::panic_any(7))
        });
        assert_eq!(panicked.unwrap_err().downcast_ref(), Some(&7));
    }
}

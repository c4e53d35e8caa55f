//! Work that may take so long and no longer.

use std::{
    sync::mpsc::{RecvTimeoutError, channel},
    thread,
    time::Duration,
};

/// What `work` gives, done on a thread of its own; `None` if it takes longer. The thread is left to itself then: there is no
/// way to stop it but the end of the process.
///
/// # Panics
///
/// If `work` does.
pub(crate) fn within<T: Send + 'static>(
    limit: Duration,
    work: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    let (tell, done) = channel();
    let started = thread::Builder::new()
        .name("plugin".to_owned())
        .spawn(move || tell.send(work()));
    let Ok(working) = started else { return None };
    match done.recv_timeout(limit) {
        Ok(done) => Some(done),
        Err(RecvTimeoutError::Timeout) => None,
        Err(RecvTimeoutError::Disconnected) => match working.join() {
            Err(panic) => std::panic::resume_unwind(panic),
            Ok(_) => None,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ends_in_time_is_given_and_what_does_not_is_left() {
        assert_eq!(within(Duration::from_secs(60), || 5), Some(5));
        let (_keep, never) = channel::<()>();
        assert_eq!(within(Duration::from_millis(1), move || never.recv()), None);
    }

    #[test]
    fn a_panic_goes_on_where_the_work_was_asked_for() {
        let panicked = std::panic::catch_unwind(|| {
            within(Duration::from_secs(60), || std::panic::panic_any(7))
        });
        assert_eq!(panicked.unwrap_err().downcast_ref(), Some(&7));
    }
}

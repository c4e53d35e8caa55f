//! How much text one evaluation may make.
//!
//! A text is bounded by itself, but a small file can ask for thousands of large ones: `List(String)(['{{a}}'] * 2000)`. So what
//! one call from outside makes is summed up and ends in an error before it fills the machine.

use std::cell::Cell;

use crate::{Error, ErrorKind};

/// Bytes that one evaluation may make, all passes and copies counted. A fuzzer shall get there.
const MOST: u64 = if cfg!(fuzzing) { 8 << 20 } else { 256 << 20 };

thread_local! {
    /// Bytes made on this thread.
    static MADE: Cell<u64> = const { Cell::new(0) };
    /// Parts of objects looked at on this thread.
    static LOOKED_AT: Cell<u64> = const { Cell::new(0) };
    /// What `MADE` may grow to while an evaluation runs.
    static END: Cell<Option<u64>> = const { Cell::new(None) };
}

/// Bytes of text that templates have made on this thread so far, all passes and copies counted.
///
/// The difference of two calls is what the evaluations between them cost; whoever runs programs can so bound all of them.
pub fn text_made() -> u64 {
    MADE.get()
}

/// Parts of objects that this thread has looked at so far in order to evaluate, check or compare them: what a call takes is seen
/// in it where it makes no text.
pub fn parts_looked_at() -> u64 {
    LOOKED_AT.get()
}

/// Accounts for one part of an object.
#[inline]
pub(crate) fn look_at_part() {
    LOOKED_AT.set(LOOKED_AT.get() + 1);
}

/// Runs `work` as one evaluation, or as a part of the one that runs.
pub(crate) fn evaluation<T>(work: impl FnOnce() -> T) -> T {
    struct Running;
    impl Drop for Running {
        fn drop(&mut self) {
            END.set(None);
        }
    }
    if END.get().is_some() {
        return work();
    }
    END.set(Some(MADE.get() + MOST));
    let _running = Running;
    work()
}

/// Accounts for `bytes` of text.
#[inline]
pub(crate) fn made(bytes: usize) -> Result<(), Error> {
    let made = MADE.get() + bytes as u64;
    MADE.set(made);
    match END.get() {
        Some(end) if made > end => Err(too_much()),
        _ => Ok(()),
    }
}

#[cold]
fn too_much() -> Error {
    Error::new(
        ErrorKind::Uninterpolatable,
        "Unable to interpolate!  All texts together grow beyond 256 MiB.",
    )
    .with_hint("a long text is used many times; refer to a file or to one shared variable of the task instead")
}

//! Meter: counts the work of templates, and limits the text of one evaluation.
//!
//! Each text has a maximum length, but a small file can ask for thousands of long texts: `List(String)(['{{a}}'] * 2000)`. The texts
//! of one evaluation are therefore added up, and a total above the limit is an error.
//!
//! The counts belong to the thread, since template objects never leave their thread and every operation on them may evaluate: also
//! comparing, printing and formatting with `{:?}`.

use std::cell::Cell;

use crate::{Error, ErrorKind};

/// Maximum number of bytes of text in one evaluation, all passes and copies counted. A fuzzer must be able to reach it.
const MAX_TEXT: u64 = if cfg!(fuzzing) { 8 << 20 } else { 256 << 20 };

thread_local! {
    /// Bytes of text produced on this thread.
    static TEXT: Cell<u64> = const { Cell::new(0) };
    /// Parts of objects evaluated, checked or compared on this thread.
    static PARTS: Cell<u64> = const { Cell::new(0) };
    /// Maximum of `TEXT` for the running evaluation.
    static END: Cell<Option<u64>> = const { Cell::new(None) };
}

/// Work of templates on one thread.
///
/// The difference of two readings is the cost of the evaluations between them, with which an evaluator of programs limits each
/// program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Bytes of text produced, all passes and copies counted.
    pub text: u64,
    /// Parts of objects evaluated, checked or compared; the cost of operations that produce no text.
    pub parts: u64,
}

impl Usage {
    /// Returns the work on this thread so far. The numbers never decrease.
    pub fn on_this_thread() -> Self {
        Self {
            text: TEXT.get(),
            parts: PARTS.get(),
        }
    }
}

/// Counts one part of an object.
#[inline]
pub(crate) fn count_part() {
    PARTS.set(PARTS.get() + 1);
}

/// Runs `work` as an evaluation, or as a part of the running evaluation.
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
    END.set(Some(TEXT.get() + MAX_TEXT));
    let _running = Running;
    work()
}

/// Counts `bytes` of text; an error if the evaluation exceeds its limit.
#[inline]
pub(crate) fn count_text(bytes: usize) -> Result<(), Error> {
    let text = TEXT.get() + bytes as u64;
    TEXT.set(text);
    match END.get() {
        Some(end) if text > end => Err(too_much()),
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

//! Flags that are set for the duration of an operation.

use std::sync::atomic::{AtomicBool, Ordering};

/// Guard of a flag, which resets the flag when it is dropped.
pub(crate) struct Flag<'f>(&'f AtomicBool);

impl<'f> Flag<'f> {
    /// Sets a flag; returns `None` if it is set already.
    pub fn set(flag: &'f AtomicBool) -> Option<Self> {
        (!flag.swap(true, Ordering::Relaxed)).then_some(Self(flag))
    }
}

impl Drop for Flag<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Relaxed);
    }
}

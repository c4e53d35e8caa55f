//! Floats that `/` made of two integers: for warnings about files that were written for Python 2.

use std::cell::RefCell;
use std::collections::HashSet;

/// Number of floats that are remembered.
const MOST: usize = 1000;

thread_local! {
    static MADE: RefCell<HashSet<u64>> = RefCell::default();
}

/// Remembers that `/` made `quotient` of two integers.
pub(crate) fn record(quotient: f64) {
    MADE.with_borrow_mut(|made| {
        if made.len() < MOST {
            made.insert(quotient.to_bits());
        }
    });
}

/// Checks whether `/` made this float of two integers during the current run.
pub fn is_quotient(float: f64) -> bool {
    MADE.with_borrow(|made| made.contains(&float.to_bits()))
}

/// Forgets the floats of earlier runs.
pub(crate) fn forget() {
    MADE.with_borrow_mut(HashSet::clear);
}

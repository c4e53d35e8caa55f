//! Dropping containers that nest deeper than the stack.

use std::any::Any;
use std::cell::{Cell, RefCell};

/// Depth up to which nested containers are dropped by recursion; deeper containers are dropped one after the other.
const PLAIN_DROPS: u32 = 32;

thread_local! {
    static DROPPING: Cell<u32> = const { Cell::new(0) };
    static WAITING: RefCell<Vec<Box<dyn Any>>> = const { RefCell::new(Vec::new()) };
}

/// Drops the contents of a container. A program may nest containers deeper than any stack, so deep contents wait in a queue.
pub(crate) fn release<T: 'static>(contents: T) {
    // The thread-local values are gone only while the thread ends.
    let Ok(depth) = DROPPING.try_with(Cell::get) else {
        return;
    };
    if depth >= PLAIN_DROPS {
        let _ = WAITING.try_with(|waiting| waiting.borrow_mut().push(Box::new(contents)));
        return;
    }
    let set = |depth| DROPPING.with(|cell| cell.set(depth));
    set(depth + 1);
    drop(contents);
    if depth == 0 {
        while let Ok(Some(next)) = WAITING.try_with(|waiting| waiting.borrow_mut().pop()) {
            drop(next);
        }
    }
    set(depth);
}

//! Dropping containers that nest deeper than the stack.

use std::any::Any;
use std::cell::{Cell, RefCell};

/// Containers inside each other this deep are dropped by recursion, deeper ones one after the other.
const PLAIN_DROPS: u32 = 32;

thread_local! {
    static DROPPING: Cell<u32> = const { Cell::new(0) };
    static WAITING: RefCell<Vec<Box<dyn Any>>> = const { RefCell::new(Vec::new()) };
}

/// Drops what a container held. A program may nest containers deeper than any stack, so deep ones wait in a queue.
pub(crate) fn release<T: 'static>(contents: T) {
    // Both are gone only while the thread itself ends.
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

//! Bounds on the stack, and on the work of comparisons.

use std::cell::Cell;

use crate::limits::{LimitKind, LimitReached};

thread_local! {
    /// How many elements comparisons may still look at during the running load.
    static TOIL: Cell<u64> = const { Cell::new(u64::MAX) };
    /// Where on this thread's stack the running load began (0: none runs), and how many bytes it may use.
    static STACK: Cell<(usize, usize)> = const { Cell::new((0, SMALL_ROOM)) };
}

/// Fits a thread with Rust's default stack of 2 MiB and leaves half of it to leaves that do not check: formatting, core.
const SMALL_ROOM: usize = 1024 * 1024;
const LARGE_STACK: usize = 64 * 1024 * 1024;
const LARGE_ROOM: usize = LARGE_STACK - 4 * 1024 * 1024;

/// Runs `work` on a thread whose stack has room for the deepest program the limits allow.
///
/// Template objects cannot leave the thread they were made on, so everything that uses them belongs into `work`.
/// Without this a load still never overflows the stack: it uses 1 MiB and reports deeper programs as an error.
///
/// # Errors
///
/// When the machine does not give another thread.
pub fn on_large_stack<T: Send>(work: impl FnOnce() -> T + Send) -> std::io::Result<T> {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new()
            .name("job-file".to_owned())
            .stack_size(LARGE_STACK)
            .spawn_scoped(scope, || {
                STACK.with(|stack| stack.set((0, LARGE_ROOM)));
                work()
            })?;
        match thread.join() {
            Ok(value) => Ok(value),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

/// Runs `work`, measuring the stack from here unless an outer load already does; `steps` is the load's limit.
pub(crate) fn measured<T>(steps: u64, work: impl FnOnce() -> T) -> T {
    let (start, room) = STACK.with(Cell::get);
    if start != 0 {
        return work();
    }
    STACK.with(|stack| stack.set((position(), room)));
    // One step of a comparison is much less than one of the program.
    TOIL.with(|toil| toil.set(steps.saturating_mul(2)));
    let result = work();
    STACK.with(|stack| stack.set((0, room)));
    result
}

/// Fails where going deeper could exhaust the stack.
#[inline]
pub fn check_stack() -> Result<(), LimitReached> {
    let (start, room) = STACK.with(Cell::get);
    if start != 0 && start.abs_diff(position()) > room {
        Err(LimitReached {
            kind: LimitKind::Stack,
            most: 0,
        })
    } else {
        Ok(())
    }
}

/// Accounts for elements that a comparison, hash or sort looks at: values may share parts so often that looking at all of them
/// would not end.
#[inline]
pub fn toil(elements: usize) -> Result<(), LimitReached> {
    let left = TOIL.with(Cell::get).checked_sub(elements as u64);
    TOIL.with(|toil| toil.set(left.unwrap_or(0)));
    match left {
        Some(_) => Ok(()),
        None => Err(LimitReached {
            kind: LimitKind::Comparisons,
            most: 0,
        }),
    }
}

/// The address of a local variable tells how far the stack has grown.
#[inline(always)]
fn position() -> usize {
    let marker = 0u8;
    std::ptr::from_ref(&marker).addr()
}

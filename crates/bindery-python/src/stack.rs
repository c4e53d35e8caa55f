//! Bounds on the stack, and on the work of comparisons.

use std::cell::Cell;

use crate::limits::{LimitKind, LimitReached};

thread_local! {
    /// Number of elements that comparisons of the running program may still look at.
    static COMPARISONS: Cell<u64> = const { Cell::new(u64::MAX) };
    /// Stack address at which the running program began (0 if none runs), and the number of bytes it may use.
    static STACK: Cell<(usize, usize)> = const { Cell::new((0, SMALL_ROOM)) };
}

/// Fits a thread with Rust's default stack of 2 MiB; half of it is left to code that does not check the stack.
const SMALL_ROOM: usize = 1024 * 1024;
const LARGE_STACK: usize = 64 * 1024 * 1024;
const LARGE_ROOM: usize = LARGE_STACK - 4 * 1024 * 1024;

/// Runs `work` on a thread whose stack fits the deepest program that the limits allow.
///
/// Template objects cannot leave their thread, so all code that uses them belongs into `work`. Without this function a program
/// uses 1 MiB of stack, and deeper programs end with an error.
///
/// # Errors
///
/// The error of the operating system if no thread can be started.
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

/// Runs `work`, measuring the stack from here unless an outer run measures it; `steps` is the limit on steps.
pub(crate) fn measured<T>(steps: u64, work: impl FnOnce() -> T) -> T {
    let (start, room) = STACK.with(Cell::get);
    if start != 0 {
        return work();
    }
    STACK.with(|stack| stack.set((position(), room)));
    // A step of a comparison costs less than a step of the program.
    COMPARISONS.set(steps.saturating_mul(2));
    let result = work();
    STACK.with(|stack| stack.set((0, room)));
    result
}

/// Fails if deeper recursion could exhaust the stack.
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

/// Charges elements that a comparison, hash or sort looks at. Values may share parts so often that looking at every path would
/// not end.
#[inline]
pub fn charge_comparison(elements: usize) -> Result<(), LimitReached> {
    let left = COMPARISONS.with(Cell::get).checked_sub(elements as u64);
    COMPARISONS.set(left.unwrap_or(0));
    match left {
        Some(_) => Ok(()),
        None => Err(LimitReached {
            kind: LimitKind::Comparisons,
            most: 0,
        }),
    }
}

/// Returns the address of a local variable, which shows how far the stack has grown.
#[inline(always)]
fn position() -> usize {
    let marker = 0u8;
    std::ptr::from_ref(&marker).addr()
}

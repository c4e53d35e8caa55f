//! Signals that end the program: work in progress gets half a second, and no plugin process remains.
//!
//! Without work in progress the signal handler ends the program at once. Otherwise it records the signal and sets a timer. No thread
//! waits for signals: starting one would take a large part of the time in which a small plugin answers.

use std::ffi::c_int;
use std::io;
use std::ptr;
use std::sync::Once;
use std::sync::atomic::{AtomicI32, AtomicUsize, Ordering};
use std::thread;

use rustix::process::{Signal, getpid, kill_process};

use crate::runtime::process_groups;

/// Signals with which terminals, shells and supervisors end programs.
const SIGNALS: [c_int; 4] = [libc::SIGHUP, libc::SIGINT, libc::SIGQUIT, libc::SIGTERM];

/// Time for work in progress to end: half a second, once.
const GRACE: libc::itimerval = libc::itimerval {
    it_interval: libc::timeval {
        tv_sec: 0,
        tv_usec: 0,
    },
    it_value: libc::timeval {
        tv_sec: 0,
        tv_usec: 500_000,
    },
};

/// First signal that was received; 0 before.
static RECEIVED: AtomicI32 = AtomicI32::new(0);

/// Number of [`Work`] guards.
static WORK: AtomicUsize = AtomicUsize::new(0);

/// Returns whether the program was interrupted; it ends within half a second.
pub fn is_interrupted() -> bool {
    RECEIVED.load(Ordering::SeqCst) != 0
}

/// Guard of work that a signal must not cut off at once: a call of a plugin or the writing of a file.
///
/// The first guard installs the signal handlers. From then on a signal makes [`is_interrupted`] true, waits up to half a second for all
/// guards to be dropped, kills all plugin processes with their children, and ends this process by the default action of the signal.
/// Signals that are ignored when the process starts stay ignored.
pub struct Work(());

impl Work {
    /// Creates a guard. Does not return if the program was interrupted before.
    #[must_use]
    pub fn begin() -> Self {
        static INSTALL: Once = Once::new();
        INSTALL.call_once(|| {
            for signal in SIGNALS {
                // On an error the signal keeps its action.
                let _ = install(signal);
            }
        });
        WORK.fetch_add(1, Ordering::SeqCst);
        // After an interruption, dropping the guard ends the process or waits for its end.
        let work = Self(());
        if is_interrupted() {
            drop(work);
            unreachable!("an interrupted program does not begin work");
        }
        work
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        WORK.fetch_sub(1, Ordering::SeqCst);
        if !is_interrupted() {
            return;
        }
        if WORK.load(Ordering::SeqCst) == 0 {
            end();
        }
        // The result of the work is not needed any more. The last guard or the timer ends the process.
        loop {
            thread::park();
        }
    }
}

/// Installs the handler of a signal, unless the signal is ignored.
fn install(signal: c_int) -> io::Result<()> {
    // SAFETY: all fields are numbers, nullable pointers and bit sets, for which zeros are valid.
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    // SAFETY: the signal exists, and the pointer is to a `sigaction`, which the call fills.
    let known = unsafe { libc::sigaction(signal, ptr::null(), &raw mut action) };
    if known != 0 {
        return Err(io::Error::last_os_error());
    }
    if action.sa_sigaction == libc::SIG_IGN {
        return Ok(());
    }
    set_handler(signal, receive)
}

/// Sets the handler of a signal. May be called from a signal handler; `handler` must be async-signal-safe.
fn set_handler(signal: c_int, handler: extern "C" fn(c_int)) -> io::Result<()> {
    // SAFETY: all fields are numbers, nullable pointers and bit sets, for which zeros are valid.
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    action.sa_sigaction = handler as libc::sighandler_t;
    // System calls are restarted, and the handler does not use the stack of a plugin's thread, which may be too small.
    action.sa_flags = libc::SA_RESTART | libc::SA_ONSTACK;
    // SAFETY: the handlers in this module are async-signal-safe, and `action` is initialized.
    match unsafe { libc::sigaction(signal, &raw const action, ptr::null_mut()) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

/// Handles a signal. Runs at any point of the program: does not lock, allocate or free.
extern "C" fn receive(signal: c_int) {
    let first = RECEIVED.compare_exchange(0, signal, Ordering::SeqCst, Ordering::SeqCst);
    if first.is_err() {
        // The timer is running.
        return;
    }
    // Work that ends at this moment either sees the signal or is not counted here.
    if WORK.load(Ordering::SeqCst) == 0 {
        finish(signal);
        return;
    }
    let is_set = set_handler(libc::SIGALRM, grace_is_over);
    // SAFETY: a system call that reads a constant.
    let started = unsafe { libc::setitimer(libc::ITIMER_REAL, &GRACE, ptr::null_mut()) };
    if is_set.is_err() || started != 0 {
        finish(signal);
    }
}

extern "C" fn grace_is_over(_: c_int) {
    finish(RECEIVED.load(Ordering::SeqCst));
}

/// Kills all plugin processes and raises the signal with its default action. In a signal handler, the action follows when the
/// handler returns.
fn finish(signal: c_int) {
    process_groups::kill_all();
    // SAFETY: both functions are async-signal-safe and accept any number. No handler of this module remains for the signal.
    unsafe {
        libc::signal(signal, libc::SIG_DFL);
        libc::raise(signal);
    }
}

fn end() -> ! {
    finish(RECEIVED.load(Ordering::SeqCst));
    // Reached only if this thread was started with the signal blocked.
    let _ = kill_process(getpid(), Signal::KILL);
    unreachable!("SIGKILL ends the process")
}

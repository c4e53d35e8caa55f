//! A user who wants the program to end: plugins are told and get a moment to give up, and no process is left behind.
//!
//! Where nothing is under way that should come to an end, the handler of the signal ends the program at once. Else it leaves a
//! note and sets a timer: a thread that waits for signals would take a good part of the time in which a small plugin answers.

use std::{
    ffi::c_int,
    io, ptr,
    sync::{
        Once,
        atomic::{AtomicI32, AtomicUsize, Ordering},
    },
    thread,
};

use rustix::process::{Signal, getpid, kill_process};

use crate::runtime::process;

/// What a terminal, a shell or a supervisor sends to whom it wants to end.
const SIGNALS: [c_int; 4] = [libc::SIGHUP, libc::SIGINT, libc::SIGQUIT, libc::SIGTERM];

/// How long plugins have to give up: half a second, once. Whoever waits for the end waits at most a second.
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

/// The first signal that wants this program to end; 0 before.
static NOTED: AtomicI32 = AtomicI32::new(0);

/// How much [`Work`] is under way.
static WORK: AtomicUsize = AtomicUsize::new(0);

/// Whether the user wants the program to end; it does very soon.
pub fn is_interrupted() -> bool {
    NOTED.load(Ordering::SeqCst) != 0
}

/// While it lives, something is done that should come to an end before a signal ends the process: a question to a plugin, or a file
/// that is being written. From the first one on, a signal that wants this program to end makes [`is_interrupted`] true, lets what
/// is under way go on for half a second, ends all processes of plugins with their children, and ends this one as the signal does.
/// Signals that this process was started to ignore stay ignored.
pub struct Work(());

impl Work {
    /// Does not come back if the process is to end already.
    #[must_use]
    pub fn begin() -> Self {
        static HEED: Once = Once::new();
        HEED.call_once(|| {
            for signal in SIGNALS {
                // One that cannot be taken does what it did before.
                let _ = take(signal);
            }
        });
        WORK.fetch_add(1, Ordering::SeqCst);
        // If the process is to end, that is where this one leads.
        let work = Self(());
        if is_interrupted() {
            drop(work);
            unreachable!("an interrupted program goes no further");
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
        // What would follow, an error of the plugin or a result, is not wanted any more. The last one ends the process, or the timer.
        loop {
            thread::park();
        }
    }
}

/// Has `signal` noted, unless it is ignored.
fn take(signal: c_int) -> io::Result<()> {
    // SAFETY: all of its fields are plain numbers, pointers that may be null, and sets of bits.
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    // SAFETY: the signal is one of the system's, and the pointer is to a whole `sigaction`, which is written.
    let known = unsafe { libc::sigaction(signal, ptr::null(), &raw mut action) };
    if known != 0 {
        return Err(io::Error::last_os_error());
    }
    if action.sa_sigaction == libc::SIG_IGN {
        return Ok(());
    }
    handle(signal, note)
}

/// Has a signal handled so, for which `handler` does only what a handler may do. A handler may call it.
fn handle(signal: c_int, handler: extern "C" fn(c_int)) -> io::Result<()> {
    // SAFETY: all of its fields are plain numbers, pointers that may be null, and sets of bits; zeros are an empty set.
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    action.sa_sigaction = handler as libc::sighandler_t;
    // Calls of the system are not broken off, and a plugin's thread may have a stack that is too small for a handler.
    action.sa_flags = libc::SA_RESTART | libc::SA_ONSTACK;
    // SAFETY: the handlers here do only what a handler may do, and `action` is whole.
    match unsafe { libc::sigaction(signal, &raw const action, ptr::null_mut()) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

/// May come in the middle of anything: nothing is locked, allocated or freed here.
extern "C" fn note(signal: c_int) {
    let noted = NOTED.compare_exchange(0, signal, Ordering::SeqCst, Ordering::SeqCst);
    if noted.is_err() {
        // The timer runs.
        return;
    }
    // Work that ends at this moment sees the note, or is not seen here.
    if WORK.load(Ordering::SeqCst) == 0 {
        finish(signal);
        return;
    }
    let is_set = handle(libc::SIGALRM, grace_is_over);
    // SAFETY: a bare call of the system, which reads a constant.
    let started = unsafe { libc::setitimer(libc::ITIMER_REAL, &GRACE, ptr::null_mut()) };
    if is_set.is_err() || started != 0 {
        finish(signal);
    }
}

extern "C" fn grace_is_over(_: c_int) {
    finish(NOTED.load(Ordering::SeqCst));
}

/// Ends the processes of plugins, and has the system do what it does for this signal. A handler may call it, and the signal acts
/// when that is over.
fn finish(signal: c_int) {
    process::end_all();
    // SAFETY: both are made for handlers, and take any number. No handler of ours runs for this signal any more.
    unsafe {
        libc::signal(signal, libc::SIG_DFL);
        libc::raise(signal);
    }
}

fn end() -> ! {
    finish(NOTED.load(Ordering::SeqCst));
    // Only where this thread was started with the signal blocked.
    let _ = kill_process(getpid(), Signal::KILL);
    unreachable!("nobody outlives this signal")
}

//! A user who wants the program to end: plugins are told and get a moment to give up, and no process is left behind.

use std::{
    ffi::c_int,
    io::{self, Read},
    os::fd::IntoRawFd,
    ptr,
    sync::{
        Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicI32, Ordering},
    },
    thread,
    time::Duration,
};

use rustix::process::{Signal, getpid, kill_process};

use crate::process;

/// What a terminal, a shell or a supervisor sends to whom it wants to end.
const SIGNALS: [c_int; 4] = [libc::SIGHUP, libc::SIGINT, libc::SIGQUIT, libc::SIGTERM];

/// How long plugins have to give up. Whoever waits for the end waits at most a second.
const GRACE: Duration = Duration::from_millis(500);

static IS_INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// How much [`Work`] is being done, and that nothing is left of it.
static WORK: Mutex<usize> = Mutex::new(0);
static IDLE: Condvar = Condvar::new();

/// Where [`note`] writes the first signal; -1 before there is a reader, and once it is written.
static NOTES: AtomicI32 = AtomicI32::new(-1);

/// From now on, a signal that wants this program to end makes [`is_interrupted`] true, lets [`Work`] that is being done go on for
/// half a second, ends all processes of plugins with their children, and ends this one by the same signal.
///
/// Signals that this process was started to ignore stay ignored.
///
/// # Errors
///
/// If there can be no pipe or thread for it; signals do what they did before then.
pub fn heed_interrupts() -> io::Result<()> {
    let (mut notes, to) = io::pipe()?;
    thread::Builder::new()
        .name("interrupts".to_owned())
        .spawn(move || {
            let mut signal = [0];
            if notes.read_exact(&mut signal).is_ok() {
                end(signal[0].into());
            }
        })?;
    // The descriptor stays open as long as the process.
    NOTES.store(to.into_raw_fd(), Ordering::Release);
    SIGNALS.into_iter().try_for_each(take)
}

/// Whether the user wants the program to end; it does very soon.
pub fn is_interrupted() -> bool {
    IS_INTERRUPTED.load(Ordering::Relaxed)
}

/// While it lives, something is done that should come to an end before an interrupt ends the process: a question to a plugin, or a
/// file that is being written. Where the process is interrupted meanwhile, the thread goes no further than to the end of it.
pub struct Work(());

impl Work {
    /// Waits for the end of the process if that has begun.
    #[must_use]
    pub fn begin() -> Self {
        *work() += 1;
        Self(())
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        let mut work = work();
        *work -= 1;
        if *work > 0 || !is_interrupted() {
            return;
        }
        IDLE.notify_all();
        drop(work);
        // What would follow, an error of the plugin or a result, is not wanted any more.
        loop {
            thread::park();
        }
    }
}

fn work() -> MutexGuard<'static, usize> {
    WORK.lock().unwrap_or_else(PoisonError::into_inner)
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
    action.sa_sigaction = note as extern "C" fn(c_int) as libc::sighandler_t;
    // Calls of the system are not broken off, and a plugin's thread may have a stack that is too small for a handler.
    action.sa_flags = libc::SA_RESTART | libc::SA_ONSTACK;
    // SAFETY: `note` does only what a handler may do, and `action` is whole: it was read above.
    match unsafe { libc::sigaction(signal, &raw const action, ptr::null_mut()) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

/// Writes down the first signal. It may arrive in the middle of anything: nothing is locked, allocated or freed here.
extern "C" fn note(signal: c_int) {
    let notes = NOTES.swap(-1, Ordering::AcqRel);
    if notes >= 0 {
        let number = signal.to_le_bytes()[0];
        // SAFETY: `write` is made for handlers, the descriptor is never closed, and the byte outlives the call. One byte always has
        // room in an empty pipe, so that `errno`, which belongs to who was interrupted, is not touched.
        unsafe { libc::write(notes, ptr::from_ref(&number).cast(), 1) };
    }
}

fn end(signal: c_int) -> ! {
    IS_INTERRUPTED.store(true, Ordering::Relaxed);
    // Held to the end, so that nothing is begun.
    let _idle = IDLE
        .wait_timeout_while(work(), GRACE, |work| *work > 0)
        .unwrap_or_else(PoisonError::into_inner);
    let _none_starts = process::end_all();
    // SAFETY: the signal goes back to what the system does for it, which is to end the process; no handler of ours runs.
    unsafe {
        libc::signal(signal, libc::SIG_DFL);
        libc::raise(signal);
    }
    // Only where this thread was started with the signal blocked, and a plugin's was not.
    let _ = kill_process(getpid(), Signal::KILL);
    unreachable!("nobody outlives this signal")
}

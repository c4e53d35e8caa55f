//! Process groups of all running plugin processes.

use std::sync::atomic::{AtomicI32, Ordering};

use rustix::process::{
    Pid, Signal, getpgrp, getpid, kill_current_process_group, kill_process, kill_process_group,
};

/// Numbers of the process groups; 0 marks a free slot. Without a lock, since signal handlers read the list.
static GROUPS: [AtomicI32; 256] = [const { AtomicI32::new(0) }; 256];

/// Adds a group; returns `false` if the list is full.
pub(crate) fn add(group: Pid) -> bool {
    replace(0, group.as_raw_pid())
}

/// Removes a group.
pub(crate) fn remove(group: Pid) {
    replace(group.as_raw_pid(), 0);
}

/// Replaces the first occurrence of a number; returns `false` if the number is not in the list.
fn replace(old: i32, new: i32) -> bool {
    let mut groups = GROUPS.iter();
    groups.any(|group| {
        let replaced = group.compare_exchange(old, new, Ordering::SeqCst, Ordering::SeqCst);
        replaced.is_ok()
    })
}

/// Kills all plugin processes and their children. May be called from a signal handler.
pub(crate) fn kill_all() {
    let groups = GROUPS.iter();
    for group in groups.filter_map(|group| Pid::from_raw(group.load(Ordering::SeqCst))) {
        let _ = kill_process_group(group, Signal::KILL);
    }
}

/// Kills this process, and its children if it was started as a plugin's process.
pub(crate) fn kill_this() {
    let _ = if getpgrp() == getpid() {
        kill_current_process_group(Signal::KILL)
    } else {
        kill_process(getpid(), Signal::KILL)
    };
}

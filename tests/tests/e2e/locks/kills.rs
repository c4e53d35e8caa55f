//! Lock files are complete at every moment at which the writing process may be killed.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use bindery_fake_registry::Image;
use bindery_tests::{Bindery, Program, find, run_by};

use super::setup;

/// System calls that can change a file or its name.
const CHANGING: [&str; 12] = [
    "openat",
    "write",
    "fsync",
    "fdatasync",
    "chmod",
    "fchmod",
    "link",
    "linkat",
    "rename",
    "renameat",
    "renameat2",
    "unlink",
];

/// Returns the command `bindery update jobs.aurora`, run by strace with these arguments.
fn update_under_strace(strace: &Path, arguments: &[&str], bindery: &Bindery) -> Command {
    let arguments: Vec<_> = arguments.iter().map(OsStr::new).collect();
    let mut command = run_by(
        strace,
        &arguments,
        &bindery.command(["update", "jobs.aurora"]),
    );
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

/// Returns an old lock file, and the file that an update writes.
fn old_and_new(
    bindery: &Bindery,
    registry: &bindery_fake_registry::Registry,
) -> (Vec<u8>, Vec<u8>) {
    let lock = bindery.home().join("work/bindery.lock");
    bindery.run(["lock", "jobs.aurora"]).success();
    let old = fs::read(&lock).unwrap();
    registry.push("team/web", "1.4", &Image::oci("another"));
    bindery.run(["update", "jobs.aurora"]).success();
    let new = fs::read(&lock).unwrap();
    assert_ne!(old, new);
    (old, new)
}

/// System call of a trace: its name, and its number among the calls of this name in its thread.
type Call = (String, usize);

/// Returns the calls of each thread in order, each with whether it concerns the lock file or its replacement.
fn calls(trace: &str) -> BTreeMap<String, Vec<(Call, bool)>> {
    let mut threads: BTreeMap<String, Vec<(Call, bool)>> = BTreeMap::new();
    for line in trace.lines() {
        // `PID name(arguments`; the second half of an interrupted call has no bracket here.
        let Some((thread, call)) = line.split_once(' ') else {
            continue;
        };
        let Some((name, arguments)) = call.trim_start().split_once('(') else {
            continue;
        };
        if !name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        {
            continue;
        }
        let calls = threads.entry(thread.to_owned()).or_default();
        let number = calls.iter().filter(|((other, _), _)| other == name).count() + 1;
        let ours = arguments.contains("bindery.lock") || arguments.contains("/.bindery-");
        calls.push(((name.to_owned(), number), ours));
    }
    threads
}

#[test]
fn a_kill_at_any_system_call_leaves_the_old_or_the_new_file() {
    let Some(strace) = find(Program::Strace) else {
        return;
    };
    let (registry, bindery) = setup();
    let (old, new) = old_and_new(&bindery, &registry);
    let lock = bindery.home().join("work/bindery.lock");
    let trace = bindery.home().join("trace").display().to_string();
    let run = |options: &[&str]| {
        fs::write(&lock, &old).unwrap();
        let options = [&["-f", "-y", "-o", &trace], options].concat();
        update_under_strace(&strace, &options, &bindery)
            .status()
            .unwrap();
        fs::read(&lock).unwrap()
    };
    assert!(run(&[]) == new);
    // A kill happens at the entry of a call, which is then not executed: "after one call" is "before the next". Calls are counted
    // per thread, so the call must be one that no other thread makes as often.
    let mut moments = BTreeSet::new();
    let threads = calls(&fs::read_to_string(&trace).unwrap());
    for calls in threads.values() {
        let is_of_one = |(call, _): &&(Call, bool)| {
            let makes = |calls: &&Vec<_>| calls.iter().any(|(other, _)| other == call);
            threads.values().filter(makes).count() == 1
        };
        for (at, ((name, _), ours)) in calls.iter().enumerate() {
            if *ours && CHANGING.contains(&name.as_str()) {
                for from in [at, at + 1] {
                    let next = calls[from..].iter().find(is_of_one);
                    moments.extend(next.map(|(call, _)| call.clone()));
                }
            }
        }
    }
    let mut seen = [0, 0];
    for (name, number) in &moments {
        let found = run(&[
            "-e",
            &format!("trace={name}"),
            "-e",
            &format!("inject={name}:signal=KILL:when={number}"),
        ]);
        assert!(
            found == old || found == new,
            "killed at {name} number {number}:\n{}",
            String::from_utf8_lossy(&found)
        );
        seen[usize::from(found == new)] += 1;
    }
    // Opened, written, synced, renamed, and after that.
    assert!(seen[0] >= 4 && seen[1] >= 1, "{seen:?} of {moments:?}");
    // A leftover temporary file does no harm.
    bindery.run(["update", "jobs.aurora"]).success();
    assert_eq!(fs::read(&lock).unwrap(), new);
}

#[test]
fn a_kill_at_any_moment_leaves_the_old_or_the_new_file() {
    let (registry, bindery) = setup();
    let (old, new) = old_and_new(&bindery, &registry);
    let lock = bindery.home().join("work/bindery.lock");
    let spawn = || {
        let mut command = bindery.command(["update", "jobs.aurora"]);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().unwrap()
    };
    fs::write(&lock, &old).unwrap();
    let start = Instant::now();
    assert!(spawn().wait().unwrap().success());
    let whole = start.elapsed();
    for moment in 0..50u32 {
        fs::write(&lock, &old).unwrap();
        let mut child = spawn();
        // The moments are spread over the run and a little beyond; the odd factor keeps them out of step.
        let until = Instant::now() + whole.mul_f64(f64::from(moment * 17 % 50) / 45.0);
        while Instant::now() < until {
            std::hint::spin_loop();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let found = fs::read(&lock).unwrap();
        assert!(found == old || found == new, "at moment {moment}");
    }
}

#[test]
fn an_interrupt_ends_a_waiting_run_within_a_second() {
    let (registry, bindery) = setup();
    registry.fault(bindery_fake_registry::Fault::delay(Duration::from_secs(
        3600,
    )));
    let mut child = bindery
        .command(["lock", "jobs.aurora"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let begun = Instant::now();
    while registry.requests().is_empty() {
        assert!(
            begun.elapsed() < Duration::from_secs(30),
            "nothing is asked"
        );
        std::thread::yield_now();
    }
    let interrupted = Instant::now();
    let kill = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status();
    assert!(kill.unwrap().success());
    let status = child.wait().unwrap();
    assert!(interrupted.elapsed() < Duration::from_secs(1));
    assert_eq!(
        std::os::unix::process::ExitStatusExt::signal(&status),
        Some(2)
    );
    assert!(!bindery.home().join("work/bindery.lock").exists());
}

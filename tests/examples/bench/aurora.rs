//! Whole job files, made ready for an Aurora scheduler.
//!
//! The original client needs a Python of another age. What stands beside is pystachio on CPython that does a part of its work:
//! it interpolates a thousand jobs once, where the client does so several times and more.

use std::{path::Path, process::Command, time::Instant};

use bindery_tests::Bindery;

use crate::{median, templates::Peer};

/// How often each has its turn.
const ROUNDS: usize = 5;

pub fn run() {
    let workload = Path::new(env!("CARGO_MANIFEST_DIR")).join("workloads/jobs.aurora");
    let text = std::fs::read_to_string(workload).expect("the workload is part of the package");
    let bindery = Bindery::new();
    bindery.write("jobs.aurora", &text);
    let peer = Peer::find();
    let (mut all, mut one, mut theirs) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        all.push(timed(bindery.command([
            "render",
            "--to",
            "aurora",
            "jobs.aurora",
        ])));
        let key = "devcluster/www-data/prod/server500";
        one.push(timed(bindery.command([
            "render",
            "--to",
            "aurora",
            "jobs.aurora",
            key,
        ])));
        theirs.extend(peer.as_ref().map(Peer::interpolates_many));
    }
    println!(
        "| job files | Bindery | pystachio interpolates 1,000 jobs | part of it |\n|---|---|---|---|"
    );
    for (name, ours) in [
        (
            "load, bind, check, convert and write 1,000 jobs, whole process",
            all,
        ),
        ("one job of that file, whole process", one),
    ] {
        let ours = median(&ours);
        if theirs.is_empty() {
            println!("| {name} | {:.0} ms | - | - |", ours * 1e3);
        } else {
            let theirs = median(&theirs);
            let part = 100.0 * ours / theirs;
            println!(
                "| {name} | {:.0} ms | {theirs:.2} s | {part:.1} % |",
                ours * 1e3
            );
        }
    }
    println!(
        "\nMedians of {ROUNDS} rounds of {} in which both take turns; wall time of Bindery, processor time of pystachio.\n",
        crate::build()
    );
}

fn timed(mut command: Command) -> f64 {
    let start = Instant::now();
    let output = command.output().expect("the program can be run");
    let time = start.elapsed().as_secs_f64();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && told.is_empty(), "{told}");
    time
}

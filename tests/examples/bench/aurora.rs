//! Whole job files, rendered for an Aurora scheduler.
//!
//! The original client needs a Python 2. Its place is taken by pystachio on CPython, which does a part of the client's work: it
//! interpolates a thousand jobs once, and the client does so several times and more.

use std::path::Path;

use bindery_tests::{Bindery, Build};

use crate::contender::{Contender, Ours};
use crate::templates::Peer;
use crate::{Builds, median};

/// Turns of each contender.
const ROUNDS: usize = 5;

pub fn run(builds: &Builds) {
    let rounds = builds.rounds(ROUNDS);
    let render =
        |key: Option<&'static str>| Ours::new(builds, move |build: &Build| render(build, key));
    let mut all = render(None);
    let mut one = render(Some("devcluster/www-data/prod/server500"));
    let peer = Peer::find();
    let mut theirs = Vec::new();
    for round in 0..rounds {
        for ours in [&mut all, &mut one] {
            ours.run(|output| {
                let errors = String::from_utf8_lossy(&output.stderr);
                assert!(errors.is_empty(), "{errors}");
            });
        }
        if round < ROUNDS {
            theirs.extend(peer.as_ref().map(Peer::interpolates_many));
        }
    }
    println!(
        "| job files | Bindery | pystachio interpolates 1,000 jobs | part of it | of the older build |\n|---|---|---|---|---|"
    );
    for (name, ours) in [
        (
            "load, bind, check, convert and write 1,000 jobs, whole process",
            all,
        ),
        ("one job of that file, whole process", one),
    ] {
        let seconds = ours.median();
        let (theirs, part) = if theirs.is_empty() {
            ("-".to_owned(), "-".to_owned())
        } else {
            let theirs = median(&theirs);
            (
                format!("{theirs:.2} s"),
                format!("{:.1} %", 100.0 * seconds / theirs),
            )
        };
        println!(
            "| {name} | {:.0} ms | {theirs} | {part} | {} |",
            seconds * 1e3,
            ours.of_older()
        );
    }
    println!(
        "\nMedians of {rounds} rounds of {} in which all take turns ({ROUNDS} of pystachio); wall time of Bindery, processor time of \
         pystachio.\n",
        builds.describe()
    );
}

/// Renders the workload, or one job of it.
fn render(build: &Build, key: Option<&'static str>) -> Contender {
    let workload = Path::new(env!("CARGO_MANIFEST_DIR")).join("workloads/jobs.aurora");
    let text = std::fs::read_to_string(workload).expect("the workload is part of the package");
    let bindery = Bindery::of(build).installed();
    bindery.write("jobs.aurora", &text);
    Contender::new("render", move || {
        let mut command = bindery.command(["render", "--to", "aurora", "jobs.aurora"]);
        command.args(key);
        command
    })
}

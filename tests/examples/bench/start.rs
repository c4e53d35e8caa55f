//! Start of the process: `bindery --version`, compared with a program that does nothing.

use bindery_tests::Bindery;

use crate::Builds;
use crate::contender::{Contender, Ours, machine, part};

/// Runs that count.
const RUNS: usize = 50;

/// Largest ratio to `/bin/true`.
const OF_TRUE: f64 = 2.5;

pub fn run(builds: &Builds) {
    let mut ours = Ours::new(builds, |build| {
        let bindery = Bindery::of(build).installed();
        Contender::new("bindery --version", move || bindery.command(["--version"]))
    });
    let mut nothing = Contender::new("/bin/true", || {
        let mut command = std::process::Command::new("/bin/true");
        command.env_clear();
        command
    });
    for round in 0..=RUNS {
        ours.run(|_| ());
        nothing.run();
        if round == 0 {
            ours.clear();
            nothing.seconds.clear();
        }
    }
    println!(
        "| start of the process | median | of `/bin/true` | at most | of the older build |\n|---|---|---|---|---|"
    );
    println!(
        "| `bindery --version` | {:.2} ms | {} | {} |",
        ours.median() * 1e3,
        part(ours.median(), Some(nothing.median()), Some(OF_TRUE)),
        ours.of_older()
    );
    println!(
        "| `/bin/true` | {:.2} ms | - | - | - |",
        nothing.median() * 1e3
    );
    println!(
        "\nMedians of {RUNS} interleaved runs of {}, wall time from the start of the process to its end.\n",
        machine(builds)
    );
}

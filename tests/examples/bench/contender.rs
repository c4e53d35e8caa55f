//! Whole processes that take turns, and how their figures are shown.

use std::{
    ffi::OsStr,
    process::{Command, Output},
    time::Instant,
};

use bindery_tests::{Program, find, run_by};

use crate::median;

/// One thing that is timed.
pub struct Contender {
    pub name: String,
    make: Box<dyn Fn() -> Command>,
    /// How long each run took, in order.
    pub seconds: Vec<f64>,
}

impl Contender {
    pub fn new(name: impl Into<String>, make: impl Fn() -> Command + 'static) -> Self {
        Self {
            name: name.into(),
            make: Box::new(make),
            seconds: Vec::new(),
        }
    }

    /// From the start of the process to its end, its output read; the time counts.
    pub fn run(&mut self) -> Output {
        let mut command = (self.make)();
        let start = Instant::now();
        let output = command
            .output()
            .unwrap_or_else(|error| panic!("{} could not be run: {error}", self.name));
        self.seconds.push(start.elapsed().as_secs_f64());
        assert!(
            output.status.success(),
            "{} said:\n{}",
            self.name,
            String::from_utf8_lossy(&output.stderr)
        );
        output
    }

    pub fn median(&self) -> f64 {
        median(&self.seconds)
    }

    /// The most memory a run used, in MiB; `None` if the program `time` is missing here.
    pub fn peak_memory(&self) -> Option<f64> {
        let time = find(Program::Time)?;
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join("peak");
        let arguments = ["-f", "%M", "-o"].map(OsStr::new);
        let mut command = run_by(
            &time,
            &[&arguments[..], &[file.as_os_str()]].concat(),
            &(self.make)(),
        );
        let output = command.output().expect("time can be run");
        assert!(output.status.success(), "{} under time", self.name);
        let text = std::fs::read_to_string(file).expect("time has written it");
        let kibibytes: f64 = text.trim().parse().expect("time writes a number");
        Some(kibibytes / 1024.0)
    }
}

/// Two cells: which part of a peer's figure ours is, and the most it may be.
pub fn part(ours: f64, theirs: Option<f64>, bar: Option<f64>) -> String {
    let part = theirs.map(|theirs| ours / theirs);
    let shown = part.map_or("-".to_owned(), |part| format!("{part:.2}"));
    match (part, bar) {
        (Some(part), Some(bar)) => format!("{shown} | {}", verdict(part, bar, "")),
        _ => format!("{shown} | -"),
    }
}

/// The most that a figure may be, and whether it is no more.
pub fn verdict(figure: f64, bar: f64, unit: &str) -> String {
    let verdict = if figure <= bar { "holds" } else { "missed" };
    format!("{bar}{unit}, {verdict}")
}

/// Where the figures are from.
pub fn machine() -> String {
    format!(
        "{}; {} processors",
        crate::build(),
        std::thread::available_parallelism().map_or(1, usize::from)
    )
}

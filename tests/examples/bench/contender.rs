//! Processes that take turns, and the cells that show their figures.

use std::ffi::OsStr;
use std::process::{Command, Output};
use std::time::Instant;

use bindery_tests::{Build, Program, find, run_by};

use crate::{Builds, OF_OLDER, median};

/// Command that is timed.
pub struct Contender {
    /// Name in messages and tables.
    pub name: String,
    make: Box<dyn Fn() -> Command>,
    /// Duration of each run, in order.
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

    /// Runs the command to its end and reads its output. The time from the start of the process counts.
    pub fn run(&mut self) -> Output {
        let mut command = (self.make)();
        let start = Instant::now();
        let output = command
            .output()
            .unwrap_or_else(|error| panic!("{} could not be run: {error}", self.name));
        self.seconds.push(start.elapsed().as_secs_f64());
        assert!(
            output.status.success(),
            "{} failed:\n{}",
            self.name,
            String::from_utf8_lossy(&output.stderr)
        );
        output
    }

    pub fn median(&self) -> f64 {
        median(&self.seconds)
    }

    /// Returns the peak memory of another run in MiB; `None` if the program `time` is missing.
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

/// One command of the current build and, if there is one, of the older build.
pub struct Ours {
    pub current: Contender,
    older: Option<Contender>,
}

impl Ours {
    /// `make` returns the contender of a build.
    pub fn new(builds: &Builds, make: impl Fn(&Build) -> Contender) -> Self {
        Self {
            current: make(&builds.current),
            older: builds.older.as_ref().map(make),
        }
    }

    /// Gives each build its turn, first the one that was last before, and passes both outputs to `check`.
    pub fn run(&mut self, mut check: impl FnMut(&Output)) {
        let is_older_first = self.current.seconds.len() % 2 == 1;
        let (first, second) = match &mut self.older {
            Some(older) if is_older_first => (older, Some(&mut self.current)),
            older => (&mut self.current, older.as_mut()),
        };
        check(&first.run());
        if let Some(second) = second {
            check(&second.run());
        }
    }

    /// Forgets the runs up to now.
    pub fn clear(&mut self) {
        for contender in [Some(&mut self.current), self.older.as_mut()]
            .into_iter()
            .flatten()
        {
            contender.seconds.clear();
        }
    }

    pub fn median(&self) -> f64 {
        self.current.median()
    }

    /// Returns the cell with the ratio to the older build.
    pub fn of_older(&self) -> String {
        let older = self.older.as_ref().map(|older| older.seconds.as_slice());
        of_older(&self.current.seconds, older.unwrap_or_default())
    }
}

/// Returns a cell with the median of the ratios of each round, and whether it is small enough.
pub fn of_older(current: &[f64], older: &[f64]) -> String {
    let ratios: Vec<f64> = current
        .iter()
        .zip(older)
        .map(|(new, old)| new / old)
        .collect();
    if ratios.is_empty() {
        return "-".to_owned();
    }
    let ratio = median(&ratios);
    format!("{ratio:.3} (at most {})", verdict(ratio, OF_OLDER, ""))
}

/// Returns two cells: the ratio to a peer's figure, and the limit for it.
pub fn part(ours: f64, theirs: Option<f64>, bar: Option<f64>) -> String {
    let part = theirs.map(|theirs| ours / theirs);
    let cell = part.map_or("-".to_owned(), |part| format!("{part:.2}"));
    match (part, bar) {
        (Some(part), Some(bar)) => format!("{cell} | {}", verdict(part, bar, "")),
        _ => format!("{cell} | -"),
    }
}

/// Returns the limit for a figure, and whether the figure is within it.
pub fn verdict(figure: f64, bar: f64, unit: &str) -> String {
    let verdict = if figure <= bar { "holds" } else { "missed" };
    format!("{bar}{unit}, {verdict}")
}

/// Describes the builds and the machine.
pub fn machine(builds: &Builds) -> String {
    format!(
        "{}; {} processors",
        builds.describe(),
        std::thread::available_parallelism().map_or(1, usize::from)
    )
}

//! `cargo xtask bench [--against DIR] [aurora|plugins|registry|start|templates]`: Bindery next to its peers, as Markdown tables.
//!
//! Runs are interleaved and medians count, since machines are shared and noisy; compare ratios within one table, not figures
//! between machines. With `--against` an older build takes its turns too, and each row has the ratio to it.

mod aurora;
mod contender;
mod plugins;
mod registry;
mod start;
mod templates;

use std::path::Path;
use std::process::ExitCode;

use bindery_tests::Build;

/// Largest ratio to an older build.
const OF_OLDER: f64 = 1.05;

/// Names of the benchmarks, in the order in which they run.
const NAMES: [&str; 5] = ["templates", "aurora", "plugins", "registry", "start"];

/// Builds that are compared.
struct Builds {
    current: Build,
    older: Option<Build>,
}

fn main() -> ExitCode {
    match parse(std::env::args().skip(1)) {
        Ok((builds, names)) => {
            for name in names {
                match name {
                    "templates" => templates::run(&builds),
                    "aurora" => aurora::run(&builds),
                    "plugins" => plugins::run(&builds),
                    "start" => start::run(&builds),
                    _ => registry::run(&builds),
                }
            }
            ExitCode::SUCCESS
        }
        Err(complaint) => {
            eprintln!(
                "error: {complaint}\nhint: bench [--against DIR] [aurora|plugins|registry|start|templates]"
            );
            ExitCode::from(5)
        }
    }
}

fn parse(
    mut arguments: impl Iterator<Item = String>,
) -> Result<(Builds, Vec<&'static str>), String> {
    let mut builds = Builds {
        current: Build::current(),
        older: None,
    };
    let mut names = Vec::new();
    while let Some(argument) = arguments.next() {
        let folder = match argument.strip_prefix("--against=") {
            Some(folder) => Some(folder.to_owned()),
            None if argument == "--against" => {
                Some(arguments.next().ok_or("`--against` needs a folder")?)
            }
            None => None,
        };
        if let Some(folder) = folder {
            builds.older = Some(Build::at(Path::new(&folder)));
        } else if let Some(name) = NAMES.iter().find(|name| **name == argument) {
            names.push(*name);
        } else {
            return Err(format!("unknown benchmark `{argument}`"));
        }
    }
    if names.is_empty() {
        names = NAMES.to_vec();
    }
    Ok((builds, names))
}

impl Builds {
    /// Describes the builds, as far as they decide what a figure means.
    fn describe(&self) -> String {
        let current = if cfg!(debug_assertions) {
            "a debug build (which is not made for speed)".to_owned()
        } else {
            format!("a build with the profile `{}`", self.current.profile())
        };
        match &self.older {
            Some(_) => format!("{current} and of an older build"),
            None => current,
        }
    }

    /// Returns more rounds where builds are compared: a difference of some percent takes more to be seen than one of ten times.
    fn rounds(&self, rounds: usize) -> usize {
        match self.older {
            Some(_) => 4 * rounds + 1,
            None => rounds,
        }
    }
}

/// Returns the middle one of some figures.
fn median(figures: &[f64]) -> f64 {
    let mut sorted = figures.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}

//! Run over all cases of all suites, and its report.

use std::env;
use std::io::{self, Write};
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::thread;

use super::aurora::Aurora;
use super::json::Json;
use super::pending::{Contradiction, Pending};
use super::pystachio::Pystachio;
use super::report::Difference;
use super::suite::Suite;

/// Choice of vectors, and of the report.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Folder of the suites. `None`: `BINDERY_CONFORMANCE`, or `../shared/conformance` next to the workspace.
    pub dir: Option<PathBuf>,
    /// Suite to run; `None` runs all.
    pub suite: Option<String>,
    /// Print the outcome of each case, and compare none.
    pub found: bool,
}

/// Suites that can be run.
const SUITES: [&dyn Suite; 2] = [&Pystachio, &Aurora];

/// Runs the chosen suites and writes the report to `out`. Contradictions to the pending list go to standard error.
///
/// # Errors
///
/// If `out` cannot be written.
pub fn run(options: &Options, out: &mut dyn Write) -> io::Result<ExitCode> {
    let dir = options.dir.clone().unwrap_or_else(default_dir);
    if let Some(name) = &options.suite
        && !SUITES.iter().any(|suite| suite.name() == name)
    {
        let known: Vec<&str> = SUITES.iter().map(|suite| suite.name()).collect();
        eprintln!(
            "error: unknown suite `{name}`\nhint: the suites are {}",
            known.join(", ")
        );
        return Ok(ExitCode::from(5));
    }
    let wanted = |suite: &&&dyn Suite| {
        options
            .suite
            .as_deref()
            .is_none_or(|name| name == suite.name())
    };
    let present = |suite: &&&dyn Suite| dir.join(suite.name()).is_dir();
    let suites: Vec<&dyn Suite> = SUITES
        .iter()
        .filter(wanted)
        .filter(present)
        .copied()
        .collect();
    if suites.is_empty() {
        return no_vectors(&dir, out);
    }

    let mut total = Tally::default();
    for suite in suites {
        let folder = dir.join(suite.name());
        let tally = if options.found {
            print_found(suite, &folder, out)?
        } else {
            judge(suite, &folder, out)?
        };
        total.add(tally);
    }
    for error in &total.errors {
        eprintln!("error: {error}");
    }
    if !options.found {
        writeln!(out, "{} passed, {} failed", total.passed, total.failed)?;
    }
    Ok(if total.errors.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn default_dir() -> PathBuf {
    match env::var_os("BINDERY_CONFORMANCE").filter(|dir| !dir.is_empty()) {
        Some(dir) => PathBuf::from(dir),
        None => {
            let parent = package().ancestors().nth(2).unwrap_or(package());
            parent.join("shared/conformance")
        }
    }
}

/// Returns the folder of this package.
fn package() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn no_vectors(dir: &Path, out: &mut dyn Write) -> io::Result<ExitCode> {
    writeln!(
        out,
        "no vectors in `{}`; set their folder with `--dir` or BINDERY_CONFORMANCE",
        dir.display()
    )?;
    writeln!(out, "0 passed, 0 failed")?;
    let required = env::var_os("CI").is_some_and(|value| value == "true");
    Ok(if required {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

#[derive(Default)]
struct Tally {
    passed: usize,
    failed: usize,
    /// Errors that make the run fail.
    errors: Vec<String>,
}

impl Tally {
    fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.errors.extend(other.errors);
    }
}

fn print_found(suite: &dyn Suite, folder: &Path, out: &mut dyn Write) -> io::Result<Tally> {
    let mut tally = Tally::default();
    match suite.cases(folder) {
        Err(error) => tally.errors.push(error),
        Ok(ids) => {
            for id in ids {
                let found = isolated(suite, folder, &id);
                let line = [
                    ("suite", Json::string(suite.name())),
                    ("id", Json::string(&*id)),
                    ("found", found),
                ];
                writeln!(out, "{}", Json::object(line))?;
            }
        }
    }
    Ok(tally)
}

fn judge(suite: &dyn Suite, folder: &Path, out: &mut dyn Write) -> io::Result<Tally> {
    let pending =
        std::fs::read_to_string(package().join("conformance-pending.txt")).unwrap_or_default();
    let pending = Pending::parse(&pending);
    let mut tally = Tally::default();
    let mut outcomes = Vec::new();
    let mut unjudged = 0;
    let ids = suite.cases(folder).unwrap_or_else(|error| {
        tally.errors.push(error);
        Vec::new()
    });
    for id in ids {
        let expected = match suite.expected(folder, &id) {
            Ok(Some(expected)) => expected,
            Ok(None) => {
                unjudged += 1;
                continue;
            }
            Err(error) => {
                tally.errors.push(error);
                continue;
            }
        };
        let found = isolated(suite, folder, &id);
        let mut differences = suite.judge(folder, &id, &expected, &found);
        if !differences.is_empty()
            && expected.get("recommend").and_then(Json::as_str) == Some("fix")
            && let Some(better) = recorded_better(suite.name(), &id)
        {
            differences = suite.judge(folder, &id, &better, &found);
        }
        let name = format!("{}/{id}", suite.name());
        let passed = differences.is_empty();
        match pending.contradiction(&name, passed) {
            Some(Contradiction::Fails) => {
                tally.errors.push(format!(
                    "{name} fails and is not listed in tests/conformance-pending.txt"
                ));
            }
            Some(Contradiction::Passes) => {
                tally.errors.push(format!(
                    "{name} passes; remove it from tests/conformance-pending.txt"
                ));
            }
            None => {}
        }
        if passed {
            tally.passed += 1;
        } else {
            tally.failed += 1;
            print_failure(&name, &differences, out)?;
        }
        outcomes.push((expected, found));
    }
    let remark = suite
        .remark(&outcomes)
        .map(|text| format!("; {text}"))
        .unwrap_or_default();
    let without = if unjudged > 0 {
        format!("; {unjudged} without an expectation")
    } else {
        String::new()
    };
    writeln!(
        out,
        "{}: {} passed, {} failed{remark}{without}",
        suite.name(),
        tally.passed,
        tally.failed
    )?;
    Ok(tally)
}

/// Returns the recorded outcome that the project prefers to a defect of the reference.
fn recorded_better(suite: &str, id: &str) -> Option<Json> {
    let file = package()
        .join("conformance-fixed")
        .join(suite)
        .join(format!("{id}.json"));
    Json::parse(&std::fs::read_to_string(file).ok()?).ok()
}

fn print_failure(name: &str, differences: &[Difference], out: &mut dyn Write) -> io::Result<()> {
    const MOST: usize = 5;
    writeln!(out, "{name}")?;
    for difference in differences.iter().take(MOST) {
        writeln!(out, "  {difference}")?;
    }
    if differences.len() > MOST {
        writeln!(out, "  and {} more differences", differences.len() - MOST)?;
    }
    Ok(())
}

/// Runs a case on its own thread, with room for deep recursion. A panic is a failed outcome.
fn isolated(suite: &dyn Suite, folder: &Path, id: &str) -> Json {
    const STACK: usize = 256 << 20;
    let broken = |kind: &'static str, text: String| Json::object([(kind, Json::String(text))]);
    thread::scope(|scope| {
        let case = thread::Builder::new()
            .name(format!("{}/{id}", suite.name()))
            .stack_size(STACK);
        let running = case.spawn_scoped(scope, || {
            panic::catch_unwind(AssertUnwindSafe(|| suite.run(folder, id)))
        });
        match running.map(thread::ScopedJoinHandle::join) {
            Ok(Ok(Ok(Ok(found)))) => found,
            Ok(Ok(Ok(Err(reason)))) => broken("not_run", reason),
            Ok(Ok(Err(payload)) | Err(payload)) => {
                let text = payload.downcast_ref::<String>().map(String::as_str);
                let text = text.or_else(|| payload.downcast_ref::<&str>().copied());
                broken("panic", text.unwrap_or("without a message").to_owned())
            }
            Err(error) => broken("not_run", error.to_string()),
        }
    })
}

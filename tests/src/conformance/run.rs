//! The run over all cases of all suites, and what is printed of it.

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

/// What to run.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Where the suites are; `None` looks at `BINDERY_CONFORMANCE`, then for `../shared/conformance` beside the workspace.
    pub dir: Option<PathBuf>,
    /// The one suite to run; `None` is all there are.
    pub suite: Option<String>,
    /// Print what we give for each case, and judge nothing.
    pub found: bool,
}

/// A kind of vectors, in a folder of its own.
pub(crate) trait Suite: Sync {
    /// The folder's name, and the first part of each id.
    fn name(&self) -> &'static str;

    /// The ids of all cases in `folder`, in order.
    fn cases(&self, folder: &Path) -> Result<Vec<String>, String>;

    /// What we give for a case; it may panic.
    fn found(&self, folder: &Path, id: &str) -> Result<Json, String>;

    /// What is expected; `None` if the folder holds no expectation.
    fn expected(&self, folder: &Path, id: &str) -> Result<Option<Json>, String>;

    /// Where the two differ, by the rules of the suite.
    fn judge(&self, folder: &Path, id: &str, expected: &Json, found: &Json) -> Vec<Difference>;

    /// What else there is to say at the end of the suite's line, of each case's expected and found outcome.
    fn remark(&self, _outcomes: &[(Json, Json)]) -> Option<String> {
        None
    }
}

/// The suites that there is something to run for.
const SUITES: [&dyn Suite; 2] = [&Pystachio, &Aurora];

/// Runs what `options` say and writes the report to `out`; ids that contradict the pending list go to stderr.
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
            "error: there is no suite `{name}`\nhint: there are {}",
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
            let beside = package().ancestors().nth(2).unwrap_or(package());
            beside.join("shared/conformance")
        }
    }
}

/// The folder of this package.
fn package() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn no_vectors(dir: &Path, out: &mut dyn Write) -> io::Result<ExitCode> {
    writeln!(
        out,
        "there are no vectors in `{}`; `--dir` or BINDERY_CONFORMANCE says where they are",
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
    /// What makes the run fail.
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
                    "{name} fails, and is not in tests/conformance-pending.txt"
                ));
            }
            Some(Contradiction::Passes) => {
                tally.errors.push(format!(
                    "{name} passes; take it out of tests/conformance-pending.txt"
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

/// The outcome that we have decided is better than a defect of the reference.
fn recorded_better(suite: &str, id: &str) -> Option<Json> {
    let file = package()
        .join("conformance-fixed")
        .join(suite)
        .join(format!("{id}.json"));
    Json::parse(&std::fs::read_to_string(file).ok()?).ok()
}

fn print_failure(name: &str, differences: &[Difference], out: &mut dyn Write) -> io::Result<()> {
    const SHOWN: usize = 5;
    writeln!(out, "{name}")?;
    for difference in differences.iter().take(SHOWN) {
        writeln!(out, "  {difference}")?;
    }
    if differences.len() > SHOWN {
        writeln!(out, "  and {} more differences", differences.len() - SHOWN)?;
    }
    Ok(())
}

/// Runs a case on a thread of its own, with room for deep recursion; a panic is an outcome like others, and no good one.
fn isolated(suite: &dyn Suite, folder: &Path, id: &str) -> Json {
    const STACK: usize = 256 << 20;
    let broken = |kind: &'static str, text: String| Json::object([(kind, Json::String(text))]);
    thread::scope(|scope| {
        let case = thread::Builder::new()
            .name(format!("{}/{id}", suite.name()))
            .stack_size(STACK);
        let running = case.spawn_scoped(scope, || {
            panic::catch_unwind(AssertUnwindSafe(|| suite.found(folder, id)))
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

//! `bindery test`: what job files render to, beside what they rendered to before.

mod folder;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use bindery_core::Value;
use bindery_diagnostic::{Diagnostic, Diagnostics, Kind};
use bindery_job::{Schema, Selection};
use bindery_lockfile::Policy;
use clap::Args;
use serde::Serialize;
use similar::TextDiff;

use self::folder::Folder;
use crate::answers::Answers;
use crate::binding::Binding;
use crate::context::Context;
use crate::exit::ExitStatus;
use crate::fixture::Replay;
use crate::job_file::{Loaded, Sandbox};
use crate::lock::Lock;
use crate::output::{self, Output};
use crate::pass::Pass;
use crate::regular_file;
use crate::report::warn;
use crate::target::Target;

/// The most bytes of a snapshot.
const LONGEST: u64 = 256 << 20;

/// Render the job files of a folder, and compare with their snapshots
///
/// Every `*.aurora` below DIR is rendered as `bindery render` does it, but for hidden folders, links to folders, and files that
/// define no jobs, which are there to be included. The snapshot of `hello.aurora` is `hello.aurora.snap.json` beside it.
/// Refs are answered from `bindery.fixture.jsonl` in the nearest folder from the file's own up to DIR, which `bindery plugin record`
/// writes; if there is none, from the `bindery.lock` beside the file. Nobody is asked and no connection is made. What is different
/// is shown as a unified diff; an error in one file does not stop the others. Ends with code 2 if a snapshot is different or missing.
///
/// JSON: `{"files": [{"file", "snapshot", "outcome", "diff"}], "stale": [FILE]}`. An outcome is `same`, `different`, `missing`,
/// `updated`, `failed` or `no-jobs`; `diff` is there if it is `different`. `stale` has the snapshots that no job file has
#[derive(Args)]
pub struct Test {
    /// Folder with job files
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Write the snapshots that are different or missing; none is removed
    #[arg(long)]
    update: bool,
    /// Bind a ref before all else, in all files; may be repeated, and the last one wins
    #[arg(long = "bind", value_name = "NAME=VALUE")]
    bindings: Vec<Binding>,
    #[command(flatten)]
    sandbox: Sandbox,
    #[command(flatten)]
    output: Output,
}

#[derive(Serialize)]
struct Report {
    files: Vec<Line>,
    stale: Vec<String>,
}

/// One job file.
#[derive(Serialize)]
struct Line {
    file: String,
    snapshot: String,
    outcome: Outcome,
    #[serde(skip_serializing_if = "Option::is_none")]
    diff: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Outcome {
    Same,
    Updated,
    Different,
    Missing,
    Failed,
    NoJobs,
}

impl Test {
    /// Renders and compares all files, and prints what is different.
    pub fn run(&self, context: &Context<'_>) -> Result<ExitStatus, Diagnostics> {
        context.stay_offline();
        let found = Folder::read(&self.folder)?;
        let mut run = Run {
            test: self,
            context,
            bindings: self.bindings.iter().map(Binding::to_value).collect(),
            fixtures: BTreeMap::new(),
        };
        let mut report = Report {
            files: Vec::new(),
            stale: shown(&found.stale),
        };
        let mut failures = Vec::new();
        for file in &found.jobs {
            let line = run.line(file).unwrap_or_else(|told| {
                failures.extend(told.into_vec());
                Line::new(file, Outcome::Failed)
            });
            report.files.push(line);
        }
        for stale in &report.stale {
            warn(
                &format!("no job file has the snapshot `{stale}`"),
                "delete it if its job file is gone for good",
            );
        }
        self.output.write(&report, Report::text)?;
        Diagnostics::check(failures)?;
        Ok(report.status())
    }
}

/// A run over the files.
struct Run<'r, 'o> {
    test: &'r Test,
    context: &'r Context<'o>,
    bindings: Vec<Value>,
    /// Those that were read; `None` for one that cannot be used, which was told.
    fixtures: BTreeMap<PathBuf, Option<Rc<Replay>>>,
}

impl Run<'_, '_> {
    fn line(&mut self, file: &Path) -> Result<Line, Diagnostics> {
        let snapshot = folder::snapshot_of(file);
        let known = read(&snapshot)?;
        let Some(rendered) = self.render(file, known.is_some())? else {
            return Ok(Line::new(file, Outcome::NoJobs));
        };
        if known.as_ref() == Some(&rendered) {
            return Ok(Line::new(file, Outcome::Same));
        }
        if self.test.update {
            output::write_file(&snapshot, &rendered)?;
            return Ok(Line::new(file, Outcome::Updated));
        }
        let Some(known) = known else {
            return Ok(Line::new(file, Outcome::Missing));
        };
        let [before, after] = [&known, &rendered].map(|bytes| String::from_utf8_lossy(bytes));
        let diff = TextDiff::from_lines(&before, &after)
            .unified_diff()
            .header(&snapshot.display().to_string(), &file.display().to_string())
            .to_string();
        Ok(Line {
            diff: Some(diff),
            ..Line::new(file, Outcome::Different)
        })
    }

    /// What the file renders to; `None` if it defines no jobs and `is_test` does not say that it should.
    fn render(&mut self, file: &Path, is_test: bool) -> Result<Option<Vec<u8>>, Diagnostics> {
        let context = self.context;
        let schema = Rc::new(Schema::new());
        let loaded =
            Loaded::evaluate(file, context.prelude(&schema)?, &self.test.sandbox, context)?;
        if loaded.defines_no_jobs() && !is_test {
            return Ok(None);
        }
        let jobs = loaded.jobs(&schema, &self.bindings, &Selection::default())?;
        let jobs = Pass::new(&loaded, jobs)?
            .bind(context, &*self.answers(file)?)?
            .finish(&schema, None)?;
        Target::Json.encode(&jobs, context.environment()).map(Some)
    }

    /// Who answers the refs of a file.
    fn answers(&mut self, file: &Path) -> Result<Rc<dyn Answers>, Diagnostics> {
        let folder = file.parent().unwrap_or(Path::new(""));
        let Some(fixture) = Replay::nearest(folder, &self.test.folder) else {
            return Ok(Rc::new(Lock::beside(file, Policy::Locked)?));
        };
        match self.fixtures.get(&fixture) {
            Some(Some(known)) => Ok(Rc::clone(known) as Rc<dyn Answers>),
            Some(None) => {
                let message = format!("the fixture `{}` cannot be used", fixture.display());
                Err(Diagnostic::new(Kind::Invalid, message)
                    .at(file, None)
                    .into())
            }
            None => {
                let opened = Replay::open(&fixture).map(Rc::new);
                let known = opened.as_ref().ok().map(Rc::clone);
                self.fixtures.insert(fixture, known);
                Ok(opened?)
            }
        }
    }
}

impl Report {
    fn status(&self) -> ExitStatus {
        let is_fine = |line: &Line| !matches!(line.outcome, Outcome::Different | Outcome::Missing);
        if self.files.iter().all(is_fine) {
            ExitStatus::Success
        } else {
            ExitStatus::Differences
        }
    }

    fn text(&self) -> String {
        let mut counts: BTreeMap<Outcome, usize> = [(Outcome::Same, 0)].into();
        let mut text = String::new();
        for line in &self.files {
            *counts.entry(line.outcome).or_default() += 1;
            match (line.outcome, &line.diff) {
                (Outcome::Updated, _) => text += &format!("updated: {}\n", line.snapshot),
                (Outcome::Missing, _) => {
                    text += &format!("missing: {}; --update writes it\n", line.snapshot);
                }
                (_, Some(diff)) => text += diff,
                _ => {}
            }
        }
        let counted = counts
            .iter()
            .filter(|(outcome, _)| **outcome != Outcome::NoJobs)
            .map(|(outcome, count)| format!("{count} {}", outcome.word()));
        text + &format!("{}\n", counted.collect::<Vec<_>>().join(", "))
    }
}

impl Line {
    fn new(file: &Path, outcome: Outcome) -> Self {
        Self {
            file: file.display().to_string(),
            snapshot: folder::snapshot_of(file).display().to_string(),
            outcome,
            diff: None,
        }
    }
}

impl Outcome {
    fn word(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Updated => "updated",
            Self::Different => "different",
            Self::Missing => "missing",
            Self::Failed => "failed",
            Self::NoJobs => "without jobs",
        }
    }
}

fn shown(paths: &[PathBuf]) -> Vec<String> {
    paths
        .iter()
        .map(|path| path.display().to_string())
        .collect()
}

/// The bytes of a snapshot; `None` if there is none.
fn read(file: &Path) -> Result<Option<Vec<u8>>, Diagnostics> {
    regular_file::read(file, LONGEST).map_err(|error| {
        let message = format!("cannot read the snapshot `{}`", file.display());
        Diagnostic::new(Kind::Invalid, message).cause(error).into()
    })
}

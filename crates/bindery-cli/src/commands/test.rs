//! `bindery test`: job files compared with snapshots of their rendered jobs.

mod folder;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use bindery_diagnostic::{Diagnostic, Diagnostics, Kind};
use bindery_job::Selection;
use bindery_lockfile::RecallPolicy;
use bindery_render::{
    BinderSource, Binding, Input, LockFile, LockSource, Renderer, ReplaySource, read_regular_file,
};
use clap::Args;
use serde::Serialize;
use similar::TextDiff;

use self::folder::Folder;
use crate::args::Sandbox;
use crate::exit::ExitStatus;
use crate::output::{self, Output};
use crate::plugin_binders::PluginBinders;
use crate::report::{report_warnings, warn};
use crate::session::Session;
use crate::target::Target;

/// Maximum size of a snapshot in bytes.
const MAX_SIZE: u64 = 256 << 20;

/// Compare the rendered jobs of a folder with their snapshots
///
/// Renders every `*.aurora` file below DIR, as `bindery render` does, except in hidden folders and linked folders. A file that
/// defines no jobs is skipped. The snapshot of `hello.aurora` is `hello.aurora.snap.json` in the same folder.
///
/// Refs are answered from `bindery.fixture.jsonl`, which `bindery plugin record` writes, in the folder of the file or the nearest folder
/// above, up to DIR. Without a fixture they are answered from `bindery.lock` in the folder of the file. No binder is called and no network
/// connection is made. Differences are printed as unified diffs; an error in one file does not stop the others. Exits with code 2 if a
/// snapshot differs or is missing.
///
/// JSON: `{"files": [{"file", "snapshot", "outcome", "diff"}], "stale": [FILE]}`. The outcome is `same`, `different`, `missing`,
/// `updated`, `failed` or `no-jobs`; `diff` is present if it is `different`. `stale` lists snapshots without a job file
#[derive(Args)]
pub struct Test {
    /// Folder with job files
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Write snapshots that differ or are missing; removes none
    #[arg(long)]
    update: bool,
    /// Bind a ref to a text in all files; repeatable, the last binding of a ref wins
    #[arg(long = "bind", value_name = "NAME=VALUE")]
    bindings: Vec<Binding>,
    #[command(flatten)]
    sandbox: Sandbox,
    #[command(flatten)]
    output: Output,
}

#[derive(Serialize)]
struct Report {
    files: Vec<FileResult>,
    stale: Vec<String>,
}

/// Result of one job file.
#[derive(Serialize)]
struct FileResult {
    file: String,
    snapshot: String,
    outcome: TestOutcome,
    #[serde(skip_serializing_if = "Option::is_none")]
    diff: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
enum TestOutcome {
    Same,
    Updated,
    Different,
    Missing,
    Failed,
    NoJobs,
}

impl Test {
    /// Renders and compares all files, and prints the differences.
    pub fn run(&self, session: &Session<'_>) -> Result<ExitStatus, Diagnostics> {
        let folder = Folder::read(&self.folder)?;
        let binders = PluginBinders::new(session);
        let run = Run {
            test: self,
            session,
            binders: &binders,
            renderer: session.renderer(&self.sandbox, &binders)?,
            fixtures: RefCell::default(),
        };
        let mut report = Report {
            files: Vec::new(),
            stale: folder
                .stale
                .iter()
                .map(|path| path.display().to_string())
                .collect(),
        };
        let mut errors = Vec::new();
        for file in &folder.jobs {
            let result = run.compare(file).unwrap_or_else(|of_file| {
                errors.extend(of_file.into_vec());
                FileResult::new(file, TestOutcome::Failed)
            });
            report.files.push(result);
        }
        for stale in &report.stale {
            warn(
                &format!("no job file has the snapshot `{stale}`"),
                "delete the snapshot if you have deleted its job file",
            );
        }
        self.output.write(&report, Report::text)?;
        Diagnostics::check(errors)?;
        Ok(report.status())
    }
}

/// Run over the files of a folder.
struct Run<'r> {
    test: &'r Test,
    session: &'r Session<'r>,
    binders: &'r PluginBinders<'r>,
    renderer: Renderer<'r>,
    /// Fixtures by path; `None` for one that cannot be used, which was reported.
    fixtures: RefCell<BTreeMap<PathBuf, Option<Rc<ReplaySource>>>>,
}

impl Run<'_> {
    /// Renders a file and compares the result with its snapshot.
    fn compare(&self, file: &Path) -> Result<FileResult, Diagnostics> {
        let snapshot = folder::snapshot_of(file);
        let expected = read(&snapshot)?;
        let Some(rendered) = self.render(file, expected.is_some())? else {
            return Ok(FileResult::new(file, TestOutcome::NoJobs));
        };
        if expected.as_ref() == Some(&rendered) {
            return Ok(FileResult::new(file, TestOutcome::Same));
        }
        if self.test.update {
            output::write_file(&snapshot, &rendered)?;
            return Ok(FileResult::new(file, TestOutcome::Updated));
        }
        let Some(expected) = expected else {
            return Ok(FileResult::new(file, TestOutcome::Missing));
        };
        let [before, after] = [&expected, &rendered].map(|bytes| String::from_utf8_lossy(bytes));
        let diff = TextDiff::from_lines(&before, &after)
            .unified_diff()
            .header(&snapshot.display().to_string(), &file.display().to_string())
            .to_string();
        Ok(FileResult {
            diff: Some(diff),
            ..FileResult::new(file, TestOutcome::Different)
        })
    }

    /// Returns the rendered jobs of a file; `None` if the file defines no jobs and has no snapshot.
    fn render(&self, file: &Path, has_snapshot: bool) -> Result<Option<Vec<u8>>, Diagnostics> {
        let loaded = self.renderer.load(&Input::File(file.to_owned()));
        let loaded = report_warnings(loaded, |loaded| &loaded.warnings)?;
        if loaded.defines_no_jobs() && !has_snapshot {
            return Ok(None);
        }
        let schema = self.renderer.prelude.schema();
        let jobs = loaded.select(schema, &self.test.bindings, &Selection::default())?;
        let source = self.source(file)?;
        let renderer = Renderer {
            binders: &*source,
            ..self.renderer.clone()
        };
        let rendered = renderer.bind(&loaded, jobs);
        let rendered = report_warnings(rendered, |rendered| &rendered.warnings)?;
        Target::Json
            .encode(&rendered.jobs, self.session.environment())
            .map(Some)
    }

    /// Returns the source of answers for a file.
    fn source(&self, file: &Path) -> Result<Rc<dyn BinderSource + '_>, Diagnostics> {
        let folder = file.parent().unwrap_or(Path::new(""));
        let Some(fixture) = ReplaySource::nearest(folder, &self.test.folder) else {
            let lock = LockFile::next_to(file)?;
            return Ok(Rc::new(LockSource::new(
                &lock,
                RecallPolicy::Locked,
                self.binders,
            )));
        };
        let known = self.fixtures.borrow().get(&fixture).cloned();
        match known {
            Some(Some(source)) => Ok(source),
            Some(None) => {
                let message = format!("the fixture `{}` cannot be used", fixture.display());
                Err(Diagnostic::new(Kind::Invalid, message)
                    .at(file, None)
                    .into())
            }
            None => {
                let read = ReplaySource::read(&fixture).map(Rc::new);
                let known = read.as_ref().ok().map(Rc::clone);
                self.fixtures.borrow_mut().insert(fixture, known);
                Ok(read?)
            }
        }
    }
}

impl Report {
    fn status(&self) -> ExitStatus {
        let is_fine = |result: &FileResult| {
            !matches!(
                result.outcome,
                TestOutcome::Different | TestOutcome::Missing
            )
        };
        if self.files.iter().all(is_fine) {
            ExitStatus::Success
        } else {
            ExitStatus::Differences
        }
    }

    fn text(&self) -> String {
        let mut counts: BTreeMap<TestOutcome, usize> = [(TestOutcome::Same, 0)].into();
        let mut text = String::new();
        for result in &self.files {
            *counts.entry(result.outcome).or_default() += 1;
            match (result.outcome, &result.diff) {
                (TestOutcome::Updated, _) => text += &format!("updated: {}\n", result.snapshot),
                (TestOutcome::Missing, _) => {
                    text += &format!("missing: {}; --update writes it\n", result.snapshot);
                }
                (_, Some(diff)) => text += diff,
                _ => {}
            }
        }
        let counted = counts
            .iter()
            .filter(|(outcome, _)| **outcome != TestOutcome::NoJobs)
            .map(|(outcome, count)| format!("{count} {}", outcome.word()));
        text + &format!("{}\n", counted.collect::<Vec<_>>().join(", "))
    }
}

impl FileResult {
    fn new(file: &Path, outcome: TestOutcome) -> Self {
        Self {
            file: file.display().to_string(),
            snapshot: folder::snapshot_of(file).display().to_string(),
            outcome,
            diff: None,
        }
    }
}

impl TestOutcome {
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

/// Reads a snapshot; `None` if it does not exist.
fn read(file: &Path) -> Result<Option<Vec<u8>>, Diagnostics> {
    read_regular_file(file, MAX_SIZE).map_err(|error| {
        let message = format!("cannot read the snapshot `{}`", file.display());
        Diagnostic::new(Kind::Invalid, message).cause(error).into()
    })
}

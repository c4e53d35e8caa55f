//! `bindery status`: differences between the lock file and the registries.

use std::rc::Rc;

use bindery_diagnostic::Diagnostics;
use bindery_lockfile::{Change, RecallPolicy, changes};
use bindery_render::unused_entries;
use clap::Args;
use serde::Serialize;

use crate::args::LockedInputs;
use crate::exit::ExitStatus;
use crate::output::Output;
use crate::session::Session;

/// Show the refs that have moved since they were locked
///
/// Asks binders for all refs of the files and compares the answers with the lock file: `moved` lists the refs with another answer,
/// `missing` the refs without an entry, `unused` the entries that no ref of FILE uses. Writes no file. Exits with code 2 if any list has an
/// entry.
#[derive(Args)]
pub struct Status {
    #[command(flatten)]
    files: LockedInputs,
    #[command(flatten)]
    output: Output,
}

#[derive(Default, Serialize)]
struct Report {
    moved: Vec<Line>,
    missing: Vec<Line>,
    unused: Vec<Line>,
}

/// A ref that differs.
#[derive(Serialize)]
struct Line {
    lockfile: String,
    address: String,
    cluster: Option<String>,
    binder: String,
    asked: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    locked: Option<serde_json::Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    found: Option<serde_json::Value>,
    /// Form for people.
    #[serde(skip)]
    text: String,
}

impl Status {
    /// Compares the answers with the lock files and prints the differences.
    pub fn run(&self, session: &Session<'_>) -> Result<ExitStatus, Diagnostics> {
        let mut writer = session.entry_writer()?;
        let mut report = Report::default();
        let ask_again = RecallPolicy::Except(Rc::new(|_| true));
        for locked in self.files.read_locks(&ask_again)? {
            let answers = self.files.bind(&locked, session)?;
            let before = locked.lock.lockfile();
            let unused = unused_entries(before, &answers);
            let mut now = writer.keep(before, &answers)?;
            now.retain(|key| !unused.contains(key));
            let path = locked.lock.path().display().to_string();
            for change in changes(before, &now) {
                let lines = match (change.before, change.after) {
                    (Some(_), Some(_)) => &mut report.moved,
                    (None, _) => &mut report.missing,
                    (_, None) => &mut report.unused,
                };
                lines.push(Line::new(&path, &change));
            }
        }
        self.output.write(&report, Report::text)?;
        Ok(if report.is_clean() {
            ExitStatus::Success
        } else {
            ExitStatus::Differences
        })
    }
}

impl Report {
    fn is_clean(&self) -> bool {
        self.moved.is_empty() && self.missing.is_empty() && self.unused.is_empty()
    }

    fn text(&self) -> String {
        let lines = |word: &str, lines: &[Line]| {
            let line = |line: &Line| format!("{word}{}\n", line.text);
            lines.iter().map(line).collect::<String>()
        };
        lines("", &self.moved)
            + &lines("not locked: ", &self.missing)
            + &lines("not used: ", &self.unused)
    }
}

impl Line {
    fn new(path: &str, change: &Change<'_>) -> Self {
        let json =
            |entry: Option<&bindery_lockfile::LockEntry>| entry.map(|entry| entry.answer().clone());
        let key = change.key;
        Self {
            lockfile: path.to_owned(),
            address: key.address.clone(),
            cluster: key.cluster.clone(),
            binder: key.binder.clone(),
            asked: change.asked().to_owned(),
            locked: json(change.before),
            found: json(change.after),
            text: match (change.before, change.after) {
                (Some(_), Some(_)) => change.to_string(),
                _ => format!("{} ({})", change.asked(), key.binder),
            },
        }
    }
}

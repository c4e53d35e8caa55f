//! `bindery status`: what is different from the lock file by now.

use std::collections::BTreeSet;

use bindery_diagnostic::Diagnostics;
use bindery_lockfile::{Change, Policy, changes};
use clap::Args;
use serde::Serialize;

use crate::context::Context;
use crate::exit::ExitStatus;
use crate::locking::{Clerk, Files, unused};
use crate::output::Output;

/// Tell which refs have moved since they were locked
///
/// Asks binders for all refs of the files, and compares their answers with the lock file: `moved` are those that are answered
/// otherwise now, `missing` those without an entry, `unused` the entries that no ref of FILE uses. Nothing is written. Ends with
/// code 2 if there are any.
#[derive(Args)]
pub struct Status {
    #[command(flatten)]
    files: Files,
    #[command(flatten)]
    output: Output,
}

#[derive(Default, Serialize)]
struct Report {
    moved: Vec<Line>,
    missing: Vec<Line>,
    unused: Vec<Line>,
}

/// One ref.
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
    #[serde(skip)]
    text: String,
}

impl Status {
    /// Compares, and prints what is different.
    pub fn run(&self, context: &Context<'_>) -> Result<ExitStatus, Diagnostics> {
        let mut clerk = Clerk::new(context)?;
        let mut report = Report::default();
        let anew = Policy::Except(std::rc::Rc::new(|_| true));
        for locked in self.files.locks(&anew)? {
            let answered = self.files.bind(&locked, context)?;
            let known = locked.lock.lockfile();
            let unused: BTreeSet<_> = unused(known, &answered);
            let mut now = clerk.keep(known, &answered)?;
            now.retain(|key| !unused.contains(key));
            let path = locked.lock.path().display().to_string();
            for change in changes(known, &now) {
                let lines = match (change.before, change.after) {
                    (Some(_), Some(_)) => &mut report.moved,
                    (None, _) => &mut report.missing,
                    (_, None) => &mut report.unused,
                };
                lines.push(Line::of(&path, &change));
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
    fn of(path: &str, change: &Change<'_>) -> Self {
        let json = |entry: Option<&bindery_lockfile::Entry>| entry.map(|it| it.answer().clone());
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

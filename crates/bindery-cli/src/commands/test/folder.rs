//! Job files and snapshots in a folder.

use bindery_diagnostic::{Diagnostic, Diagnostics, Kind};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::{fs, io};

/// Extension of job files.
const JOB_FILE: &str = ".aurora";

/// Text that the name of a snapshot has after the name of its job file.
const SNAPSHOT: &str = ".snap.json";

/// Returns the path of the snapshot of a job file.
pub fn snapshot_of(file: &Path) -> PathBuf {
    let mut path = file.as_os_str().to_owned();
    path.push(SNAPSHOT);
    path.into()
}

/// Files below a folder, sorted.
#[derive(Default)]
pub struct Folder {
    /// Job files.
    pub jobs: Vec<PathBuf>,
    /// Snapshots without a job file.
    pub stale: Vec<PathBuf>,
}

impl Folder {
    /// Searches below `top`, except in hidden folders and linked folders.
    pub fn read(top: &Path) -> Result<Self, Diagnostics> {
        let mut jobs = BTreeSet::new();
        let mut snapshots = BTreeSet::new();
        let mut open = vec![top.to_owned()];
        while let Some(folder) = open.pop() {
            let unreadable = |error: io::Error| {
                let message = format!("cannot read the folder `{}`", folder.display());
                Diagnostic::new(Kind::Invalid, message).cause(error)
            };
            for entry in fs::read_dir(&folder).map_err(unreadable)? {
                let entry = entry.map_err(unreadable)?;
                let (name, path) = (entry.file_name(), entry.path());
                let name = name.to_string_lossy();
                if name.starts_with('.') {
                    continue;
                }
                if entry.file_type().map_err(unreadable)?.is_dir() {
                    open.push(path);
                } else if name.ends_with(JOB_FILE) && path.is_file() {
                    jobs.insert(path);
                } else if name.ends_with(&format!("{JOB_FILE}{SNAPSHOT}")) && path.is_file() {
                    snapshots.insert(path);
                }
            }
        }
        if jobs.is_empty() {
            let message = format!("there are no job files in `{}`", top.display());
            return Err(Diagnostic::new(Kind::Invalid, message)
                .hint(format!("names of job files end with `{JOB_FILE}`"))
                .into());
        }
        let of_jobs: BTreeSet<_> = jobs.iter().map(|file| snapshot_of(file)).collect();
        Ok(Self {
            stale: snapshots.difference(&of_jobs).cloned().collect(),
            jobs: jobs.into_iter().collect(),
        })
    }
}

//! Use of the lock file by commands that bind.

use std::path::{Path, PathBuf};

use bindery_diagnostic::{Diagnostic, Diagnostics, Kind};
use bindery_lockfile::RecallPolicy;
use bindery_render::{BinderSource, LOCK_FILE_NAME, LockFile, LockSource, ReplaySource};
use clap::Args;

use crate::session::Mode;

/// Source of answers for a command that binds.
#[derive(Args)]
pub struct LockOptions {
    /// Require an entry in the lock file for every ref; call no binder
    #[arg(long, help_heading = "Lock file")]
    locked: bool,
    /// Make no network connection; use the lock file and caches
    #[arg(long, help_heading = "Lock file")]
    offline: bool,
    /// Same as --locked --offline
    #[arg(long, help_heading = "Lock file")]
    frozen: bool,
    /// Take all answers from a fixture that `bindery plugin record` wrote; call no binder
    #[arg(
        long,
        value_name = "FIXTURE",
        help_heading = "Lock file",
        conflicts_with_all = ["locked", "frozen", "lockfile"]
    )]
    replay: Option<PathBuf>,
    #[command(flatten)]
    path: LockPath,
}

/// Path of the lock file.
#[derive(Args)]
pub struct LockPath {
    /// Use this lock file instead of `bindery.lock` next to FILE
    #[arg(long, value_name = "FILE", help_heading = "Lock file")]
    lockfile: Option<PathBuf>,
}

impl LockOptions {
    /// Returns the mode of a run with these options.
    pub fn mode(&self) -> Mode {
        Mode {
            offline: self.offline || self.frozen,
            ..Mode::default()
        }
    }

    /// Returns the source of answers for the refs of `file`, with `binders` for the refs without an entry in the lock file.
    pub fn open<'s>(
        &self,
        file: &Path,
        binders: &'s dyn BinderSource,
    ) -> Result<Box<dyn BinderSource + 's>, Diagnostics> {
        if let Some(fixture) = &self.replay {
            return Ok(Box::new(ReplaySource::read(fixture)?));
        }
        let lock = LockFile::read(self.path.for_file(file))?;
        if !self.locked && !self.frozen {
            return Ok(Box::new(LockSource::new(
                &lock,
                RecallPolicy::Known,
                binders,
            )));
        }
        if !lock.exists() {
            let message = format!("there is no lock file `{}`", lock.path().display());
            return Err(Diagnostic::new(Kind::Invalid, message)
                .hint(format!("`bindery lock {}` creates it", file.display()))
                .into());
        }
        Ok(Box::new(LockSource::new(
            &lock,
            RecallPolicy::Locked,
            binders,
        )))
    }
}

impl LockPath {
    /// Returns the path of the lock file for `file`.
    pub fn for_file(&self, file: &Path) -> PathBuf {
        match &self.lockfile {
            Some(path) => path.clone(),
            None => file.with_file_name(LOCK_FILE_NAME),
        }
    }
}

//! `bindery lock`: what refs are bound to now, written down.

use bindery_diagnostic::Diagnostics;
use bindery_lockfile::{Policy, changes};
use clap::Args;

use crate::context::Context;
use crate::locking::{Clerk, Files, unused};
use crate::output;

/// Write down what the refs of files are bound to
///
/// Refs that have an entry in `bindery.lock` keep it; binders are asked for the others, and their answers are added, with what they
/// saw. From then on `bindery render` binds as the lock file says, whatever moves in the registries. The file is written when all
/// refs of all files could be bound, whole or not at all. What was added is printed.
#[derive(Args)]
pub struct Lock {
    #[command(flatten)]
    files: Files,
    /// Drop entries that no ref of FILE uses; name all files that share a lock file
    #[arg(long)]
    prune: bool,
}

impl Lock {
    /// Locks, and prints what is new.
    pub fn run(&self, context: &Context<'_>) -> Result<(), Diagnostics> {
        let mut clerk = Clerk::new(context)?;
        let mut done = Vec::new();
        for locked in self.files.locks(&Policy::Known)? {
            let answered = self.files.bind(&locked, context)?;
            let known = locked.lock.lockfile();
            let mut lockfile = clerk.keep(known, &answered)?;
            if self.prune {
                let unused = unused(known, &answered);
                lockfile.retain(|key| !unused.contains(key));
            }
            done.push((locked, lockfile));
        }
        for (locked, lockfile) in &done {
            locked.lock.replace(lockfile)?;
            for change in changes(locked.lock.lockfile(), lockfile) {
                output::print(&format!("{change}\n"))?;
            }
        }
        Ok(())
    }
}

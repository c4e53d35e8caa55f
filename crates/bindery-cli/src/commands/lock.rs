//! `bindery lock`: entries in the lock file for every ref.

use bindery_diagnostic::Diagnostics;
use bindery_lockfile::{RecallPolicy, changes};
use bindery_render::unused_entries;
use clap::Args;

use crate::args::LockedInputs;
use crate::output;
use crate::session::Session;

/// Record the answers of binders in the lock file
///
/// A ref with an entry in `bindery.lock` keeps it. Binders are asked for the other refs, and each answer is added with its evidence. From
/// then on `bindery render` binds these refs to their entries, even if a tag moves in its registry. Each new entry is printed. If a ref of
/// any file cannot be bound, no file is written.
#[derive(Args)]
pub struct Lock {
    #[command(flatten)]
    files: LockedInputs,
    /// Remove entries that no ref of FILE uses; name all files that share the lock file
    #[arg(long)]
    prune: bool,
}

impl Lock {
    /// Writes the lock files and prints the new entries.
    pub fn run(&self, session: &Session<'_>) -> Result<(), Diagnostics> {
        let mut writer = session.entry_writer()?;
        let mut updates = Vec::new();
        for locked in self.files.read_locks(&RecallPolicy::Known)? {
            let answers = self.files.bind(&locked, session)?;
            let before = locked.lock.lockfile();
            let mut after = writer.keep(before, &answers)?;
            if self.prune {
                let unused = unused_entries(before, &answers);
                after.retain(|key| !unused.contains(key));
            }
            updates.push((locked, after));
        }
        for (locked, after) in &updates {
            locked.lock.replace(after, output::write_file)?;
            for change in changes(locked.lock.lockfile(), after) {
                output::print(&format!("{change}\n"))?;
            }
        }
        Ok(())
    }
}

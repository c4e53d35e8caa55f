//! Lock file in front of binders.

use std::rc::Rc;

use bindery_core::Binder;
use bindery_diagnostic::Diagnostics;
use bindery_lockfile::{Lockfile, RecallPolicy, RecallingBinder};

use crate::binder_source::BinderSource;
use crate::lock_file::LockFile;

/// Source that answers refs from a lock file, and asks the binders of another source for the rest.
pub struct LockSource<'s> {
    lockfile: Rc<Lockfile>,
    /// File name in error messages.
    name: Rc<str>,
    policy: RecallPolicy,
    binders: &'s dyn BinderSource,
}

impl<'s> LockSource<'s> {
    /// Creates a source that uses the entries of `file` as `policy` says, in front of `binders`.
    pub fn new(file: &LockFile, policy: RecallPolicy, binders: &'s dyn BinderSource) -> Self {
        Self {
            lockfile: Rc::clone(file.lockfile()),
            name: file.path().display().to_string().into(),
            policy,
            binders,
        }
    }
}

impl BinderSource for LockSource<'_> {
    fn binders(&self, cluster: Option<&str>) -> Result<Vec<Box<dyn Binder + '_>>, Diagnostics> {
        let recalling = |binder| -> Box<dyn Binder + '_> {
            let (lockfile, name) = (Rc::clone(&self.lockfile), Rc::clone(&self.name));
            let policy = self.policy.clone();
            Box::new(RecallingBinder::new(
                binder, cluster, lockfile, name, policy,
            ))
        };
        let binders = self.binders.binders(cluster)?;
        Ok(binders.into_iter().map(recalling).collect())
    }
}

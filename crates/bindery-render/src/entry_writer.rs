//! Entries of a lock file for answers of binders.

use std::collections::{BTreeMap, BTreeSet};

use bindery_core::Answer;
use bindery_diagnostic::{Diagnostic, Diagnostics, Kind};
use bindery_lockfile::{AnswerSource, LockEntry, LockKey, Lockfile, Timestamp};

/// Returns the plugin of a binder by the binder's name.
type FindSource<'s> = dyn Fn(&str) -> Result<Option<AnswerSource>, Diagnostics> + 's;

/// Creates entries of lock files.
pub struct EntryWriter<'s> {
    now: Timestamp,
    find_source: Box<FindSource<'s>>,
    /// Sources by the name of the binder.
    sources: BTreeMap<String, Option<AnswerSource>>,
}

impl<'s> EntryWriter<'s> {
    /// Creates a writer whose new entries are first seen at `now`. `find_source` returns the plugin of a binder by the binder's name, and is
    /// called at most once for each name.
    pub fn new(
        now: Timestamp,
        find_source: impl Fn(&str) -> Result<Option<AnswerSource>, Diagnostics> + 's,
    ) -> Self {
        Self {
            now,
            find_source: Box::new(find_source),
            sources: BTreeMap::new(),
        }
    }

    /// Returns the time at which new entries are first seen.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// Returns `lockfile` with an entry for each answer. An entry whose answer has not changed stays as it is.
    ///
    /// # Errors
    ///
    /// If an answer has no form in a lock file.
    pub fn keep(
        &mut self,
        lockfile: &Lockfile,
        answers: &BTreeMap<LockKey, Answer>,
    ) -> Result<Lockfile, Diagnostics> {
        let mut kept = lockfile.clone();
        for (key, answer) in answers {
            let source = self.source(&key.binder)?;
            let entry = LockEntry::new(answer, source, self.now).map_err(|error| {
                let message = format!("cannot lock the answer to `{}`", key.address);
                Diagnostic::new(Kind::Failed, message)
                    .cause(error)
                    .hint("report this error to the author of the binder's plugin")
            })?;
            kept.keep(key.clone(), entry);
        }
        Ok(kept)
    }

    fn source(&mut self, binder: &str) -> Result<Option<AnswerSource>, Diagnostics> {
        if let Some(known) = self.sources.get(binder) {
            return Ok(known.clone());
        }
        let source = (self.find_source)(binder)?;
        self.sources.insert(binder.to_owned(), source.clone());
        Ok(source)
    }
}

/// Returns the keys of the entries of `lockfile` without an answer.
pub fn unused_entries(
    lockfile: &Lockfile,
    answers: &BTreeMap<LockKey, Answer>,
) -> BTreeSet<LockKey> {
    let keys = lockfile.iter().map(|(key, _)| key);
    keys.filter(|key| !answers.contains_key(key))
        .cloned()
        .collect()
}

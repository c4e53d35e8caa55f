//! `bindery update`: new answers for entries of the lock file.

use std::collections::BTreeSet;
use std::rc::Rc;
use std::str::FromStr;

use bindery_diagnostic::{Diagnostic, Diagnostics, Kind};
use bindery_lockfile::{LockEntry, LockKey, Lockfile, RecallPolicy, Timestamp, changes};
use bindery_reference::{Digest, Reference};
use clap::Args;

use crate::args::LockedInputs;
use crate::output;
use crate::session::Session;

/// Replace entries of the lock file with new answers
///
/// Asks binders for all refs of the files, or for the refs that --only selects. An entry whose answer has not changed stays as it is, so
/// the file changes only for references that have moved. Each change is printed. If a ref of any file cannot be bound, no file is written.
#[derive(Args)]
pub struct Update {
    #[command(flatten)]
    files: LockedInputs,
    /// Update only entries whose ref or image reference matches; `*` matches any text and `?` any character; repeatable
    #[arg(long, value_name = "GLOB", conflicts_with = "precise")]
    only: Vec<String>,
    /// Bind a ref or image reference to this digest; repeatable
    #[arg(long, value_name = "REF=DIGEST")]
    precise: Vec<PreciseEntry>,
}

/// Entry and its new digest.
#[derive(Clone)]
struct PreciseEntry {
    reference: String,
    digest: Digest,
}

impl FromStr for PreciseEntry {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (reference, digest) = text.rsplit_once('=').ok_or("write REF=DIGEST")?;
        let digest = Digest::parse(digest).map_err(|error| error.to_string())?;
        Ok(Self {
            reference: reference.to_owned(),
            digest,
        })
    }
}

impl Update {
    /// Writes the lock files and prints the changes.
    pub fn run(&self, session: &Session<'_>) -> Result<(), Diagnostics> {
        let mut writer = session.entry_writer()?;
        let mut updates = Vec::new();
        let mut hits = vec![false; self.only.len().max(self.precise.len())];
        for locked in self.files.read_locks(&RecallPolicy::Known)? {
            let before = locked.lock.lockfile();
            let after = if self.precise.is_empty() {
                let policy = self.policy(before, &mut hits);
                let locked = locked.with_lock(locked.lock.clone(), policy);
                let answers = self.files.bind(&locked, session)?;
                writer.keep(before, &answers)?
            } else {
                let after = self.with_digests(before, writer.now(), &mut hits, session)?;
                // Binders review entries when they are used.
                let lock = locked.lock.with_entries(after.clone());
                self.files
                    .bind(&locked.with_lock(lock, RecallPolicy::Known), session)?;
                after
            };
            updates.push((locked, after));
        }
        self.check_hits(&hits)?;
        for (locked, after) in &updates {
            locked.lock.replace(after, output::write_file)?;
            for change in changes(locked.lock.lockfile(), after) {
                output::print(&format!("{change}\n"))?;
            }
        }
        Ok(())
    }

    /// Returns a policy that asks binders again for the entries that --only selects. Marks each glob that matches an entry in `hits`.
    fn policy(&self, lockfile: &Lockfile, hits: &mut [bool]) -> RecallPolicy {
        if self.only.is_empty() {
            return RecallPolicy::Except(Rc::new(|_| true));
        }
        let mut selected = BTreeSet::new();
        for (key, entry) in lockfile.iter() {
            for (glob, hit) in self.only.iter().zip(hits.iter_mut()) {
                if names(key, entry).any(|name| matches(glob, name)) {
                    *hit = true;
                    selected.insert(key.clone());
                }
            }
        }
        RecallPolicy::Except(Rc::new(move |key| selected.contains(key)))
    }

    /// Returns the entries with the digests of --precise. Marks each of them that names an entry in `hits`.
    fn with_digests(
        &self,
        lockfile: &Lockfile,
        now: Timestamp,
        hits: &mut [bool],
        session: &Session<'_>,
    ) -> Result<Lockfile, Diagnostics> {
        let mut changed = lockfile.clone();
        for (precise, hit) in self.precise.iter().zip(hits) {
            for (key, entry) in lockfile.iter() {
                if !names(key, entry).any(|name| name == precise.reference) {
                    continue;
                }
                *hit = true;
                let new = entry.with_digest(precise.digest.as_str(), now);
                let (Some(new), Some(asked)) = (new, entry.evidence("asked")) else {
                    let message = format!("`{}` is not bound to a digest", key.address);
                    return Err(Diagnostic::new(Kind::Failed, message).into());
                };
                if !session.is_offline() {
                    verify(asked, &precise.digest, session)?;
                }
                changed.keep(key.clone(), new);
            }
        }
        Ok(changed)
    }

    /// Returns an error for each glob or reference that matched no entry.
    fn check_hits(&self, hits: &[bool]) -> Result<(), Diagnostics> {
        let arguments = self
            .only
            .iter()
            .chain(self.precise.iter().map(|precise| &precise.reference));
        let missed = arguments
            .zip(hits)
            .filter(|(_, hit)| !**hit)
            .map(|(argument, _)| {
                let message = format!("no entry of the lock file matches `{argument}`");
                Diagnostic::new(Kind::NotFound, message).hint(
                    "name a ref as in `docker.image[web][1.4]`, or an image as in `registry.example.org/web:1.4`",
                )
            });
        Diagnostics::check(missed.collect())
    }
}

/// Checks that the repository of the image reference `asked` has the digest.
fn verify(asked: &str, digest: &Digest, session: &Session<'_>) -> Result<(), Diagnostics> {
    let mut reference = Reference::parse(asked)
        .map_err(|error| Diagnostic::new(Kind::Failed, error.to_string()))?;
    reference.digest = Some(digest.clone());
    let client = session.registry()?;
    let result = session.wait_for(client.verify(&reference))?;
    result
        .map(|_| ())
        .map_err(|error| Diagnostic::from(&error).into())
}

/// Returns the names of an entry: the address of its ref and, if known, the image reference.
fn names<'e>(key: &'e LockKey, entry: &'e LockEntry) -> impl Iterator<Item = &'e str> {
    [Some(key.address.as_str()), entry.evidence("asked")]
        .into_iter()
        .flatten()
}

/// Returns true if `glob` matches the whole `text`: `*` matches any text and `?` any character. Brackets match themselves, since refs
/// contain brackets.
fn matches(glob: &str, text: &str) -> bool {
    let (glob, text): (Vec<char>, Vec<char>) = (glob.chars().collect(), text.chars().collect());
    let (mut at, mut read) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while read < text.len() {
        match glob.get(at) {
            Some('*') => {
                star = Some((at, read));
                at += 1;
            }
            Some(&c) if c == '?' || c == text[read] => {
                at += 1;
                read += 1;
            }
            // The last star matches one more character.
            _ => match star {
                None => return false,
                Some((place, end)) => {
                    star = Some((place, end + 1));
                    at = place + 1;
                    read = end + 1;
                }
            },
        }
    }
    glob[at..].iter().all(|&c| c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_match_themselves() {
        for (glob, text, expected) in [
            ("docker.image[web][1.4]", "docker.image[web][1.4]", true),
            ("docker.image[web]*", "docker.image[web][1.4]", true),
            ("*web*", "registry.example.org/web:1.4", true),
            ("*:1.?", "registry.example.org/web:1.4", true),
            ("*:1.?", "registry.example.org/web:1.42", false),
            ("*", "", true),
            ("", "a", false),
            ("a*b*c", "aXbYbZc", true),
            ("a*b*c", "aXbYbZ", false),
            ("[a-z]*", "web", false),
        ] {
            assert_eq!(matches(glob, text), expected, "{glob} {text}");
        }
    }
}

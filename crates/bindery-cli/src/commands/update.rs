//! `bindery update`: what refs are bound to is asked anew.

use std::rc::Rc;
use std::str::FromStr;

use bindery_diagnostic::{Diagnostic, Diagnostics, Kind};
use bindery_lockfile::{Entry, Key, Lockfile, Policy, changes};
use bindery_reference::{Digest, Reference};
use clap::Args;

use crate::context::Context;
use crate::lock::Lock;
use crate::locking::{Clerk, Files, Locked};
use crate::{output, registry};

/// Ask anew for what the lock file has
///
/// Binders are asked for all refs of the files, or for those that --only names. An answer that did not change leaves its entry as it
/// is, so that the file changes only where a reference has moved; each move is printed. The file is written when all refs of all
/// files could be bound, whole or not at all.
#[derive(Args)]
pub struct Update {
    #[command(flatten)]
    files: Files,
    /// Only entries whose ref, or what it asks for, is this; `*` is any text and `?` any character; may be repeated
    #[arg(long, value_name = "GLOB", conflicts_with = "precise")]
    only: Vec<String>,
    /// Bind this ref, or what it asks for, to this digest instead of what its tag names now; may be repeated
    #[arg(long, value_name = "REF=DIGEST")]
    precise: Vec<Precise>,
}

/// An entry and the digest that it is to have.
#[derive(Clone)]
struct Precise {
    reference: String,
    digest: Digest,
}

impl FromStr for Precise {
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
    /// Updates, and prints what has moved.
    pub fn run(&self, context: &Context<'_>) -> Result<(), Diagnostics> {
        let mut clerk = Clerk::new(context)?;
        let mut done = Vec::new();
        let mut hits = vec![false; self.only.len().max(self.precise.len())];
        for locked in self.files.locks(&Policy::Known)? {
            let lockfile = if self.precise.is_empty() {
                let anew = self.chosen(locked.lock.lockfile(), &mut hits);
                let lock = locked.lock.with(locked.lock.lockfile().clone(), anew);
                let locked = locked.with(lock);
                let answered = self.files.bind(&locked, context)?;
                clerk.keep(locked.lock.lockfile(), &answered)?
            } else {
                let changed = self.set(locked.lock.lockfile(), &clerk, &mut hits, context)?;
                let lock = locked.lock.with(changed.clone(), Policy::Known);
                // Binders look at recalled answers, so these are looked at as well.
                self.files.bind(&locked.with(lock), context)?;
                changed
            };
            done.push((locked, lockfile));
        }
        self.complain(&hits)?;
        for (locked, lockfile) in &done {
            locked.lock.replace(lockfile)?;
            for change in changes(locked.lock.lockfile(), lockfile) {
                output::print(&format!("{change}\n"))?;
            }
        }
        Ok(())
    }

    /// Which entries are asked for anew; notes which of the globs hit one.
    fn chosen(&self, lockfile: &Lockfile, hits: &mut [bool]) -> Policy {
        if self.only.is_empty() {
            return Policy::Except(Rc::new(|_| true));
        }
        let mut chosen = std::collections::BTreeSet::new();
        for (key, entry) in lockfile.iter() {
            for (glob, hit) in self.only.iter().zip(hits.iter_mut()) {
                if names(key, entry).any(|name| matches(glob, name)) {
                    *hit = true;
                    chosen.insert(key.clone());
                }
            }
        }
        Policy::Except(Rc::new(move |key| chosen.contains(key)))
    }

    /// The entries with the digests that were given; each must be there.
    fn set(
        &self,
        lockfile: &Lockfile,
        clerk: &Clerk<'_>,
        hits: &mut [bool],
        context: &Context<'_>,
    ) -> Result<Lockfile, Diagnostics> {
        let mut changed = lockfile.clone();
        for (precise, hit) in self.precise.iter().zip(hits) {
            for (key, entry) in lockfile.iter() {
                if !names(key, entry).any(|name| name == precise.reference) {
                    continue;
                }
                *hit = true;
                let new = entry.with_digest(precise.digest.as_str(), clerk.now());
                let (Some(new), Some(asked)) = (new, entry.evidence("asked")) else {
                    let message = format!("`{}` is not bound to a digest", key.address);
                    return Err(Diagnostic::new(Kind::Failed, message).into());
                };
                if !context.is_offline() {
                    verify(asked, &precise.digest, context)?;
                }
                changed.keep(key.clone(), new);
            }
        }
        Ok(changed)
    }

    fn complain(&self, hits: &[bool]) -> Result<(), Diagnostics> {
        let asked = self
            .only
            .iter()
            .chain(self.precise.iter().map(|precise| &precise.reference));
        let missed = asked.zip(hits).filter(|(_, hit)| !**hit).map(|(name, _)| {
            Diagnostic::new(
                Kind::Failed,
                format!("no entry of the lock file is `{name}`"),
            )
            .hint("name a ref as in `docker.image[web][1.4]`, or what it asks for as in `registry.example.org/web:1.4`")
        });
        Diagnostics::check(missed.collect())
    }
}

/// Asks the registry whether it has this digest in the repository that was asked.
fn verify(asked: &str, digest: &Digest, context: &Context<'_>) -> Result<(), Diagnostics> {
    let mut reference = Reference::parse(asked)
        .map_err(|error| Diagnostic::new(Kind::Failed, error.to_string()))?;
    reference.digest = Some(digest.clone());
    registry::verify(&context.registry()?, &reference)
}

/// What people call an entry.
fn names<'e>(key: &'e Key, entry: &'e Entry) -> impl Iterator<Item = &'e str> {
    [Some(key.address.as_str()), entry.evidence("asked")]
        .into_iter()
        .flatten()
}

/// Whether `text` is what `glob` stands for: `*` for any text, `?` for any character, and all else for itself, since refs are
/// full of brackets.
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
            // The last star takes one character more.
            _ => match star {
                None => return false,
                Some((place, taken)) => {
                    star = Some((place, taken + 1));
                    at = place + 1;
                    read = taken + 1;
                }
            },
        }
    }
    glob[at..].iter().all(|&c| c == '*')
}

impl<'f> Locked<'f> {
    fn with(&self, lock: Lock) -> Locked<'f> {
        Locked {
            lock,
            files: self.files.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs_take_brackets_for_themselves() {
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

//! Differences between two lock files, in words.

use std::fmt;

use crate::entry::{LockEntry, LockKey};
use crate::lockfile::Lockfile;

/// Ref with different entries in two lock files.
#[derive(Clone, Debug, PartialEq)]
pub struct Change<'l> {
    /// Ref.
    pub key: &'l LockKey,
    /// Entry in the first file.
    pub before: Option<&'l LockEntry>,
    /// Entry in the second file.
    pub after: Option<&'l LockEntry>,
}

/// Returns the refs with different answers in `before` and `after`, sorted.
pub fn changes<'l>(before: &'l Lockfile, after: &'l Lockfile) -> Vec<Change<'l>> {
    let gone = before.iter().map(|(key, entry)| Change {
        key,
        before: Some(entry),
        after: after.get(key),
    });
    let new = after
        .iter()
        .filter(|(key, _)| before.get(key).is_none())
        .map(|(key, entry)| Change {
            key,
            before: None,
            after: Some(entry),
        });
    let mut changes: Vec<_> = gone
        .chain(new)
        .filter(|change| match (change.before, change.after) {
            (Some(before), Some(after)) => !before.answers_as(after),
            _ => true,
        })
        .collect();
    changes.sort_by(|a, b| a.key.cmp(b.key));
    changes
}

impl Change<'_> {
    /// Returns the name of the requested thing from the evidence; the ref if the binder gives no name.
    pub fn asked(&self) -> &str {
        let entry = self.after.or(self.before);
        entry
            .and_then(|entry| entry.evidence("asked"))
            .unwrap_or(&self.key.address)
    }
}

/// Returns a short form of an entry: the digest in its evidence if it differs from the digest of `other`, otherwise the answer.
fn summary(entry: &LockEntry, other: Option<&LockEntry>) -> String {
    let digest = entry.evidence("digest");
    let digest = digest.filter(|_| other.is_none_or(|other| other.evidence("digest") != digest));
    match digest {
        Some(digest) => abbreviate(digest),
        None => match entry.answer.as_str() {
            Some(text) => format!("`{text}`"),
            None => entry.answer.to_string(),
        },
    }
}

/// Returns a digest with its first 12 digits.
fn abbreviate(digest: &str) -> String {
    match digest.split_once(':') {
        Some((algorithm, hex)) if hex.len() > 12 && hex.is_ascii() => {
            format!("{algorithm}:{}…", &hex[..12])
        }
        _ => digest.to_owned(),
    }
}

impl fmt::Display for Change<'_> {
    /// Writes one line: `registry.example.org/app:1.4 moved from sha256:… to sha256:…`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.asked())?;
        match (self.before, self.after) {
            (Some(before), Some(after)) if before.answer == after.answer => {
                f.write_str(" has different metadata for jobs")?;
            }
            (Some(before), Some(after)) => {
                let (before, after) = (summary(before, Some(after)), summary(after, Some(before)));
                write!(f, " moved from {before} to {after}")?;
            }
            (None, Some(after)) => write!(f, " is {}", summary(after, None))?,
            (Some(before), None) => write!(f, " is dropped; it was {}", summary(before, None))?,
            (None, None) => {}
        }
        write!(f, " ({}", self.key.binder)?;
        match &self.key.cluster {
            Some(cluster) => write!(f, ", {cluster})"),
            None => f.write_str(")"),
        }
    }
}

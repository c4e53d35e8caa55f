//! What is different between two lock files, for people.

use std::fmt;

use crate::entry::{Entry, Key};
use crate::lockfile::Lockfile;

/// A ref whose entry is not the same in both.
#[derive(Clone, Debug, PartialEq)]
pub struct Change<'l> {
    /// The ref.
    pub key: &'l Key,
    /// Its entry in the first.
    pub before: Option<&'l Entry>,
    /// Its entry in the second.
    pub after: Option<&'l Entry>,
}

/// The refs that are bound otherwise by `after` than by `before`, sorted.
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
    /// What the ref asks for, as its binder tells it, else the ref.
    pub fn asked(&self) -> &str {
        let entry = self.after.or(self.before);
        entry
            .and_then(|entry| entry.evidence("asked"))
            .unwrap_or(&self.key.address)
    }
}

/// What an entry says in short: the digest that its binder saw, if that tells it from `other`, else the answer.
fn shown(entry: &Entry, other: Option<&Entry>) -> String {
    let digest = entry.evidence("digest");
    let digest = digest.filter(|_| other.is_none_or(|other| other.evidence("digest") != digest));
    match digest {
        Some(digest) => shortened(digest),
        None => match entry.answer.as_str() {
            Some(text) => format!("`{text}`"),
            None => entry.answer.to_string(),
        },
    }
}

/// A digest with as many digits as people compare.
fn shortened(digest: &str) -> String {
    match digest.split_once(':') {
        Some((algorithm, hex)) if hex.len() > 12 && hex.is_ascii() => {
            format!("{algorithm}:{}…", &hex[..12])
        }
        _ => digest.to_owned(),
    }
}

impl fmt::Display for Change<'_> {
    /// One line: `registry.example.org/app:1.4 moved from sha256:… to sha256:…`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.asked())?;
        match (self.before, self.after) {
            (Some(before), Some(after)) if before.answer == after.answer => {
                f.write_str(" has other metadata for jobs")?;
            }
            (Some(before), Some(after)) => {
                let (before, after) = (shown(before, Some(after)), shown(after, Some(before)));
                write!(f, " moved from {before} to {after}")?;
            }
            (None, Some(after)) => write!(f, " is {}", shown(after, None))?,
            (Some(before), None) => write!(f, " is dropped; it was {}", shown(before, None))?,
            (None, None) => {}
        }
        write!(f, " ({}", self.key.binder)?;
        match &self.key.cluster {
            Some(cluster) => write!(f, ", {cluster})"),
            None => f.write_str(")"),
        }
    }
}

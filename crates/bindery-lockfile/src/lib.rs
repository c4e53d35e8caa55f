//! Lock file: recorded answers to refs, used again without asking the binders.
//!
//! A [`Lockfile`] is the content of `bindery.lock`: one [`LockEntry`] per ref and cluster, sorted, with answer and evidence.
//! [`RecallingBinder`] puts it before a binder, and [`changes`] describes the difference between two lock files.
//!
//! The file is TOML, so that people can read and merge it. Each entry has a check over its own lines: an entry that was mixed up by
//! a merge or edited by accident is refused with its line. The check does not protect against intent, since it is easy to compute.
//! Review does: the evidence is stored next to each answer, and a binder reviews recalled answers before they are used.
//!
//! Reads no file and no clock: the caller passes texts and times.

#![deny(missing_docs)]
#![forbid(unsafe_code)]

mod changes;
mod entry;
mod error;
mod json;
mod lockfile;
mod read;
mod recall;
mod timestamp;
mod write;

pub use changes::{Change, changes};
pub use entry::{AnswerSource, LockEntry, LockKey};
pub use error::{LockfileError, LockfileProblem, UnkeepableError};
pub use lockfile::Lockfile;
pub use recall::{RecallPolicy, RecallingBinder};
pub use timestamp::{Timestamp, TimestampError};

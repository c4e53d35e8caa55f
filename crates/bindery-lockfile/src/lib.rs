//! What refs were bound to, kept so that they can be bound again without asking anybody.
//!
//! A [`Lockfile`] is the text of `bindery.lock`: one [`Entry`] for each ref of each cluster, sorted, with what the binder saw
//! beside what it answered. [`Recalling`] puts it in front of a binder, and [`changes`] tells two of them apart in words.
//!
//! The file is TOML, so that people can read and merge it. Each entry carries a check over its own lines: a merge that mixes
//! two entries, or a hand that slips, is refused with the line, and not used. Whoever means to deceive can compute the check as
//! well; what guards against that is review, which is why evidence stands beside each answer and why a binder looks at recalled
//! answers before they are used.
//!
//! Reads no file and no clock: texts and times are handed in.

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
pub use entry::{Entry, Key, Source};
pub use error::{LockfileError, Problem, UnkeepableError};
pub use lockfile::Lockfile;
pub use recall::{Policy, Recalling};
pub use timestamp::{Timestamp, TimestampError};

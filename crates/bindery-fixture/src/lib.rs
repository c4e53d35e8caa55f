//! Fixture: recorded requests to binders with their answers, for tests of templates without plugins.
//!
//! A [`Fixture`] is the content of `bindery.fixture.jsonl`: the binders with their patterns, and each request with its answer or
//! its error, one JSON object per line, sorted. [`RecordingBinder`] records the answers of a live binder; [`replay_binders`] creates binders
//! that answer from a fixture only.
//!
//! A lock file decides the future answers for a job, and binders review its entries. A fixture is the input of a test: it holds
//! errors, too, and no binder reviews it.
//!
//! Reads no file and no clock.

#![deny(missing_docs)]
#![forbid(unsafe_code)]

mod error;
mod fixture;
mod read;
mod record;
mod replay;
mod write;

pub use error::{FixtureError, UnkeepableError};
pub use fixture::{Fixture, FixtureKey, RecordedAnswer};
pub use record::RecordingBinder;
pub use replay::{ReplayingBinder, replay_binders};

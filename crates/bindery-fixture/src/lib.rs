//! What binders were asked and what they answered, kept so that templates can be tested without them.
//!
//! A [`Fixture`] is the text of `bindery.fixture.jsonl`: the binders with their patterns, and each question with its answer or
//! its error, one JSON object a line, sorted. [`Recording`] stands in front of a live binder and fills one; [`replaying`] makes
//! binders of one, which ask nobody.
//!
//! A lock file says what a job is bound to from now on, and is looked at by its binders before it is used. A fixture says what a
//! test takes for the world: errors too, and without anybody behind it.
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
pub use fixture::{Fixture, Outcome, Question};
pub use record::Recording;
pub use replay::{Replaying, replaying};

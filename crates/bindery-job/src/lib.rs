//! The Aurora job schema as template types, and what stands between a job file and a bound job.
//!
//! [`Schema`] holds every type of Aurora's configuration reference and hands them, with the helper functions that files may call
//! (`order`, `SequentialTask`, `combine_tasks`, …), to whatever evaluates the file. [`JobFile`] takes the file's `jobs` and
//! selects among them; a [`Job`] goes through the phases of the original client and ends as a [`BoundJob`].
//!
//! Follows the Aurora client after 0.22; where it crashes, this crate has an error. Knows nothing of files, networks or clusters'
//! definitions.
//!
//! Start at [`Schema::new`] and [`JobFile::new`].

#![deny(missing_docs)]
#![forbid(unsafe_code)]

mod helpers;
mod job;
mod key;
mod options;
mod schema;
mod select;
mod tasks;

pub use job::{BoundJob, Job, JobProblem, is_deferred};
pub use key::{JobKey, KeyError};
pub use schema::Schema;
pub use select::{JobFile, SelectError, Selection};

//! The Aurora job schema as template types, and what stands between a job file and a bound job.
//!
//! [`Schema`] holds every type of Aurora's configuration reference and hands them, with the helper functions that files may call
//! (`order`, `SequentialTask`, `combine_tasks`, …), to whatever evaluates the file. [`JobFile`] takes the file's `jobs` and
//! selects among them; a [`Job`] goes through the phases of the original client and ends as a [`BoundJob`], plain data that a
//! target encodes, or as an [`InvalidJob`] in the original's words.
//!
//! Follows the Aurora client after 0.22; where it crashes, this crate has an error. Knows nothing of files, networks or clusters'
//! definitions.
//!
//! Start at [`Schema::new`] and [`JobFile::new`].

#![deny(missing_docs)]
#![forbid(unsafe_code)]

mod bound;
mod conversion;
mod fields;
mod helpers;
mod invalid;
mod job;
mod key;
mod options;
mod phases;
mod plan;
mod ports;
mod schema;
mod select;
mod tasks;
mod tiers;
mod update;
mod warning;

pub use bound::{
    BoundJob, Constraint, ConstraintRule, Container, CronCollisionPolicy, Executor, Image,
    PartitionPolicy, Resources, SlaPolicy, UpdateConfig, UpdateStrategy, Volume,
};
pub use invalid::InvalidJob;
pub use job::{Finished, Job, JobProblem, is_deferred};
pub use key::{JobKey, KeyError};
pub use phases::InterpolatedJob;
pub use schema::Schema;
pub use select::{JobFile, SelectError, Selection};
pub use tiers::{Tiers, TiersError};
pub use update::{UpdateError, UpdateSettings};
pub use warning::Warning;

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
mod key;
mod phases;
mod schema;

pub use bound::job::{
    BoundJob, Constraint, ConstraintRule, Container, CronCollisionPolicy, Executor, Image,
    PartitionPolicy, Resources, SlaPolicy, UpdateConfig, UpdateStrategy, Volume,
};
pub use bound::update::{UpdateError, UpdateSettings};
pub use key::{JobKey, KeyError};
pub use phases::checks::InterpolatedJob;
pub use phases::invalid::InvalidJob;
pub use phases::job::{Finished, Job, JobProblem, is_deferred};
pub use phases::job_file::{JobFile, SelectError, Selection};
pub use phases::tiers::{Tiers, TiersError};
pub use phases::warning::Warning;
pub use schema::types::Schema;

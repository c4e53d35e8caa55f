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
mod target;
mod warning;

pub use bindery_core::Origin;
pub use bound::container::{Container, MesosImage, Volume};
pub use bound::health::{
    Announcer, HealthCheck, HealthChecker, HttpHealthChecker, HttpLifecycle, ShellHealthChecker,
};
pub use bound::job::{BoundJob, Executor};
pub use bound::policy::{
    Constraint, ConstraintRule, CronCollisionPolicy, PartitionPolicy, SlaPolicy,
};
pub use bound::task::{
    Logger, LoggerDestination, LoggerMode, Process, Resources, RotatePolicy, Task,
};
pub use bound::text::{Deferred, Piece, Text};
pub use bound::update::{UpdateConfig, UpdateError, UpdateSettings, UpdateStrategy};
pub use key::{JobKey, KeyError, Selection};
pub use phases::finish::{Finished, JobProblem};
pub use phases::interpolated::InterpolatedJob;
pub use phases::invalid::InvalidJob;
pub use phases::job::Job;
pub use phases::job_file::{JobFile, SelectError};
pub use phases::tiers::{Tiers, TiersError};
pub use schema::types::Schema;
pub use target::{Document, EncodeOptions, JsonTarget, Loss, Target, Unsupported, Verdict};
pub use warning::Warning;

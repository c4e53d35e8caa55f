//! Aurora's job schema, the phases from a job of a file to a bound job, and the interface of targets.
//!
//! [`Schema`] has every type of Aurora's configuration reference, and the helper functions of job files (`order`, `SequentialTask`,
//! `combine_tasks`, …), for the evaluator of the file. [`JobFile`] is the file's `jobs` and selects among them. A [`Job`] goes through
//! the phases of the original client and becomes a [`BoundJob`], or an [`InvalidJob`] with the original's message. A bound job is
//! plain data: a [`Task`] with its [`Process`]es, health checks, container and policies, with [`Text`] for each string that may have
//! deferred refs. A [`Target`] encodes bound jobs and reports the fields that it cannot express.
//!
//! Follows the Aurora client after 0.22; this crate has an error where the client crashes. Knows nothing of files, networks or
//! definitions of clusters.
//!
//! Start at [`Schema::new`] and [`JobFile::new`]; for a new target at [`Target`] and [`BoundJob`].

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

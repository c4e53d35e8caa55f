//! Phases of the original client, from a job of a file to a bound job.

mod conversion;
mod fields;
pub(crate) mod finish;
pub(crate) mod interpolated;
pub(crate) mod invalid;
pub(crate) mod job;
pub(crate) mod job_file;
mod plan;
mod ports;
mod task_checks;
pub(crate) mod tiers;
mod validation;

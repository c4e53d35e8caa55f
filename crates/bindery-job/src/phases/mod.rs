//! Phases of the original client, from a job of a file to a bound job.

pub(crate) mod checks;
pub(crate) mod conversion;
pub(crate) mod fields;
pub(crate) mod invalid;
pub(crate) mod job;
pub(crate) mod job_file;
pub(crate) mod plan;
pub(crate) mod ports;
pub(crate) mod tiers;
pub(crate) mod warning;

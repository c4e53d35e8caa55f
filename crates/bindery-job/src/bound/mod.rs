//! Bound job: plain data for targets.

pub(crate) mod job;
pub(crate) mod update;

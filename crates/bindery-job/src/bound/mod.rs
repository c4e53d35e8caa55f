//! Bound job: plain data for targets.

pub(crate) mod container;
pub(crate) mod health;
pub(crate) mod job;
pub(crate) mod policy;
pub(crate) mod task;
pub(crate) mod text;
pub(crate) mod update;

//! Conversion of an interpolated job to plain data, in the order in which the original reads the fields.

mod container;
mod data;
mod job;
mod policy;
mod task;

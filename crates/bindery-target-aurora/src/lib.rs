//! What an Aurora scheduler wants to read.
//!
//! Aurora speaks thrift. [`job_configuration`] and [`job_update_settings`] say a bound job in its words. [`thrift`] holds the
//! types of its interface as one table, values that are checked against it, and the forms in which values are written and
//! read: named fields for people, and two protocols for schedulers.
//!
//! Sees bound jobs as plain data; knows nothing of templates, job files, clusters or networks.
//!
//! Start at [`job_configuration`] and [`thrift::Struct`].

#![deny(missing_docs)]
#![forbid(unsafe_code)]

mod job;
pub mod thrift;
mod update;

pub use job::job_configuration;
pub use update::job_update_settings;

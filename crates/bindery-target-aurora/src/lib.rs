//! Target Aurora: jobs and update settings as an Aurora scheduler reads them.
//!
//! [`Aurora`] implements [`Target`](bindery_job::Target). Aurora speaks thrift: [`job_configuration`] and [`job_update_settings`] convert
//! bound jobs to its structs. [`thrift`] has the types of its interface as one table, values that are checked against the table, and
//! three written forms: named fields for people, and two protocols for schedulers.
//!
//! Sees bound jobs as plain data; knows nothing of templates, job files, clusters or networks.
//!
//! Start at [`Aurora`] and [`thrift::Struct`].

#![deny(missing_docs)]
#![forbid(unsafe_code)]

mod executor;
mod job;
mod target;
pub mod thrift;
mod update;

pub use executor::executor_data;
pub use job::job_configuration;
pub use target::{Aurora, Form};
pub use update::job_update_settings;

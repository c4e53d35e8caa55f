//! What an Aurora scheduler wants to read.
//!
//! Aurora speaks thrift. [`thrift`] holds the types of its interface as one table, values that are checked against it, and
//! the forms in which values are written and read: named fields for people, and two protocols for schedulers.
//!
//! Knows nothing of job files, clusters or networks.
//!
//! Start at [`thrift::Struct`].

#![deny(missing_docs)]
#![forbid(unsafe_code)]

pub mod thrift;

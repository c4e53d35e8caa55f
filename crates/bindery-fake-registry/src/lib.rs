//! An in-process registry over loopback, for tests and the demo.
//!
//! [`Registry::start`] listens on a free port of 127.0.0.1, on a thread of its own, until the value is dropped. Test code
//! puts manifests and blobs into it directly; clients read them over the distribution protocol, anonymously, with Basic,
//! or with tokens that its own `/token` endpoint hands out. Beside that it does what a real registry never does when it
//! should: a [`Fault`] makes chosen requests fail in a chosen way. Every request is kept, so that a test can say what
//! the client under test must have asked for, and what it must not have sent.
//!
//! Behaves like CNCF distribution 2.8 where servers differ, its use of `Accept` included. Reads only: there is no push
//! over HTTP. Knows nothing of Bindery's own crates, so that a mistake there cannot hide here.
//!
//! ```
//! use bindery_fake_registry::{Image, Options, Registry};
//!
//! let registry = Registry::start(Options::basic("alice", "secret"));
//! let digest = registry.push("library/python", "3.12", &Image::oci("hello"));
//! assert_eq!(digest, Image::oci("hello").digest());
//! println!("docker pull {}/library/python:3.12", registry.address());
//! ```

#![deny(missing_docs)]
#![forbid(unsafe_code)]

mod access;
mod content;
mod fault;
mod glob;
mod image;
mod log;
mod registry;
mod routes;
mod store;
mod token;
mod wire;

pub use access::{Access, Account, Options, TokenField, TokenService};
pub use fault::Fault;
pub use image::{Format, Image, Index, digest_of};
pub use log::{Counts, Request};
pub use registry::Registry;

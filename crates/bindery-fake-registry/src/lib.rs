//! Registry in the process of a test or of the demo, over loopback.
//!
//! [`Registry::start`] listens on a free port of 127.0.0.1, on its own thread, until the value is dropped. Test code stores manifests and
//! blobs directly; clients read them over the distribution protocol, anonymously, with Basic, or with tokens from the `/token` endpoint of
//! the registry. A [`Fault`] makes chosen requests fail in a chosen way. Every request is recorded for the test.
//!
//! Behaves like CNCF distribution 2.8 where servers differ, including its use of `Accept`. Reads only: clients cannot push.
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
mod challenge;
mod content;
mod fault;
mod glob;
mod handler;
mod image;
mod incoming;
mod log;
mod registry;
mod reply;
mod resources;
mod state;
mod store;
mod token;
mod wire;

pub use access::{Access, Account, Options, TokenField, TokenService};
pub use fault::Fault;
pub use image::{Format, Image, Index, digest_of};
pub use log::{Counts, Request};
pub use registry::Registry;
pub use store::GeneratedBlob;

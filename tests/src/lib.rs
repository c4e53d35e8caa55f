//! What end-to-end cases lean on: real programs, run for one test and gone after it.
//!
//! [`Bindery`] runs the built binary in an environment of its own; [`RealRegistry`] is Debian's `docker-registry` on a free
//! port, filled with our own bytes or by [`Skopeo`]: open, behind a password, behind the tokens of a [`TokenServer`], behind TLS
//! with the certificates of an [`Authority`] of its own, or in front of another registry. Programs of others may be missing: the functions that need one then
//! give `None` and say so on stderr, and the case returns. Where `CI` is `true` a missing program is a failure.
//!
//! [`Schema`] tells what is against one of the JSON Schemas that are published with the documentation. [`conformance`] runs the shared vectors against the template core and the loader, and judges the outcome.
//!
//! The cases are in `tests/`; what `cargo xtask` drives is in `examples/`.

#![deny(missing_docs)]
#![forbid(unsafe_code)]

mod bindery;
pub mod conformance;
mod http;
mod layout;
mod openssl;
mod program;
mod real_registry;
mod schema;
mod skopeo;
mod token_server;

pub use bindery::{Bindery, Ran, binary, plugin_folder};
pub use layout::write_layout;
pub use openssl::{Authority, KeyPair};
pub use program::{Program, find, run_by};
pub use real_registry::{ClientCertificate, Guard, RealRegistry};
pub use schema::Schema;
pub use skopeo::Skopeo;
pub use token_server::{Policy, TokenServer};

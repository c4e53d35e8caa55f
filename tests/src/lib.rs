//! Tools for end-to-end tests: the built binary, and real registries and clients that a test starts and stops.
//!
//! [`Bindery`] runs the built binary in an environment of the test. [`RealRegistry`] is Debian's `docker-registry` on a free
//! port, filled with images of the test or by [`Skopeo`]. It can be open, require a password, require tokens of a
//! [`TokenServer`], use TLS with the certificates of an [`Authority`], or mirror another registry. External programs may be
//! missing: the functions that need one then return `None` and print a line on standard error, and the test returns early. With
//! `CI=true` a missing program is a failure.
//!
//! [`Schema`] checks documents against the JSON Schemas that are published with the documentation. [`conformance`] runs the
//! shared vectors and compares the outcomes.
//!
//! The tests are in `tests/`; programs that `cargo xtask` runs are in `examples/`.

#![deny(missing_docs)]
#![forbid(unsafe_code)]

mod bindery;
mod build;
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
pub use build::Build;
pub use layout::write_layout;
pub use openssl::{Authority, KeyPair};
pub use program::{Program, find, run_by};
pub use real_registry::{ClientCertificate, Guard, RealRegistry};
pub use schema::Schema;
pub use skopeo::Skopeo;
pub use token_server::{Policy, TokenServer};

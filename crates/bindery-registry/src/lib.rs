//! The distribution client: turns a reference into a descriptor; challenges answered inside.
//!
//! [`Client::resolve`] asks a registry which manifest a tag names at this moment, with one `HEAD` if all goes well; what more an
//! image has to be (its platform) is a [`Wish`]. What a registry wants before it answers (a scheme, a credential, a token) is found
//! out on the way and remembered; documents and tokens are kept for later runs in the folder of [`Options::cache`]. Knows nothing
//! of plugins, jobs or the terminal; reads no environment.
//!
//! Standards: OCI distribution specification 1.1, OCI image specification 1.1, Docker's token authentication. Where servers
//! differ from them, the servers win.
//!
//! - [`oci`]: media types, descriptors, digests of bytes.
//! - [`token`]: the words of the token protocol: challenge, scope, token.

#![deny(missing_docs)]
#![forbid(unsafe_code)]

mod answer;
mod authorization;
mod client;
mod disk;
mod endpoint;
mod error;
mod host;
mod image;
mod link;
mod list;
mod mirrors;
mod network;
pub mod oci;
mod resolve_all;
mod session;
mod settings;
mod subject;
pub mod token;

pub use answer::Answer;
pub use client::Client;
pub use endpoint::{Endpoint, EndpointError};
pub use error::{Denial, Error, ErrorKind, ListProblem, Missing};
pub use image::{Image, Wish};
pub use list::Referrer;
pub use mirrors::Cause;
pub use network::{Network, Times};
pub use oci::{Descriptor, MediaType, Platform, PlatformError};
pub use settings::{Options, RegistrySettings};
pub use subject::{Part, Subject};

pub use bindery_credentials as credentials;
pub use bindery_http as http;

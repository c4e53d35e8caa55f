//! Client for container registries.
//!
//! [`Client::resolve`] turns a reference into a descriptor with a single `HEAD`; [`Client::image`] also chooses an image by platform. The
//! client finds out the scheme of a registry and authenticates when the registry requires it. Documents and tokens are cached on disk for
//! later runs. Knows nothing of plugins, jobs or the terminal; reads no environment variable.
//!
//! Two floors: `transport` sends requests and knows no manifest; `manifest`, `platform_choice`, `tags`, `referrers` and `batch` on top of it
//! read the responses, and [`Client`] is the list of their verbs.
//!
//! Standards: OCI distribution specification 1.1, OCI image specification 1.1, Docker's token authentication. Where servers differ from
//! the standards, the client follows the servers.

#![deny(missing_docs)]
#![forbid(unsafe_code)]

mod backend;
mod batch;
mod blob;
mod cache;
mod client;
mod endpoint;
mod error;
mod manifest;
mod network;
mod pages;
mod platform_choice;
mod referrers;
mod resource;
mod settings;
mod tags;
mod transport;

pub use blob::BlobReader;
pub use client::Client;
pub use endpoint::{Endpoint, EndpointError};
pub use error::{Denial, Error, ErrorDetail, ListError, Missing};
pub use network::{Network, Timeouts};
pub use platform_choice::{ImageQuery, ResolvedImage};
pub use referrers::Referrer;
pub use resource::Resource;
pub use settings::{ClientOptions, RegistrySettings};
pub use transport::response::ErrorResponse;

//! Names of images: registry, repository, tag, digest.
//!
//! Turns what people type (`redis`, `quay.io/team/app:1.4`) into a [`Reference`] and writes it back in one canonical form.
//! Knows Docker's defaults; knows nothing of networks, credentials or manifests.
//!
//! Grammar: OCI distribution specification 1.1, "Pulling manifests". Where it is silent, Docker's practice: the first part is
//! a registry only if it looks like a host, `library/` is added to one-part names on Docker Hub, and no tag means `latest`.
//!
//! Start at [`Reference::parse`].

#![deny(missing_docs)]
#![forbid(unsafe_code)]

mod digest;
mod error;
mod form;
mod reference;
mod registry;
mod repository;
mod tag;

pub use digest::Digest;
pub use error::{ParseError, Part, Problem};
pub use form::{Form, FormError};
pub use reference::{Note, Reference};
pub use registry::Registry;
pub use repository::Repository;
pub use tag::Tag;

//! Image references: registry, repository, tag and digest.
//!
//! Parses references as users type them (`redis`, `quay.io/team/app:1.4`) into a [`Reference`] and formats them canonically. Applies
//! Docker's defaults. Performs no network access and handles no credentials or manifests.
//!
//! Grammar: OCI distribution specification 1.1, "Pulling manifests"; Docker's behavior where the specification is silent: the first part
//! is a registry only if it looks like a host, `library/` is added to one-part names on Docker Hub, and the default tag is `latest`.
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
mod text;

pub use digest::Digest;
pub use error::{NamePart, ParseError, ParseErrorKind};
pub use form::{Form, FormError};
pub use reference::{Note, Reference};
pub use registry::Registry;
pub use repository::Repository;
pub use tag::Tag;

//! Secrets and URLs that are safe to print.
//!
//! A password, a token or an `Authorization` header is a [`Secret`]: it prints as stars, and only [`Secret::expose`] returns its text, so
//! `git grep expose` lists all code that handles secrets. A URL in a message is a [`RedactedUrl`], without user name and password, and
//! without the values of query keys that are not known to be harmless.
//!
//! Memory is not wiped: these types do not protect against an attacker who reads the memory of the process.
//!
//! Start at [`Secret::new`].

#![deny(missing_docs)]
#![forbid(unsafe_code)]

mod secret;
mod url;

pub use secret::Secret;
pub use url::RedactedUrl;

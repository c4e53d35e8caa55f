//! Values that cannot be printed by accident.
//!
//! A password, a token or an `Authorization` header lives in a [`Secret`]: printing one gives stars, reading one takes
//! [`Secret::expose`], so that `git grep expose` is the list of places that handle secrets. An address that appears in a
//! message is a [`RedactedUrl`]: no user name, no password, and no query value unless its key is known to be harmless.
//!
//! Memory is not wiped: whoever can read this process's memory is not whom these types guard against.

#![deny(missing_docs)]
#![forbid(unsafe_code)]

mod secret;
mod url;

pub use secret::Secret;
pub use url::RedactedUrl;

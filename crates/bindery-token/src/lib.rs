//! Token authentication of registries: challenges, scopes, token requests and responses.
//!
//! A registry answers 401 with a [`Challenge`]; the client sends a [`TokenRequest`] to the token server named there and receives a
//! [`TokenResponse`]; the token is valid for the [`Scope`]s that were requested and granted. The client, the token server and test
//! registries share these types. Performs no IO and knows no HTTP library.
//!
//! Standards: RFC 9110, section 11; Docker's token authentication, in its `GET` form and its OAuth 2 (`POST`) form.

#![deny(missing_docs)]
#![forbid(unsafe_code)]

mod challenge;
mod header;
mod request;
mod response;
mod scope;

pub use challenge::Challenge;
pub use header::ChallengeError;
pub use request::TokenRequest;
pub use response::{TokenResponse, TokenResponseError};
pub use scope::{Action, Scope, ScopeSet};

//! The words of the token protocol: challenge, scope, token (RFC 9110 section 11; Docker's token authentication).

mod cache;
mod challenge;
mod response;
mod scope;

pub(crate) use cache::{Cache, Fetched, Held, Key};
pub use challenge::{Challenge, ChallengeError, Demand};
pub use response::{TokenProblem, TokenResponse};
pub use scope::ScopeSet;

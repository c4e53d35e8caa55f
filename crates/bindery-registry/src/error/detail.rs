//! Details of errors, with the values that messages and callers need.

use std::sync::Arc;
use std::time::Duration;

use bindery_oci::Platform;
use bindery_reference::{Digest, ParseError};
use bindery_secret::RedactedUrl;

/// Failure, with the values that its message needs.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorDetail {
    /// The registry does not have the resource (404).
    NotFound(Missing),
    /// The registry has the manifest only in formats that this client does not support.
    UnsupportedFormat,
    /// The registry or its token server denies access (401 or 403).
    Denied {
        /// User name that was sent.
        user: Option<Arc<str>>,
        /// Reason, as far as the response shows it.
        reason: Denial,
    },
    /// The registry limits the rate of requests (429).
    RateLimited {
        /// Time that the registry asks to wait.
        retry_after: Option<Duration>,
    },
    /// There was no response.
    NoAnswer,
    /// The request could not be sent, or its response could not be used: too long, or redirected to a refused address.
    Request,
    /// The content has another digest than expected.
    DigestMismatch {
        /// Digest in the reference, the descriptor or the header of the response.
        expected: Digest,
        /// Digest of the content.
        actual: Digest,
    },
    /// The content has another size than its descriptor states.
    SizeMismatch {
        /// Size in the descriptor, in bytes.
        expected: u64,
        /// Number of bytes received.
        actual: u64,
    },
    /// The response is not a valid manifest.
    InvalidManifest,
    /// The digest cannot be verified: its algorithm is not supported.
    UnsupportedDigest,
    /// A required platform has no image.
    NoPlatform {
        /// Missing platforms.
        missing: Vec<Platform>,
        /// Available platforms, in the order of the index.
        available: Vec<Platform>,
    },
    /// A platform is required, and the manifest has none: it is an artifact, or its config names no platform.
    NotAnImage {
        /// Reason: the property that the manifest has in place of a platform.
        reason: String,
    },
    /// Indexes are nested too deeply, or there are too many of them.
    NestedIndexes,
    /// A list is malformed or does not end.
    InvalidList,
    /// The registry requires authentication, and its challenge is malformed or unsupported.
    InvalidChallenge,
    /// The token server is not protected by TLS.
    InsecureRealm {
        /// Address of the token server.
        realm: RedactedUrl,
    },
    /// The address of the token server is not an http or https URL.
    InvalidRealm {
        /// Address of the token server.
        realm: RedactedUrl,
    },
    /// The response of the token server contains no token.
    NoToken,
    /// The response has a status that the protocol does not provide for, or reports a failure of the server.
    UnexpectedResponse,
    /// The keychain failed.
    Keychain,
}

/// Part of a resource that a registry does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Missing {
    /// The repository.
    Repository,
    /// The tag or digest. Some registries report a missing repository in this way too.
    Content,
}

/// Reason for which access was denied.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Denial {
    /// The registry requires a credential, and none was found.
    NoCredential,
    /// The registry accepts the credential, or required none, and denies access to the resource.
    NotAuthorized {
        /// Scope of the token that was rejected.
        scope: Option<String>,
    },
    /// The registry or its token server rejects the credential.
    WrongCredential,
}

/// Error for a list that a registry sends page by page.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ListError {
    /// A page is not JSON of the protocol.
    #[error("the response is not in the format of a registry: {0}")]
    Malformed(String),
    /// A tag in the list is not valid.
    #[error("the list contains an invalid tag")]
    Tag(#[source] ParseError),
    /// The next page is one that was read before.
    #[error("the page `{0}` follows itself")]
    Loop(RedactedUrl),
    /// The next page is at another server.
    #[error("the next page is at `{0}`, which is not an address of the registry")]
    OtherServer(RedactedUrl),
    /// The list has more pages or entries than any repository.
    #[error("the list has more than {0}")]
    TooLong(&'static str),
    /// The tag that stores the list is another kind of manifest.
    #[error("the tag `{0}` is reserved for the list, and is not an index")]
    TagTaken(String),
}

//! Messages of errors.

use std::fmt;
use std::time::Duration;

use bindery_oci::Platform;

use crate::error::detail::{Denial, ErrorDetail, Missing};
use crate::resource::Resource;

/// Maximum number of platforms in a message.
const MAX_PLATFORMS: usize = 40;

/// Message for a failure.
pub(super) struct Message<'a> {
    pub(super) detail: &'a ErrorDetail,
    pub(super) resource: &'a Resource,
    /// Registry or token server that the request was sent to.
    pub(super) server: &'a str,
}

impl fmt::Display for Message<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (resource, server) = (self.resource, self.server);
        let registry = resource.registry();
        let content = resource.in_registry();
        match self.detail {
            ErrorDetail::NotFound(missing) => self.not_found(f, *missing),
            ErrorDetail::UnsupportedFormat => write!(
                f,
                "`{registry}` has `{content}` only in a format that this client does not support"
            ),
            ErrorDetail::Denied { user, reason } => self.denied(f, user.as_deref(), reason),
            ErrorDetail::RateLimited { retry_after: None } => {
                write!(f, "too many requests to `{registry}` for `{content}`")
            }
            ErrorDetail::RateLimited {
                retry_after: Some(time),
            } => write!(
                f,
                "too many requests to `{registry}` for `{content}`; the registry asks to wait {}",
                Seconds(*time)
            ),
            ErrorDetail::NoAnswer => write!(f, "no response from `{server}` for `{resource}`"),
            ErrorDetail::Request => write!(f, "request to `{server}` for `{resource}` failed"),
            ErrorDetail::DigestMismatch { expected, actual } => write!(
                f,
                "`{resource}` does not match its digest: expected `{expected}`, received `{actual}`"
            ),
            ErrorDetail::SizeMismatch { expected, actual } if actual > expected => write!(
                f,
                "`{resource}` does not match its size: expected {expected} bytes, received more"
            ),
            ErrorDetail::SizeMismatch { expected, actual } => write!(
                f,
                "`{resource}` does not match its size: expected {expected} bytes, received {actual}"
            ),
            ErrorDetail::InvalidManifest => {
                write!(f, "`{registry}` sent an invalid manifest for `{content}`")
            }
            ErrorDetail::UnsupportedDigest => write!(f, "cannot verify `{resource}`"),
            ErrorDetail::NoPlatform { missing, .. } => {
                write!(f, "`{resource}` has no image for {}", Platforms(missing))
            }
            ErrorDetail::NotAnImage { reason } => {
                write!(f, "cannot determine the platform of `{resource}`: {reason}")
            }
            ErrorDetail::NestedIndexes => {
                write!(f, "`{resource}` is an index of too many indexes")
            }
            ErrorDetail::InvalidList => write!(
                f,
                "`{registry}` sent an invalid list for `{}`",
                resource.repository()
            ),
            ErrorDetail::InvalidChallenge => write!(
                f,
                "`{registry}` requires a credential, but not in a supported way"
            ),
            ErrorDetail::InsecureRealm { realm } => write!(
                f,
                "the token server `{realm}` of `{registry}` is not protected by TLS"
            ),
            ErrorDetail::InvalidRealm { realm } => write!(
                f,
                "the token server `{realm}` of `{registry}` is not an http or https address"
            ),
            ErrorDetail::NoToken => write!(f, "no token from `{server}` for `{resource}`"),
            ErrorDetail::UnexpectedResponse => {
                write!(f, "unexpected response from `{server}` for `{resource}`")
            }
            ErrorDetail::Keychain => write!(f, "could not get a credential for `{registry}`"),
        }
    }
}

impl Message<'_> {
    fn not_found(&self, f: &mut fmt::Formatter<'_>, missing: Missing) -> fmt::Result {
        let name = self.resource.name();
        match (missing, self.resource) {
            (Missing::Content, Resource::Manifest { reference }) if reference.digest.is_none() => {
                write!(f, "no tag `{}` in `{name}`", reference.manifest_name())
            }
            (Missing::Content, Resource::Manifest { reference }) => {
                write!(f, "no manifest `{}` in `{name}`", reference.manifest_name())
            }
            (Missing::Content, Resource::Blob { digest, .. }) => {
                write!(f, "no blob `{digest}` in `{name}`")
            }
            (Missing::Content, Resource::Referrers { digest, .. }) => {
                write!(f, "no manifest `{digest}` in `{name}`")
            }
            (Missing::Content, Resource::Tags { .. }) | (Missing::Repository, _) => {
                write!(f, "no repository `{name}`")
            }
        }
    }

    fn denied(
        &self,
        f: &mut fmt::Formatter<'_>,
        user: Option<&str>,
        reason: &Denial,
    ) -> fmt::Result {
        let (resource, server) = (self.resource, self.server);
        let registry = resource.registry();
        let content = resource.in_registry();
        match (reason, user) {
            (Denial::NoCredential, _) => write!(
                f,
                "`{registry}` requires a credential for `{content}`, and none was found"
            ),
            (Denial::WrongCredential, Some(user)) => write!(
                f,
                "`{server}` does not accept the credential of user `{user}` for `{resource}`"
            ),
            (Denial::WrongCredential, None) => {
                write!(f, "`{server}` does not accept the token for `{resource}`")
            }
            (Denial::NotAuthorized { scope }, user) => {
                write!(f, "`{registry}` denies access to `{content}` to ")?;
                match user {
                    Some(user) => write!(f, "user `{user}`")?,
                    None => write!(f, "anonymous users")?,
                }
                match scope {
                    Some(scope) => write!(f, " (scope `{scope}`)"),
                    None => Ok(()),
                }
            }
        }
    }
}

/// List of platforms, cut to a bounded length.
pub(super) struct Platforms<'a>(pub(super) &'a [Platform]);

impl fmt::Display for Platforms<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, platform) in self.0.iter().take(MAX_PLATFORMS).enumerate() {
            let separator = if position == 0 { "" } else { ", " };
            write!(f, "{separator}`{platform}`")?;
        }
        match self.0.len().checked_sub(MAX_PLATFORMS) {
            None | Some(0) => Ok(()),
            Some(more) => write!(f, " and {more} more"),
        }
    }
}

/// Time in whole seconds.
pub(super) struct Seconds(pub(super) Duration);

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} s", self.0.as_secs())
    }
}

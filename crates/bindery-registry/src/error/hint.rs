//! Hints of errors: advice for the user.

use crate::error::detail::{Denial, ErrorDetail, ListError, Missing};
use crate::error::message::{Platforms, Seconds};
use crate::error::source::ErrorSource;
use crate::resource::Resource;

/// Returns the hint for a failure.
pub(super) fn hint(
    detail: &ErrorDetail,
    resource: &Resource,
    source: Option<&ErrorSource>,
) -> Option<String> {
    let registry = resource.registry();
    let hint = match detail {
        ErrorDetail::NotFound(missing) => not_found(resource, *missing),
        ErrorDetail::UnsupportedFormat => {
            "push the image again as an OCI or Docker schema 2 image".into()
        }
        ErrorDetail::Denied { user, reason } => denied(resource, user.as_deref(), reason),
        ErrorDetail::RateLimited { .. } => format!(
            "wait, or give a credential for `{registry}`: registries allow more requests to known users"
        ),
        ErrorDetail::NoAnswer | ErrorDetail::Request => return source?.http()?.hint(),
        ErrorDetail::DigestMismatch { .. } | ErrorDetail::SizeMismatch { .. } => {
            "do not use the image; ask the operator of the registry, or of the cache in front of it"
                .into()
        }
        ErrorDetail::UnsupportedDigest => "name the image by its sha256 digest".into(),
        ErrorDetail::NoPlatform { available, .. } if available.is_empty() => {
            "none of its images names a platform".into()
        }
        ErrorDetail::NoPlatform { available, .. } => {
            format!("there is one for {}", Platforms(available))
        }
        ErrorDetail::NotAnImage { .. } => "leave the platform out".into(),
        ErrorDetail::NestedIndexes => {
            "name the image by its digest, or ask the person who pushed it".into()
        }
        ErrorDetail::InvalidList => match source {
            Some(ErrorSource::List(ListError::TagTaken(tag))) => {
                format!("ask the person who pushed `{tag}` to give it another name")
            }
            _ => not_a_registry(),
        },
        ErrorDetail::InvalidManifest => not_a_registry(),
        ErrorDetail::InvalidChallenge | ErrorDetail::InvalidRealm { .. } | ErrorDetail::NoToken => {
            "ask the operator of the registry to check its `auth` settings".into()
        }
        ErrorDetail::InsecureRealm { .. } => format!(
            "if the network is trusted, set `insecure = true` in the `[registry.\"{registry}\"]` table"
        ),
        ErrorDetail::UnexpectedResponse => {
            let response = source?.response()?;
            match response.retry_after {
                Some(time) => format!("try again later; the server asks to wait {}", Seconds(time)),
                None if response.status.is_server_error() => {
                    "try again later, or ask the operator of the server".into()
                }
                None => "check that the address is that of a registry".into(),
            }
        }
        ErrorDetail::Keychain => return source?.keychain()?.hint(),
    };
    Some(hint)
}

fn not_found(resource: &Resource, missing: Missing) -> String {
    match (missing, resource) {
        _ if is_short_on_hub(resource) => library_hint(resource),
        (Missing::Content, Resource::Manifest { reference }) => format!(
            "check the spelling, and that `{}` was pushed to `{}`",
            reference.manifest_name(),
            resource.name()
        ),
        (Missing::Content, Resource::Referrers { digest, .. }) => format!(
            "check the spelling, and that `{digest}` was pushed to `{}`",
            resource.name()
        ),
        (Missing::Content, Resource::Blob { .. }) => {
            "ask the operator of the registry: the image is not complete".into()
        }
        (Missing::Content, Resource::Tags { .. }) | (Missing::Repository, _) => {
            format!("check the spelling of `{}`", resource.repository())
        }
    }
}

fn denied(resource: &Resource, user: Option<&str>, reason: &Denial) -> String {
    let registry = resource.registry();
    match (reason, user) {
        (Denial::NoCredential, _) | (Denial::NotAuthorized { .. }, None)
            if registry.is_docker_hub() =>
        {
            hub_hint(resource)
        }
        (Denial::NoCredential, _) => {
            format!("give a credential for `{registry}`, for example with an `[[auth]]` entry")
        }
        (Denial::WrongCredential, Some(_)) => {
            "check user name and password; they may have been changed".into()
        }
        (Denial::WrongCredential, None) => "log in again: tokens expire and can be revoked".into(),
        (Denial::NotAuthorized { .. }, None) => format!(
            "check the spelling; if it is right, give a credential for `{registry}`, for example with an `[[auth]]` entry"
        ),
        (Denial::NotAuthorized { .. }, Some(user)) => format!(
            "check the spelling: some registries deny access to missing repositories; else ask for access for `{user}`"
        ),
    }
}

fn not_a_registry() -> String {
    "check that the address is that of a registry, and not of a web page in front of it".into()
}

fn is_short_on_hub(resource: &Resource) -> bool {
    resource.registry().is_docker_hub() && !resource.repository().as_str().contains('/')
}

fn library_hint(resource: &Resource) -> String {
    format!(
        "Docker's official images are in `library/`: write `library/{}`",
        resource.repository()
    )
}

/// Returns the hint for a denial by Docker Hub, which denies access to missing repositories as well as to private ones.
fn hub_hint(resource: &Resource) -> String {
    if is_short_on_hub(resource) {
        library_hint(resource)
    } else {
        format!(
            "check the spelling of `{}`; if it is private, give a credential for `docker.io`",
            resource.repository()
        )
    }
}

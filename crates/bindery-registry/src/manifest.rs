//! Manifests and configs: requests, verification, and the cache of documents.

use std::sync::Arc;

use bindery_http::{Response, StatusCode};
use bindery_oci::{Descriptor, ImageConfig, Manifest, MediaType, digest_of};
use bindery_reference::{Digest, Reference};
use bindery_token::Action;

use crate::backend::Backend;
use crate::error::{Error, ErrorDetail, ErrorSource};
use crate::resource::Resource;
use crate::transport::{Exchange, MirrorFallback, Request};

/// `Accept` header of requests for manifests. With fewer types, servers convert manifests or deny that they exist; the order has no effect.
const ACCEPT_MANIFESTS: &str = concat!(
    "application/vnd.oci.image.index.v1+json, ",
    "application/vnd.docker.distribution.manifest.list.v2+json, ",
    "application/vnd.oci.image.manifest.v1+json, ",
    "application/vnd.docker.distribution.manifest.v2+json, ",
    "application/vnd.docker.distribution.manifest.v1+prettyjws, ",
    "application/vnd.docker.distribution.manifest.v1+json"
);

/// `Accept` header of requests for blobs.
const ACCEPT_BLOB: &str = "*/*";

const PULL: &[Action] = &[Action::Pull];

/// Returns the descriptor of `reference`, from the saved tags or from the registry.
pub(crate) async fn resolve(backend: &Backend, reference: &Reference) -> Result<Descriptor, Error> {
    if let Some(digest) = &reference.digest {
        return Ok(Descriptor::new(digest.clone()));
    }
    let resource = Resource::manifest(reference);
    let Some((tags, max_age)) = backend.tags() else {
        return head(backend, resource).await;
    };
    let server = backend.server(&resource);
    if let Some(known) = tags.load(&server, reference, max_age) {
        return Ok(known);
    }
    let descriptor = head(backend, resource).await?;
    tags.save(&server, reference, &descriptor);
    Ok(descriptor)
}

/// Returns the descriptor of a manifest from the registry or a mirror.
pub(crate) async fn head(backend: &Backend, resource: Resource) -> Result<Descriptor, Error> {
    let mut servers = MirrorFallback::new(&backend.transport, resource, PULL);
    loop {
        let outcome = head_at(servers.exchange()).await;
        if let Some(outcome) = servers.settle(outcome) {
            return outcome;
        }
    }
}

/// Sends `HEAD` to one server, and `GET` if the response to `HEAD` is not conclusive.
async fn head_at(exchange: &Exchange<'_>) -> Result<Descriptor, Error> {
    let expected = exchange.resource.digest();
    match exchange.fetch(&Request::head(ACCEPT_MANIFESTS)).await {
        Ok(reply) if reply.response.status == StatusCode::OK => {
            match (descriptor(&reply.response), expected) {
                (Some(descriptor), None) => return Ok(descriptor),
                (Some(descriptor), Some(expected)) if descriptor.digest == *expected => {
                    return Ok(descriptor);
                }
                // Without a digest, or with another one than requested, the bytes decide.
                _ => {}
            }
        }
        Ok(reply) if !may_be_about_head(reply.response.status) => {
            return Err(exchange.refusal(reply));
        }
        Err(error) if !error.is_cut() => return Err(error),
        Ok(_) | Err(_) => {}
    }
    let (manifest, digest) = fetch_at(exchange).await?;
    Ok(Descriptor {
        size: Some(manifest.bytes.len() as u64),
        media_type: Some(manifest.media_type),
        digest,
    })
}

/// Returns a manifest and its digest. A manifest that is requested by digest is loaded from the cache, and saved there.
pub(crate) async fn fetch(
    backend: &Backend,
    resource: Resource,
) -> Result<(Manifest, Digest), Error> {
    let expected = resource.digest().cloned();
    if let Some(digest) = &expected
        && let Some(manifest) = backend.documents.load_manifest(digest)
    {
        return Ok((manifest, digest.clone()));
    }
    let mut servers = MirrorFallback::new(&backend.transport, resource, PULL);
    let (manifest, digest) = loop {
        let outcome = fetch_at(servers.exchange()).await;
        if let Some(outcome) = servers.settle(outcome) {
            break outcome?;
        }
    };
    if let Some(expected) = &expected {
        let documents = &backend.documents;
        documents.save(expected, &manifest.media_type, &manifest.bytes);
    }
    Ok((manifest, digest))
}

/// Fetches a manifest from one server.
pub(crate) async fn fetch_at(exchange: &Exchange<'_>) -> Result<(Manifest, Digest), Error> {
    let reply = exchange.fetch(&Request::get(ACCEPT_MANIFESTS)).await?;
    if reply.response.status != StatusCode::OK {
        return Err(exchange.refusal(reply));
    }
    read(exchange, reply.response)
}

/// Returns the config of an image in the repository of `image`, verified.
pub(crate) async fn config(
    backend: &Backend,
    image: &Resource,
    config: &Descriptor,
) -> Result<ImageConfig, Error> {
    if let Some(saved) = backend.documents.load_config(&config.digest) {
        return Ok(saved);
    }
    let resource = image.blob_of_repository(config.digest.clone());
    let mut servers = MirrorFallback::new(&backend.transport, resource, PULL);
    let bytes = loop {
        let outcome = blob_at(servers.exchange(), &config.digest).await;
        if let Some(outcome) = servers.settle(outcome) {
            break outcome?;
        }
    };
    let unknown = MediaType::parse("application/json");
    let media_type = config.media_type.as_ref().unwrap_or(&unknown);
    let documents = &backend.documents;
    documents.save(&config.digest, media_type, &bytes);
    Ok(ImageConfig { bytes })
}

/// Fetches a small blob from one server.
async fn blob_at(exchange: &Exchange<'_>, expected: &Digest) -> Result<Vec<u8>, Error> {
    let reply = exchange.fetch(&Request::get(ACCEPT_BLOB)).await?;
    if reply.response.status != StatusCode::OK {
        return Err(exchange.refusal(reply));
    }
    let bytes = reply.response.body;
    let actual = digest_of(expected.algorithm(), &bytes).map_err(|error| {
        let error = ErrorSource::Algorithm(error);
        exchange.fail(ErrorDetail::UnsupportedDigest).because(error)
    })?;
    if actual != *expected {
        let expected = expected.clone();
        return Err(exchange.fail(ErrorDetail::DigestMismatch { expected, actual }));
    }
    Ok(bytes)
}

/// Reads the manifest in a response. Verifies the digest in its header, and the digest of the resource.
pub(crate) fn read(
    exchange: &Exchange<'_>,
    response: Response,
) -> Result<(Manifest, Digest), Error> {
    let invalid = |error| {
        let error = ErrorSource::Manifest(error);
        exchange.fail(ErrorDetail::InvalidManifest).because(error)
    };
    let header = header_digest(&response);
    let requested = exchange.resource.digest().cloned();
    let content_type = response.header("content-type").map(str::to_owned);
    let manifest = Manifest::parse(content_type.as_deref(), response.body).map_err(invalid)?;
    let mut verified = None;
    for expected in [header, requested].into_iter().flatten() {
        let actual = manifest.digest(expected.algorithm()).map_err(invalid)?;
        if actual != expected {
            return Err(exchange.fail(ErrorDetail::DigestMismatch { expected, actual }));
        }
        verified = Some(expected);
    }
    let digest = match verified {
        Some(digest) => digest,
        None => manifest.digest("sha256").map_err(invalid)?,
    };
    Ok((manifest, digest))
}

/// Returns the descriptor in the headers of a response, if they include the digest.
fn descriptor(response: &Response) -> Option<Descriptor> {
    Some(Descriptor {
        digest: header_digest(response)?,
        media_type: response.header("content-type").map(MediaType::parse),
        size: response
            .header("content-length")
            .and_then(|length| length.parse().ok()),
    })
}

fn header_digest(response: &Response) -> Option<Digest> {
    Digest::parse(response.header("docker-content-digest")?.trim()).ok()
}

/// Returns whether the status may be about the method `HEAD` and not about the manifest. Then a `GET` decides.
fn may_be_about_head(status: StatusCode) -> bool {
    matches!(status.as_u16(), 200 | 400 | 403 | 404 | 405 | 406 | 501)
}

/// Returns the errors of a manifest that was read before: its entries or its config are malformed.
pub(crate) fn malformed(resource: &Arc<Resource>, error: bindery_oci::ManifestError) -> Error {
    Error::new(resource, ErrorDetail::InvalidManifest).because(ErrorSource::Manifest(error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_manifest_type_is_accepted() {
        for media_type in MediaType::MANIFESTS {
            let is_accepted = |accepted: &str| accepted == media_type.as_str();
            assert!(
                ACCEPT_MANIFESTS.split(", ").any(is_accepted),
                "{media_type}"
            );
        }
    }
}

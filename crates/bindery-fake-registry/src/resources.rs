//! Resources: manifests, blobs and lists of tags, as distribution 2.8 returns them.

use axum::http::header;
use bindery_oci::{Manifest, MediaType, sha256_of};
use bindery_reference::Digest;
use serde_json::{Value, json};

use crate::content::Content;
use crate::image::Format;
use crate::incoming::Incoming;
use crate::reply::Reply;
use crate::store::{Blob, Repository};

/// Resource that a path names.
pub(crate) enum Route<'a> {
    Version,
    Manifest(&'a str, &'a str),
    Blob(&'a str, &'a str),
    Tags(&'a str),
}

impl<'a> Route<'a> {
    pub(crate) fn parse(path: &'a str) -> Option<Self> {
        let rest = path.strip_prefix("/v2/")?;
        if rest.is_empty() {
            return Some(Self::Version);
        }
        if let Some(name) = rest.strip_suffix("/tags/list") {
            return Some(Self::Tags(name));
        }
        let (before, last) = rest.rsplit_once('/')?;
        let (name, kind) = before.rsplit_once('/')?;
        match kind {
            "manifests" => Some(Self::Manifest(name, last)),
            "blobs" => Some(Self::Blob(name, last)),
            _ => None,
        }
    }

    pub(crate) fn repository(&self) -> Option<&'a str> {
        match *self {
            Self::Version => None,
            Self::Manifest(name, _) | Self::Blob(name, _) | Self::Tags(name) => Some(name),
        }
    }
}

/// Returns a manifest in the form that distribution 2.8 chooses for the `Accept` header of the request.
pub(crate) fn manifest(
    repository: Option<&Repository>,
    name: &str,
    reference: &str,
    request: &Incoming,
) -> Reply {
    let unknown = || Reply::error(404, "MANIFEST_UNKNOWN", "manifest unknown");
    let stored = repository.and_then(|stored| Some((stored, stored.manifest(reference)?)));
    let Some((repository, stored)) = stored else {
        return unknown();
    };
    let is_by_tag = !reference.contains(':');
    let converted;
    let mut chosen = stored;
    if !request.accepts(stored.1.media_type.as_str()) {
        let description = match stored.1.media_type {
            MediaType::OciManifest => Some("OCI manifest"),
            MediaType::OciIndex => Some("OCI index"),
            _ => None,
        };
        if let Some(description) = description {
            let message =
                format!("{description} found, but accept header does not support {description}s");
            return Reply::error(404, "MANIFEST_UNKNOWN", &message);
        }
        if is_by_tag && stored.1.media_type == MediaType::DockerList {
            match child_for_amd64(repository, stored.1) {
                Some(child) => chosen = child,
                None => return unknown(),
            }
        }
        if is_by_tag
            && chosen.1.media_type == MediaType::DockerManifest
            && !request.accepts(Format::Docker.manifest())
        {
            converted = schema_1(chosen.1, name, reference);
            chosen = (&converted.0, &converted.1);
        }
    }
    let (digest, manifest) = chosen;
    let etag = format!("\"{digest}\"");
    if request
        .headers
        .get(header::IF_NONE_MATCH)
        .is_some_and(|value| value.as_bytes() == etag.as_bytes())
    {
        return Reply {
            status: 304,
            headers: vec![("etag".to_owned(), etag)],
            body: Content::from(Vec::new()),
        };
    }
    Reply::new(200, manifest.media_type.as_str(), manifest.bytes.clone())
        .with("docker-content-digest", digest.as_str())
        .with("etag", &etag)
}

/// Returns the manifest that a client receives in place of a manifest list that it does not accept.
fn child_for_amd64<'a>(
    repository: &'a Repository,
    list: &Manifest,
) -> Option<(&'a Digest, &'a Manifest)> {
    let amd64 = "linux/amd64".parse().ok()?;
    let entries = list.entries().ok()?;
    let entry = entries
        .iter()
        .find(|entry| entry.platform.as_ref() == Some(&amd64))?;
    repository.manifest(entry.descriptor.digest.as_str())
}

/// Converts an image to schema 1. Its digest names no stored manifest, and it is not signed, unlike that of distribution.
fn schema_1(image: &Manifest, repository: &str, tag: &str) -> (Digest, Manifest) {
    let document: Value = serde_json::from_slice(&image.bytes).unwrap_or_default();
    let layers: Vec<Value> = document["layers"]
        .as_array()
        .into_iter()
        .flatten()
        .rev()
        .map(|layer| json!({ "blobSum": layer["digest"] }))
        .collect();
    let history: Vec<Value> = layers
        .iter()
        .map(|_| json!({ "v1Compatibility": "{}" }))
        .collect();
    let bytes = json!({
        "schemaVersion": 1,
        "name": repository,
        "tag": tag,
        "architecture": "amd64",
        "fsLayers": layers,
        "history": history,
    })
    .to_string()
    .into_bytes();
    let manifest = Manifest {
        media_type: MediaType::DockerSchema1,
        bytes,
    };
    (sha256_of(&manifest.bytes), manifest)
}

/// Returns a blob, from `start` on if the request has a range.
pub(crate) fn blob(repository: Option<&Repository>, digest: &str, start: Option<u64>) -> Reply {
    let parsed = digest.parse().ok();
    let Some(blob) = repository.and_then(|stored| stored.blob(&parsed?)) else {
        return Reply::error(404, "BLOB_UNKNOWN", "blob unknown to registry");
    };
    let length = match blob {
        Blob::Bytes(bytes) => bytes.len() as u64,
        Blob::Generated(generated) => generated.length,
    };
    let first = start.unwrap_or(0);
    if start.is_some() && first >= length {
        return Reply::error(416, "RANGE_INVALID", "invalid content range")
            .with("content-range", &format!("bytes */{length}"));
    }
    let body = match blob {
        Blob::Bytes(bytes) => Content::from(bytes[first as usize..].to_vec()),
        Blob::Generated(generated) => Content::generated(*generated, first),
    };
    let status = if start.is_some() { 206 } else { 200 };
    let reply =
        Reply::new(status, "application/octet-stream", body).with("docker-content-digest", digest);
    match start {
        Some(start) => {
            let range = format!("bytes {start}-{}/{length}", length - 1);
            reply.with("content-range", &range)
        }
        None => reply,
    }
}

/// Returns the list of tags.
pub(crate) fn tags(repository: Option<&Repository>, name: &str) -> Reply {
    match repository {
        Some(stored) => Reply::json(
            200,
            &json!({ "name": name, "tags": stored.tags.keys().collect::<Vec<_>>() }),
        ),
        None => Reply::error(404, "NAME_UNKNOWN", "repository name not known to registry"),
    }
}

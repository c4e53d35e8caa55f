//! List of the manifests that refer to a manifest.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use bindery_http::Response;
use bindery_oci::{Descriptor, IndexEntry};
use bindery_reference::{Digest, Reference, Tag};
use bindery_token::Action;

use crate::backend::Backend;
use crate::error::{Error, ErrorDetail, ListError};
use crate::manifest;
use crate::pages;
use crate::resource::Resource;
use crate::transport::Exchange;

/// `Accept` header of requests for a list of referrers, which is an index.
const ACCEPT_INDEX: &str = "application/vnd.oci.image.index.v1+json";

const PULL: &[Action] = &[Action::Pull];

/// Manifest that refers to another one: a signature, an attestation, a bill of materials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Referrer {
    /// Descriptor of the manifest.
    pub descriptor: Descriptor,
    /// Artifact type, if the registry names one.
    pub artifact_type: Option<String>,
    /// Annotations of the manifest.
    pub annotations: BTreeMap<String, String>,
}

/// Returns the manifests that refer to the manifest of `reference`, in the order of the registry and without duplicates.
pub(crate) async fn list(
    backend: &Backend,
    reference: &Reference,
    artifact_type: Option<&str>,
) -> Result<Vec<Referrer>, Error> {
    let digest = manifest::resolve(backend, reference).await?.digest;
    let resource = Arc::new(Resource::Referrers {
        registry: reference.registry.clone(),
        repository: reference.repository.clone(),
        digest: digest.clone(),
    });
    let exchange = Exchange::new(&backend.transport, resource, PULL);
    let mut referrers = Vec::new();
    let mut seen = HashSet::new();
    let mut add = |entries: Vec<IndexEntry>| {
        let is_of_type = |entry: &IndexEntry| {
            artifact_type.is_none_or(|wanted| entry.artifact_type.as_deref() == Some(wanted))
        };
        for entry in entries.into_iter().filter(is_of_type) {
            if seen.insert(entry.descriptor.digest.clone()) {
                referrers.push(Referrer {
                    descriptor: entry.descriptor,
                    artifact_type: entry.artifact_type,
                    annotations: entry.annotations,
                });
            }
        }
        seen.len()
    };
    let read = |response: Response| Ok(add(entries(&exchange, response)?));
    match pages::fetch_all(&exchange, ACCEPT_INDEX, read).await {
        Ok(()) => {}
        Err(error) if is_not_found(&error) => {
            add(tagged(backend, reference, &digest).await?);
        }
        Err(error) => return Err(error),
    }
    Ok(referrers)
}

/// Returns the list from the tag that stores the referrers of a digest (distribution specification 1.1, "Referrers tag schema"). The list
/// is empty without this tag.
async fn tagged(
    backend: &Backend,
    reference: &Reference,
    digest: &Digest,
) -> Result<Vec<IndexEntry>, Error> {
    let tag = referrers_tag(digest);
    let reference = Reference {
        tag: Some(tag.clone()),
        digest: None,
        ..reference.clone()
    };
    let resource = Arc::new(Resource::manifest(&reference));
    let exchange = Exchange::new(&backend.transport, resource, PULL);
    let index = match manifest::fetch_at(&exchange).await {
        Ok((index, _)) => index,
        Err(error) if is_not_found(&error) => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    if !index.media_type.is_index() {
        let error = ListError::TagTaken(tag.to_string());
        return Err(pages::invalid(&exchange, error));
    }
    let entries = index.entries();
    entries.map_err(|error| manifest::malformed(&exchange.resource, error))
}

/// Returns the entries of a page, which is an index.
fn entries(exchange: &Exchange<'_>, response: Response) -> Result<Vec<IndexEntry>, Error> {
    let (page, _) = manifest::read(exchange, response)?;
    if !page.media_type.is_index() {
        let error = ListError::Malformed(format!("its media type is `{}`", page.media_type));
        return Err(pages::invalid(exchange, error));
    }
    let entries = page.entries();
    entries.map_err(|error| manifest::malformed(&exchange.resource, error))
}

fn is_not_found(error: &Error) -> bool {
    matches!(error.detail(), ErrorDetail::NotFound(_))
}

/// Returns `<algorithm>-<hex>`, cut to 32 and 64 characters, with `-` in place of characters that a tag cannot contain.
fn referrers_tag(digest: &Digest) -> Tag {
    let cut = |text: &str, limit: usize| text[..text.len().min(limit)].replace('+', "-");
    let text = format!("{}-{}", cut(digest.algorithm(), 32), cut(digest.hex(), 64));
    Tag::parse(&text).expect("letters, digits, `.`, `_` and `-` are a valid tag")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_digest_has_a_tag_for_its_referrers() {
        let tag = |text: String| referrers_tag(&Digest::parse(&text).unwrap()).to_string();
        let (short, long) = ("a".repeat(64), "b".repeat(128));
        assert_eq!(tag(format!("sha256:{short}")), format!("sha256-{short}"));
        assert_eq!(
            tag(format!("sha512:{long}")),
            format!("sha512-{}", "b".repeat(64))
        );
        let odd = format!("multihash+base{}:{short}", "x".repeat(40));
        assert_eq!(
            tag(odd),
            format!("multihash-base{}-{short}", "x".repeat(18))
        );
    }
}

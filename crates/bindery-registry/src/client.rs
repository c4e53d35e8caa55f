//! Client: the verbs of the distribution protocol.

use std::collections::BTreeSet;
use std::sync::Arc;

use bindery_credentials::Keychain;
use bindery_oci::{Descriptor, Manifest};
use bindery_reference::{Digest, Reference, Registry, Repository, Tag};

use crate::backend::Backend;
use crate::batch;
use crate::blob::{self, BlobReader};
use crate::error::Error;
use crate::manifest;
use crate::platform_choice::{self, ImageQuery, ResolvedImage};
use crate::referrers::{self, Referrer};
use crate::resource::Resource;
use crate::settings::ClientOptions;
use crate::tags;

/// Client for registries. Cheap to create and to clone; clones share connections, tokens, and known facts about registries.
///
/// Requires a current-thread tokio runtime with time and IO enabled.
#[derive(Clone)]
pub struct Client {
    backend: Arc<Backend>,
}

impl Client {
    /// Creates a client with these options. `keychain` is asked for a credential when a registry requires one.
    pub fn new(options: ClientOptions, keychain: Arc<dyn Keychain>) -> Self {
        Self {
            backend: Arc::new(Backend::new(options, keychain)),
        }
    }

    /// Resolves `reference` to its current descriptor. `Descriptor::size` is in bytes.
    ///
    /// Sends `HEAD /v2/<repository>/manifests/<tag>` with all known media types; if the response has no digest, or the server does not
    /// support `HEAD`, sends `GET` and hashes the body. An index resolves to the digest of the index. A reference with a digest is
    /// resolved without a request.
    ///
    /// Asks the mirrors of the registry first, in order, and returns the first success; continues with the next server after a failure.
    /// Finds out scheme and authentication of the registry on the way, and fetches each token once.
    ///
    /// # Errors
    ///
    /// `NotFound` for 404; `Denied` for 401 and 403, after the best available credential was sent; `NoAnswer` if there was no response.
    /// Retries 429 and 5xx according to [`bindery_http::RetryPolicy`]; other responses are not retried.
    pub async fn resolve(&self, reference: &Reference) -> Result<Descriptor, Error> {
        manifest::resolve(&self.backend, reference).await
    }

    /// Resolves `reference` like [`Client::resolve`], and also asks the registry for a reference with a digest.
    ///
    /// # Errors
    ///
    /// As for [`Client::resolve`], and `DigestMismatch` if the registry has other content under the digest.
    pub async fn verify(&self, reference: &Reference) -> Result<Descriptor, Error> {
        if reference.digest.is_some() {
            manifest::head(&self.backend, Resource::manifest(reference)).await
        } else {
            self.resolve(reference).await
        }
    }

    /// Fetches the manifest of `reference` and its digest, which is verified against the reference and the header of the response.
    ///
    /// Asks mirrors first, like [`Client::resolve`]. A manifest that is requested by digest is loaded from the cache, and saved there.
    ///
    /// # Errors
    ///
    /// As for [`Client::resolve`], `DigestMismatch` if the content has another digest, and `InvalidManifest`.
    pub async fn manifest(&self, reference: &Reference) -> Result<(Manifest, Digest), Error> {
        manifest::fetch(&self.backend, Resource::manifest(reference)).await
    }

    /// Opens the blob of `descriptor` in a repository. The reader verifies digest and size to the last byte, and continues after a cut.
    ///
    /// Asks mirrors first, like [`Client::resolve`]. The credential is not sent to other servers that a redirect leads to.
    ///
    /// # Errors
    ///
    /// As for [`Client::resolve`], and `UnsupportedDigest` if the digest cannot be verified.
    pub async fn blob(
        &self,
        registry: &Registry,
        repository: &Repository,
        descriptor: &Descriptor,
    ) -> Result<BlobReader, Error> {
        blob::open(&self.backend, registry, repository, descriptor).await
    }

    /// Resolves `reference` to the image that `query` asks for.
    ///
    /// The default query is [`Client::resolve`]. For a platform, the entry of the index that fits best is chosen
    /// ([`bindery_oci::Platform::distance`]), the first of equal ones; attestations are not images, and nested indexes are searched. A
    /// single image, or one whose entry names no platform, is judged by its config. Documents are fetched by digest, verified, and cached.
    ///
    /// # Errors
    ///
    /// As for [`Client::resolve`], and `NoPlatform` with the available platforms.
    pub async fn image(
        &self,
        reference: &Reference,
        query: &ImageQuery,
    ) -> Result<ResolvedImage, Error> {
        platform_choice::resolve(&self.backend, reference, query).await
    }

    /// Resolves all `references` like [`Client::image`], each distinct one once and at most `jobs` at the same time.
    ///
    /// The results are in the order of the references. A failure does not stop the others.
    pub async fn resolve_all(
        &self,
        references: &[Reference],
        query: &ImageQuery,
        jobs: usize,
    ) -> Vec<Result<ResolvedImage, Error>> {
        batch::resolve_all(&self.backend, references, query, jobs).await
    }

    /// Returns all tags of a repository, sorted by their bytes and without duplicates.
    ///
    /// # Errors
    ///
    /// As for [`Client::resolve`], and `InvalidList` if the pages do not end, lead to another server, or are malformed.
    pub async fn tags(
        &self,
        registry: &Registry,
        repository: &Repository,
    ) -> Result<BTreeSet<Tag>, Error> {
        tags::list(&self.backend, registry, repository).await
    }

    /// Returns the manifests that refer to the manifest of `reference`, in the order of the registry and without duplicates; with
    /// `artifact_type`, only manifests of this type.
    ///
    /// If the registry does not support lists of referrers, reads the tag that stores the list (distribution specification 1.1,
    /// "Referrers tag schema").
    ///
    /// # Errors
    ///
    /// As for [`Client::resolve`] and [`Client::tags`].
    pub async fn referrers(
        &self,
        reference: &Reference,
        artifact_type: Option<&str>,
    ) -> Result<Vec<Referrer>, Error> {
        referrers::list(&self.backend, reference, artifact_type).await
    }
}

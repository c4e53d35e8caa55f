//! The client, and how a reference is resolved.

use std::sync::Arc;

use bindery_credentials::Keychain;
use bindery_http::{Method, Origin, Response, StatusCode};
use bindery_reference::{Digest, Reference};

use crate::answer::Answer;
use crate::disk::Disk;
use crate::error::{Denial, Error, Missing};
use crate::host::{Hosts, Scheme};
use crate::mirrors::Way;
use crate::oci::{Descriptor, Manifest, MediaType, digest_of};
use crate::session::{Reply, Session};
use crate::settings::Options;
use crate::subject::{Part, Subject};
use crate::token::Cache;

/// The most bytes of a document. Registries must take manifests of 4 MiB; nobody is known to use more than a fraction of that.
pub(crate) const LONGEST_ANSWER: u64 = 8 << 20;

/// Asks registries. Cheap to make and to clone; clones share connections, tokens, and what was learned about registries.
///
/// Use it on one current-thread tokio runtime with time and IO enabled.
#[derive(Clone)]
pub struct Client {
    pub(crate) shared: Arc<Shared>,
}

pub(crate) struct Shared {
    pub(crate) http: bindery_http::Client,
    pub(crate) options: Options,
    pub(crate) keychain: Arc<dyn Keychain>,
    pub(crate) hosts: Hosts,
    pub(crate) tokens: Cache,
    pub(crate) disk: Disk,
}

impl Client {
    /// A client with these options, which takes credentials from `keychain` when a registry wants one.
    pub fn new(options: Options, keychain: Arc<dyn Keychain>) -> Self {
        let mut http = options.http.clone();
        for (registry, settings) in &options.registries {
            let Some(own) = settings.origin_settings() else {
                continue;
            };
            // A registry whose name is no address cannot be reached either; the request will tell.
            if let Ok(url) = format!("https://{}/", registry.api_host()).parse() {
                http.origins.insert(Origin::of(&url), own);
            }
        }
        Self {
            shared: Arc::new(Shared {
                http: bindery_http::Client::new(http),
                disk: Disk::new(options.cache.clone()),
                options,
                keychain,
                hosts: Hosts::default(),
                tokens: Cache::default(),
            }),
        }
    }

    /// Finds what `reference` names at this moment.
    ///
    /// Sends `HEAD /v2/<repository>/manifests/<tag>` with all media types known here; if the answer carries no digest, or `HEAD` is not
    /// to the server's liking, a `GET` whose bytes are hashed here. An index gives the digest of the index. A reference that
    /// holds a digest is answered without asking anybody.
    ///
    /// If the registry has mirrors, they are asked first, in order, and what the first of them says holds; one that does not
    /// answer or refuses is passed over.
    ///
    /// The registry's scheme and what it wants to see are found out on the way, once: a token is fetched when it asks for one,
    /// and shared by all requests that need the same.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] for 404; [`Error::Denied`] for 401 and 403, with the best credential there is; [`Error::NoAnswer`] when
    /// nobody answered. 429 and 5xx are repeated as the options' [`bindery_http::RetryPolicy`] says, other answers are not.
    pub async fn resolve(&self, reference: &Reference) -> Result<Descriptor, Error> {
        if let Some(digest) = &reference.digest {
            return Ok(Descriptor {
                media_type: None,
                digest: digest.clone(),
                size: None,
            });
        }
        let subject = Subject::manifest(reference);
        let Some(age) = self.shared.options.max_age else {
            return self.ask(subject).await;
        };
        let place = self.place(&subject);
        if let Some(known) = self.shared.disk.tag(&place, &subject, age) {
            return Ok(known);
        }
        let found = self.ask(subject.clone()).await?;
        self.shared.disk.keep_tag(&place, &subject, &found);
        Ok(found)
    }

    /// As [`Client::resolve`], and asks the registry also for a reference that holds a digest: whether it has it.
    ///
    /// # Errors
    ///
    /// As [`Client::resolve`], and [`Error::Mismatch`] if the registry has something else under the digest.
    pub async fn verify(&self, reference: &Reference) -> Result<Descriptor, Error> {
        match &reference.digest {
            Some(_) => self.ask(Subject::manifest(reference)).await,
            None => self.resolve(reference).await,
        }
    }

    async fn ask(&self, subject: Subject) -> Result<Descriptor, Error> {
        let mut way = Way::new(&self.shared, subject);
        loop {
            let outcome = self.ask_at(way.session()).await;
            if let Some(end) = way.settle(outcome) {
                return end;
            }
        }
    }

    /// Asks one registry or mirror with `HEAD`, else with `GET`.
    async fn ask_at(&self, session: &Session<'_>) -> Result<Descriptor, Error> {
        let expected = session.reference.digest.as_ref();
        match session.ask(Method::HEAD).await {
            Ok(reply) if reply.response.status == StatusCode::OK => {
                match (told(&reply.response), expected) {
                    (Some(found), None) => return Ok(found),
                    (Some(found), Some(expected)) if found.digest == *expected => return Ok(found),
                    // Another digest than the one asked for: the bytes decide.
                    _ => {}
                }
            }
            Ok(reply) if !is_against_head(reply.response.status) => {
                return Err(refusal(session, reply));
            }
            Err(error) if !is_cut(&error) => return Err(error),
            Ok(_) | Err(_) => {}
        }
        let (manifest, digest) = self.fetch(session).await?;
        Ok(Descriptor {
            size: Some(manifest.bytes.len() as u64),
            media_type: Some(manifest.media_type),
            digest,
        })
    }

    /// Fetches the manifest that `reference` names, and its digest, which is verified against the one that the registry tells and
    /// against the reference's own. Mirrors are asked first, as by [`Client::resolve`]; bytes of theirs that do not match a
    /// reference's digest are not taken.
    ///
    /// One that is named by its digest is taken from the cache if it is there, and is kept in it.
    ///
    /// # Errors
    ///
    /// As [`Client::resolve`], and [`Error::Mismatch`] if the bytes have another digest.
    pub async fn manifest(&self, reference: &Reference) -> Result<(Manifest, Digest), Error> {
        self.manifest_of(Subject::manifest(reference)).await
    }

    pub(crate) async fn manifest_of(&self, subject: Subject) -> Result<(Manifest, Digest), Error> {
        let disk = &self.shared.disk;
        if let Some(digest) = &subject.digest
            && let Some(kept) = disk.document(digest)
        {
            return Ok((kept, digest.clone()));
        }
        let asked = subject.digest.clone();
        let mut way = Way::new(&self.shared, subject);
        let (manifest, digest) = loop {
            let outcome = self.fetch(way.session()).await;
            if let Some(end) = way.settle(outcome) {
                break end?;
            }
        };
        if let Some(asked) = &asked {
            disk.keep_document(asked, &manifest);
        }
        Ok((manifest, digest))
    }

    /// Fetches a small blob, the config of an image, and verifies it against its digest.
    pub(crate) async fn config(&self, of: &Subject, wanted: &Descriptor) -> Result<Vec<u8>, Error> {
        let disk = &self.shared.disk;
        if let Some(kept) = disk.document(&wanted.digest) {
            return Ok(kept.bytes);
        }
        let subject = of.beside(Part::Blob, Some(wanted.digest.clone()));
        let mut way = Way::new(&self.shared, subject);
        let bytes = loop {
            let outcome = self.blob_at(way.session(), &wanted.digest).await;
            if let Some(end) = way.settle(outcome) {
                break end?;
            }
        };
        let media_type = wanted.media_type.clone();
        let kept = Manifest {
            media_type: media_type.unwrap_or_else(|| MediaType::parse("application/json")),
            bytes,
        };
        disk.keep_document(&wanted.digest, &kept);
        Ok(kept.bytes)
    }

    async fn blob_at(&self, session: &Session<'_>, wanted: &Digest) -> Result<Vec<u8>, Error> {
        let reply = session.ask(Method::GET).await?;
        if reply.response.status != StatusCode::OK {
            return Err(refusal(session, reply));
        }
        let bytes = reply.response.body;
        let reference = Arc::clone(&session.reference);
        let found = match digest_of(wanted.algorithm(), &bytes) {
            Ok(found) => found,
            Err(problem) => {
                let source = problem.into();
                return Err(Error::NoManifest { reference, source });
            }
        };
        if found != *wanted {
            let told = wanted.clone();
            return Err(Error::Mismatch {
                reference,
                told,
                found,
            });
        }
        Ok(bytes)
    }

    /// The registry's address, which tells one registry's tags from another's in the cache.
    fn place(&self, subject: &Subject) -> String {
        let settings = self.shared.options.registry(&subject.registry);
        let path = settings.and_then(|settings| settings.path.as_deref());
        format!(
            "{}/{}",
            subject.registry.api_host(),
            path.unwrap_or_default()
        )
    }

    pub(crate) async fn fetch(&self, session: &Session<'_>) -> Result<(Manifest, Digest), Error> {
        let reply = session.ask(Method::GET).await?;
        if reply.response.status != StatusCode::OK {
            return Err(refusal(session, reply));
        }
        read_manifest(session, reply.response)
    }
}

/// The manifest in an answer, verified against the digest that it tells and the one that was asked for.
pub(crate) fn read_manifest(
    session: &Session<'_>,
    response: Response,
) -> Result<(Manifest, Digest), Error> {
    let reference = &session.reference;
    let no_manifest = |source| Error::NoManifest {
        reference: Arc::clone(reference),
        source,
    };
    let told = header_digest(&response);
    let asked = reference
        .digest
        .clone()
        .filter(|_| reference.part == Part::Manifest);
    let content_type = response.header("content-type").map(str::to_owned);
    let manifest = Manifest::read(content_type.as_deref(), response.body).map_err(no_manifest)?;
    let mut verified = None;
    for expected in [told, asked].into_iter().flatten() {
        let found = manifest.digest(expected.algorithm()).map_err(no_manifest)?;
        if found != expected {
            return Err(Error::Mismatch {
                reference: Arc::clone(reference),
                told: expected,
                found,
            });
        }
        verified = Some(expected);
    }
    let digest = match verified {
        Some(digest) => digest,
        None => manifest.digest("sha256").map_err(no_manifest)?,
    };
    Ok((manifest, digest))
}

/// What a `HEAD` tells, if it tells the digest.
fn told(response: &Response) -> Option<Descriptor> {
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

/// Whether the answer may be about `HEAD` and not about the manifest: a `GET` has the last word then.
fn is_against_head(status: StatusCode) -> bool {
    matches!(status.as_u16(), 200 | 400 | 403 | 404 | 405 | 406 | 501)
}

/// Whether the server broke off instead of answering, as some do on `HEAD`.
pub(crate) fn is_cut(error: &Error) -> bool {
    let Error::NoAnswer { source, .. } = error else {
        return false;
    };
    matches!(
        **source,
        bindery_http::Error::NoAnswer {
            reason: bindery_http::NoAnswer::Cut,
            ..
        }
    )
}

/// The error that an answer other than 200 means.
pub(crate) fn refusal(session: &Session<'_>, reply: Reply) -> Error {
    let reference = Arc::clone(&session.reference);
    let source = Arc::new(Answer::of(reply.method, &reply.response));
    match source.status.as_u16() {
        404 if source.speaks_of_formats() => Error::OtherFormat { reference, source },
        404 => Error::NotFound {
            missing: match source.code.as_deref() {
                Some("NAME_UNKNOWN") => Missing::Repository,
                _ if reference.part == Part::Tags => Missing::Repository,
                _ => Missing::Manifest,
            },
            reference,
            source,
        },
        401 | 403 => Error::Denied {
            reference,
            user: reply.user,
            why: reply.denial.unwrap_or(Denial::NotEnough { scope: None }),
            source,
        },
        429 => Error::RateLimited {
            reference,
            retry_after: source.retry_after,
            source,
        },
        _ => Error::Unexpected {
            server: session.registry_name(),
            reference,
            source,
        },
    }
}

/// The schemes to try for a registry, in order.
pub(crate) fn schemes(shared: &Shared, reference: &Subject) -> &'static [Scheme] {
    let settings = shared.options.registry(&reference.registry);
    match settings.and_then(|settings| settings.plain_http) {
        Some(true) => &[Scheme::Http],
        Some(false) => &[Scheme::Https],
        None if settings.is_some_and(|settings| settings.insecure) => {
            &[Scheme::Https, Scheme::Http]
        }
        None if reference.registry.is_loopback() => &[Scheme::Http, Scheme::Https],
        None => &[Scheme::Https],
    }
}

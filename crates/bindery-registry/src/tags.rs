//! Lists, page by page: the tags of a repository, and what refers to a manifest.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use bindery_http::header::LINK;
use bindery_http::{Method, Origin, Response, StatusCode, Url};
use bindery_reference::{Digest, Reference, Registry, Repository, Tag};
use bindery_secret::RedactedUrl;
use serde::Deserialize;

use crate::client::{Client, read_manifest, refusal};
use crate::error::{Error, ListProblem};
use crate::link;
use crate::oci::{Descriptor, Entry};
use crate::session::Session;
use crate::subject::{Part, Subject};

/// How many pages a list may have.
const MOST_PAGES: usize = 10_000;

/// How many entries a list may have.
const MOST_ENTRIES: usize = 1_000_000;

/// A manifest that refers to another one: a signature, an attestation, a bill of materials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Referrer {
    /// The manifest.
    pub descriptor: Descriptor,
    /// What kind of artifact it is, if the registry says so.
    pub artifact_type: Option<String>,
    /// What else is said of it.
    pub annotations: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct TagPage {
    #[serde(default)]
    tags: Option<Vec<String>>,
}

impl Client {
    /// All tags of a repository, in the order of their bytes and each once, in whatever order and pages the registry sends them.
    ///
    /// # Errors
    ///
    /// As [`Client::resolve`]; [`Error::NoList`] if pages do not come to an end, lead to another server, or hold no tags.
    pub async fn tags(
        &self,
        registry: &Registry,
        repository: &Repository,
    ) -> Result<BTreeSet<Tag>, Error> {
        let subject = Subject {
            registry: registry.clone(),
            repository: repository.clone(),
            tag: None,
            digest: None,
            part: Part::Tags,
        };
        let mut tags = BTreeSet::new();
        let session = Session::new(&self.shared, subject);
        let no_list = |source| Error::NoList {
            reference: Arc::clone(&session.reference),
            source,
        };
        let read = |response: Response| {
            let page: TagPage = serde_json::from_slice(&response.body)
                .map_err(|error| no_list(ListProblem::NotJson(error.to_string())))?;
            for text in page.tags.unwrap_or_default() {
                tags.insert(Tag::parse(&text).map_err(|error| no_list(ListProblem::Tag(error)))?);
            }
            Ok(tags.len())
        };
        self.pages(&session, read).await?;
        Ok(tags)
    }

    /// What refers to the manifest that `reference` names, in the registry's order and each once; with `artifact_type` only what
    /// is of that type.
    ///
    /// A registry that keeps no such list is asked for the tag that stands for it (distribution specification 1.1, "Referrers tag
    /// schema"). What is not there refers to nothing.
    ///
    /// # Errors
    ///
    /// As [`Client::resolve`] and [`Client::tags`].
    pub async fn referrers(
        &self,
        reference: &Reference,
        artifact_type: Option<&str>,
    ) -> Result<Vec<Referrer>, Error> {
        let digest = self.resolve(reference).await?.digest;
        let subject = Subject::manifest(reference).beside(Part::Referrers, Some(digest.clone()));
        let session = Session::new(&self.shared, subject.clone());
        let mut found = Vec::new();
        let mut seen = HashSet::new();
        let mut take = |entries: Vec<Entry>| {
            let fits = |entry: &Entry| {
                artifact_type.is_none_or(|wanted| entry.artifact_type.as_deref() == Some(wanted))
            };
            for entry in entries.into_iter().filter(fits) {
                if seen.insert(entry.descriptor.digest.clone()) {
                    found.push(Referrer {
                        descriptor: entry.descriptor,
                        artifact_type: entry.artifact_type,
                        annotations: entry.annotations,
                    });
                }
            }
            seen.len()
        };
        let read = |response: Response| Ok(take(entries(&session, response)?));
        match self.pages(&session, read).await {
            Ok(()) => {}
            Err(Error::NotFound { .. }) => {
                take(self.tagged_referrers(&subject, &digest).await?);
            }
            Err(error) => return Err(error),
        }
        Ok(found)
    }

    /// The list under the tag that stands for a digest.
    async fn tagged_referrers(&self, of: &Subject, digest: &Digest) -> Result<Vec<Entry>, Error> {
        let tag = referrers_tag(digest);
        let mut subject = of.beside(Part::Manifest, None);
        subject.tag = Some(tag.clone());
        let session = Session::new(&self.shared, subject);
        let (manifest, _) = match self.fetch(&session).await {
            Ok(found) => found,
            Err(Error::NotFound { .. }) => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let reference = Arc::clone(&session.reference);
        if !manifest.media_type.is_index() {
            let source = ListProblem::TagTaken(tag.to_string());
            return Err(Error::NoList { reference, source });
        }
        let entries = manifest.entries();
        entries.map_err(|source| Error::NoManifest { reference, source })
    }

    /// Hands each page to `read`, which tells how many entries there are by now.
    async fn pages(
        &self,
        session: &Session<'_>,
        mut read: impl FnMut(Response) -> Result<usize, Error>,
    ) -> Result<(), Error> {
        let no_list = |source| Error::NoList {
            reference: Arc::clone(&session.reference),
            source,
        };
        let mut seen: HashSet<Url> = HashSet::new();
        let mut page = None;
        for _ in 0..MOST_PAGES {
            let reply = match page.take() {
                None => session.ask(Method::GET).await?,
                Some(url) => session.at(url).ask(Method::GET).await?,
            };
            let asked_at = session.address()?;
            let is_first = seen.is_empty() && session.reference.part == Part::Tags;
            if is_first && reply.response.status == StatusCode::BAD_REQUEST {
                // Some servers refuse to send as many at once, instead of sending fewer.
                let mut plain = asked_at.clone();
                plain.set_query(None);
                seen.insert(plain.clone());
                page = Some(plain);
                continue;
            }
            if reply.response.status != StatusCode::OK {
                return Err(refusal(session, reply));
            }
            let next = next_page(&asked_at, &reply.response).map_err(no_list)?;
            seen.insert(reply.response.url.clone());
            if read(reply.response)? > MOST_ENTRIES {
                return Err(no_list(ListProblem::TooLong("a million entries")));
            }
            let Some(next) = next else { return Ok(()) };
            if !seen.insert(next.clone()) {
                let source = ListProblem::Loop(RedactedUrl::new(next.as_str()));
                return Err(no_list(source));
            }
            page = Some(next);
        }
        Err(no_list(ListProblem::TooLong("10000 pages")))
    }
}

/// Where the next page is. It must be at the registry's own address, as it is asked for with what the registry alone may see.
fn next_page(registry: &Url, response: &Response) -> Result<Option<Url>, ListProblem> {
    let headers = response.headers.get_all(LINK).iter();
    let mut values = headers.filter_map(|value| value.to_str().ok());
    let Some(target) = values.find_map(link::next) else {
        return Ok(None);
    };
    match response.url.join(target) {
        Ok(next) if Origin::of(&next) == Origin::of(registry) => Ok(Some(next)),
        _ => Err(ListProblem::Elsewhere(RedactedUrl::new(target))),
    }
}

/// The entries of a page that is an index.
fn entries(session: &Session<'_>, response: Response) -> Result<Vec<Entry>, Error> {
    let (page, _) = read_manifest(session, response)?;
    let reference = Arc::clone(&session.reference);
    if !page.media_type.is_index() {
        let source = ListProblem::NotJson(format!("it is `{}`", page.media_type));
        return Err(Error::NoList { reference, source });
    }
    let entries = page.entries();
    entries.map_err(|source| Error::NoManifest { reference, source })
}

/// `<algorithm>-<hex>`, cut to 32 and 64 characters, with `-` for what a tag cannot hold.
fn referrers_tag(digest: &Digest) -> Tag {
    let cut = |text: &str, most: usize| text[..text.len().min(most)].replace('+', "-");
    let text = format!("{}-{}", cut(digest.algorithm(), 32), cut(digest.hex(), 64));
    Tag::parse(&text).expect("letters, digits, `.`, `_` and `-` are a tag")
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

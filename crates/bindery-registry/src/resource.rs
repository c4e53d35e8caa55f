//! What a request is about: a manifest, a blob, or a list that a repository has.

use std::fmt;

use bindery_reference::{Digest, Reference, Registry, Repository, Tag};

/// Something that a registry can be asked for.
///
/// `Display` writes it as messages name it: a manifest by its reference, a blob by its digest, a list by its repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// Who is asked.
    pub registry: Registry,
    /// Whose it is.
    pub repository: Repository,
    /// The tag, if one was written.
    pub tag: Option<Tag>,
    /// The digest, if one was written; it decides what is meant.
    pub digest: Option<Digest>,
    /// What is wanted.
    pub part: Part,
}

/// Which part of a repository a [`Subject`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Part {
    /// The manifest under a tag or digest.
    Manifest,
    /// The blob under a digest.
    Blob,
    /// The list of tags.
    Tags,
    /// The list of what refers to a digest.
    Referrers,
}

impl Subject {
    /// The manifest that `reference` names.
    pub(crate) fn manifest(reference: &Reference) -> Self {
        Self {
            registry: reference.registry.clone(),
            repository: reference.repository.clone(),
            tag: reference.tag.clone(),
            digest: reference.digest.clone(),
            part: Part::Manifest,
        }
    }

    /// Another part of the same repository.
    pub(crate) fn beside(&self, part: Part, digest: Option<Digest>) -> Self {
        Self {
            registry: self.registry.clone(),
            repository: self.repository.clone(),
            tag: None,
            digest,
            part,
        }
    }

    /// What a registry is asked for a manifest by: the digest, else the tag, else `latest`.
    pub fn manifest_name(&self) -> &str {
        match (&self.digest, &self.tag) {
            (Some(digest), _) => digest.as_str(),
            (None, Some(tag)) => tag.as_str(),
            (None, None) => Tag::LATEST,
        }
    }

    /// The repository with its registry, as in `quay.io/team/app`.
    pub fn name(&self) -> String {
        format!("{}/{}", self.registry, self.repository)
    }

    /// As `Display`, without the registry, for messages that name it already.
    pub(crate) fn in_registry(&self) -> InRegistry<'_> {
        InRegistry(self)
    }

    /// Where it is below `/v2/`.
    pub(crate) fn path(&self) -> String {
        let (repository, name) = (&self.repository, self.manifest_name());
        match self.part {
            Part::Manifest => format!("{repository}/manifests/{name}"),
            Part::Blob => format!("{repository}/blobs/{name}"),
            Part::Tags => format!("{repository}/tags/list?n={TAGS_A_PAGE}"),
            Part::Referrers => format!("{repository}/referrers/{name}"),
        }
    }
}

/// How many tags are asked for at a time; servers of the reference implementation refuse more.
const TAGS_A_PAGE: usize = 1000;

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.registry, self.repository)?;
        match (self.part, &self.tag, &self.digest) {
            (Part::Tags, _, _) => return Ok(()),
            (_, Some(tag), _) => write!(f, ":{tag}")?,
            (_, None, None) => write!(f, ":{}", Tag::LATEST)?,
            (_, None, Some(_)) => {}
        }
        match &self.digest {
            Some(digest) => write!(f, "@{digest}"),
            None => Ok(()),
        }
    }
}

pub(crate) struct InRegistry<'a>(&'a Subject);

impl fmt::Display for InRegistry<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let InRegistry(subject) = self;
        write!(f, "{}", subject.repository)?;
        match (subject.part, &subject.digest) {
            (Part::Tags, _) => Ok(()),
            (_, Some(digest)) => write!(f, "@{digest}"),
            (_, None) => write!(f, ":{}", subject.manifest_name()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIGEST: &str = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    #[track_caller]
    fn check(subject: &Subject, shown: &str, in_registry: &str, path: &str) {
        assert_eq!(subject.to_string(), shown);
        assert_eq!(subject.in_registry().to_string(), in_registry);
        assert_eq!(subject.path(), path);
    }

    #[test]
    fn each_part_has_its_name_and_its_path() {
        let manifest = Subject::manifest(&"h.example/a/b:1".parse().unwrap());
        check(&manifest, "h.example/a/b:1", "a/b:1", "a/b/manifests/1");
        let digest = Some(DIGEST.parse().unwrap());
        let tags = manifest.beside(Part::Tags, None);
        check(&tags, "h.example/a/b", "a/b", "a/b/tags/list?n=1000");
        for (part, word) in [(Part::Blob, "blobs"), (Part::Referrers, "referrers")] {
            check(
                &manifest.beside(part, digest.clone()),
                &format!("h.example/a/b@{DIGEST}"),
                &format!("a/b@{DIGEST}"),
                &format!("a/b/{word}/{DIGEST}"),
            );
        }
        let both = Subject::manifest(&format!("h.example/a:1@{DIGEST}").parse().unwrap());
        let path = format!("a/manifests/{DIGEST}");
        check(
            &both,
            &format!("h.example/a:1@{DIGEST}"),
            &format!("a@{DIGEST}"),
            &path,
        );
        let latest = Subject::manifest(&"h.example/a".parse().unwrap());
        check(
            &latest,
            "h.example/a:latest",
            "a:latest",
            "a/manifests/latest",
        );
    }
}

//! Resource of a repository: manifest, blob, list of tags or list of referrers.

use std::fmt;

use bindery_reference::{Digest, Reference, Registry, Repository};

/// Page size that is requested for a list of tags. Servers of the reference implementation reject larger ones.
const TAGS_PER_PAGE: usize = 1000;

/// Resource that a registry is asked for.
///
/// `Display` formats a manifest as its reference, a blob or a list of referrers with its digest, and a list of tags as its repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resource {
    /// Manifest under a tag or digest.
    Manifest {
        /// Reference of the manifest; its digest decides, if it has one.
        reference: Reference,
    },
    /// Blob under a digest.
    Blob {
        /// Registry.
        registry: Registry,
        /// Repository in the registry.
        repository: Repository,
        /// Digest of the blob.
        digest: Digest,
    },
    /// List of the tags of a repository.
    Tags {
        /// Registry.
        registry: Registry,
        /// Repository in the registry.
        repository: Repository,
    },
    /// List of the manifests that refer to a digest.
    Referrers {
        /// Registry.
        registry: Registry,
        /// Repository in the registry.
        repository: Repository,
        /// Digest of the manifest that the listed ones refer to.
        digest: Digest,
    },
}

impl Resource {
    /// Creates the resource for the manifest of `reference`.
    pub fn manifest(reference: &Reference) -> Self {
        Self::Manifest {
            reference: reference.clone(),
        }
    }

    /// Creates the resource for a manifest of the same repository, by digest.
    pub(crate) fn manifest_of_repository(&self, digest: Digest) -> Self {
        Self::Manifest {
            reference: Reference {
                registry: self.registry().clone(),
                repository: self.repository().clone(),
                tag: None,
                digest: Some(digest),
            },
        }
    }

    /// Creates the resource for a blob of the same repository.
    pub(crate) fn blob_of_repository(&self, digest: Digest) -> Self {
        Self::Blob {
            registry: self.registry().clone(),
            repository: self.repository().clone(),
            digest,
        }
    }

    /// Returns the registry.
    pub fn registry(&self) -> &Registry {
        match self {
            Self::Manifest { reference } => &reference.registry,
            Self::Blob { registry, .. }
            | Self::Tags { registry, .. }
            | Self::Referrers { registry, .. } => registry,
        }
    }

    /// Returns the repository.
    pub fn repository(&self) -> &Repository {
        match self {
            Self::Manifest { reference } => &reference.repository,
            Self::Blob { repository, .. }
            | Self::Tags { repository, .. }
            | Self::Referrers { repository, .. } => repository,
        }
    }

    /// Returns the digest that the content of the resource must have: of a blob, or of a manifest whose reference has a digest.
    pub fn digest(&self) -> Option<&Digest> {
        match self {
            Self::Manifest { reference } => reference.digest.as_ref(),
            Self::Blob { digest, .. } => Some(digest),
            Self::Tags { .. } | Self::Referrers { .. } => None,
        }
    }

    /// Returns the repository with its registry, as in `quay.io/team/app`.
    pub fn name(&self) -> String {
        format!("{}/{}", self.registry(), self.repository())
    }

    /// Returns the same resource at another registry: a mirror.
    pub(crate) fn at(&self, server: &Registry) -> Self {
        let mut moved = self.clone();
        match &mut moved {
            Self::Manifest { reference } => reference.registry = server.clone(),
            Self::Blob { registry, .. }
            | Self::Tags { registry, .. }
            | Self::Referrers { registry, .. } => *registry = server.clone(),
        }
        moved
    }

    /// Formats the resource without its registry, for messages that name the registry already.
    pub(crate) fn in_registry(&self) -> InRegistry<'_> {
        InRegistry(self)
    }

    /// Returns the path and query below `/v2/`.
    pub(crate) fn path(&self) -> String {
        let repository = self.repository();
        match self {
            Self::Manifest { reference } => {
                format!("{repository}/manifests/{}", reference.manifest_name())
            }
            Self::Blob { digest, .. } => format!("{repository}/blobs/{digest}"),
            Self::Tags { .. } => format!("{repository}/tags/list?n={TAGS_PER_PAGE}"),
            Self::Referrers { digest, .. } => format!("{repository}/referrers/{digest}"),
        }
    }
}

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Manifest { reference } => reference.fmt(f),
            _ => write!(f, "{}/{}", self.registry(), self.in_registry()),
        }
    }
}

/// Form of a resource without its registry.
pub(crate) struct InRegistry<'a>(&'a Resource);

impl fmt::Display for InRegistry<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let InRegistry(resource) = self;
        write!(f, "{}", resource.repository())?;
        match resource {
            Resource::Manifest { reference } if reference.digest.is_none() => {
                write!(f, ":{}", reference.manifest_name())
            }
            Resource::Manifest { reference } => write!(f, "@{}", reference.manifest_name()),
            Resource::Blob { digest, .. } | Resource::Referrers { digest, .. } => {
                write!(f, "@{digest}")
            }
            Resource::Tags { .. } => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIGEST: &str = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    #[track_caller]
    fn check(resource: &Resource, full: &str, in_registry: &str, path: &str) {
        assert_eq!(resource.to_string(), full);
        assert_eq!(resource.in_registry().to_string(), in_registry);
        assert_eq!(resource.path(), path);
    }

    fn manifest(reference: &str) -> Resource {
        Resource::manifest(&reference.parse().unwrap())
    }

    #[test]
    fn a_manifest_is_named_by_tag_or_digest() {
        check(
            &manifest("h.example/a/b:1"),
            "h.example/a/b:1",
            "a/b:1",
            "a/b/manifests/1",
        );
        check(
            &manifest("h.example/a"),
            "h.example/a:latest",
            "a:latest",
            "a/manifests/latest",
        );
        check(
            &manifest(&format!("h.example/a:1@{DIGEST}")),
            &format!("h.example/a:1@{DIGEST}"),
            &format!("a@{DIGEST}"),
            &format!("a/manifests/{DIGEST}"),
        );
    }

    #[test]
    fn other_resources_are_named_by_repository_and_digest() {
        let manifest = manifest("h.example/a/b:1");
        let registry = manifest.registry().clone();
        let repository = manifest.repository().clone();
        let digest: Digest = DIGEST.parse().unwrap();
        let (full, in_registry) = (format!("h.example/a/b@{DIGEST}"), format!("a/b@{DIGEST}"));
        let blob = manifest.blob_of_repository(digest.clone());
        let path = format!("a/b/blobs/{DIGEST}");
        check(&blob, &full, &in_registry, &path);
        let tags = Resource::Tags {
            registry: registry.clone(),
            repository: repository.clone(),
        };
        check(&tags, "h.example/a/b", "a/b", "a/b/tags/list?n=1000");
        let referrers = Resource::Referrers {
            registry,
            repository,
            digest,
        };
        let path = format!("a/b/referrers/{DIGEST}");
        check(&referrers, &full, &in_registry, &path);
        let moved = referrers.at(&"m.example".parse().unwrap());
        check(
            &moved,
            &format!("m.example/a/b@{DIGEST}"),
            &in_registry,
            &path,
        );
    }
}

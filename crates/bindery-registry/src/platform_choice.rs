//! Choice of an image from an index by platform.

use std::collections::HashSet;
use std::sync::Arc;

use bindery_oci::{Descriptor, ImageConfig, IndexEntry, Manifest, MediaType, Platform};
use bindery_reference::Reference;

use crate::backend::Backend;
use crate::error::{Error, ErrorDetail};
use crate::manifest;
use crate::resource::Resource;

/// Maximum depth of nested indexes, including the outermost.
const MAX_DEPTH: usize = 4;

/// Maximum number of indexes of one image.
const MAX_INDEXES: usize = 16;

/// Maximum number of images without a platform in their index whose configs are fetched.
const MAX_CONFIGS: usize = 8;

/// Query for an image: a reference is resolved, and these conditions are checked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImageQuery {
    /// Platform whose image is returned in place of the index.
    pub platform: Option<Platform>,
    /// Platforms that must have an image.
    pub required: Vec<Platform>,
    /// Whether the registry is also asked for a reference with a digest.
    pub verify: bool,
    /// Whether the result contains the platforms of an index.
    pub platforms: bool,
}

/// Result of an [`ImageQuery`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResolvedImage {
    /// Descriptor of the manifest or index; with a platform in the query, of the image for it.
    pub descriptor: Descriptor,
    /// Platforms of the index, in its order and without duplicates, if the query asks for them and the reference names an index.
    pub platforms: Option<Vec<Platform>>,
}

/// Image that may be chosen.
struct Candidate {
    descriptor: Descriptor,
    /// Platform, if its index entry names one.
    platform: Option<Platform>,
}

/// Resolves `reference` and chooses the image for the platform of `query`.
pub(crate) async fn resolve(
    backend: &Backend,
    reference: &Reference,
    query: &ImageQuery,
) -> Result<ResolvedImage, Error> {
    let descriptor = if query.verify && reference.digest.is_some() {
        manifest::head(backend, Resource::manifest(reference)).await?
    } else {
        manifest::resolve(backend, reference).await?
    };
    let has_condition = query.platform.is_some() || !query.required.is_empty();
    let media_type = descriptor.media_type.as_ref();
    let may_be_index = media_type.is_none_or(MediaType::is_index);
    if !(has_condition || query.platforms && may_be_index) {
        return Ok(ResolvedImage {
            descriptor,
            platforms: None,
        });
    }
    let asked = Resource::manifest(reference);
    let resource = asked.manifest_of_repository(descriptor.digest.clone());
    let (manifest, _) = manifest::fetch(backend, resource).await?;
    let descriptor = Descriptor {
        media_type: Some(manifest.media_type.clone()),
        size: Some(manifest.bytes.len() as u64),
        digest: descriptor.digest,
    };
    let choice = PlatformChoice {
        backend,
        asked: Arc::new(asked),
    };
    let is_index = manifest.media_type.is_index();
    let mut candidates = if is_index {
        choice.candidates(manifest).await?
    } else if has_condition {
        vec![Candidate {
            descriptor: descriptor.clone(),
            platform: Some(choice.platform_of(&manifest).await?),
        }]
    } else {
        Vec::new()
    };
    let platforms = (query.platforms && is_index).then(|| known_platforms(&candidates));
    if !missing(&candidates, query).is_empty() {
        choice.complete_platforms(&mut candidates).await?;
        let missing = missing(&candidates, query);
        if !missing.is_empty() {
            let available = known_platforms(&candidates);
            let detail = ErrorDetail::NoPlatform { missing, available };
            return Err(Error::new(&choice.asked, detail));
        }
    }
    let platform = query.platform.as_ref();
    let chosen = platform.and_then(|platform| best(&candidates, platform));
    Ok(ResolvedImage {
        descriptor: chosen.map_or(descriptor, |chosen| chosen.descriptor.clone()),
        platforms,
    })
}

/// Search for the images of one index.
struct PlatformChoice<'a> {
    backend: &'a Backend,
    /// Resource that the user asked for, which errors name.
    asked: Arc<Resource>,
}

impl PlatformChoice<'_> {
    /// Returns all images of an index and of the indexes in it, in their order.
    async fn candidates(&self, index: Manifest) -> Result<Vec<Candidate>, Error> {
        let mut candidates = Vec::new();
        let mut indexes = 1;
        // Entries to visit, each with its depth, the next one last.
        let mut open: Vec<(usize, IndexEntry)> = Vec::new();
        self.add_entries(&mut open, 1, &index)?;
        while let Some((depth, entry)) = open.pop() {
            if !entry.may_run() {
                continue;
            }
            let media_type = entry.descriptor.media_type.as_ref();
            if !media_type.is_some_and(MediaType::is_index) {
                candidates.push(Candidate {
                    descriptor: entry.descriptor,
                    platform: entry.platform,
                });
                continue;
            }
            indexes += 1;
            if depth >= MAX_DEPTH || indexes > MAX_INDEXES {
                return Err(Error::new(&self.asked, ErrorDetail::NestedIndexes));
            }
            let resource = self.asked.manifest_of_repository(entry.descriptor.digest);
            let (index, _) = manifest::fetch(self.backend, resource).await?;
            self.add_entries(&mut open, depth + 1, &index)?;
        }
        Ok(candidates)
    }

    fn add_entries(
        &self,
        open: &mut Vec<(usize, IndexEntry)>,
        depth: usize,
        index: &Manifest,
    ) -> Result<(), Error> {
        let entries = index.entries();
        let entries = entries.map_err(|error| manifest::malformed(&self.asked, error))?;
        open.extend(entries.into_iter().rev().map(|entry| (depth, entry)));
        Ok(())
    }

    /// Reads the platforms of images whose index entries name none from their configs.
    async fn complete_platforms(&self, candidates: &mut [Candidate]) -> Result<(), Error> {
        let without_platform = |candidate: &&mut Candidate| candidate.platform.is_none();
        let incomplete = candidates.iter_mut().filter(without_platform);
        for candidate in incomplete.take(MAX_CONFIGS) {
            let digest = candidate.descriptor.digest.clone();
            let resource = self.asked.manifest_of_repository(digest);
            let (manifest, _) = manifest::fetch(self.backend, resource).await?;
            candidate.platform = match self.platform_of(&manifest).await {
                Ok(platform) => Some(platform),
                // An artifact in an index of images is not a candidate.
                Err(error) if matches!(error.detail(), ErrorDetail::NotAnImage { .. }) => None,
                Err(error) => return Err(error),
            };
        }
        Ok(())
    }

    /// Returns the platform of a single image, from its config; a schema 1 image names its platform itself.
    async fn platform_of(&self, manifest: &Manifest) -> Result<Platform, Error> {
        let not_an_image =
            |reason: String| Error::new(&self.asked, ErrorDetail::NotAnImage { reason });
        let unnamed = || not_an_image("its config does not name one".to_owned());
        if matches!(
            manifest.media_type,
            MediaType::DockerSchema1 | MediaType::DockerSchema1Signed
        ) {
            return manifest.schema1_platform().ok_or_else(unnamed);
        }
        let config = manifest.config();
        let config = config.map_err(|error| manifest::malformed(&self.asked, error))?;
        let media_type = config.media_type.as_ref();
        if !media_type.is_some_and(ImageConfig::is_image) {
            let media_type = media_type.map_or("", MediaType::as_str);
            return Err(not_an_image(format!(
                "its config has the type `{media_type}`, which is not that of an image"
            )));
        }
        let config = manifest::config(self.backend, &self.asked, &config).await?;
        config.platform().ok_or_else(unnamed)
    }
}

/// Returns the platforms of `query` that no candidate runs on.
fn missing(candidates: &[Candidate], query: &ImageQuery) -> Vec<Platform> {
    let mut missing: Vec<Platform> = Vec::new();
    for platform in query.platform.iter().chain(&query.required) {
        if best(candidates, platform).is_none() && !missing.contains(platform) {
            missing.push(platform.clone());
        }
    }
    missing
}

/// Returns the first of the candidates that fit best.
fn best<'c>(candidates: &'c [Candidate], platform: &Platform) -> Option<&'c Candidate> {
    let fitting = candidates.iter().filter_map(|candidate| {
        let distance = platform.distance(candidate.platform.as_ref()?)?;
        Some((distance, candidate))
    });
    fitting
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Returns the platforms of all candidates that have one, without duplicates.
fn known_platforms(candidates: &[Candidate]) -> Vec<Platform> {
    let mut seen = HashSet::new();
    candidates
        .iter()
        .filter_map(|candidate| candidate.platform.as_ref())
        .filter(|platform| seen.insert(*platform))
        .cloned()
        .collect()
}

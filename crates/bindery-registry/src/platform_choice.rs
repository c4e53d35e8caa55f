//! What an image has to be beside having a name: for which platform, and whether somebody was asked.

use std::collections::HashSet;
use std::sync::Arc;

use bindery_reference::Reference;

use crate::client::Client;
use crate::error::Error;
use crate::oci::{Descriptor, Entry, Manifest, MediaType, Platform, config_platform};
use crate::subject::Subject;

/// How deep indexes may lie in each other, the outermost included.
const DEEPEST: usize = 4;

/// How many indexes one image may be made of.
const MOST_INDEXES: usize = 16;

/// How many images of an index that does not say their platform are asked for it.
const MOST_CONFIGS: usize = 8;

/// What more is wanted of an image than its digest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wish {
    /// The image for this platform alone, and not the index of all.
    pub platform: Option<Platform>,
    /// Platforms that an image must be there for.
    pub required: Vec<Platform>,
    /// Whether a reference that holds a digest is asked for as well.
    pub verify: bool,
    /// Whether the platforms of an index are told.
    pub platforms: bool,
}

/// An image as it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// What the reference names; with a platform wished for, the image for it.
    pub descriptor: Descriptor,
    /// The platforms that the index names, in its order and each once, if they were wished for and it is an index.
    pub platforms: Option<Vec<Platform>>,
}

/// An image that may run somewhere.
struct Leaf {
    descriptor: Descriptor,
    /// Where it runs, if the index says so.
    platform: Option<Platform>,
}

impl Client {
    /// Finds what `reference` names at this moment, as far as it fits `wish`.
    ///
    /// Without a wish it is [`Client::resolve`]. For a platform the entry of the index that fits best is taken
    /// ([`Platform::distance`]), the first of equals; what builders attach to images is no image, and indexes in the index are looked
    /// through. An image that stands alone, and one whose entry does not say it, tells its platform by its config. Documents are
    /// fetched by digest, verified, and taken from the cache if they are there.
    ///
    /// # Errors
    ///
    /// As [`Client::resolve`]; [`Error::NoPlatform`] tells which platforms are there instead.
    pub async fn image(&self, reference: &Reference, wish: &Wish) -> Result<Image, Error> {
        let descriptor = match wish.verify {
            true => self.verify(reference).await?,
            false => self.resolve(reference).await?,
        };
        let is_chosen = wish.platform.is_some() || !wish.required.is_empty();
        let may_be_index = descriptor
            .media_type
            .as_ref()
            .is_none_or(MediaType::is_index);
        if !(is_chosen || wish.platforms && may_be_index) {
            return Ok(Image {
                descriptor,
                platforms: None,
            });
        }
        let subject = Subject::manifest(&reference.pinned(descriptor.digest.clone()));
        let (manifest, _) = self.manifest_of(subject.clone()).await?;
        let descriptor = Descriptor {
            media_type: Some(manifest.media_type.clone()),
            size: Some(manifest.bytes.len() as u64),
            digest: descriptor.digest,
        };
        // Errors name the image as it was asked for.
        let asked = Arc::new(Subject::manifest(reference));
        let choice = Choice {
            client: self,
            asked,
        };
        let is_index = manifest.media_type.is_index();
        let mut leaves = if is_index {
            choice.leaves(&subject, manifest).await?
        } else if is_chosen {
            vec![Leaf {
                descriptor: descriptor.clone(),
                platform: Some(choice.platform_of(&subject, &manifest).await?),
            }]
        } else {
            Vec::new()
        };
        let platforms = (wish.platforms && is_index).then(|| known_platforms(&leaves));
        if !missing(&leaves, wish).is_empty() {
            choice.ask_undeclared(&subject, &mut leaves).await?;
            let missing = missing(&leaves, wish);
            if !missing.is_empty() {
                return Err(Error::NoPlatform {
                    reference: choice.asked,
                    wanted: missing,
                    available: known_platforms(&leaves),
                });
            }
        }
        let chosen = wish
            .platform
            .as_ref()
            .and_then(|wanted| best(&leaves, wanted));
        Ok(Image {
            descriptor: chosen.map_or(descriptor, |leaf| leaf.descriptor.clone()),
            platforms,
        })
    }
}

/// One image being looked into.
struct Choice<'a> {
    client: &'a Client,
    asked: Arc<Subject>,
}

impl Choice<'_> {
    /// All images of an index and of the indexes in it, in their order.
    async fn leaves(&self, subject: &Subject, index: Manifest) -> Result<Vec<Leaf>, Error> {
        let mut leaves = Vec::new();
        let mut indexes = 1;
        // The entries still to look at, the next one last, each with its depth.
        let mut open: Vec<(usize, Entry)> = Vec::new();
        self.open(&mut open, 1, &index)?;
        while let Some((depth, entry)) = open.pop() {
            let is_index = entry
                .descriptor
                .media_type
                .as_ref()
                .is_some_and(MediaType::is_index);
            if !entry.may_run() {
                continue;
            }
            if !is_index {
                leaves.push(Leaf {
                    descriptor: entry.descriptor,
                    platform: entry.platform,
                });
                continue;
            }
            indexes += 1;
            if depth >= DEEPEST || indexes > MOST_INDEXES {
                let reference = Arc::clone(&self.asked);
                return Err(Error::Nested { reference });
            }
            let below = subject.beside(subject.part, Some(entry.descriptor.digest));
            let (index, _) = self.client.manifest_of(below).await?;
            self.open(&mut open, depth + 1, &index)?;
        }
        Ok(leaves)
    }

    fn open(
        &self,
        open: &mut Vec<(usize, Entry)>,
        depth: usize,
        index: &Manifest,
    ) -> Result<(), Error> {
        let entries = index.entries().map_err(|source| Error::NoManifest {
            reference: Arc::clone(&self.asked),
            source,
        })?;
        open.extend(entries.into_iter().rev().map(|entry| (depth, entry)));
        Ok(())
    }

    /// Asks the images whose entries do not say where they run.
    async fn ask_undeclared(&self, subject: &Subject, leaves: &mut [Leaf]) -> Result<(), Error> {
        let undeclared = leaves.iter_mut().filter(|leaf| leaf.platform.is_none());
        for leaf in undeclared.take(MOST_CONFIGS) {
            let below = subject.beside(subject.part, Some(leaf.descriptor.digest.clone()));
            let (manifest, _) = self.client.manifest_of(below.clone()).await?;
            // An artifact among the images runs nowhere, and is no error.
            leaf.platform = match self.platform_of(&below, &manifest).await {
                Ok(platform) => Some(platform),
                Err(Error::NoImage { .. }) => None,
                Err(error) => return Err(error),
            };
        }
        Ok(())
    }

    /// Where an image runs that is no index: by its config, or by itself if it is of schema 1.
    async fn platform_of(&self, subject: &Subject, manifest: &Manifest) -> Result<Platform, Error> {
        let no_image = |why: String| Error::NoImage {
            reference: Arc::clone(&self.asked),
            why,
        };
        let silent = || no_image("its config names none".to_owned());
        if matches!(
            manifest.media_type,
            MediaType::DockerSchema1 | MediaType::DockerSchema1Signed
        ) {
            return manifest.schema1_platform().ok_or_else(silent);
        }
        let config = manifest.config().map_err(|source| Error::NoManifest {
            reference: Arc::clone(&self.asked),
            source,
        })?;
        let kind = config.media_type.as_ref().map(MediaType::as_str);
        if !matches!(
            kind,
            Some(
                "application/vnd.oci.image.config.v1+json"
                    | "application/vnd.docker.container.image.v1+json"
            )
        ) {
            let kind = kind.unwrap_or_default();
            return Err(no_image(format!(
                "its config is of type `{kind}`, and not an image's"
            )));
        }
        let bytes = self.client.config(subject, &config).await?;
        config_platform(&bytes).ok_or_else(silent)
    }
}

/// The wanted and required platforms that no leaf fits.
fn missing(leaves: &[Leaf], wish: &Wish) -> Vec<Platform> {
    let mut missing: Vec<Platform> = Vec::new();
    for wanted in wish.platform.iter().chain(&wish.required) {
        if best(leaves, wanted).is_none() && !missing.contains(wanted) {
            missing.push(wanted.clone());
        }
    }
    missing
}

/// The first of those that fit best.
fn best<'l>(leaves: &'l [Leaf], wanted: &Platform) -> Option<&'l Leaf> {
    let fitting = leaves
        .iter()
        .filter_map(|leaf| Some((wanted.distance(leaf.platform.as_ref()?)?, leaf)));
    fitting
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, leaf)| leaf)
}

/// The platforms of all leaves that say one, each once.
fn known_platforms(leaves: &[Leaf]) -> Vec<Platform> {
    let mut seen = HashSet::new();
    let platforms = leaves.iter().filter_map(|leaf| leaf.platform.as_ref());
    platforms.filter(|one| seen.insert(*one)).cloned().collect()
}

//! Binds `{{docker.image[name][tag]}}` and `{{docker.pinned[name][tag]}}` to the current digest of a tag.
//!
//! The registry is that of the job's cluster, from its key `docker_registry`; credentials come from the host. A batch is resolved
//! concurrently on a runtime of this plugin, which is created for the first ref.

#![deny(missing_docs)]

mod binder;
mod image_request;
mod keychain;
mod resolver;
mod settings;

use bindery_plugin::{Field, Trait, export_plugin};

use crate::binder::{DockerBinder, ImageName, PinnedImage};
use crate::image_request::DOCKER_HUB;

type Image = DockerBinder<ImageName>;
type Pinned = DockerBinder<PinnedImage>;

/// Keys of a cluster about images. The name is that of the original's class, since messages about the keys contain it.
const DOCKER_REGISTRY: Trait = Trait::new(
    "DockerRegistryTrait",
    &[
        Field::string("docker_registry").or(DOCKER_HUB).help(
            "Address of the registry that images of jobs come from; without a scheme it is https",
        ),
        Field::string("docker_image_form").help(
            "How images are named: `name`, `tag` keeps the tag, `host` names Docker Hub too, `tag-host` does both",
        ),
    ],
);

export_plugin! {
    name: "docker",
    binders: [Image => Image::open, Pinned => Pinned::open],
    traits: [DOCKER_REGISTRY],
}

#[cfg(test)]
mod tests;

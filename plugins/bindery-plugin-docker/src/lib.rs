//! Binds `{{docker.image[name][tag]}}` and `{{docker.pinned[name][tag]}}` to what a registry has under that tag now.
//!
//! The registry comes from the job's cluster, by its key `docker_registry`; credentials come from the host. A batch is
//! resolved concurrently, on one runtime of this plugin's own, which is made for the first ref.

#![deny(missing_docs)]

mod image;
mod keychain;
mod pinned;
mod question;
mod resolver;
mod settings;

use bindery_plugin::{Field, Trait, export_plugin};

use crate::image::Image;
use crate::pinned::Pinned;
use crate::question::DOCKER_HUB;

/// What a cluster says about images; named as the original's class, which stands in messages about the key.
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

//! `docker.pinned[name][tag]`: a struct, for schedulers that join name and tag themselves.

use std::sync::Arc;

use bindery_plugin::{Answer, BindError, Binder, Error, Host, Match, Setup};

use crate::resolver::{Resolved, Resolver};

/// Answers a struct with the fields `reference` and `digest`, and with `name` and `tag` such that `name:tag` is the reference:
/// Mesos' `DockerImage` has no place for a digest, but joins the two so.
pub(crate) struct Pinned {
    resolver: Arc<Resolver>,
}

impl Pinned {
    pub(crate) fn open(setup: &Setup) -> Result<Self, Error> {
        Ok(Self {
            resolver: setup.shared(Resolver::open)?,
        })
    }
}

impl Binder for Pinned {
    const NAME: &'static str = "docker.pinned";
    const PATTERN: &'static str = "docker.pinned[*][*]";

    fn bind(&self, host: &Host, found: &Match) -> Result<Answer, BindError> {
        self.bind_batch(host, std::slice::from_ref(found)).remove(0)
    }

    fn bind_batch(&self, host: &Host, found: &[Match]) -> Vec<Result<Answer, BindError>> {
        self.resolver.resolve(host, found, written)
    }

    const REVIEWS: bool = true;

    fn review(&self, host: &Host, found: &Match, recalled: &Answer) -> Result<(), BindError> {
        self.resolver.review(host, found, recalled, written)
    }
}

fn written(resolved: &Resolved<'_>) -> Answer {
    let digest = &resolved.image.descriptor.digest;
    let name = format!("{}@{}", resolved.question.name(), digest.algorithm());
    Answer::structure([
        ("reference", format!("{name}:{}", digest.hex())),
        ("digest", digest.to_string()),
        ("name", name),
        ("tag", digest.hex().to_owned()),
    ])
}

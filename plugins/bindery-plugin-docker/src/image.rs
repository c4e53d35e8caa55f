//! `docker.image[name][tag]`: a text, as a Docker container takes it.

use std::sync::Arc;

use bindery_plugin::{Answer, BindError, Binder, Error, Host, Match, Setup};

use crate::resolver::{Resolved, Resolver};

/// Answers `[host[:port]/]name@digest`, the host left out for Docker Hub, unless another form is wanted.
pub(crate) struct Image {
    resolver: Arc<Resolver>,
}

impl Image {
    pub(crate) fn open(setup: &Setup) -> Result<Self, Error> {
        Ok(Self {
            resolver: setup.shared(Resolver::open)?,
        })
    }
}

impl Binder for Image {
    const NAME: &'static str = "docker.image";
    const PATTERN: &'static str = "docker.image[*][*]";

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
    Answer::text(resolved.named())
}

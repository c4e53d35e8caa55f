//! Binders: one for each form of an answer.

use std::marker::PhantomData;
use std::sync::Arc;

use bindery_plugin::{Answer, BindError, Binder, Error, Host, Match, Setup};

use crate::resolver::{Resolved, Resolver};

/// Form of an answer, and the refs that ask for it.
pub(crate) trait AnswerForm {
    const NAME: &'static str;
    const PATTERN: &'static str;

    /// Returns the answer for a resolved image.
    fn answer(resolved: &Resolved<'_>) -> Answer;
}

/// `docker.image[name][tag]`: a text, as a Docker container takes it.
///
/// The default is `[host[:port]/]name@digest`, without the host for Docker Hub; cluster or user may choose another form.
pub(crate) struct ImageName;

impl AnswerForm for ImageName {
    const NAME: &'static str = "docker.image";
    const PATTERN: &'static str = "docker.image[*][*]";

    fn answer(resolved: &Resolved<'_>) -> Answer {
        Answer::text(resolved.to_text())
    }
}

/// `docker.pinned[name][tag]`: a struct, for schedulers that join name and tag themselves.
///
/// Its fields are `reference`, `digest`, and `name` and `tag`, for which `name:tag` is the reference: Mesos' `DockerImage` has no field
/// for a digest, but joins name and tag in this way.
pub(crate) struct PinnedImage;

impl AnswerForm for PinnedImage {
    const NAME: &'static str = "docker.pinned";
    const PATTERN: &'static str = "docker.pinned[*][*]";

    fn answer(resolved: &Resolved<'_>) -> Answer {
        let digest = &resolved.image.descriptor.digest;
        let name = format!("{}@{}", resolved.request.name(), digest.algorithm());
        Answer::structure([
            ("reference", format!("{name}:{}", digest.hex())),
            ("digest", digest.to_string()),
            ("name", name),
            ("tag", digest.hex().to_owned()),
        ])
    }
}

/// Binder that resolves images and answers in the form `F`.
pub(crate) struct DockerBinder<F> {
    resolver: Arc<Resolver>,
    form: PhantomData<fn() -> F>,
}

impl<F> DockerBinder<F> {
    pub(crate) fn open(setup: &Setup) -> Result<Self, Error> {
        Ok(Self {
            resolver: setup.shared(Resolver::open)?,
            form: PhantomData,
        })
    }
}

impl<F: AnswerForm + 'static> Binder for DockerBinder<F> {
    const NAME: &'static str = F::NAME;
    const PATTERN: &'static str = F::PATTERN;

    fn bind(&self, host: &Host, found: &Match) -> Result<Answer, BindError> {
        self.bind_batch(host, std::slice::from_ref(found)).remove(0)
    }

    fn bind_batch(&self, _host: &Host, found: &[Match]) -> Vec<Result<Answer, BindError>> {
        self.resolver.resolve(found, F::answer)
    }

    const REVIEWS: bool = true;

    fn review(&self, _host: &Host, found: &Match, recalled: &Answer) -> Result<(), BindError> {
        self.resolver.review(found, recalled, F::answer)
    }
}

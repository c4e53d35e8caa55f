//! Last phase: the bound job, or every problem of the job at once.

use bindery_core::{Error, OpenRef, PartProblem};

use crate::bound::text::Deferred;
use crate::phases::job::Job;
use crate::{BoundJob, Container, InvalidJob, MesosImage, Schema, Tiers, Warning};

/// Problem that keeps a job from being bound.
#[derive(Clone, Debug, thiserror::Error)]
pub enum JobProblem {
    /// A part that cannot be evaluated, lacks a value, or has a value that its type cannot hold.
    #[error("{}", .0.message)]
    Part(PartProblem),
    /// Refusal by the rules of the original client.
    #[error("{0}")]
    Invalid(InvalidJob),
    /// A ref that neither the file, nor a binder, nor the scheduler binds.
    #[error("nothing binds ref `{}`", first.reference.address())]
    Unbound {
        /// First part that contains the ref.
        first: OpenRef,
        /// Number of further parts that contain it.
        more: usize,
    },
}

/// Result of the phases of one job.
#[derive(Debug)]
pub struct Finished {
    /// Bound job, or all its problems, at least one.
    pub job: Result<BoundJob, Vec<JobProblem>>,
    /// Warnings: valid, but probably a mistake. A bound job has them too.
    pub warnings: Vec<Warning>,
    /// Parts that lose something when they are evaluated.
    pub notes: Vec<PartProblem>,
}

impl Job {
    /// Returns the parts that cannot be evaluated or lack a value. While there are any, binders cannot be asked for the rest.
    pub fn wrong_parts(&self) -> Vec<JobProblem> {
        let problems = self.object().diagnose().problems;
        problems.into_iter().map(JobProblem::Part).collect()
    }

    /// Returns the bound job or all problems that keep it from being bound.
    ///
    /// Wrong types and unbound refs are found in all parts at once. A job without any goes through the phases of the original
    /// client, whose first refusal is the only problem. With `tiers` the job gets a tier by the rules of the original.
    pub fn finish(&self, schema: &Schema, tiers: Option<&Tiers>) -> Finished {
        let diagnosis = self.object().diagnose();
        let mut warnings = Vec::new();
        let problems = problems(diagnosis.problems, diagnosis.open);
        let job = if problems.is_empty() {
            self.run_phases(schema, tiers, &mut warnings)
                .map_err(|invalid| vec![JobProblem::Invalid(invalid)])
        } else {
            Err(problems)
        };
        Finished {
            job,
            warnings,
            notes: diagnosis.notes,
        }
    }

    fn run_phases(
        &self,
        schema: &Schema,
        tiers: Option<&Tiers>,
        warnings: &mut Vec<Warning>,
    ) -> Result<BoundJob, InvalidJob> {
        self.validate()?;
        let mut job = self.interpolate()?;
        job.check_configuration(warnings)?;
        if let Some(tiers) = tiers {
            job.fill_in(tiers)?;
        }
        let mut job = job.convert(schema)?;
        warnings.extend(digest_with_tag(&job.container));
        job.warnings.clone_from(warnings);
        Ok(job)
    }
}

/// Returns a warning if the name of a `DockerImage` has a digest and the tag is not the rest of the digest.
fn digest_with_tag(container: &Container) -> Option<Warning> {
    let Container::Mesos {
        image: Some(MesosImage::Docker { name, tag }),
        ..
    } = container
    else {
        return None;
    };
    let (name, tag) = (name.as_str(), tag.as_str());
    let is_pinned = name.ends_with("@sha256")
        && tag.len() == 64
        && tag.bytes().all(|byte| byte.is_ascii_hexdigit());
    (name.contains('@') && !is_pinned).then(|| Warning::DigestWithTag {
        name: name.to_owned(),
        tag: tag.to_owned(),
    })
}

/// Returns a problem for each wrong part, then one for each unbound ref with its number of parts.
fn problems(parts: Vec<PartProblem>, open: Vec<OpenRef>) -> Vec<JobProblem> {
    let mut problems: Vec<JobProblem> = parts.into_iter().map(JobProblem::Part).collect();
    let mut unbound: Vec<(OpenRef, usize)> = Vec::new();
    for open in open {
        if Deferred::parse(open.reference.address()).is_some() {
            // A deferred ref in a part that is not text fails the part's type check.
            problems.extend(open.check.map(|message| {
                JobProblem::Part(PartProblem {
                    path: open.path,
                    message,
                    origin: open.origin,
                    hint: None,
                })
            }));
        } else if let Some((_, more)) = unbound
            .iter_mut()
            .find(|(first, _)| first.reference == open.reference)
        {
            *more += 1;
        } else {
            unbound.push((open, 0));
        }
    }
    let unbound = unbound.into_iter();
    problems.extend(unbound.map(|(first, more)| JobProblem::Unbound { first, more }));
    problems
}

impl From<Error> for JobProblem {
    fn from(error: Error) -> Self {
        JobProblem::Invalid(error.into())
    }
}

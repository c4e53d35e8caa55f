//! The jobs of one run, from the file through the binders to bound jobs.

use std::collections::BTreeMap;

use bindery_core::{BindError, bind_all};
use bindery_job::{BoundJob, Job, JobProblem, Schema, Tiers, Warning};

use crate::{
    context::Context,
    exit::ExitStatus,
    job_file::Loaded,
    report::{Failure, Failures},
    unbound,
};

/// A bound job, and what is allowed in it and hardly meant.
pub struct Rendered {
    /// The job.
    pub job: BoundJob,
    /// What it was warned of.
    pub warnings: Vec<Warning>,
}

/// The jobs of one run on their way through the binders.
pub struct Pass<'l> {
    loaded: &'l Loaded,
    jobs: Vec<(String, Job)>,
    /// Positions in `jobs`: binders answer for one cluster at a time.
    by_cluster: BTreeMap<Option<String>, Vec<usize>>,
}

impl<'l> Pass<'l> {
    /// Selected jobs of a file, by cluster.
    pub fn new(loaded: &'l Loaded, selected: Vec<Job>) -> Result<Self, Failures> {
        let failure = |error| Failures::from(loaded.template_failure(&error));
        let mut pass = Self {
            loaded,
            jobs: Vec::with_capacity(selected.len()),
            by_cluster: BTreeMap::new(),
        };
        for job in selected {
            let job = job.with_compatible_refs().map_err(failure)?;
            let cluster = job.cluster().map_err(failure)?;
            let members = pass.by_cluster.entry(cluster).or_default();
            members.push(pass.jobs.len());
            pass.jobs.push((job.path().map_err(failure)?, job));
        }
        Ok(pass)
    }

    /// Asks the binders, and finishes every job, with a tier of `tiers` if there are any; all errors are reported together, and
    /// what is worth a warning is told.
    pub fn run(
        self,
        schema: &Schema,
        tiers: Option<&Tiers>,
        context: &Context<'_>,
    ) -> Result<Vec<Rendered>, Failures> {
        let mut outcomes: Vec<Result<Rendered, Vec<Failure>>> =
            self.jobs.iter().map(|_| Err(Vec::new())).collect();
        let mut failures = self.duplicates();
        for (cluster, members) in &self.by_cluster {
            let objects: Vec<_> = members
                .iter()
                .map(|&at| self.jobs[at].1.object().clone())
                .collect();
            let bound = bind_all(&objects, &context.binders(cluster.as_deref())?);
            failures.extend(unbound::failures(&bound.errors, |origin| {
                self.loaded.place(origin)
            }));
            for (&at, object) in members.iter().zip(bound.objects) {
                let (path, job) = &self.jobs[at];
                let finished = match object {
                    Ok(object) => {
                        let finished = job.with_object(object).finish(schema, tiers);
                        self.loaded.warn_of_job(path, &finished);
                        let warnings = finished.warnings;
                        finished.job.map(|job| Rendered { job, warnings })
                    }
                    Err(error) => Err(match job.wrong_parts() {
                        none if none.is_empty() => vec![error.into()],
                        wrong => wrong,
                    }),
                };
                outcomes[at] = finished.map_err(|problems| {
                    problems
                        .iter()
                        .filter(|problem| !is_told(problem, &bound.errors))
                        .map(|problem| self.loaded.problem_failure(path, problem))
                        .collect()
                });
            }
        }
        let mut jobs = Vec::with_capacity(outcomes.len());
        for outcome in outcomes {
            match outcome {
                Ok(job) => jobs.push(job),
                Err(told) => failures.extend(told),
            }
        }
        Failures::check(failures)?;
        Ok(jobs)
    }
}

impl Pass<'_> {
    /// Jobs with the key of an earlier one: no command could ever name them.
    fn duplicates(&self) -> Vec<Failure> {
        let mut first: BTreeMap<&str, &Job> = BTreeMap::new();
        let mut failures = Vec::new();
        for (path, job) in &self.jobs {
            let Some(earlier) = first.insert(path, job) else {
                continue;
            };
            first.insert(path, earlier);
            let place = |job: &Job| job.origin().and_then(|origin| self.loaded.place(origin));
            let mut failure = Failure::new(
                ExitStatus::InvalidConfiguration,
                format!("several jobs have the key `{path}`"),
            )
            .hint("give each a name, role, environment or cluster of its own");
            if let Some(place) = place(earlier) {
                failure = failure.cause(format!("the first stands at {place}"));
            }
            failures.push(match place(job) {
                Some(place) => failure.at_place(place),
                None => failure.at(self.loaded.file(), None),
            });
        }
        failures
    }
}

/// Whether a ref is open because its binder failed, which is an error of its own.
fn is_told(problem: &JobProblem, errors: &[BindError]) -> bool {
    match problem {
        JobProblem::Unbound { first, .. } => errors.iter().any(|error| {
            error.address == first.reference || error.address.scoped_to(&first.reference).is_some()
        }),
        _ => false,
    }
}

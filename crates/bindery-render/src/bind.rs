//! The jobs of one run, from the file through the binders to bound jobs.

use std::collections::BTreeMap;
use std::mem;

use bindery_core::{BindError, Bound, BoundRef, bind_all};
use bindery_diagnostic::{Diagnostic, Diagnostics, Kind};
use bindery_job::{BoundJob, Job, JobProblem, Schema, Tiers};

use crate::answers::Answers;
use crate::context::Context;
use crate::job_file::Loaded;
use crate::unbound;

/// The jobs of one run on their way through the binders.
pub struct Pass<'l> {
    loaded: &'l Loaded,
    jobs: Vec<(String, Job)>,
    /// Positions in `jobs`: binders answer for one cluster at a time.
    by_cluster: BTreeMap<Option<String>, Vec<usize>>,
}

impl<'l> Pass<'l> {
    /// Selected jobs of a file, by cluster.
    pub fn new(loaded: &'l Loaded, selected: Vec<Job>) -> Result<Self, Diagnostics> {
        let failure = |error| Diagnostics::from(loaded.template_failure(&error));
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

    /// Asks the binders of `answers`, cluster by cluster.
    pub fn bind(
        self,
        context: &Context<'_>,
        answers: &dyn Answers,
    ) -> Result<BoundPass<'l>, Diagnostics> {
        let bind = |(cluster, members): (&Option<String>, &Vec<usize>)| {
            let objects: Vec<_> = members
                .iter()
                .map(|&at| self.jobs[at].1.object().clone())
                .collect();
            let binders = answers.binders(cluster.as_deref(), context)?;
            Ok(bind_all(&objects, &binders))
        };
        let bound = self
            .by_cluster
            .iter()
            .map(bind)
            .collect::<Result<Vec<_>, Diagnostics>>()?;
        let metadata = bound.iter().map(metadata).collect();
        Ok(BoundPass {
            pass: self,
            bound,
            metadata,
        })
    }
}

/// Jobs whose refs were asked for.
pub struct BoundPass<'l> {
    pass: Pass<'l>,
    /// For each cluster of the pass, in order.
    bound: Vec<Bound>,
    /// What answers say of the jobs that use them, for each job of each cluster.
    metadata: Vec<Vec<Metadata>>,
}

/// Keys and values.
type Metadata = Vec<(String, String)>;

/// For each object what the answers that it uses say of it, in the order of their addresses.
fn metadata(bound: &Bound) -> Vec<Metadata> {
    let of_object = |uses: &Vec<usize>| {
        let mut used: Vec<&BoundRef> = uses.iter().map(|&at| &bound.answers[at]).collect();
        used.sort_by(|a, b| a.address.address().cmp(b.address.address()));
        used.iter()
            .flat_map(|used| used.answer.metadata())
            .collect()
    };
    bound.uses.iter().map(of_object).collect()
}

impl BoundPass<'_> {
    /// What was answered, by cluster; it is taken out.
    pub fn take_answers(&mut self) -> Vec<(Option<String>, Vec<BoundRef>)> {
        let clusters = self.pass.by_cluster.keys().cloned();
        let answers = self
            .bound
            .iter_mut()
            .map(|bound| mem::take(&mut bound.answers));
        clusters.zip(answers).collect()
    }

    /// Finishes every job, with a tier of `tiers` if there are any; all errors are reported together, and what is worth a
    /// warning is told.
    pub fn finish(
        self,
        schema: &Schema,
        tiers: Option<&Tiers>,
    ) -> Result<Vec<BoundJob>, Diagnostics> {
        let pass = self.pass;
        let mut outcomes: Vec<Result<BoundJob, Vec<Diagnostic>>> =
            pass.jobs.iter().map(|_| Err(Vec::new())).collect();
        let mut failures = pass.duplicates();
        let clusters = self.bound.into_iter().zip(self.metadata);
        for (members, (bound, metadata)) in pass.by_cluster.values().zip(clusters) {
            failures.extend(unbound::failures(&bound.errors, |origin| {
                pass.loaded.place(origin)
            }));
            for ((&at, object), metadata) in members.iter().zip(bound.objects).zip(metadata) {
                let (path, job) = &pass.jobs[at];
                let answered =
                    object.and_then(|it| job.with_object(it).with_metadata(schema, &metadata));
                let finished = match answered {
                    Ok(job) => {
                        let finished = job.finish(schema, tiers);
                        pass.loaded.warn_of_job(path, &finished);
                        finished.job
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
                        .map(|problem| pass.loaded.problem_failure(path, problem))
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
        Diagnostics::check(failures)?;
        Ok(jobs)
    }
}

impl Pass<'_> {
    /// Jobs with the key of an earlier one: no command could ever name them.
    fn duplicates(&self) -> Vec<Diagnostic> {
        let mut first: BTreeMap<&str, &Job> = BTreeMap::new();
        let mut failures = Vec::new();
        for (path, job) in &self.jobs {
            let Some(earlier) = first.insert(path, job) else {
                continue;
            };
            first.insert(path, earlier);
            let place = |job: &Job| job.origin().and_then(|origin| self.loaded.place(origin));
            let mut failure =
                Diagnostic::new(Kind::Invalid, format!("several jobs have the key `{path}`"))
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

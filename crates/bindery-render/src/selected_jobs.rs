//! Jobs of one rendering, from their selection to bound jobs.

use std::collections::BTreeMap;
use std::mem;

use bindery_core::{BindError, Bound, BoundRef, bind_all};
use bindery_diagnostic::{Diagnostic, Diagnostics, Kind};
use bindery_job::{BoundJob, Job, JobProblem, Schema, Tiers};

use crate::answers::KeyedAnswer;
use crate::binder_source::BinderSource;
use crate::load::LoadedFile;
use crate::unbound::bind_errors;

/// Selected jobs of a file, grouped by cluster.
pub(crate) struct SelectedJobs<'l> {
    loaded: &'l LoadedFile,
    /// Jobs with their keys.
    jobs: Vec<(String, Job)>,
    /// Positions in `jobs`, by cluster: binders answer for one cluster at a time.
    by_cluster: BTreeMap<Option<String>, Vec<usize>>,
}

impl<'l> SelectedJobs<'l> {
    /// Groups `selected` jobs of a file by their clusters.
    pub(crate) fn new(loaded: &'l LoadedFile, selected: Vec<Job>) -> Result<Self, Diagnostics> {
        let failed = |error| Diagnostics::from(loaded.template_error(&error));
        let mut jobs = Self {
            loaded,
            jobs: Vec::with_capacity(selected.len()),
            by_cluster: BTreeMap::new(),
        };
        for job in selected {
            let job = job.with_compatible_refs().map_err(failed)?;
            let cluster = job.cluster().map_err(failed)?;
            let members = jobs.by_cluster.entry(cluster).or_default();
            members.push(jobs.jobs.len());
            jobs.jobs.push((job.path().map_err(failed)?, job));
        }
        Ok(jobs)
    }

    /// Asks the binders of `source`, cluster by cluster.
    pub(crate) fn bind(self, source: &dyn BinderSource) -> Result<AnsweredJobs<'l>, Diagnostics> {
        let bind = |(cluster, members): (&Option<String>, &Vec<usize>)| {
            let objects: Vec<_> = members
                .iter()
                .map(|&at| self.jobs[at].1.object().clone())
                .collect();
            let binders = source.binders(cluster.as_deref())?;
            Ok(bind_all(&objects, &binders))
        };
        let bound = self
            .by_cluster
            .iter()
            .map(bind)
            .collect::<Result<Vec<_>, Diagnostics>>()?;
        let metadata = bound.iter().map(metadata).collect();
        Ok(AnsweredJobs {
            jobs: self,
            bound,
            metadata,
        })
    }

    /// Returns an error for each job with the key of an earlier job: no command could select the later one.
    fn duplicates(&self) -> Vec<Diagnostic> {
        let mut first: BTreeMap<&str, &Job> = BTreeMap::new();
        let mut errors = Vec::new();
        for (path, job) in &self.jobs {
            let Some(earlier) = first.insert(path, job) else {
                continue;
            };
            first.insert(path, earlier);
            let place = |job: &Job| job.origin().and_then(|origin| self.loaded.place(origin));
            let mut error =
                Diagnostic::new(Kind::Invalid, format!("several jobs have the key `{path}`"))
                    .hint("change the name, role, environment or cluster of one of the jobs");
            if let Some(place) = place(earlier) {
                error = error.cause(format!("the first job is at {place}"));
            }
            errors.push(match place(job) {
                Some(place) => error.at_place(place),
                None => error.at(self.loaded.file(), None),
            });
        }
        errors
    }
}

/// Jobs whose refs binders have answered.
pub(crate) struct AnsweredJobs<'l> {
    jobs: SelectedJobs<'l>,
    /// Results of the bind passes, in the order of the clusters.
    bound: Vec<Bound>,
    /// Metadata of each job, by cluster.
    metadata: Vec<Vec<Metadata>>,
}

/// Keys and values that answers add to the metadata of a job.
type Metadata = Vec<(String, String)>;

/// Returns the metadata of each object: of the answers that the object uses, in the order of their addresses.
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

/// Result of [`AnsweredJobs::finish`].
pub(crate) struct FinishedJobs {
    /// Every job, or all errors of all jobs.
    pub(crate) jobs: Result<Vec<BoundJob>, Diagnostics>,
    /// Warnings, in the order of the clusters and then of the jobs.
    pub(crate) warnings: Vec<Diagnostic>,
}

impl AnsweredJobs<'_> {
    /// Moves the answers out.
    pub(crate) fn take_answers(&mut self) -> Vec<KeyedAnswer> {
        let clusters = self.jobs.by_cluster.keys().zip(&mut self.bound);
        clusters
            .flat_map(|(cluster, bound)| {
                KeyedAnswer::of_cluster(cluster.as_deref(), mem::take(&mut bound.answers))
            })
            .collect()
    }

    /// Checks every job and, if `tiers` are given, applies the tier.
    pub(crate) fn finish(self, schema: &Schema, tiers: Option<&Tiers>) -> FinishedJobs {
        let jobs = self.jobs;
        let mut warnings = Vec::new();
        let mut results: Vec<Result<BoundJob, Vec<Diagnostic>>> =
            jobs.jobs.iter().map(|_| Err(Vec::new())).collect();
        let mut errors = jobs.duplicates();
        let clusters = self.bound.into_iter().zip(self.metadata);
        for (members, (bound, metadata)) in jobs.by_cluster.values().zip(clusters) {
            errors.extend(bind_errors(&bound.errors, |origin| {
                jobs.loaded.place(origin)
            }));
            for ((&at, object), metadata) in members.iter().zip(bound.objects).zip(metadata) {
                let (path, job) = &jobs.jobs[at];
                let answered = object
                    .and_then(|object| job.with_object(object).with_metadata(schema, &metadata));
                let finished = match answered {
                    Ok(job) => {
                        let finished = job.finish(schema, tiers);
                        warnings.extend(jobs.loaded.warnings_of_job(path, &finished));
                        finished.job
                    }
                    Err(error) => Err(match job.wrong_parts() {
                        parts if parts.is_empty() => vec![error.into()],
                        parts => parts,
                    }),
                };
                results[at] = finished.map_err(|problems| {
                    problems
                        .iter()
                        .filter(|problem| !is_reported(problem, &bound.errors))
                        .map(|problem| jobs.loaded.job_error(path, problem))
                        .collect()
                });
            }
        }
        let mut rendered = Vec::with_capacity(results.len());
        for result in results {
            match result {
                Ok(job) => rendered.push(job),
                Err(of_job) => errors.extend(of_job),
            }
        }
        FinishedJobs {
            jobs: Diagnostics::check(errors).map(|()| rendered),
            warnings,
        }
    }
}

/// Returns true if a ref is unbound because its binder failed, which is an error itself.
fn is_reported(problem: &JobProblem, errors: &[BindError]) -> bool {
    match problem {
        JobProblem::Unbound { first, .. } => errors.iter().any(|error| {
            error.address == first.reference || error.address.scoped_to(&first.reference).is_some()
        }),
        _ => false,
    }
}

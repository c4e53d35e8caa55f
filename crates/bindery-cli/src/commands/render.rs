//! `bindery render`: a job file in, its jobs with every reference bound out.

use std::{collections::BTreeMap, path::PathBuf, rc::Rc};

use bindery_core::{BindError, Value, bind_all, bind_text};
use bindery_job::{BoundJob, Job, JobKey, JobProblem, Schema, Selection};
use clap::Args;

use crate::{
    binding::Binding,
    context::Context,
    job_file::{Loaded, Sandbox, read_text},
    output,
    report::{Failure, Failures, Place, warn},
    unbound,
};

/// Print the jobs of a file with every reference bound
///
/// The file is evaluated, binders of plugins answer the refs to images and the like, and the jobs are checked. What the scheduler
/// binds when a task runs stays: `{{thermos.ports[NAME]}}`, `{{thermos.task_id}}`, `{{mesos.instance}}` and `{{mesos.hostname}}`.
/// The output is `{"jobs": [...]}`, which --read-json reads again. It depends on the file, what the file reads, the bindings, the
/// user's name and the binders' answers, and on nothing else. Nothing is written unless all of it succeeds.
#[derive(Args)]
pub struct Render {
    /// Job file in Python syntax; with --text, a file of any kind
    file: PathBuf,
    /// Only this job, as in `west/www-data/prod/hello`
    #[arg(value_name = "JOBKEY", conflicts_with_all = ["cluster", "role", "env"])]
    job_key: Option<JobKey>,
    /// Only jobs of this cluster; with --text, the cluster that binders ask about
    #[arg(long, value_name = "NAME")]
    cluster: Option<String>,
    /// Only jobs of this role
    #[arg(long, value_name = "NAME")]
    role: Option<String>,
    /// Only jobs of this environment
    #[arg(long, value_name = "NAME")]
    env: Option<String>,
    /// Bind a ref before all else; may be repeated, and the last one wins
    #[arg(long = "bind", value_name = "NAME=VALUE")]
    bindings: Vec<Binding>,
    /// The file is JSON: one job, or `{"jobs": [...]}`
    #[arg(long)]
    read_json: bool,
    /// Take the file as plain text: bind the refs that a binder claims, and keep all else byte for byte
    #[arg(long, conflicts_with_all = ["read_json", "job_key", "role", "env", "bindings"])]
    text: bool,
    /// Write to this file, whole or not at all, instead of standard output
    #[arg(long, value_name = "FILE")]
    to_file: Option<PathBuf>,
    #[command(flatten)]
    sandbox: Sandbox,
}

impl Render {
    /// Renders, and writes if all of it succeeded.
    pub fn run(&self, context: &Context<'_>) -> Result<(), Failures> {
        let document = if self.text {
            self.bind_text(context)?
        } else {
            self.bind_jobs(context)?
        };
        match &self.to_file {
            Some(file) => output::write_file(file, &document),
            None => output::print(&document),
        }
    }

    fn bind_text(&self, context: &Context<'_>) -> Result<String, Failures> {
        let text = read_text(&self.file)?;
        let bound = bind_text(&text, &context.binders(self.cluster.as_deref())?);
        // The origin of a ref in a text is the byte at which its tag begins.
        let place = |origin: bindery_core::Origin| {
            let before = &text[..text.floor_char_boundary(origin.0 as usize)];
            let line_start = before.rfind('\n').map_or(0, |at| at + 1);
            let line = before.matches('\n').count() + 1;
            let column = before[line_start..].chars().count() + 1;
            Some(Place {
                file: self.file.clone(),
                position: Some((line, column)),
                line: text[line_start..].lines().next().map(str::to_owned),
            })
        };
        Failures::check(unbound::failures(&bound.errors, place))?;
        Ok(bound.text)
    }

    fn bind_jobs(&self, context: &Context<'_>) -> Result<String, Failures> {
        let schema = Rc::new(Schema::new());
        let loaded = if self.read_json {
            Loaded::read_json(&self.file, &schema)?
        } else {
            Loaded::evaluate(&self.file, schema.prelude(), &self.sandbox, context)?
        };
        let bindings: Vec<Value> = self.bindings.iter().map(Binding::to_value).collect();
        let jobs = loaded.jobs(&schema, &bindings, &self.selection())?;
        self.warn_of_shadowed(&jobs);
        let jobs = Pass::new(&loaded, jobs)?.run(&schema, context)?;
        BoundJob::document(&jobs).map_err(|error| loaded.template_failure(&error).into())
    }

    /// Says which bindings change nothing, since a job's own fields come before what is bound to it.
    fn warn_of_shadowed(&self, jobs: &[Job]) {
        for reference in self.bindings.iter().map(Binding::reference) {
            if jobs.iter().any(|job| job.shadows(&reference)) {
                let address = reference.address();
                warn(
                    &format!(
                        "binding `{address}` does not change a job that has a `{address}` of its own"
                    ),
                    "write a ref of another name in the file, as in `{{my_role}}`, and bind that",
                );
            }
        }
    }

    fn selection(&self) -> Selection {
        match &self.job_key {
            Some(key) => key.clone().into(),
            None => Selection {
                cluster: self.cluster.clone(),
                role: self.role.clone(),
                environment: self.env.clone(),
                name: None,
            },
        }
    }
}

/// The jobs of one run on their way through the binders.
struct Pass<'l> {
    loaded: &'l Loaded,
    jobs: Vec<(String, Job)>,
    /// Positions in `jobs`: binders answer for one cluster at a time.
    by_cluster: BTreeMap<Option<String>, Vec<usize>>,
}

impl<'l> Pass<'l> {
    fn new(loaded: &'l Loaded, selected: Vec<Job>) -> Result<Self, Failures> {
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

    /// Asks the binders, and finishes every job; all errors are reported together.
    fn run(self, schema: &Schema, context: &Context<'_>) -> Result<Vec<BoundJob>, Failures> {
        let mut outcomes: Vec<Result<BoundJob, Vec<Failure>>> =
            self.jobs.iter().map(|_| Err(Vec::new())).collect();
        let mut failures = Vec::new();
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
                        let finished = job.with_object(object).finish(schema);
                        self.loaded.warn_of_job(path, &finished);
                        finished.job
                    }
                    Err(error) => Err(vec![error.into()]),
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

/// Whether a ref is open because its binder failed, which is an error of its own.
fn is_told(problem: &JobProblem, errors: &[BindError]) -> bool {
    match problem {
        JobProblem::Unbound { first, .. } => errors.iter().any(|error| {
            error.address == first.reference || error.address.scoped_to(&first.reference).is_some()
        }),
        _ => false,
    }
}

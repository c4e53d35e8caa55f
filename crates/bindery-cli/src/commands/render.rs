//! `bindery render`: a job file in, its jobs with every reference bound out.

use std::path::PathBuf;
use std::rc::Rc;

use bindery_core::Value;
use bindery_diagnostic::Diagnostics;
use bindery_job::{Job, JobKey, Schema, Selection};
use clap::Args;

use crate::answers::Answers;
use crate::binding::Binding;
use crate::context::Context;
use crate::job_file::{Loaded, Sandbox};
use crate::lock::LockOptions;
use crate::pass::Pass;
use crate::report::warn;
use crate::target::Target;
use crate::{output, text_file};

/// Print the jobs of a file with every reference bound
///
/// The file is evaluated, binders of plugins answer the refs to images and the like, and the jobs are checked. What the scheduler
/// binds when a task runs stays: `{{thermos.ports[NAME]}}`, `{{thermos.task_id}}`, `{{mesos.instance}}` and `{{mesos.hostname}}`.
/// Refs that have an entry in the lock file beside FILE are bound to that; `bindery lock` writes it, and this command never does.
/// The output is `{"jobs": [...]}`, which --read-json reads again, or what --to says. It depends on the file, what the file reads,
/// the bindings, the user's name, the lock file and the binders' answers, and on nothing else. Nothing is written unless all of it
/// succeeds.
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
    /// In whose form
    #[arg(long, value_name = "FORM", default_value = "json")]
    to: Target,
    /// Take the file as plain text: bind the refs that a binder claims, and keep all else byte for byte
    #[arg(long, conflicts_with_all = ["read_json", "job_key", "role", "env", "to"])]
    text: bool,
    /// Write to this file, whole or not at all, instead of standard output
    #[arg(long, value_name = "FILE")]
    to_file: Option<PathBuf>,
    #[command(flatten)]
    lock: LockOptions,
    #[command(flatten)]
    sandbox: Sandbox,
}

impl Render {
    /// Says what plugins have to know of the command.
    pub fn prepare(&self, context: &Context<'_>) {
        self.lock.prepare(context);
    }

    /// Renders, and writes if all of it succeeded.
    pub fn run(&self, context: &Context<'_>) -> Result<(), Diagnostics> {
        let answers = self.lock.open(&self.file)?;
        let document = if self.text {
            let cluster = self.cluster.as_deref();
            let bound = text_file::bind(&self.file, cluster, &self.bindings, context, &*answers)?;
            bound.text.into_bytes()
        } else {
            self.bind_jobs(context, &*answers)?
        };
        match &self.to_file {
            Some(file) => output::write_file(file, &document),
            None => output::print_bytes(&document),
        }
    }

    fn bind_jobs(
        &self,
        context: &Context<'_>,
        answers: &dyn Answers,
    ) -> Result<Vec<u8>, Diagnostics> {
        let schema = Rc::new(Schema::new());
        let loaded = if self.read_json {
            Loaded::read_json(&self.file, &schema)?
        } else {
            Loaded::evaluate(
                &self.file,
                context.prelude(&schema)?,
                &self.sandbox,
                context,
            )?
        };
        let bindings: Vec<Value> = self.bindings.iter().map(Binding::to_value).collect();
        let jobs = loaded.jobs(&schema, &bindings, &self.selection())?;
        self.warn_of_shadowed(&jobs);
        let jobs = Pass::new(&loaded, jobs)?
            .bind(context, answers)?
            .finish(&schema, None)?;
        self.to.encode(&jobs, context.environment())
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

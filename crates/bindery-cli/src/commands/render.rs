//! `bindery render`: jobs of a file with every ref bound.

use std::path::PathBuf;

use bindery_diagnostic::Diagnostics;
use bindery_job::{JobKey, Selection};
use bindery_render::{BinderSource, Binding, Input, Renderer};
use clap::Args;

use crate::args::{LockOptions, Sandbox};
use crate::output;
use crate::plugin_binders::PluginBinders;
use crate::report::report_warnings;
use crate::session::{Mode, Session};
use crate::target::Target;

/// Print the jobs of a file with every reference bound
///
/// Evaluates FILE, asks the binders of plugins for the refs in the selected jobs, and checks the jobs. Refs that only the scheduler
/// can bind stay: `{{thermos.ports[NAME]}}`, `{{thermos.task_id}}`, `{{mesos.instance}}` and `{{mesos.hostname}}`.
///
/// A ref with an entry in the lock file next to FILE is bound to that entry. `bindery lock` writes the lock file; this command does not.
///
/// The output is `{"jobs": [...]}`, which --read-json reads, or the format of --to. It depends only on FILE and the files that FILE
/// reads, the bindings, the user's name, the lock file and the answers of binders. If anything fails, nothing is written.
#[derive(Args)]
pub struct Render {
    /// Job file in Python syntax; with --text, any text file
    file: PathBuf,
    /// Render only this job, as in `west/www-data/prod/hello`
    #[arg(value_name = "JOBKEY", conflicts_with_all = ["cluster", "role", "env"])]
    job_key: Option<JobKey>,
    /// Render only jobs of this cluster; with --text, bind for this cluster
    #[arg(long, value_name = "NAME")]
    cluster: Option<String>,
    /// Render only jobs of this role
    #[arg(long, value_name = "NAME")]
    role: Option<String>,
    /// Render only jobs of this environment
    #[arg(long, value_name = "NAME")]
    env: Option<String>,
    /// Bind a ref to a text; repeatable, the last binding of a ref wins
    #[arg(long = "bind", value_name = "NAME=VALUE")]
    bindings: Vec<Binding>,
    /// Read FILE as JSON: one job, or `{"jobs": [...]}`
    #[arg(long)]
    read_json: bool,
    /// Write this format
    #[arg(long, value_name = "FORMAT", default_value = "json")]
    to: Target,
    /// Read FILE as plain text: bind the refs that a binder claims and copy the rest byte for byte
    #[arg(long, conflicts_with_all = ["read_json", "job_key", "role", "env", "to"])]
    text: bool,
    /// Write to a file, all or nothing, instead of standard output
    #[arg(long, value_name = "FILE")]
    to_file: Option<PathBuf>,
    #[command(flatten)]
    lock: LockOptions,
    #[command(flatten)]
    sandbox: Sandbox,
}

impl Render {
    /// Returns the mode of a run.
    pub fn mode(&self) -> Mode {
        self.lock.mode()
    }

    /// Renders, and writes the result.
    pub fn run(&self, session: &Session<'_>) -> Result<(), Diagnostics> {
        let binders = PluginBinders::new(session);
        let source = self.lock.open(&self.file, &binders)?;
        let document = if self.text {
            let renderer = Renderer::new(&*source);
            let rendered = renderer.text(&self.file, self.cluster.as_deref(), &self.bindings)?;
            rendered.text.into_bytes()
        } else {
            self.render_jobs(session, &*source)?
        };
        match &self.to_file {
            Some(file) => output::write_file(file, &document),
            None => output::print_bytes(&document),
        }
    }

    fn render_jobs(
        &self,
        session: &Session<'_>,
        source: &dyn BinderSource,
    ) -> Result<Vec<u8>, Diagnostics> {
        let renderer = session.renderer(&self.sandbox, source)?;
        let rendered = renderer.jobs(&self.input(), &self.selection(), &self.bindings);
        let rendered = report_warnings(rendered, |rendered| &rendered.warnings)?;
        self.to.encode(&rendered.jobs, session.environment())
    }

    fn input(&self) -> Input {
        if self.read_json {
            Input::Json(self.file.clone())
        } else {
            Input::File(self.file.clone())
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

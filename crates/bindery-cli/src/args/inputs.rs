//! Files of the commands that read or write lock files and fixtures.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use bindery_core::Answer;
use bindery_diagnostic::Diagnostics;
use bindery_job::Selection;
use bindery_lockfile::{LockKey, RecallPolicy};
use bindery_render::{BinderSource, Binding, Input, KeyedAnswer, LockFile, LockSource, Renderer};
use clap::Args;

use crate::args::lock::LockPath;
use crate::args::sandbox::Sandbox;
use crate::plugin_binders::PluginBinders;
use crate::report::report_warnings;
use crate::session::Session;

/// Files with refs, and the way they are read.
#[derive(Args)]
pub struct Inputs {
    /// Job files in Python syntax; with --text, text files
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Bind a ref to a text; repeatable, the last binding of a ref wins
    #[arg(long = "bind", value_name = "NAME=VALUE")]
    bindings: Vec<Binding>,
    /// Read the files as JSON: one job, or `{"jobs": [...]}`
    #[arg(long)]
    read_json: bool,
    /// Read the files as plain text
    #[arg(long, conflicts_with = "read_json")]
    text: bool,
    /// With --text, bind for this cluster
    #[arg(long, value_name = "NAME", requires = "text")]
    cluster: Option<String>,
    #[command(flatten)]
    sandbox: Sandbox,
}

/// Files with refs, and the path of their lock file.
#[derive(Args)]
pub struct LockedInputs {
    #[command(flatten)]
    inputs: Inputs,
    #[command(flatten)]
    path: LockPath,
}

/// Lock file, and the files that it belongs to.
pub struct LockedFiles<'f> {
    /// The lock file.
    pub lock: LockFile,
    /// Use of its entries.
    pub policy: RecallPolicy,
    files: Vec<&'f Path>,
}

impl LockedFiles<'_> {
    /// Returns the same files with another state of the lock file.
    pub fn with_lock(&self, lock: LockFile, policy: RecallPolicy) -> Self {
        Self {
            lock,
            policy,
            files: self.files.clone(),
        }
    }
}

impl LockedInputs {
    /// Reads the lock files of all files.
    pub fn read_locks(&self, policy: &RecallPolicy) -> Result<Vec<LockedFiles<'_>>, Diagnostics> {
        let mut by_lock: BTreeMap<PathBuf, Vec<&Path>> = BTreeMap::new();
        for file in &self.inputs.files {
            by_lock
                .entry(self.path.for_file(file))
                .or_default()
                .push(file);
        }
        let locks = by_lock.into_iter().map(|(path, files)| {
            Ok(LockedFiles {
                lock: LockFile::read(path)?,
                policy: policy.clone(),
                files,
            })
        });
        locks.collect()
    }

    /// Returns the answer to each ref of the files. The errors of all files are reported together.
    pub fn bind(
        &self,
        locked: &LockedFiles<'_>,
        session: &Session<'_>,
    ) -> Result<BTreeMap<LockKey, Answer>, Diagnostics> {
        let binders = PluginBinders::new(session);
        let source = LockSource::new(&locked.lock, locked.policy.clone(), &binders);
        let renderer = self.inputs.renderer(&source, session)?;
        let mut bound = BTreeMap::new();
        let mut errors = Vec::new();
        for file in &locked.files {
            match self.inputs.bind_file(file, &renderer) {
                Ok(answers) => {
                    bound.extend(answers.into_iter().map(|keyed| (keyed.key, keyed.answer)));
                }
                Err(of_file) => errors.extend(of_file.into_vec()),
            }
        }
        Diagnostics::check(errors)?;
        Ok(bound)
    }
}

impl Inputs {
    /// Asks `source` for the refs of all files. Errors of binders are ignored; the errors of all files are reported together.
    pub fn ask(&self, source: &dyn BinderSource, session: &Session<'_>) -> Result<(), Diagnostics> {
        let renderer = self.renderer(source, session)?;
        let ask = |file: &PathBuf| {
            if self.text {
                let cluster = self.cluster.as_deref();
                return Ok(renderer.ask_text(file, cluster, &self.bindings)?);
            }
            let asked = renderer.ask(&self.input(file), &self.bindings);
            report_warnings(asked, |warnings| warnings).map(drop)
        };
        let errors = self.files.iter().map(ask).filter_map(Result::err);
        Diagnostics::check(errors.flat_map(Diagnostics::into_vec).collect())
    }

    /// Returns a renderer for all files. Text files need neither settings nor the job schema.
    fn renderer<'r>(
        &self,
        source: &'r dyn BinderSource,
        session: &'r Session<'_>,
    ) -> Result<Renderer<'r>, Diagnostics> {
        if self.text {
            return Ok(Renderer::new(source));
        }
        session.renderer(&self.sandbox, source)
    }

    fn input(&self, file: &Path) -> Input {
        if self.read_json {
            Input::Json(file.to_owned())
        } else {
            Input::File(file.to_owned())
        }
    }

    fn bind_file(
        &self,
        file: &Path,
        renderer: &Renderer<'_>,
    ) -> Result<Vec<KeyedAnswer>, Diagnostics> {
        if self.text {
            let rendered = renderer.text(file, self.cluster.as_deref(), &self.bindings)?;
            return Ok(rendered.answers);
        }
        let loaded = report_warnings(renderer.load(&self.input(file)), |loaded| &loaded.warnings)?;
        let schema = renderer.prelude.schema();
        let jobs = loaded.select(schema, &self.bindings, &Selection::default())?;
        // Every job is checked: the answers for a job that cannot be rendered do not belong into a lock file.
        let rendered =
            report_warnings(renderer.bind(&loaded, jobs), |rendered| &rendered.warnings)?;
        Ok(rendered.answers)
    }
}

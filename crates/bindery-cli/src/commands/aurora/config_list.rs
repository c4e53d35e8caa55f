//! `aurora config list`: the keys of a file's jobs.

use std::rc::Rc;

use bindery_diagnostic::{Diagnostics, Kind};
use bindery_job::{Job, Schema, Selection};
use clap::Args;

use super::Everywhere;
use super::source::{Source, with_heading};
use crate::context::Context;
use crate::job_file::Loaded;
use crate::output;

/// List the jobs of a configuration by their keys
///
/// Asks nobody and runs no binders.
#[derive(Args)]
pub struct List {
    #[command(flatten)]
    source: Source,
    #[command(flatten)]
    everywhere: Everywhere,
}

impl List {
    /// Prints `jobs=[…]`.
    pub fn run(&self, context: &Context<'_>) -> Result<(), Diagnostics> {
        let keys = self.keys(context).map_err(|failures| {
            let heading = "Error loading configuration file";
            with_heading(heading, Kind::Failed, failures)
        })?;
        output::print(&format!("jobs=[{}]\n", keys.join(", ")))
    }

    fn keys(&self, context: &Context<'_>) -> Result<Vec<String>, Diagnostics> {
        let schema = Rc::new(Schema::new());
        let loaded = self.source.load(&schema, context)?;
        if loaded.defines_no_jobs() {
            return Ok(Vec::new());
        }
        let jobs = loaded.jobs(&schema, &self.source.bindings(), &Selection::default())?;
        jobs.iter().map(|job| key(&loaded, job)).collect()
    }
}

fn key(loaded: &Loaded, job: &Job) -> Result<String, Diagnostics> {
    job.path()
        .map_err(|error| loaded.template_failure(&error).into())
}

//! `aurora config list`: the keys of the jobs of a file.

use bindery_diagnostic::{Diagnostics, Kind};
use bindery_job::Selection;
use clap::Args;

use super::hooks::HookOptions;
use super::source::{Source, with_heading};
use crate::output;
use crate::plugin_binders::PluginBinders;
use crate::report::report_warnings;
use crate::session::Session;

/// List the jobs of a configuration by their keys
///
/// Calls no binder.
#[derive(Args)]
pub struct List {
    #[command(flatten)]
    source: Source,
    #[command(flatten)]
    hooks: HookOptions,
}

impl List {
    /// Prints `jobs=[…]`.
    pub fn run(&self, session: &Session<'_>) -> Result<(), Diagnostics> {
        let keys = self.keys(session).map_err(|errors| {
            let heading = "Error loading configuration file";
            with_heading(heading, Kind::Failed, errors)
        })?;
        output::print(&format!("jobs=[{}]\n", keys.join(", ")))
    }

    fn keys(&self, session: &Session<'_>) -> Result<Vec<String>, Diagnostics> {
        let binders = PluginBinders::new(session);
        let renderer = session.renderer(&self.source.sandbox, &binders)?;
        let loaded = renderer.load(&self.source.input());
        let loaded = report_warnings(loaded, |loaded| &loaded.warnings)?;
        if loaded.defines_no_jobs() {
            return Ok(Vec::new());
        }
        let schema = renderer.prelude.schema();
        let jobs = loaded.select(schema, &self.source.bindings, &Selection::default())?;
        let keys = jobs.iter().map(|job| {
            job.path()
                .map_err(|error| loaded.template_error(&error).into())
        });
        keys.collect()
    }
}

//! `bindery aurora`, and `bindery` called by the name `aurora`: the Aurora client's own command line.

mod config_list;
mod job_inspect;
mod source;

use bindery_diagnostic::Diagnostics;
use clap::{Args, Subcommand};

use crate::context::Context;

/// Speak the Aurora client's command line
///
/// The same as calling this program by the name `aurora`, be it through a link. Exit codes are the original's: a configuration that
/// cannot be used, whatever the cause, is 3, and a usage error 2.
#[derive(Subcommand)]
#[command(infer_long_args = true)]
pub enum Aurora {
    #[command(subcommand)]
    Config(Config),
    #[command(subcommand)]
    Job(Job),
}

/// Work with job files
#[derive(Subcommand)]
#[command(infer_long_args = true)]
pub enum Config {
    List(config_list::List),
}

/// Work with jobs
#[derive(Subcommand)]
#[command(infer_long_args = true)]
pub enum Job {
    Inspect(job_inspect::Inspect),
}

/// What the original's plugins add to every verb.
#[derive(Args)]
pub struct Everywhere {
    /// Accepted as the original does; there are no hooks that could be skipped
    #[arg(long, value_name = "HOOKS")]
    skip_hooks: Option<String>,
}

impl Aurora {
    /// Runs the verb.
    pub fn run(&self, context: &Context<'_>) -> Result<(), Diagnostics> {
        match self {
            Aurora::Config(Config::List(verb)) => verb.run(context),
            Aurora::Job(Job::Inspect(verb)) => verb.run(context),
        }
    }
}

//! `bindery aurora`, and the program called by the name `aurora`: the command line of the Aurora client.

mod config_list;
mod hooks;
mod job_inspect;
mod source;

use bindery_diagnostic::Diagnostics;
use clap::Subcommand;

use crate::session::Session;

/// Run a command of the Aurora client
///
/// Same as calling this program by the name `aurora`, for example through a link. Exit codes are the Aurora client's: 3 for a
/// configuration that cannot be used, for any reason, and 2 for a usage error.
#[derive(Subcommand)]
#[command(infer_long_args = true)]
pub enum Aurora {
    #[command(subcommand)]
    Config(Config),
    #[command(subcommand)]
    Job(Job),
}

/// Inspect job files
#[derive(Subcommand)]
#[command(infer_long_args = true)]
pub enum Config {
    List(config_list::List),
}

/// Inspect jobs
#[derive(Subcommand)]
#[command(infer_long_args = true)]
pub enum Job {
    Inspect(job_inspect::Inspect),
}

impl Aurora {
    /// Runs the verb.
    pub fn run(&self, session: &Session<'_>) -> Result<(), Diagnostics> {
        match self {
            Aurora::Config(Config::List(verb)) => verb.run(session),
            Aurora::Job(Job::Inspect(verb)) => verb.run(session),
        }
    }
}

//! `bindery cluster`: clusters and their values.

mod list;
mod show;

use bindery_diagnostic::Diagnostics;
use clap::Subcommand;

use crate::session::Session;

/// Show clusters and their values
#[derive(Subcommand)]
pub enum Cluster {
    List(list::List),
    Show(show::Show),
}

impl Cluster {
    /// Runs the verb.
    pub fn run(&self, session: &Session<'_>) -> Result<(), Diagnostics> {
        match self {
            Self::List(verb) => verb.run(session),
            Self::Show(verb) => verb.run(session),
        }
    }
}

//! `bindery auth`: credentials for registries.

mod explain;

use bindery_diagnostic::Diagnostics;
use clap::Subcommand;

use crate::session::Session;

/// Show the credentials for registries
#[derive(Subcommand)]
pub enum Auth {
    Explain(explain::Explain),
}

impl Auth {
    /// Runs the verb.
    pub fn run(&self, session: &Session<'_>) -> Result<(), Diagnostics> {
        match self {
            Self::Explain(verb) => verb.run(session),
        }
    }
}

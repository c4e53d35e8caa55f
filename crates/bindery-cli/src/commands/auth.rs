//! `bindery auth`: who we are to a registry.

mod explain;

use bindery_diagnostic::Diagnostics;
use clap::Subcommand;

use crate::context::Context;

/// Show which credentials are found
#[derive(Subcommand)]
pub enum Auth {
    Explain(explain::Explain),
}

impl Auth {
    /// Runs the verb.
    pub fn run(&self, context: &Context) -> Result<(), Diagnostics> {
        match self {
            Self::Explain(verb) => verb.run(context),
        }
    }
}

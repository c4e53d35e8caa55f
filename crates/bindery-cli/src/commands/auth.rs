//! `bindery auth`: who we are to a registry.

mod explain;

use clap::Subcommand;

use crate::{context::Context, report::Failures};

/// Show which credentials are found
#[derive(Subcommand)]
pub enum Auth {
    Explain(explain::Explain),
}

impl Auth {
    /// Runs the verb.
    pub fn run(&self, context: &Context) -> Result<(), Failures> {
        match self {
            Self::Explain(verb) => verb.run(context),
        }
    }
}

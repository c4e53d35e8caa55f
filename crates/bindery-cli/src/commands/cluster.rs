//! `bindery cluster`: what is known of the clusters.

mod list;
mod show;

use bindery_diagnostic::Diagnostics;
use clap::Subcommand;

use crate::context::Context;

/// Show which clusters there are, and what is known of them
#[derive(Subcommand)]
pub enum Cluster {
    List(list::List),
    Show(show::Show),
}

impl Cluster {
    /// Runs the verb.
    pub fn run(&self, context: &Context) -> Result<(), Diagnostics> {
        match self {
            Self::List(verb) => verb.run(context),
            Self::Show(verb) => verb.run(context),
        }
    }
}

//! `bindery image`: what registries hold.

mod list;
mod referrers;
mod resolve;

use bindery_diagnostic::Diagnostics;
use clap::Subcommand;

use crate::context::Context;

/// Ask registries about images
#[derive(Subcommand)]
pub enum Image {
    Resolve(resolve::Resolve),
    List(list::List),
    Referrers(referrers::Referrers),
}

impl Image {
    /// Runs the verb.
    pub fn run(&self, context: &Context) -> Result<(), Diagnostics> {
        match self {
            Self::Resolve(verb) => verb.run(context),
            Self::List(verb) => verb.run(context),
            Self::Referrers(verb) => verb.run(context),
        }
    }
}

//! `bindery image`: images in registries.

mod list;
mod referrers;
mod resolve;

use bindery_diagnostic::Diagnostics;
use clap::Subcommand;

use crate::session::Session;

/// Query images in registries
#[derive(Subcommand)]
pub enum Image {
    Resolve(resolve::Resolve),
    List(list::List),
    Referrers(referrers::Referrers),
}

impl Image {
    /// Runs the verb.
    pub fn run(&self, session: &Session<'_>) -> Result<(), Diagnostics> {
        match self {
            Self::Resolve(verb) => verb.run(session),
            Self::List(verb) => verb.run(session),
            Self::Referrers(verb) => verb.run(session),
        }
    }
}

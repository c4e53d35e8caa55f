//! `bindery image`: what registries hold.

mod list;
mod referrers;
mod resolve;

use clap::Subcommand;

use crate::{context::Context, report::Failures};

/// Ask registries about images
#[derive(Subcommand)]
pub enum Image {
    Resolve(resolve::Resolve),
    List(list::List),
    Referrers(referrers::Referrers),
}

impl Image {
    /// Runs the verb.
    pub fn run(&self, context: &Context) -> Result<(), Failures> {
        match self {
            Self::Resolve(verb) => verb.run(context),
            Self::List(verb) => verb.run(context),
            Self::Referrers(verb) => verb.run(context),
        }
    }
}

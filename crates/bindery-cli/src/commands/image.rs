//! `bindery image`: what registries hold.

mod resolve;

use clap::Subcommand;

use crate::{context::Context, report::Failures};

/// Ask registries about images
#[derive(Subcommand)]
pub enum Image {
    Resolve(resolve::Resolve),
}

impl Image {
    /// Runs the verb.
    pub fn run(&self, context: &Context) -> Result<(), Failures> {
        match self {
            Self::Resolve(verb) => verb.run(context),
        }
    }
}

//! `bindery plugin`: which plugins there are, and whether they are fit.

mod check;
mod list;
mod serve;
mod show;

use clap::Subcommand;

use crate::{context::Context, report::Failures};

/// Show which plugins are found, what they provide, and whether they are fit
#[derive(Subcommand)]
pub enum Plugin {
    List(list::List),
    Show(show::Show),
    Check(check::Check),
    #[command(hide = true)]
    Serve(serve::Serve),
}

impl Plugin {
    /// Runs the verb.
    pub fn run(&self, context: &Context) -> Result<(), Failures> {
        match self {
            Self::List(verb) => verb.run(context),
            Self::Show(verb) => verb.run(context),
            Self::Check(verb) => verb.run(context),
            Self::Serve(verb) => verb.run(),
        }
    }
}

//! `bindery plugin`: which plugins there are, whether they are fit, how one begins, and what they answer.

mod check;
mod list;
mod new;
mod record;
mod serve;
mod show;

use bindery_diagnostic::Diagnostics;
use clap::Subcommand;

use crate::context::Context;
use crate::stack::with_large_stack;

/// Show which plugins are found, what they provide, and whether they are fit; start one; keep what they answer
#[derive(Subcommand)]
pub enum Plugin {
    List(list::List),
    Show(show::Show),
    Check(check::Check),
    New(new::New),
    Record(record::Record),
    #[command(hide = true)]
    Serve(serve::Serve),
}

impl Plugin {
    /// Runs the verb.
    pub fn run(&self, context: &Context) -> Result<(), Diagnostics> {
        match self {
            Self::List(verb) => verb.run(context),
            Self::Show(verb) => verb.run(context),
            Self::Check(verb) => verb.run(context),
            Self::New(verb) => verb.run(),
            Self::Record(verb) => with_large_stack(|| verb.run(context)),
            Self::Serve(verb) => verb.run(),
        }
    }
}

//! `bindery plugin`: plugins of the search path, and tools for their authors.

mod check;
mod list;
mod new;
mod record;
mod serve;
mod show;

use bindery_diagnostic::Diagnostics;
use clap::Subcommand;

use crate::session::{Mode, Session};
use crate::stack::with_large_stack;

/// Manage, check and create plugins
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
    /// Returns the mode of a run of the verb.
    pub fn mode(&self) -> Mode {
        Mode {
            record: matches!(self, Self::Record(_)),
            ..Mode::default()
        }
    }

    /// Runs the verb.
    pub fn run(&self, session: &Session<'_>) -> Result<(), Diagnostics> {
        match self {
            Self::List(verb) => verb.run(session),
            Self::Show(verb) => verb.run(session),
            Self::Check(verb) => verb.run(session),
            Self::New(verb) => verb.run(),
            Self::Record(verb) => with_large_stack(|| verb.run(session)),
            Self::Serve(verb) => verb.run(),
        }
    }
}

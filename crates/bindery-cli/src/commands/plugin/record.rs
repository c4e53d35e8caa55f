//! `bindery plugin record`: what binders answer now, kept for tests.

use std::path::PathBuf;

use bindery_diagnostic::Diagnostics;
use clap::Args;

use crate::context::Context;
use crate::fixture::{self, Recorder};
use crate::locking::Inputs;
use crate::output;
use crate::report::warn;

/// Ask binders for the refs of files, and keep what they answer for tests
///
/// Each question and its answer, or the error that came instead, becomes a line of the fixture; a fixture that is there is replaced.
/// `bindery render --replay` and `bindery test` answer from it: no plugin is looked for then, and nobody is asked. Lock files play
/// no part.
#[derive(Args)]
pub struct Record {
    #[command(flatten)]
    inputs: Inputs,
    /// The fixture that is written
    #[arg(long, value_name = "FIXTURE", default_value = fixture::FILE_NAME)]
    to: PathBuf,
}

impl Record {
    /// Asks, and writes if all files could be read.
    pub fn run(&self, context: &Context<'_>) -> Result<(), Diagnostics> {
        context.record();
        let recorder = Recorder::default();
        self.inputs.ask(&recorder, context)?;
        let (mut answers, mut errors) = (0, 0);
        for (question, outcome) in recorder.fixture().iter() {
            let Err(error) = outcome else {
                answers += 1;
                continue;
            };
            errors += 1;
            let message = format!("`{}` is recorded as an error: {error}", question.address);
            warn(&message, error.hint.as_deref().unwrap_or_default());
        }
        recorder.write(&self.to)?;
        output::print(&format!(
            "{}: {answers} answered, {errors} failed\n",
            self.to.display()
        ))
    }
}

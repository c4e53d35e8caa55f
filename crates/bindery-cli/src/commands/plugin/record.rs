//! `bindery plugin record`: a recording of binders for tests.

use std::path::PathBuf;

use bindery_diagnostic::Diagnostics;
use bindery_render::{FIXTURE_FILE_NAME, RecordSource};
use clap::Args;

use crate::args::Inputs;
use crate::output;
use crate::plugin_binders::PluginBinders;
use crate::report::warn;
use crate::session::Session;

/// Record the answers of binders for tests
///
/// Asks binders for the refs of files. Each ref becomes a line of the fixture, with its answer or its error; an existing fixture is
/// replaced. `bindery render --replay` and `bindery test` answer refs from the fixture and call no plugin. Lock files are not used.
#[derive(Args)]
pub struct Record {
    #[command(flatten)]
    inputs: Inputs,
    /// Write this fixture
    #[arg(long, value_name = "FIXTURE", default_value = FIXTURE_FILE_NAME)]
    to: PathBuf,
}

impl Record {
    /// Asks binders, and writes the fixture if all files could be read.
    pub fn run(&self, session: &Session<'_>) -> Result<(), Diagnostics> {
        let binders = PluginBinders::new(session);
        let patterns = |binder: &str| {
            let mut plugins = session.plugins().ok()?.iter();
            plugins.find_map(|plugin| {
                let mut binders = plugin.description().binders.iter();
                let described = binders.find(|described| described.name == binder)?;
                Some(described.pattern.clone())
            })
        };
        let recorder = RecordSource::new(&binders, &patterns);
        self.inputs.ask(&recorder, session)?;
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
        let text = recorder.to_text()?;
        // A fixture that does not change keeps its time of modification.
        if !std::fs::read(&self.to).is_ok_and(|current| current == text.as_bytes()) {
            output::write_file(&self.to, text.as_bytes())?;
        }
        output::print(&format!(
            "{}: {answers} answered, {errors} failed\n",
            self.to.display()
        ))
    }
}

//! `bindery image list`: the tags of a repository.

use bindery_diagnostic::{Diagnostic, Diagnostics, Kind};
use clap::Args;
use serde::Serialize;

use crate::output::Output;
use crate::registry::parse_reference;
use crate::session::Session;

/// Print the tags of a repository, one a line, in the order of their bytes
///
/// JSON: `{"repository", "tags": [tag]}`
#[derive(Args)]
pub struct List {
    /// Repository, as in `quay.io/team/app`
    #[arg(value_name = "REPO")]
    repository: String,
    #[command(flatten)]
    output: Output,
}

#[derive(Serialize)]
struct Answer {
    repository: String,
    tags: Vec<String>,
}

impl List {
    /// Prints the tags.
    pub fn run(&self, session: &Session<'_>) -> Result<(), Diagnostics> {
        let of = parse_reference(&self.repository)?;
        if of.tag.is_some() || of.digest.is_some() {
            let message = format!("`{}` is an image, not a repository", self.repository);
            let failure = Diagnostic::new(Kind::Usage, message);
            return Err(failure.hint(format!("write `{}`", of.name())).into());
        }
        let client = session.registry()?;
        let tags = session
            .wait_for(client.tags(&of.registry, &of.repository))?
            .map_err(|error| Diagnostic::from(&error))?;
        let answer = Answer {
            repository: of.name(),
            tags: tags.iter().map(ToString::to_string).collect(),
        };
        self.output.write(&answer, |answer| {
            answer.tags.iter().map(|tag| format!("{tag}\n")).collect()
        })
    }
}

//! `bindery image list`: tags of a repository.

use bindery_diagnostic::{Diagnostic, Diagnostics, Kind};
use clap::Args;
use serde::Serialize;

use crate::output::Output;
use crate::registry::parse_reference;
use crate::session::Session;

/// Print the tags of a repository
///
/// Prints one tag per line, sorted by bytes.
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
struct TagList {
    repository: String,
    tags: Vec<String>,
}

impl List {
    /// Prints the tags.
    pub fn run(&self, session: &Session<'_>) -> Result<(), Diagnostics> {
        let reference = parse_reference(&self.repository)?;
        if reference.tag.is_some() || reference.digest.is_some() {
            let message = format!("`{}` is an image, not a repository", self.repository);
            let error = Diagnostic::new(Kind::Usage, message);
            return Err(error.hint(format!("write `{}`", reference.name())).into());
        }
        let client = session.registry()?;
        let tags = session
            .wait_for(client.tags(&reference.registry, &reference.repository))?
            .map_err(|error| Diagnostic::from(&error))?;
        let list = TagList {
            repository: reference.name(),
            tags: tags.iter().map(ToString::to_string).collect(),
        };
        self.output.write(&list, |list| {
            list.tags.iter().map(|tag| format!("{tag}\n")).collect()
        })
    }
}

//! `bindery cluster list`: clusters by name.

use bindery_diagnostic::Diagnostics;
use clap::Args;
use serde::Serialize;

use crate::output::{Output, columns};
use crate::session::Session;

/// List clusters and the files that define them
///
/// Reads `clusters.json` in $AURORA_CONFIG_ROOT (default: /etc/aurora) and in ~/.aurora. An entry in the second file replaces an entry of the
/// same name in the first file as a whole.
///
/// JSON: `{"clusters": [{"name", "file"}]}`
#[derive(Args)]
pub struct List {
    #[command(flatten)]
    output: Output,
}

#[derive(Serialize)]
struct Listing<'a> {
    clusters: Vec<Row<'a>>,
}

#[derive(Serialize)]
struct Row<'a> {
    name: &'a str,
    file: String,
}

impl List {
    /// Prints the list.
    pub fn run(&self, session: &Session<'_>) -> Result<(), Diagnostics> {
        let rows = session.clusters()?.iter().map(|cluster| Row {
            name: cluster.name(),
            file: cluster.file().display().to_string(),
        });
        let listing = Listing {
            clusters: rows.collect(),
        };
        self.output.write(&listing, |listing| {
            let rows = listing
                .clusters
                .iter()
                .map(|row| vec![row.name.to_owned(), row.file.clone()]);
            columns(&rows.collect::<Vec<_>>())
        })
    }
}

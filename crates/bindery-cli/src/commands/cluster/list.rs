//! `bindery cluster list`: the clusters, by name.

use bindery_diagnostic::Diagnostics;
use clap::Args;
use serde::Serialize;

use crate::context::Context;
use crate::output::{Output, columns};

/// List the clusters by name, each with the file that defines it
///
/// Clusters are read from `clusters.json` in $AURORA_CONFIG_ROOT (/etc/aurora if that is unset) and in ~/.aurora; an entry
/// in the second replaces the whole entry of that name in the first.
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
    pub fn run(&self, context: &Context) -> Result<(), Diagnostics> {
        let rows = context.clusters()?.iter().map(|cluster| Row {
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

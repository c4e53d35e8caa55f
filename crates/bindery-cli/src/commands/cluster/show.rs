//! `bindery cluster show`: all that is known of one cluster, and who says so.

use bindery_cluster::{ValueSource, View};
use bindery_diagnostic::Diagnostics;
use clap::Args;
use serde::Serialize;
use serde_json::Value;

use crate::context::Context;
use crate::output::{Output, columns};
use crate::plugins;

/// Show every value of a cluster and where it comes from
///
/// Keys that a plugin's trait declares have the type and the default of that trait; if several plugins give a key a default,
/// each is shown. A key that a trait needs and the cluster lacks, or whose value does not fit, is listed as a
/// problem; it stops only commands that need it.
///
/// JSON: `{"name", "file", "values": [{"key", "value", "from": {"file"} or {"trait", "plugin"}}], "problems": [text]}`
#[derive(Args)]
pub struct Show {
    /// Name of the cluster
    name: String,
    #[command(flatten)]
    output: Output,
}

#[derive(Serialize)]
struct Sheet<'a> {
    name: &'a str,
    file: String,
    values: Vec<Row<'a>>,
    problems: Vec<String>,
}

#[derive(Serialize)]
struct Row<'a> {
    key: &'a str,
    value: &'a Value,
    from: Origin<'a>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Origin<'a> {
    File {
        file: String,
    },
    Default {
        #[serde(rename = "trait")]
        declared_by: &'a str,
        plugin: &'a str,
    },
}

impl Show {
    /// Prints the sheet.
    pub fn run(&self, context: &Context) -> Result<(), Diagnostics> {
        let cluster = context.cluster(&self.name)?;
        let found = context.plugins()?;
        plugins::warn(found.problems());

        let mut views: Vec<(&str, View<'_>)> = Vec::new();
        let mut problems = Vec::new();
        for (plugin, declaration) in found.trait_declarations() {
            match cluster.view(std::slice::from_ref(declaration)) {
                Ok(view) => views.push((plugin, view)),
                Err(error) => problems.push(format!(
                    "{error} (plugin `{plugin}`, in `{}`)",
                    error.file.display()
                )),
            }
        }
        let written = cluster.keys().map(|(key, raw)| {
            let first = views.iter().find(|(_, view)| view.declares(key));
            Row {
                key,
                value: first.and_then(|(_, view)| view.get(key)).unwrap_or(raw),
                from: Origin::File {
                    file: cluster.file().display().to_string(),
                },
            }
        });
        // A plugin sees a cluster through its own traits alone, so two defaults of one key are both true.
        let defaults = views.iter().flat_map(|(plugin, view)| {
            view.entries()
                .filter_map(move |(key, value, source)| match source {
                    ValueSource::File(_) => None,
                    ValueSource::Default(declared_by) => Some(Row {
                        key,
                        value,
                        from: Origin::Default {
                            declared_by,
                            plugin,
                        },
                    }),
                })
        });
        let sheet = Sheet {
            name: cluster.name(),
            file: cluster.file().display().to_string(),
            values: written.chain(defaults).collect(),
            problems,
        };
        self.output.write(&sheet, text)
    }
}

fn text(sheet: &Sheet<'_>) -> String {
    let rows = sheet.values.iter().map(|row| {
        let value = match row.value.as_str() {
            Some(text) if !text.contains(char::is_control) => text.to_owned(),
            _ => row.value.to_string(),
        };
        let from = match &row.from {
            Origin::File { file } => file.clone(),
            Origin::Default {
                declared_by,
                plugin,
            } => {
                format!("default of {declared_by} (plugin `{plugin}`)")
            }
        };
        vec![row.key.to_owned(), value, from]
    });
    let problems = sheet
        .problems
        .iter()
        .map(|problem| format!("problem: {problem}\n"));
    columns(&rows.collect::<Vec<_>>()) + &problems.collect::<String>()
}

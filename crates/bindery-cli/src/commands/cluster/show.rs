//! `bindery cluster show`: values of a cluster and their origin.

use bindery_cluster::{ValueSource, View};
use bindery_diagnostic::Diagnostics;
use clap::Args;
use serde::Serialize;
use serde_json::Value;

use crate::output::{Output, columns};
use crate::session::Session;

/// Show the values of a cluster and their origin
///
/// A key that the trait of a plugin declares has the type and the default of the trait. If several plugins declare a default for a key, each
/// default is shown. A missing required key and a value of the wrong type are listed as problems; they are errors only for commands that
/// use the key.
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
struct ClusterValues<'a> {
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
    /// Prints the values.
    pub fn run(&self, session: &Session<'_>) -> Result<(), Diagnostics> {
        let cluster = session.cluster(&self.name)?;
        let plugins = session.plugins()?;
        crate::plugins::warn(plugins.problems());

        let mut views: Vec<(&str, View<'_>)> = Vec::new();
        let mut problems = Vec::new();
        for (plugin, declaration) in plugins.trait_declarations() {
            match cluster.view(std::slice::from_ref(declaration)) {
                Ok(view) => views.push((plugin, view)),
                Err(error) => problems.push(format!(
                    "{error} (plugin `{plugin}`, in `{}`)",
                    error.file.display()
                )),
            }
        }
        let of_file = cluster.keys().map(|(key, raw)| {
            let first = views.iter().find(|(_, view)| view.declares(key));
            Row {
                key,
                value: first.and_then(|(_, view)| view.get(key)).unwrap_or(raw),
                from: Origin::File {
                    file: cluster.file().display().to_string(),
                },
            }
        });
        // A plugin receives a cluster with its own traits alone, so a key may have two defaults.
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
        let values = ClusterValues {
            name: cluster.name(),
            file: cluster.file().display().to_string(),
            values: of_file.chain(defaults).collect(),
            problems,
        };
        self.output.write(&values, text)
    }
}

fn text(values: &ClusterValues<'_>) -> String {
    let rows = values.values.iter().map(|row| {
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
    let problems = values
        .problems
        .iter()
        .map(|problem| format!("problem: {problem}\n"));
    columns(&rows.collect::<Vec<_>>()) + &problems.collect::<String>()
}

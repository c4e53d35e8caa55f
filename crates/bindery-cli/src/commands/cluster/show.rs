//! `bindery cluster show`: all that is known of one cluster, and who says so.

use std::collections::BTreeMap;

use bindery_cluster::{Source, Trait};
use clap::Args;
use serde::Serialize;
use serde_json::Value;

use crate::{
    context::Context,
    output::{Output, columns},
    plugins,
    report::Failures,
};

/// Show every value of a cluster and where it comes from
///
/// Keys that a plugin's trait declares have the type and the default of that trait. A key that a trait needs and the cluster
/// lacks, or whose value does not fit, is listed as a problem; it stops only commands that need it.
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
    pub fn run(&self, context: &Context) -> Result<(), Failures> {
        let cluster = context.cluster(&self.name)?;
        let found = context.plugins()?;
        plugins::warn(found.problems());

        let mut fitting: Vec<Trait> = Vec::new();
        let mut plugin_of: BTreeMap<&str, &str> = BTreeMap::new();
        let mut problems = Vec::new();
        for (plugin, declaration) in found.trait_declarations() {
            match cluster.view(std::slice::from_ref(declaration)) {
                Ok(_) => {
                    plugin_of.entry(&declaration.name).or_insert(plugin);
                    fitting.push(declaration.clone());
                }
                Err(error) => problems.push(format!("{error} (plugin `{plugin}`)")),
            }
        }
        let view = cluster
            .view(&fitting)
            .map_err(|error| context.unfit(cluster, &error))?;
        let origin = |source| match source {
            Source::File(file) => Origin::File {
                file: file.display().to_string(),
            },
            Source::Default(name) => Origin::Default {
                declared_by: name,
                plugin: plugin_of.get(name).unwrap_or(&""),
            },
        };
        let rows = view.entries().map(|(key, value, source)| Row {
            key,
            value,
            from: origin(source),
        });
        let sheet = Sheet {
            name: cluster.name(),
            file: cluster.file().display().to_string(),
            values: rows.collect(),
            problems,
        };
        self.output.write(&sheet, text)
    }
}

fn text(sheet: &Sheet<'_>) -> String {
    let rows = sheet.values.iter().map(|row| {
        let value = row
            .value
            .as_str()
            .map_or_else(|| row.value.to_string(), str::to_owned);
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

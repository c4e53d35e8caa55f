//! `bindery plugin list`: plugins on the search path.

use bindery_diagnostic::Diagnostics;
use bindery_host::Description;
use clap::Args;
use serde::Serialize;

use crate::output::{Output, columns};
use crate::plugins::warn_of_all;
use crate::session::Session;

/// List plugins in the order in which they are asked
///
/// Prints name, version, provided parts and file of each plugin. Reads the files and loads no plugin. Libraries that cannot be used are
/// reported on standard error.
///
/// JSON: `{"plugins": [{"name", "version", "abi", "binders": [name], "traits": [name], "schema": [name], "auth": [name], "methods":
/// [name], "options": [name], "commands": [name], "lifecycle": [step], "hooks": [name], "file"}], "problems": [{"message", "hint"}]}`
#[derive(Args)]
pub struct List {
    #[command(flatten)]
    output: Output,
}

#[derive(Serialize)]
struct Listing<'a> {
    plugins: Vec<Row<'a>>,
    problems: Vec<ListedProblem>,
}

#[derive(Serialize)]
struct Row<'a> {
    name: &'a str,
    version: &'a str,
    abi: u32,
    binders: Vec<&'a str>,
    traits: Vec<&'a str>,
    schema: Vec<&'a str>,
    auth: &'a [String],
    methods: &'a [String],
    options: Vec<&'a str>,
    commands: Vec<&'a str>,
    lifecycle: &'a [String],
    hooks: Vec<&'a str>,
    file: String,
}

#[derive(Serialize)]
struct ListedProblem {
    message: String,
    hint: String,
}

impl List {
    /// Prints the list.
    pub fn run(&self, session: &Session<'_>) -> Result<(), Diagnostics> {
        let plugins = session.plugins()?;
        warn_of_all(plugins.problems());
        let problem = |problem: &bindery_host::PluginProblem| ListedProblem {
            message: problem.to_string(),
            hint: problem.hint(),
        };
        let listing = Listing {
            plugins: plugins
                .iter()
                .map(|plugin| row(plugin.description(), plugin.file().display().to_string()))
                .collect(),
            problems: plugins.problems().iter().map(problem).collect(),
        };
        self.output.write(&listing, |listing| {
            columns(&listing.plugins.iter().map(cells).collect::<Vec<_>>())
        })
    }
}

fn row(description: &Description, file: String) -> Row<'_> {
    fn names<T>(parts: &[T], name: impl Fn(&T) -> &String) -> Vec<&str> {
        parts.iter().map(|part| name(part).as_str()).collect()
    }
    Row {
        name: &description.name,
        version: &description.version,
        abi: description.abi,
        binders: names(&description.binders, |part| &part.name),
        traits: names(&description.traits, |part| &part.name),
        schema: names(&description.schema, |part| &part.name),
        auth: &description.auth,
        methods: &description.methods,
        options: names(&description.options, |part| &part.name),
        commands: names(&description.commands, |part| &part.name),
        lifecycle: &description.lifecycle,
        hooks: names(&description.hooks, |part| &part.name),
        file,
    }
}

fn cells(row: &Row<'_>) -> Vec<String> {
    let count = |count: usize, one: &str, many: &str| match count {
        0 => None,
        1 => Some(format!("1 {one}")),
        _ => Some(format!("{count} {many}")),
    };
    let provides = [
        count(row.binders.len(), "binder", "binders"),
        count(row.traits.len(), "trait", "traits"),
        count(
            row.schema.len(),
            "name for job files",
            "names for job files",
        ),
        count(row.auth.len(), "auth source", "auth sources"),
        count(row.methods.len(), "method", "methods"),
        count(row.options.len(), "option", "options"),
        count(row.commands.len(), "command", "commands"),
        count(row.lifecycle.len(), "step of runs", "steps of runs"),
        count(row.hooks.len(), "hook", "hooks"),
    ];
    let provides = provides
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(", ");
    vec![
        row.name.to_owned(),
        row.version.to_owned(),
        provides,
        row.file.clone(),
    ]
}

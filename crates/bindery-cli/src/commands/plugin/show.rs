//! `bindery plugin show`: everything a plugin says of itself.

use std::{
    fmt::Write,
    path::{MAIN_SEPARATOR, Path, PathBuf},
};

use bindery_cluster::TraitField;
use bindery_host::{Description, Plugin};
use clap::Args;
use serde::Serialize;

use crate::{
    context::Context,
    exit::ExitStatus,
    output::{Output, columns},
    report::{Failure, Failures},
};

/// Show what a plugin provides: binders with the refs they bind, cluster traits with their keys, sources of credentials, methods
///
/// Read from the plugin's file; nothing is loaded.
///
/// JSON: `{"file", "rustc", "name", "version", "abi", "binders": [{"name", "pattern"}], "traits": [{"name", "fields": [{"name", "type",
/// "required", "default", "help"}]}], "auth": [name], "methods": [name]}`
#[derive(Args)]
pub struct Show {
    /// Name of a plugin on the search path, or a library's file (anything with a slash)
    #[arg(value_name = "NAME|FILE")]
    plugin: String,
    #[command(flatten)]
    output: Output,
}

#[derive(Serialize)]
struct Sheet<'a> {
    file: String,
    /// `None` for a program.
    rustc: Option<&'a str>,
    #[serde(flatten)]
    description: &'a Description,
}

impl Show {
    /// Prints the sheet.
    pub fn run(&self, context: &Context) -> Result<(), Failures> {
        if self.plugin.contains(MAIN_SEPARATOR) {
            let found = context.plugins_of(PathBuf::from(&self.plugin))?;
            return found.iter().try_for_each(|plugin| self.print(plugin));
        }
        let found = context.plugins()?;
        match found.get(&self.plugin) {
            Some(plugin) => self.print(plugin),
            None => {
                let failure = Failure::new(
                    ExitStatus::CommandFailure,
                    format!("there is no plugin `{}`", self.plugin),
                );
                let names: Vec<&str> = found
                    .iter()
                    .map(|plugin| plugin.description().name.as_str())
                    .collect();
                let hint = match names[..] {
                    [] => "none was found; `--plugin-dir` names a folder to search".to_owned(),
                    _ => format!("there are: {}", names.join(", ")),
                };
                Err(failure.hint(hint).into())
            }
        }
    }

    fn print(&self, plugin: &Plugin) -> Result<(), Failures> {
        let file = Path::display(plugin.file()).to_string();
        let sheet = Sheet {
            file,
            rustc: plugin.rustc(),
            description: plugin.description(),
        };
        self.output.write(&sheet, text)
    }
}

fn text(sheet: &Sheet<'_>) -> String {
    let plugin = sheet.description;
    let row = |word: &str, cells: &[&str]| {
        [word]
            .iter()
            .chain(cells)
            .map(|cell| (*cell).to_owned())
            .collect::<Vec<String>>()
    };
    let mut rows = vec![
        row("name", &[&plugin.name]),
        row("version", &[&plugin.version]),
        row("abi", &[&plugin.abi.to_string()]),
        row("file", &[&sheet.file]),
    ];
    rows.extend(sheet.rustc.map(|rustc| row("rustc", &[rustc])));
    rows.extend(plugin.auth.iter().map(|name| row("auth", &[name])));
    rows.extend(plugin.methods.iter().map(|name| row("method", &[name])));
    rows.extend(plugin.binders.iter().map(|binder| {
        row(
            "binder",
            &[&format!("{}, binds {}", binder.name, binder.pattern)],
        )
    }));
    let mut text = columns(&rows);
    for group in &plugin.traits {
        let fields: Vec<Vec<String>> = group.fields.iter().map(field).collect();
        let _ = write!(text, "trait {}\n{}", group.name, columns(&fields));
    }
    text
}

fn field(field: &TraitField) -> Vec<String> {
    let default = match &field.default {
        Some(serde_json::Value::String(text)) => format!("default `{text}`"),
        Some(value) => format!("default `{value}`"),
        None if field.required => "required".to_owned(),
        None => String::new(),
    };
    vec![
        format!("  {}", field.name),
        format!("{:?}", field.kind),
        default,
        field.help.clone(),
    ]
}

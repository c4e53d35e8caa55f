//! `bindery plugin show`: description of a plugin.

use std::fmt::Write;
use std::path::{MAIN_SEPARATOR, Path, PathBuf};

use bindery_cluster::TraitField;
use bindery_diagnostic::{Diagnostic, Diagnostics, Kind};
use bindery_host::{DefinitionContent, Description, FieldDescription, OptionDescription, Plugin};
use clap::Args;
use serde::Serialize;

use crate::output::{Output, columns};
use crate::session::Session;

/// Show the parts that a plugin provides
///
/// Prints binders with their patterns, cluster traits and names for job files with their fields, sources of credentials, methods, options,
/// commands, and steps of runs and scheduler calls that the plugin takes part in. Reads the file of the plugin and does not load it. A part
/// with a name that another plugin or the program already uses is left out.
///
/// JSON: `{"file", "rustc", "name", "version", "abi", "binders": [{"name", "pattern", "reviews"}], "traits": [{"name", "fields":
/// [{"name", "type", "required", "default", "help"}]}], "schema": [{"name", "help", and "fields" as of a trait or "value"}], "auth":
/// [name], "mechanisms": [{"name", "source"}], "methods": [name], "options": [{"name", "value", "help"}], "commands": [{"name",
/// "about", "arguments": [{"name", "required", "repeated", "help"}], "options"}], "lifecycle": [step], "hooks": [{"name",
/// "methods"}]}`
#[derive(Args)]
pub struct Show {
    /// Name of a plugin on the search path, or path of a library, with a slash
    #[arg(value_name = "NAME|FILE")]
    plugin: String,
    #[command(flatten)]
    output: Output,
}

#[derive(Serialize)]
struct PluginSheet<'a> {
    file: String,
    /// `None` for a program.
    rustc: Option<&'a str>,
    #[serde(flatten)]
    description: &'a Description,
}

impl Show {
    /// Prints the description.
    pub fn run(&self, session: &Session<'_>) -> Result<(), Diagnostics> {
        if self.plugin.contains(MAIN_SEPARATOR) {
            let plugins = session.plugin_of_file(PathBuf::from(&self.plugin))?;
            return plugins.iter().try_for_each(|plugin| self.print(plugin));
        }
        let plugins = session.plugins()?;
        match plugins.get(&self.plugin) {
            Some(plugin) => self.print(plugin),
            None => {
                let error = Diagnostic::new(
                    Kind::NotFound,
                    format!("there is no plugin `{}`", self.plugin),
                );
                let names: Vec<&str> = plugins
                    .iter()
                    .map(|plugin| plugin.description().name.as_str())
                    .collect();
                let hint = match names[..] {
                    [] => "no plugin was found; `--plugin-dir` names a folder to search".to_owned(),
                    _ => format!("known plugins: {}", names.join(", ")),
                };
                Err(error.hint(hint).into())
            }
        }
    }

    fn print(&self, plugin: &Plugin) -> Result<(), Diagnostics> {
        let file = Path::display(plugin.file()).to_string();
        let sheet = PluginSheet {
            file,
            rustc: plugin.rustc(),
            description: plugin.description(),
        };
        self.output.write(&sheet, text)
    }
}

fn text(sheet: &PluginSheet<'_>) -> String {
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
    rows.extend(plugin.mechanisms.iter().map(|mechanism| {
        let answers = format!("{}, answered by {}", mechanism.name, mechanism.source);
        row("mechanism", &[&answers])
    }));
    rows.extend(plugin.methods.iter().map(|name| row("method", &[name])));
    rows.extend(
        plugin
            .lifecycle
            .iter()
            .map(|step| row("takes part", &[step])),
    );
    rows.extend(plugin.hooks.iter().map(|hook| {
        let methods = hook.methods.join(", ");
        row("hook", &[&format!("{}, of {methods}", hook.name)])
    }));
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
    for definition in &plugin.schema {
        let (kind, below) = match &definition.content {
            DefinitionContent::Structure { fields } => {
                let fields: Vec<Vec<String>> = fields.iter().map(schema_field).collect();
                ("type", columns(&fields))
            }
            DefinitionContent::Constant { value } => ("constant", format!("  {value}\n")),
        };
        let help = after_name(&definition.help);
        let _ = write!(text, "{kind} {}{help}\n{below}", definition.name);
    }
    if !plugin.options.is_empty() {
        let options: Vec<Vec<String>> = plugin.options.iter().map(option).collect();
        let _ = write!(text, "options\n{}", columns(&options));
    }
    for command in &plugin.commands {
        let arguments = command.arguments.iter().map(|argument| {
            let name = match (argument.required, argument.repeated) {
                (true, false) => argument.name.clone(),
                (true, true) => format!("{}...", argument.name),
                (false, false) => format!("[{}]", argument.name),
                (false, true) => format!("[{}]...", argument.name),
            };
            vec![format!("  {name}"), argument.help.clone()]
        });
        let rows: Vec<Vec<String>> = arguments
            .chain(command.options.iter().map(option))
            .collect();
        let about = after_name(&command.about);
        let (noun, verb) = (&plugin.name, &command.name);
        let _ = write!(text, "command {noun} {verb}{about}\n{}", columns(&rows));
    }
    text
}

/// Formats a help text after a name.
fn after_name(help: &str) -> String {
    match help {
        "" => String::new(),
        help => format!(": {help}"),
    }
}

fn option(option: &OptionDescription) -> Vec<String> {
    let name = match &option.value {
        Some(value) => format!("  --{} {value}", option.name),
        None => format!("  --{}", option.name),
    };
    vec![name, option.help.clone()]
}

fn schema_field(field: &FieldDescription) -> Vec<String> {
    vec![
        format!("  {}", field.name),
        field.kind.clone(),
        default(field.default.as_ref(), field.required),
        field.help.clone(),
    ]
}

fn default(default: Option<&serde_json::Value>, required: bool) -> String {
    match default {
        Some(serde_json::Value::String(text)) => format!("default `{text}`"),
        Some(value) => format!("default `{value}`"),
        None if required => "required".to_owned(),
        None => String::new(),
    }
}

fn field(field: &TraitField) -> Vec<String> {
    vec![
        format!("  {}", field.name),
        format!("{:?}", field.kind),
        default(field.default.as_ref(), field.required),
        field.help.clone(),
    ]
}

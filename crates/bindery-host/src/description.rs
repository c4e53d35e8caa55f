//! What a plugin provides besides binders and cluster traits, as its description tells it.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::{Description, provide::definitions as definition};

/// A name that job files find without importing it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DefinitionDescription {
    /// The name.
    pub name: String,
    /// What it stands for.
    #[serde(flatten)]
    pub defined: Defined,
    /// What it is for, on one line.
    #[serde(default)]
    pub help: String,
}

/// What a name of a plugin stands for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Defined {
    /// A struct type.
    Structure {
        /// Its fields, in the order in which they are checked.
        fields: Vec<FieldDescription>,
    },
    /// Plain data.
    Constant {
        /// The data.
        value: Json,
    },
}

/// A field of a struct type.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FieldDescription {
    /// The name.
    pub name: String,
    /// Its type as job files write it: `String`, `List(Process)`, `Map(String, Integer)`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Whether it has to be given. A default makes this moot.
    #[serde(default)]
    pub required: bool,
    /// What it is where nothing is given.
    #[serde(default)]
    pub default: Option<Json>,
    /// What it is for, on one line.
    #[serde(default)]
    pub help: String,
}

/// A mechanism, as clusters name one in `auth_mechanism`, and the source of credentials that answers for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MechanismDescription {
    /// The mechanism.
    pub name: String,
    /// The source.
    pub source: String,
}

/// An option of the plugin, or of one of its commands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OptionDescription {
    /// The name, without `--`.
    pub name: String,
    /// What its value is called; `None` if it has none.
    #[serde(default)]
    pub value: Option<String>,
    /// What it is for, on one line.
    #[serde(default)]
    pub help: String,
}

/// A command, called as `bindery PLUGIN COMMAND`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommandDescription {
    /// The name.
    pub name: String,
    /// What it does, on one line.
    #[serde(default)]
    pub about: String,
    /// What stands behind its name, in this order.
    #[serde(default)]
    pub arguments: Vec<ArgumentDescription>,
    /// Options of its own.
    #[serde(default)]
    pub options: Vec<OptionDescription>,
}

/// An argument of a command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArgumentDescription {
    /// The name.
    pub name: String,
    /// Whether it has to be given.
    #[serde(default)]
    pub required: bool,
    /// Whether it may be given more than once; only the last one may.
    #[serde(default)]
    pub repeated: bool,
    /// What it is, on one line.
    #[serde(default)]
    pub help: String,
}

/// A hook around calls to a scheduler.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HookDescription {
    /// The name.
    pub name: String,
    /// The calls it is for.
    #[serde(default)]
    pub methods: Vec<String>,
}

/// What nobody could call by its name, or would not know what it gets for it.
pub(crate) fn check(plugin: &Description) -> Result<(), String> {
    distinct("definition", plugin.schema.iter().map(|it| &it.name))?;
    for definition in &plugin.schema {
        let name = &definition.name;
        identifier(name)?;
        if let Defined::Structure { fields } = &definition.defined {
            distinct("field", fields.iter().map(|it| &it.name))
                .map_err(|message| format!("in `{name}`, {message}"))?;
            for field in fields {
                identifier(&field.name)?;
                definition::check_type(&field.kind)
                    .map_err(|message| format!("in `{name}`, field `{}`: {message}", field.name))?;
            }
        }
    }
    for mechanism in &plugin.mechanisms {
        if !plugin.auth.contains(&mechanism.source) {
            let (name, source) = (&mechanism.name, &mechanism.source);
            return Err(format!(
                "mechanism `{name}` is of a source that is not there: {source:?}"
            ));
        }
    }
    options(&plugin.options)?;
    distinct("command", plugin.commands.iter().map(|it| &it.name))?;
    for command in &plugin.commands {
        word(&command.name)?;
        options(&command.options)?;
        distinct("argument", command.arguments.iter().map(|it| &it.name))?;
        let mut optional = false;
        for (at, argument) in command.arguments.iter().enumerate() {
            word(&argument.name)?;
            let is_last = at + 1 == command.arguments.len();
            if (optional && argument.required) || (argument.repeated && !is_last) {
                let (name, command) = (&argument.name, &command.name);
                return Err(format!(
                    "nobody could give the argument `{name}` of command `{command}`"
                ));
            }
            optional = !argument.required;
        }
    }
    distinct("hook", plugin.hooks.iter().map(|it| &it.name))?;
    plugin.hooks.iter().try_for_each(|hook| word(&hook.name))
}

fn options(options: &[OptionDescription]) -> Result<(), String> {
    distinct("option", options.iter().map(|it| &it.name))?;
    for option in options {
        word(&option.name)?;
        if option.name.starts_with('-') {
            return Err(format!("an option is called `{}`", option.name));
        }
        option.value.iter().try_for_each(|value| word(value))?;
    }
    Ok(())
}

fn distinct<'n>(kind: &str, names: impl Iterator<Item = &'n String>) -> Result<(), String> {
    let mut seen = BTreeSet::new();
    for name in names {
        if !seen.insert(name) {
            return Err(format!("{kind} {name:?} is declared twice"));
        }
    }
    Ok(())
}

fn word(name: &str) -> Result<(), String> {
    let fine = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if name.is_empty() || !name.chars().all(fine) {
        return Err(format!("{name:?} is no name"));
    }
    Ok(())
}

fn identifier(name: &str) -> Result<(), String> {
    word(name)?;
    if name.contains('-') || name.starts_with(|c: char| c.is_ascii_digit()) {
        return Err(format!("{name:?} is no name in a job file"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check_parts(parts: Json, expected: &str) {
        let inspected = crate::scripted::described("p", parts);
        assert_eq!(check(&inspected.description), Err(expected.to_owned()));
    }

    #[test]
    fn what_nobody_could_use_is_refused() {
        let constant = json!({"name": "a", "value": 1});
        check_parts(
            json!({"schema": [constant, constant]}),
            "definition \"a\" is declared twice",
        );
        check_parts(
            json!({"schema": [{"name": "a-b", "value": 1}]}),
            "\"a-b\" is no name in a job file",
        );
        check_parts(
            json!({"schema": [{"name": "T", "fields": [{"name": "f", "type": "List("}]}]}),
            "in `T`, field `f`: a type has no `)` where one is needed",
        );
        check_parts(
            json!({"options": [{"name": "-x"}]}),
            "an option is called `-x`",
        );
        let arguments = json!([{"name": "A"}, {"name": "B", "required": true}]);
        check_parts(
            json!({"commands": [{"name": "go", "arguments": arguments}]}),
            "nobody could give the argument `B` of command `go`",
        );
        check_parts(
            json!({"mechanisms": [{"name": "M", "source": "s"}]}),
            "mechanism `M` is of a source that is not there: \"s\"",
        );
    }
}

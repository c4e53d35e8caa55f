//! Names that more than one plugin, or the program itself, claims.

use std::collections::BTreeMap;

use crate::discover::inspect::Inspected;
use crate::problem::PluginProblem;
use crate::settings::{NameKind, ReservedNames};

/// The program, as the owner of a name.
pub(crate) const PROGRAM: &str = "Bindery";

/// Returns the description of a definition for job files, for a message.
///
/// The program's own names for job files are compared later, when a job file is read.
pub(crate) fn definition_for_job_files(name: &str) -> String {
    format!("the name `{name}` for job files")
}

/// Removes parts whose name the program or an earlier plugin has; returns one problem for each.
pub(crate) fn remove_duplicates(
    plugins: &mut [Inspected],
    reserved: &ReservedNames,
) -> Vec<PluginProblem> {
    let mut claims = Claims {
        reserved,
        owners: BTreeMap::new(),
        problems: Vec::new(),
    };
    for plugin in &mut *plugins {
        let description = &mut plugin.description;
        let name = description.name.clone();
        if !description.commands.is_empty() && reserved.contains(NameKind::Noun, &name) {
            claims.refuse("the commands", &name, None);
            description.commands.clear();
        }
        description.schema.retain(|defined| {
            let part = definition_for_job_files(&defined.name);
            claims.claim(None, &defined.name, part, &name)
        });
        description.options.retain(|option| {
            let part = format!("the option `--{}`", option.name);
            claims.claim(Some(NameKind::Option), &option.name, part, &name)
        });
        description.mechanisms.retain(|mechanism| {
            let part = format!("the auth mechanism `{}`", mechanism.name);
            claims.claim(None, &mechanism.name, part, &name)
        });
    }
    for plugin in plugins {
        let description = &mut plugin.description;
        for command in &mut description.commands {
            command.options.retain(|option| {
                let part = format!(
                    "the option `--{}` of command `{}`",
                    option.name, command.name
                );
                let owner = claims
                    .owners
                    .get(&format!("the option `--{}`", option.name));
                if let Some(owner) = owner.cloned() {
                    claims.refuse(&part, &description.name, Some(owner));
                    return false;
                }
                if reserved.contains(NameKind::CommandOption, &option.name) {
                    claims.refuse(&part, &description.name, None);
                    return false;
                }
                true
            });
        }
    }
    claims.problems
}

struct Claims<'r> {
    reserved: &'r ReservedNames,
    /// Plugins by the parts that they own.
    owners: BTreeMap<String, String>,
    problems: Vec<PluginProblem>,
}

impl Claims<'_> {
    /// Claims a part for a plugin; returns whether the name was free.
    fn claim(&mut self, kind: Option<NameKind>, name: &str, part: String, plugin: &str) -> bool {
        if kind.is_some_and(|kind| self.reserved.contains(kind, name)) {
            self.refuse(&part, plugin, None);
            return false;
        }
        if let Some(owner) = self.owners.get(&part).cloned() {
            self.refuse(&part, plugin, Some(owner));
            return false;
        }
        self.owners.insert(part, plugin.to_owned());
        true
    }

    fn refuse(&mut self, part: &str, plugin: &str, owner: Option<String>) {
        self.problems.push(PluginProblem::HiddenPart {
            part: part.to_owned(),
            hidden: plugin.to_owned(),
            by: match owner {
                Some(plugin) => format!("plugin `{plugin}`"),
                None => PROGRAM.to_owned(),
            },
        });
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::*;
    use crate::scripted::describe;

    fn option(name: &str) -> Json {
        json!({"name": name})
    }

    #[test]
    fn names_of_the_program_and_of_earlier_plugins_are_refused() {
        let name = |name: &str| json!({"name": name, "value": 1});
        let command =
            json!({"name": "go", "options": [option("config"), option("user"), option("fine")]});
        let first = json!({
            "schema": [name("Process"), name("Release")],
            "options": [option("config"), option("user")],
            "auth": ["s"],
            "mechanisms": [{"name": "M", "source": "s"}],
        });
        let second = json!({
            "schema": [name("Release"), name("Other")],
            "options": [option("user"), option("other")],
            "auth": ["s"],
            "mechanisms": [{"name": "M", "source": "s"}],
            "commands": [command.clone()],
        });
        let mut plugins = [
            describe("first", first),
            describe("second", second),
            describe("image", json!({"commands": [command]})),
        ];
        let reserved = ReservedNames::new(|_, name| ["config", "image"].contains(&name));
        let problems = remove_duplicates(&mut plugins, &reserved);
        let messages: Vec<_> = problems.iter().map(ToString::to_string).collect();
        assert_eq!(
            messages,
            [
                "the option `--config` of plugin `first` cannot be used: Bindery has that name",
                "the name `Release` for job files of plugin `second` cannot be used: plugin `first` has that name",
                "the option `--user` of plugin `second` cannot be used: plugin `first` has that name",
                "the auth mechanism `M` of plugin `second` cannot be used: plugin `first` has that name",
                "the commands of plugin `image` cannot be used: Bindery has that name",
                "the option `--config` of command `go` of plugin `second` cannot be used: Bindery has that name",
                "the option `--user` of command `go` of plugin `second` cannot be used: plugin `first` has that name",
            ]
        );
        let second = &plugins[1].description;
        assert_eq!(second.schema.len(), 1);
        assert_eq!(second.options[0].name, "other");
        assert_eq!(second.mechanisms, []);
        assert_eq!(second.commands[0].options[0].name, "fine");
        assert_eq!(plugins[2].description.commands, []);
    }
}

//! Names that several want: who has them.

use std::collections::BTreeMap;

use crate::{Problem, discover::inspect::Inspected};

/// A kind of name that the program itself may have in use; see [`Settings::taken`](crate::Settings::taken).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Provision {
    /// An option of every command.
    Option,
    /// An option of a plugin's command.
    CommandOption,
    /// What stands in front of a plugin's commands: its name.
    Noun,
}

/// The program, as who has a name.
pub(crate) const PROGRAM: &str = "Bindery";

/// A name in job files. Whether the program has it as well is found out where a job file is read, which knows all others.
pub(crate) fn name_for_job_files(name: &str) -> String {
    format!("the name `{name}` for job files")
}

/// Takes away from plugins, which are in their order, what the program or an earlier plugin has; tells each.
pub(crate) fn settle(
    plugins: &mut [Inspected],
    taken: fn(Provision, &str) -> bool,
) -> Vec<Problem> {
    let mut claims = Claims {
        taken,
        owners: BTreeMap::new(),
        problems: Vec::new(),
    };
    for plugin in &mut *plugins {
        let described = &mut plugin.description;
        let name = described.name.clone();
        if !described.commands.is_empty() && taken(Provision::Noun, &name) {
            claims.hidden("the commands", &name, None);
            described.commands.clear();
        }
        described
            .schema
            .retain(|it| claims.claim(None, &it.name, name_for_job_files(&it.name), &name));
        described.options.retain(|it| {
            let what = format!("the option `--{}`", it.name);
            claims.claim(Some(Provision::Option), &it.name, what, &name)
        });
        described.mechanisms.retain(|it| {
            let what = format!("the auth mechanism `{}`", it.name);
            claims.claim(None, &it.name, what, &name)
        });
    }
    for plugin in plugins {
        let described = &mut plugin.description;
        for command in &mut described.commands {
            command.options.retain(|it| {
                let what = format!("the option `--{}` of command `{}`", it.name, command.name);
                let owner = claims.owners.get(&format!("the option `--{}`", it.name));
                if let Some(owner) = owner.cloned() {
                    claims.hidden(&what, &described.name, Some(owner));
                    return false;
                }
                if taken(Provision::CommandOption, &it.name) {
                    claims.hidden(&what, &described.name, None);
                    return false;
                }
                true
            });
        }
    }
    claims.problems
}

struct Claims {
    taken: fn(Provision, &str) -> bool,
    /// Which plugin has what.
    owners: BTreeMap<String, String>,
    problems: Vec<Problem>,
}

impl Claims {
    /// Whether the plugin has it.
    fn claim(&mut self, kind: Option<Provision>, name: &str, what: String, plugin: &str) -> bool {
        if kind.is_some_and(|kind| (self.taken)(kind, name)) {
            self.hidden(&what, plugin, None);
            return false;
        }
        if let Some(owner) = self.owners.get(&what).cloned() {
            self.hidden(&what, plugin, Some(owner));
            return false;
        }
        self.owners.insert(what, plugin.to_owned());
        true
    }

    fn hidden(&mut self, what: &str, plugin: &str, by: Option<String>) {
        self.problems.push(Problem::HiddenPart {
            what: what.to_owned(),
            hidden: plugin.to_owned(),
            by: match by {
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
    use crate::scripted::described;

    fn option(name: &str) -> Json {
        json!({"name": name})
    }

    #[test]
    fn the_program_and_earlier_plugins_come_first_and_each_clash_is_told_once() {
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
            described("first", first),
            described("second", second),
            described("image", json!({"commands": [command]})),
        ];
        let taken = |_, name: &str| ["config", "image"].contains(&name);
        let problems = settle(&mut plugins, taken);
        let told: Vec<_> = problems.iter().map(ToString::to_string).collect();
        assert_eq!(
            told,
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

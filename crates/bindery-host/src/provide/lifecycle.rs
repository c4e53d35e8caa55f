//! Commands of plugins, and their part in every run.

use std::collections::BTreeMap;

use bindery_diagnostic::Diagnostic;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use crate::{Plugin, Plugins, runtime::protocol::Told};

/// A run, as plugins are told of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Run {
    /// Whose command line it is: `bindery` or `aurora`.
    pub program: String,
    /// The command, as in `render` or `job inspect`; empty before it is parsed.
    pub command: String,
    /// The arguments, without the program's name; empty before they are parsed.
    pub arguments: Vec<String>,
}

/// What a plugin's command is called with.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct CommandArguments {
    /// The texts of each argument that was given.
    pub arguments: BTreeMap<String, Vec<String>>,
    /// The options that were given: a text, or `true`.
    pub options: BTreeMap<String, Json>,
}

/// Why a plugin's command, or a step of a run, did not end well.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{error}")]
pub struct Stopped {
    /// The plugin.
    pub plugin: String,
    /// Why.
    pub error: Diagnostic,
    /// The exit code, if the plugin set one; never 0.
    pub code: Option<u8>,
}

impl Plugins {
    /// Whether any plugin takes part in this step of a run: `before_dispatch`, `before_execution` or `after_execution`.
    pub fn takes(&self, step: &str) -> bool {
        self.taking(step).next().is_some()
    }

    fn taking<'p>(&'p self, step: &'p str) -> impl Iterator<Item = &'p Plugin> {
        self.iter()
            .filter(move |plugin| plugin.description().lifecycle.iter().any(|it| it == step))
    }

    /// The arguments to go on with, each plugin having seen what the one before it left; without the program's name.
    ///
    /// # Errors
    ///
    /// If a plugin ends the run. The plugins behind it are not called.
    pub fn before_dispatch(
        &self,
        program: &str,
        arguments: Vec<String>,
    ) -> Result<Vec<String>, Stopped> {
        let run = Run {
            program: program.to_owned(),
            ..Run::default()
        };
        let step = "before_dispatch";
        self.taking(step).try_fold(arguments, |arguments, plugin| {
            let left = take(plugin, step, json!({"run": run, "arguments": arguments}))?;
            Vec::<String>::deserialize(&left["arguments"]).map_err(|_| {
                let did = "gave no arguments to go on with before dispatch";
                stopped(plugin, plugin.fault(did))
            })
        })
    }

    /// Tells plugins that a command is going to run.
    ///
    /// # Errors
    ///
    /// If a plugin does not want it to. The plugins behind it are not called.
    pub fn before_execution(&self, run: &Run) -> Result<(), Stopped> {
        let step = "before_execution";
        self.taking(step)
            .try_for_each(|plugin| take(plugin, step, json!({"run": run})).map(|_| ()))
    }

    /// Tells plugins how a command ended; all of them, whatever one says.
    pub fn after_execution(&self, run: &Run, code: u8) -> Vec<Stopped> {
        let step = "after_execution";
        let input = json!({"run": run, "code": code});
        self.taking(step)
            .filter_map(|plugin| take(plugin, step, input.clone()).err())
            .collect()
    }
}

impl Plugin {
    /// Runs a command of the plugin, and gives its exit code. What the plugin prints meanwhile is
    /// [output](crate::Services::output).
    ///
    /// # Errors
    ///
    /// What the command says; or that the plugin cannot be opened, panicked, or gave no exit code.
    pub fn run_command(&self, command: &str, called: &CommandArguments) -> Result<u8, Stopped> {
        let mut input = json!(called);
        input["command"] = command.into();
        let _prints = self.prints_output();
        let ended = outcome(self, "command.run", &input)?;
        let code = ended["code"].as_u64();
        code.and_then(|code| u8::try_from(code).ok())
            .ok_or_else(|| {
                let did = format!("gave no exit code as the result of command `{command}`");
                stopped(self, self.fault(&did))
            })
    }
}

fn take(plugin: &Plugin, step: &str, input: Json) -> Result<Json, Stopped> {
    outcome(plugin, &format!("lifecycle.{step}"), &input)
}

/// The result of a call that may be an error with an exit code.
fn outcome(plugin: &Plugin, method: &str, input: &Json) -> Result<Json, Stopped> {
    let output = plugin
        .call(method, input)
        .map_err(|error| stopped(plugin, error))?;
    let Some(error) = output.get("error") else {
        return Ok(output);
    };
    let told = Told::deserialize(error).map_err(|_| {
        let did = format!("gave an error of an unknown form as the result of `{method}`");
        stopped(plugin, plugin.fault(&did))
    })?;
    let code = error["exit"].as_u64().filter(|code| *code > 0);
    Err(Stopped {
        code: code.and_then(|code| u8::try_from(code).ok()),
        ..stopped(plugin, plugin.said(told))
    })
}

fn stopped(plugin: &Plugin, error: Diagnostic) -> Stopped {
    Stopped {
        plugin: plugin.description().name.clone(),
        error,
        code: None,
    }
}

#[cfg(test)]
mod tests {
    use bindery_diagnostic::Kind;
    use std::sync::{Arc, Mutex};

    use super::*;
    use crate::{
        Settings,
        scripted::{Heard, described, plugins},
    };

    type Calls = Arc<Mutex<Vec<String>>>;

    /// Three plugins: `a` and `b` take all steps, `c` takes none. `a` answers as the function says.
    fn three(answer: fn(&str) -> Result<Json, &'static str>) -> (Plugins, Calls) {
        let calls = Calls::default();
        let steps =
            json!({"lifecycle": ["before_dispatch", "before_execution", "after_execution"]});
        let script = |name: &'static str, parts: Json| {
            let calls = Arc::clone(&calls);
            let script = move |method: &str, mut input: Json| {
                calls
                    .lock()
                    .unwrap()
                    .push(format!("{name} {method} {}", input["arguments"]));
                if name == "a" && method != "lifecycle.before_dispatch" {
                    return answer(method);
                }
                if let Some(arguments) = input["arguments"].as_array_mut() {
                    arguments.push(name.into());
                }
                Ok(json!({"arguments": input["arguments"]}))
            };
            (described(name, parts), script)
        };
        let scripts = vec![
            script("a", steps.clone()),
            script("b", steps.clone()),
            script("c", json!({})),
        ];
        let plugins = plugins(scripts, Settings::default(), Arc::new(Heard::default()));
        (plugins, calls)
    }

    fn called(calls: &Calls) -> Vec<String> {
        std::mem::take(&mut *calls.lock().unwrap())
    }

    #[test]
    fn arguments_pass_through_the_plugins_in_order() {
        let (plugins, calls) = three(|_| Ok(json!({})));
        let left = plugins
            .before_dispatch("bindery", vec!["x".to_owned()])
            .unwrap();
        assert_eq!(left, ["x", "a", "b"]);
        assert_eq!(
            called(&calls),
            [
                "a lifecycle.before_dispatch [\"x\"]",
                "b lifecycle.before_dispatch [\"x\",\"a\"]"
            ]
        );
    }

    #[test]
    fn a_refusal_before_the_command_stops_at_once_and_one_after_it_does_not() {
        let (plugins, calls) =
            three(|_| Ok(json!({"error": {"code": "denied", "message": "no", "exit": 12}})));
        let stopped = plugins.before_execution(&Run::default()).unwrap_err();
        assert_eq!(
            (
                stopped.plugin.as_str(),
                stopped.to_string().as_str(),
                stopped.code
            ),
            ("a", "no", Some(12))
        );
        assert_eq!(called(&calls), ["a lifecycle.before_execution null"]);

        let told = plugins.after_execution(&Run::default(), 4);
        assert_eq!(told.len(), 1);
        assert_eq!(called(&calls).len(), 2, "b was called as well");
    }

    #[test]
    fn a_code_of_0_and_a_failure_without_one_leave_the_code_to_the_kind() {
        let zero = |_: &str| Ok(json!({"error": {"code": "denied", "message": "no", "exit": 0}}));
        for answer in [zero, |_: &str| Err("no")] {
            let (plugins, _) = three(answer);
            let stopped = plugins.before_execution(&Run::default()).unwrap_err();
            assert_eq!(stopped.code, None);
            assert_eq!(stopped.error.kind, Kind::Denied);
        }
    }

    #[test]
    fn a_command_gives_a_code_and_nothing_else() {
        let run = |answer| {
            let (plugins, calls) = three(answer);
            let called_with = CommandArguments {
                arguments: BTreeMap::from([("NAME".to_owned(), vec!["web".to_owned()])]),
                options: BTreeMap::new(),
            };
            let a = plugins.get("a").unwrap();
            let ended = a.run_command("stage", &called_with);
            assert_eq!(called(&calls), ["a command.run {\"NAME\":[\"web\"]}"]);
            ended.map_err(|stopped| stopped.to_string())
        };
        assert_eq!(run(|_| Ok(json!({"code": 7}))), Ok(7));
        for bad in [|_: &str| Ok(json!({"code": 256})), |_: &str| Ok(json!([]))] {
            let message = "plugin `a` gave no exit code as the result of command `stage`";
            assert_eq!(run(bad), Err(message.to_owned()));
        }
    }
}

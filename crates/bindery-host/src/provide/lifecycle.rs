//! Steps of a run that plugins take part in.

use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use crate::plugin::Plugin;
use crate::plugin_set::PluginSet;
use crate::provide::commands::{RunError, call_with_exit_code};

/// Run of the program, as plugins see it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Run {
    /// Program whose command line is used: `bindery` or `aurora`.
    pub program: String,
    /// Command, such as `render` or `job inspect`; empty before parsing.
    pub command: String,
    /// Arguments without the name of the program; empty before parsing.
    pub arguments: Vec<String>,
}

impl PluginSet {
    /// Returns whether a plugin takes part in a step: `before_dispatch`, `before_execution` or `after_execution`.
    pub fn takes_part_in(&self, step: &str) -> bool {
        self.participants(step).next().is_some()
    }

    fn participants<'p>(&'p self, step: &'p str) -> impl Iterator<Item = &'p Plugin> {
        self.iter().filter(move |plugin| {
            let steps = &plugin.description().lifecycle;
            steps.iter().any(|known| known == step)
        })
    }

    /// Passes the arguments, without the name of the program, through all plugins in order; returns the arguments to parse.
    ///
    /// # Errors
    ///
    /// If a plugin ends the run. Later plugins are not called.
    pub fn before_dispatch(
        &self,
        program: &str,
        arguments: Vec<String>,
    ) -> Result<Vec<String>, RunError> {
        let run = Run {
            program: program.to_owned(),
            ..Run::default()
        };
        let step = "before_dispatch";
        let mut participants = self.participants(step);
        participants.try_fold(arguments, |arguments, plugin| {
            let output = take_step(plugin, step, json!({"run": run, "arguments": arguments}))?;
            Vec::<String>::deserialize(&output["arguments"]).map_err(|_| {
                let did = "gave no arguments to go on with before dispatch";
                RunError::new(plugin, plugin.fault(did))
            })
        })
    }

    /// Calls plugins before a command runs.
    ///
    /// # Errors
    ///
    /// If a plugin ends the run. Later plugins are not called.
    pub fn before_execution(&self, run: &Run) -> Result<(), RunError> {
        let step = "before_execution";
        self.participants(step)
            .try_for_each(|plugin| take_step(plugin, step, json!({"run": run})).map(|_| ()))
    }

    /// Calls all plugins after a command with its exit code; returns their errors.
    pub fn after_execution(&self, run: &Run, code: u8) -> Vec<RunError> {
        let step = "after_execution";
        let input = json!({"run": run, "code": code});
        self.participants(step)
            .filter_map(|plugin| take_step(plugin, step, input.clone()).err())
            .collect()
    }
}

fn take_step(plugin: &Plugin, step: &str, input: Json) -> Result<Json, RunError> {
    call_with_exit_code(plugin, &format!("lifecycle.{step}"), &input)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::{Arc, Mutex};

    use bindery_diagnostic::Kind;

    use super::*;
    use crate::provide::commands::CommandArguments;
    use crate::scripted::{RecordingServices, describe, plugins};
    use crate::settings::Settings;

    type Calls = Arc<Mutex<Vec<String>>>;

    /// Creates plugins `a` and `b`, which take all steps, and `c`, which takes none. `a` returns the result of `answer`.
    fn three(answer: fn(&str) -> Result<Json, &'static str>) -> (PluginSet, Calls) {
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
            (describe(name, parts), script)
        };
        let scripts = vec![
            script("a", steps.clone()),
            script("b", steps.clone()),
            script("c", json!({})),
        ];
        let plugins = plugins(
            scripts,
            Settings::default(),
            Arc::new(RecordingServices::default()),
        );
        (plugins, calls)
    }

    fn take_calls(calls: &Calls) -> Vec<String> {
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
            take_calls(&calls),
            [
                "a lifecycle.before_dispatch [\"x\"]",
                "b lifecycle.before_dispatch [\"x\",\"a\"]"
            ]
        );
    }

    #[test]
    fn only_a_refusal_before_the_command_stops_the_other_plugins() {
        let (plugins, calls) =
            three(|_| Ok(json!({"error": {"code": "denied", "message": "no", "exit": 12}})));
        let error = plugins.before_execution(&Run::default()).unwrap_err();
        assert_eq!(
            (
                error.plugin.as_str(),
                error.to_string().as_str(),
                error.exit_code
            ),
            ("a", "no", Some(12))
        );
        assert_eq!(take_calls(&calls), ["a lifecycle.before_execution null"]);

        let errors = plugins.after_execution(&Run::default(), 4);
        assert_eq!(errors.len(), 1);
        assert_eq!(take_calls(&calls).len(), 2, "b was called as well");
    }

    #[test]
    fn an_exit_code_of_0_counts_as_none() {
        let zero = |_: &str| Ok(json!({"error": {"code": "denied", "message": "no", "exit": 0}}));
        for answer in [zero, |_: &str| Err("no")] {
            let (plugins, _) = three(answer);
            let error = plugins.before_execution(&Run::default()).unwrap_err();
            assert_eq!(error.exit_code, None);
            assert_eq!(error.error.kind, Kind::Denied);
        }
    }

    #[test]
    fn the_result_of_a_command_is_an_exit_code() {
        let run = |answer| {
            let (plugins, calls) = three(answer);
            let arguments = CommandArguments {
                arguments: BTreeMap::from([("NAME".to_owned(), vec!["web".to_owned()])]),
                options: BTreeMap::new(),
            };
            let a = plugins.get("a").unwrap();
            let result = a.run_command("stage", &arguments);
            assert_eq!(take_calls(&calls), ["a command.run {\"NAME\":[\"web\"]}"]);
            result.map_err(|error| error.to_string())
        };
        assert_eq!(run(|_| Ok(json!({"code": 7}))), Ok(7));
        for bad in [|_: &str| Ok(json!({"code": 256})), |_: &str| Ok(json!([]))] {
            let message = "plugin `a` gave no exit code as the result of command `stage`";
            assert_eq!(run(bad), Err(message.to_owned()));
        }
    }
}

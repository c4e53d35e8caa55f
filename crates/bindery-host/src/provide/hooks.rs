//! Hooks of plugins around calls to a scheduler.

use bindery_diagnostic::Diagnostic;
use serde::Serialize;
use serde_json::{Value as Json, json};

use crate::description::HookDescription;
use crate::plugin::Plugin;
use crate::plugin_set::PluginSet;
use crate::services::Level;

/// Call to a scheduler.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ApiCall {
    /// Method: `create_job`, `add_instances`, `kill_job`, `restart`, `start_cronjob` or `start_job_update`.
    pub method: String,
    /// Key of the job, `cluster/role/environment/name`.
    pub job: Option<String>,
    /// Bound job, if the call uses a job file.
    pub config: Json,
    /// Other arguments, by name.
    pub arguments: Json,
}

/// Error of a call that hooks refused.
#[derive(Clone, Debug, thiserror::Error)]
#[error("Pre hooks stopped call to {method}")]
pub struct PreHooksStopped {
    /// Method of the call.
    pub method: String,
    /// Refusals, in the order of the hooks.
    pub refusals: Vec<Refusal>,
}

/// Refusal of a call by a hook.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// Name of the plugin.
    pub plugin: String,
    /// Name of the hook.
    pub hook: String,
    /// Error of the hook, if it returned one.
    pub error: Option<Diagnostic>,
}

impl PluginSet {
    /// Performs a call to a scheduler with the hooks of all plugins for its method.
    ///
    /// A client of a scheduler uses this for each call that changes something. All hooks are called first; if a hook refuses,
    /// `perform` is not called. Afterwards the hooks receive the outcome in the form of `describe`: the answer of the scheduler, or an
    /// error as text, such as a refusal by the scheduler. An error of a hook is then logged as a warning and changes nothing.
    ///
    /// # Errors
    ///
    /// If a hook refused or failed. The result of `perform` is returned as it is.
    pub fn with_hooks<T>(
        &self,
        call: &ApiCall,
        perform: impl FnOnce() -> T,
        describe: impl FnOnce(&T) -> Result<Json, String>,
    ) -> Result<T, PreHooksStopped> {
        let hooks: Vec<(&Plugin, &HookDescription)> = self.hooks_for(&call.method).collect();
        let mut refusals = Vec::new();
        for (plugin, hook) in &hooks {
            let input = json!({"hook": hook.name, "event": "pre", "call": call});
            let error = match plugin.call("hook.call", &input) {
                Ok(Json::Bool(true)) => continue,
                Ok(Json::Bool(false)) => None,
                Ok(_) => Some(plugin.fault("did not say whether a call may be made")),
                Err(error) => Some(error),
            };
            refusals.push(Refusal {
                plugin: plugin.description().name.clone(),
                hook: hook.name.clone(),
                error,
            });
        }
        if !refusals.is_empty() {
            return Err(PreHooksStopped {
                method: call.method.clone(),
                refusals,
            });
        }
        let outcome = perform();
        let event = match describe(&outcome) {
            Ok(answer) => json!({"event": "post", "answer": answer}),
            Err(error) => json!({"event": "err", "error": error}),
        };
        for (plugin, hook) in hooks {
            let mut input = event.clone();
            input["hook"] = hook.name.as_str().into();
            input["call"] = json!(call);
            if let Err(error) = plugin.call("hook.call", &input) {
                let message = format!("hook `{}`: {error}", hook.name);
                plugin.log(Level::Warn, &message);
            }
        }
        Ok(outcome)
    }

    fn hooks_for<'p>(
        &'p self,
        method: &'p str,
    ) -> impl Iterator<Item = (&'p Plugin, &'p HookDescription)> {
        self.iter().flat_map(move |plugin| {
            let hooks = plugin.description().hooks.iter();
            let is_for =
                move |hook: &&HookDescription| hook.methods.iter().any(|known| known == method);
            hooks.filter(is_for).map(move |hook| (plugin, hook))
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;
    use crate::scripted::{RecordingServices, describe, plugins};
    use crate::settings::Settings;

    /// Makes a call with two plugins, the first of which answers `first` to pre hooks; returns the events in order.
    fn call(first: Result<Json, &'static str>, answer: Result<Json, String>) -> Vec<String> {
        let services = Arc::new(RecordingServices::default());
        let events = Arc::new(Mutex::new(Vec::new()));
        let script = |name: &'static str, pre: Result<Json, &'static str>| {
            let events = Arc::clone(&events);
            let hooks = json!({"hooks": [
                {"name": "h", "methods": ["create_job"]},
                {"name": "other", "methods": ["restart"]},
            ]});
            let answer = move |method: &str, asked: Json| {
                assert_eq!(method, "hook.call");
                assert_eq!(asked["call"]["method"], "create_job");
                let (hook, event) = (&asked["hook"], &asked["event"]);
                let outcome = asked.get("answer").or(asked.get("error"));
                let outcome = outcome.map(ToString::to_string).unwrap_or_default();
                events
                    .lock()
                    .unwrap()
                    .push(format!("{name} {hook} {event} {outcome}"));
                match event.as_str() {
                    Some("pre") => pre.clone(),
                    _ => Err("not now"),
                }
            };
            (describe(name, hooks), answer)
        };
        let scripts = vec![script("a", first), script("b", Ok(true.into()))];
        let plugins = plugins(scripts, Settings::default(), services.clone());
        let api_call = ApiCall {
            method: "create_job".to_owned(),
            job: Some("west/www/prod/web".to_owned()),
            config: Json::Null,
            arguments: json!({}),
        };
        let perform = || {
            events.lock().unwrap().push("called".to_owned());
            answer.clone()
        };
        let result = plugins.with_hooks(&api_call, perform, Clone::clone);
        let mut events = std::mem::take(&mut *events.lock().unwrap());
        match result {
            Ok(outcome) => assert_eq!(outcome, answer),
            Err(stopped) => {
                events.push(stopped.to_string());
                let error = |refusal: &Refusal| refusal.error.as_ref().map(ToString::to_string);
                events.extend(
                    stopped
                        .refusals
                        .iter()
                        .map(|refusal| format!("{} {:?}", refusal.plugin, error(refusal))),
                );
            }
        }
        events.extend(services.0.lock().unwrap().drain(..));
        events
    }

    #[test]
    fn hooks_receive_the_answer_and_cannot_change_it() {
        assert_eq!(
            call(Ok(true.into()), Ok(json!({"ok": 1}))),
            [
                "a \"h\" \"pre\" ",
                "b \"h\" \"pre\" ",
                "called",
                "a \"h\" \"post\" {\"ok\":1}",
                "b \"h\" \"post\" {\"ok\":1}",
                "a Warn hook `h`: not now",
                "b Warn hook `h`: not now",
            ]
        );
        let failed = call(Ok(true.into()), Err("LOCK_ERROR: busy".to_owned()));
        assert_eq!(failed[3], "a \"h\" \"err\" \"LOCK_ERROR: busy\"");
    }

    #[test]
    fn one_refusal_stops_the_call_after_all_hooks() {
        let check = |first, refusal: &str| {
            let expected = [
                "a \"h\" \"pre\" ",
                "b \"h\" \"pre\" ",
                "Pre hooks stopped call to create_job",
                refusal,
            ];
            assert_eq!(call(first, Ok(Json::Null)), expected);
        };
        check(Ok(false.into()), "a None");
        check(Err("frozen"), "a Some(\"frozen\")");
        check(
            Ok(json!("yes")),
            "a Some(\"plugin `a` did not say whether a call may be made\")",
        );
    }
}

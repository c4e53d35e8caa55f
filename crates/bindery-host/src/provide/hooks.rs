//! Hooks of plugins around the calls that a client makes to its scheduler.

use bindery_diagnostic::Diagnostic;
use serde::Serialize;
use serde_json::{Value as Json, json};

use crate::{HookDescription, Level, Plugin, Plugins};

/// A call to a scheduler.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ApiCall {
    /// What is called: `create_job`, `add_instances`, `kill_job`, `restart`, `start_cronjob` or `start_job_update`.
    pub method: String,
    /// The key of the job, `cluster/role/environment/name`.
    pub job: Option<String>,
    /// The bound job, where the call is made from a job file.
    pub config: Json,
    /// The other arguments, by name.
    pub arguments: Json,
}

/// At least one hook does not let a call pass.
#[derive(Clone, Debug, thiserror::Error)]
#[error("Pre hooks stopped call to {method}")]
pub struct PreHooksStopped {
    /// What was to be called.
    pub method: String,
    /// Who refused, in the order of the hooks.
    pub refusals: Vec<Refusal>,
}

/// A hook that does not let a call pass.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// The plugin.
    pub plugin: String,
    /// The hook.
    pub hook: String,
    /// Why, if it says.
    pub error: Option<Diagnostic>,
}

impl Plugins {
    /// Makes a call to a scheduler between the hooks of all plugins that are for it.
    ///
    /// This is what a client of schedulers calls for each of its calls that change something. All hooks are asked first; if one
    /// refuses, the call is not made. Then they are told what came of it: `told` gives the scheduler's answer, or what went wrong
    /// as text, which may also be an answer that refuses. What a hook says then is a warning in the log and changes nothing.
    ///
    /// # Errors
    ///
    /// If a hook refused or failed; else what `perform` gives is given, be it good or bad.
    pub fn hooked<T>(
        &self,
        call: &ApiCall,
        perform: impl FnOnce() -> T,
        told: impl FnOnce(&T) -> Result<Json, String>,
    ) -> Result<T, PreHooksStopped> {
        let hooks: Vec<(&Plugin, &HookDescription)> = self.hooks_for(&call.method).collect();
        let mut refusals = Vec::new();
        for (plugin, hook) in &hooks {
            let asked = json!({"hook": hook.name, "event": "pre", "call": call});
            let error = match plugin.call("hook.call", &asked) {
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
        let event = match told(&outcome) {
            Ok(answer) => json!({"event": "post", "answer": answer}),
            Err(error) => json!({"event": "err", "error": error}),
        };
        for (plugin, hook) in hooks {
            let mut asked = event.clone();
            asked["hook"] = hook.name.as_str().into();
            asked["call"] = json!(call);
            if let Err(error) = plugin.call("hook.call", &asked) {
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
            let is_for = move |hook: &&HookDescription| hook.methods.iter().any(|it| it == method);
            hooks.filter(is_for).map(move |hook| (plugin, hook))
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;
    use crate::{
        Settings,
        scripted::{Heard, described, plugins},
    };

    /// Makes a call with two plugins, of which the first answers `first` to pre hooks; gives what happened, in order.
    fn call(first: Result<Json, &'static str>, answer: Result<Json, String>) -> Vec<String> {
        let heard = Arc::new(Heard::default());
        let happened = Arc::new(Mutex::new(Vec::new()));
        let script = |name: &'static str, pre: Result<Json, &'static str>| {
            let happened = Arc::clone(&happened);
            let hooks = json!({"hooks": [
                {"name": "h", "methods": ["create_job"]},
                {"name": "other", "methods": ["restart"]},
            ]});
            let answer = move |method: &str, asked: Json| {
                assert_eq!(method, "hook.call");
                assert_eq!(asked["call"]["method"], "create_job");
                let (hook, event) = (&asked["hook"], &asked["event"]);
                let what = asked.get("answer").or(asked.get("error"));
                let what = what.map(ToString::to_string).unwrap_or_default();
                happened
                    .lock()
                    .unwrap()
                    .push(format!("{name} {hook} {event} {what}"));
                match event.as_str() {
                    Some("pre") => pre.clone(),
                    _ => Err("not now"),
                }
            };
            (described(name, hooks), answer)
        };
        let scripts = vec![script("a", first), script("b", Ok(true.into()))];
        let plugins = plugins(scripts, Settings::default(), heard.clone());
        let api_call = ApiCall {
            method: "create_job".to_owned(),
            job: Some("west/www/prod/web".to_owned()),
            config: Json::Null,
            arguments: json!({}),
        };
        let perform = || {
            happened.lock().unwrap().push("called".to_owned());
            answer.clone()
        };
        let ended = plugins.hooked(&api_call, perform, Clone::clone);
        let mut happened = std::mem::take(&mut *happened.lock().unwrap());
        match ended {
            Ok(ended) => assert_eq!(ended, answer),
            Err(stopped) => {
                happened.push(stopped.to_string());
                let why = |it: &Refusal| it.error.as_ref().map(ToString::to_string);
                happened.extend(
                    stopped
                        .refusals
                        .iter()
                        .map(|it| format!("{} {:?}", it.plugin, why(it))),
                );
            }
        }
        happened.extend(heard.0.lock().unwrap().drain(..));
        happened
    }

    #[test]
    fn hooks_are_told_of_the_answer_and_cannot_change_it() {
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
    fn all_are_asked_and_one_refusal_stops_the_call() {
        let refused = |first, why: &str| {
            let expected = [
                "a \"h\" \"pre\" ",
                "b \"h\" \"pre\" ",
                "Pre hooks stopped call to create_job",
                why,
            ];
            assert_eq!(call(first, Ok(Json::Null)), expected);
        };
        refused(Ok(false.into()), "a None");
        refused(Err("frozen"), "a Some(\"frozen\")");
        refused(
            Ok(json!("yes")),
            "a Some(\"plugin `a` did not say whether a call may be made\")",
        );
    }
}

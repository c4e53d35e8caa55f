//! Rules that every host relies on, checked with one plugin.

use std::{collections::BTreeMap, sync::Arc};

use bindery_abi::{Failure, PluginModule_Ref, code};
use serde_json::json;

use super::{FakeHost, OpenPlugin, components, description};
use crate::{Answer, BindError, Json};

/// Returns the rules that the plugin breaks, one line each.
///
/// `plugin` is the result of the function that `export_plugin!` defines, `host` the host of the test, and `config` the settings. An
/// example is a ref with its value, or with the message of its error; the pattern of a binder decides which binder is asked.
///
/// ```
/// use bindery_plugin::{json, testing::{FakeHost, breaches}};
/// # use bindery_plugin::{Answer, BindError, Binder, Host, Match, export_plugin};
/// # struct Greeting;
/// # impl Binder for Greeting {
/// #     const NAME: &'static str = "greeting";
/// #     const PATTERN: &'static str = "greeting[*]";
/// #     fn bind(&self, _host: &Host, found: &Match) -> Result<Answer, BindError> {
/// #         match found.index(0) {
/// #             "en" => Ok(Answer::text("hello")),
/// #             other => Err(BindError::not_found(format!("no greeting in `{other}`"))),
/// #         }
/// #     }
/// # }
/// # export_plugin! { name: "greeting", binders: [Greeting] }
/// # fn main() {
///
/// let examples = [
///     ("greeting[en]", Ok(json!("hello"))),
///     ("greeting[tlh]", Err("no greeting in `tlh`")),
/// ];
/// assert_eq!(breaches(plugin(), &FakeHost::new(), &json!({}), &examples), [""; 0]);
/// # }
/// ```
///
/// The rules: two descriptions are equal; the plugin opens, closes and opens again; it refuses settings that are not JSON; it answers the
/// examples one by one, and all examples of a binder in one batch, in any order; it refuses an unknown binder and an unknown method; and
/// it does not panic on bad input of a method or after an interrupt.
pub fn breaches(
    plugin: PluginModule_Ref,
    host: &FakeHost,
    config: &Json,
    examples: &[(&str, Result<Json, &str>)],
) -> Vec<String> {
    let mut trial = Trial {
        plugin,
        config,
        said: description(plugin),
        breaches: Vec::new(),
    };
    if description(plugin) != trial.said {
        trial.breach("describes itself differently the second time");
    }
    if (plugin.open())(host.services(), "{".into()).is_ok() {
        trial.breach("opens with settings that are not JSON");
    }
    // The first instance is closed before the examples open another one.
    drop(trial.open(host));
    if let Some(open) = trial.open(host) {
        trial.answers(&open, examples);
        trial.refusals(&open);
    }
    let gone = FakeHost {
        state: Arc::default(),
        ..host.clone()
    };
    if let Some(open) = trial.open(&gone) {
        gone.cancel();
        trial.cancelled(&open, examples);
    }
    if let Some(said) = host.log().iter().find(|said| said.contains("in `close`")) {
        trial.breach(&format!("cannot be closed: {said}"));
    }
    trial.breaches
}

/// Plugin under test.
struct Trial<'t> {
    plugin: PluginModule_Ref,
    config: &'t Json,
    said: Json,
    breaches: Vec<String>,
}

impl Trial<'_> {
    fn breach(&mut self, what: &str) {
        let line = format!("the plugin {what}");
        if !self.breaches.contains(&line) {
            self.breaches.push(line);
        }
    }

    fn open(&mut self, host: &FakeHost) -> Option<OpenPlugin> {
        match host.open(self.plugin, self.config.clone()) {
            Ok(open) => Some(open),
            Err(error) => {
                self.breach(&format!("cannot be opened: {error}"));
                None
            }
        }
    }

    /// Returns the examples of each binder.
    fn by_binder<'e, T>(
        &mut self,
        examples: &'e [(&'e str, T)],
    ) -> BTreeMap<String, Vec<&'e (&'e str, T)>> {
        let mut sorted: BTreeMap<String, Vec<_>> = BTreeMap::new();
        for example in examples {
            let binders = self.said["binders"].as_array().into_iter().flatten();
            let claims = binders
                .filter(|binder| claims(binder["pattern"].as_str().unwrap_or(""), example.0))
                .filter_map(|binder| binder["name"].as_str());
            match claims.map(str::to_owned).next() {
                Some(binder) => sorted.entry(binder).or_default().push(example),
                None => self.breach(&format!("has no binder for `{}`", example.0)),
            }
        }
        sorted
    }

    fn answers(&mut self, open: &OpenPlugin, examples: &[(&str, Result<Json, &str>)]) {
        for (binder, examples) in self.by_binder(examples) {
            for (address, expected) in &examples {
                let found = open.bind(&binder, address);
                self.compare(address, &found, expected, "");
            }
            // The order is neither that of the list nor that of the addresses.
            let batch: Vec<_> = examples.iter().rev().chain(&examples).collect();
            let addresses: Vec<&str> = batch.iter().map(|(address, _)| *address).collect();
            match open.bind_batch(&binder, &addresses) {
                Ok(answers) if answers.len() == batch.len() => {
                    for ((address, expected), found) in batch.into_iter().zip(&answers) {
                        self.compare(address, found, expected, " among others");
                    }
                }
                Ok(answers) => {
                    let (asked, gave) = (batch.len(), answers.len());
                    self.breach(&format!(
                        "gives {gave} answers to {asked} refs of `{binder}`"
                    ));
                }
                Err(error) => self.breach(&format!("answers no batch of `{binder}`: {error}")),
            }
        }
    }

    fn compare(
        &mut self,
        address: &str,
        found: &Result<Answer, BindError>,
        expected: &Result<Json, &str>,
        how: &str,
    ) {
        let said = match (found, expected) {
            (Ok(answer), Ok(value)) if answer.value() == value => return,
            (Err(error), Err(message)) if error.message() == *message => return,
            (Ok(answer), _) => answer.value().to_string(),
            (Err(error), _) => format!("the error `{error}`"),
        };
        self.breach(&format!("says {said} to `{address}`{how}"));
    }

    fn refusals(&mut self, open: &OpenPlugin) {
        const NOBODY: &str = "no-such-part";
        match open.bind_batch(NOBODY, &["a[b]"]) {
            Ok(answers) if answers.iter().any(Result::is_ok) => {
                self.breach("answers for a binder that it does not have");
            }
            Ok(_) | Err(_) => {}
        }
        if open.call(NOBODY, json!({})).is_ok() {
            self.breach("has a result for a method that it does not have");
        }
        let methods = self.said["methods"].as_array().cloned();
        let methods = methods.into_iter().flatten();
        let methods: Vec<_> = methods
            .filter_map(|method| Some(method.as_str()?.to_owned()))
            .collect();
        for method in methods {
            for input in ["{", "null"] {
                let called = open.instance.call(method.as_str().into(), input.into());
                match called.into_result() {
                    Ok(_) if input == "{" => {
                        self.breach(&format!(
                            "returns a result of `{method}` for input that is not JSON"
                        ));
                    }
                    Ok(output) if serde_json::from_str::<Json>(&output).is_err() => {
                        self.breach(&format!("returns a result of `{method}` that is not JSON"));
                    }
                    Err(failure) if panicked(&failure) => {
                        let message = &failure.message;
                        self.breach(&format!(
                            "does not take `{input}` for `{method}`: {message}"
                        ));
                    }
                    _ => {}
                }
            }
        }
    }

    fn cancelled(&mut self, open: &OpenPlugin, examples: &[(&str, Result<Json, &str>)]) {
        for (binder, examples) in self.by_binder(examples) {
            let addresses: Vec<&str> = examples.iter().map(|(address, _)| *address).collect();
            let requests = open.requests(&binder, &addresses);
            match open.instance.bind(requests).into_result() {
                Err(failure) if panicked(&failure) => {
                    let message = &failure.message;
                    self.breach(&format!(
                        "does not end when the user wants it to: {message}"
                    ));
                }
                _ => {}
            }
        }
    }
}

fn panicked(failure: &Failure) -> bool {
    failure.code == code::PLUGIN_PANICKED
}

/// Returns whether a pattern claims the ref, as far as the pattern has names and `*`.
fn claims(pattern: &str, address: &str) -> bool {
    let (pattern, address) = (components(pattern), components(address));
    let fits = |(pattern, part): (&&str, &&str)| *pattern == "*" || pattern == part;
    pattern.len() == address.len() && pattern.iter().zip(&address).all(fits)
}

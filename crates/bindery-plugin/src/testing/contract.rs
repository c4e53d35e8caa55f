//! What every host counts on, tried with one plugin.

use std::{collections::BTreeMap, sync::Arc};

use bindery_abi::{Failure, PluginModule_Ref, code};
use serde_json::json;

use super::{FakeHost, OpenPlugin, components, description};
use crate::{Answer, BindError, Json};

/// What the plugin does against the rules that every host counts on, one line each; none if it is fit.
///
/// `plugin` is what `export_plugin!` makes, `host` what it finds around it, `config` its settings. An example is a ref with its value,
/// or with the message of the error that comes instead; the binder is found by its pattern.
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
/// The rules: it describes itself twice the same; opens, closes, and opens again; refuses settings that are no JSON; answers the
/// examples one by one, and all of a binder at once in the order asked, whatever that is; refuses a binder and a method that it does
/// not have; takes bad input of a method, and a user who wants to end, without a panic.
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
        trial.breach("describes itself otherwise the second time");
    }
    if (plugin.open())(host.services(), "{".into()).is_ok() {
        trial.breach("opens with settings that are no JSON");
    }
    // Closed before it is opened for the examples.
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

/// One plugin on trial.
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

    /// The examples of each binder.
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
            // Neither the order of the list nor that of the addresses.
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
                        self.breach(&format!("has a result of `{method}` for what is no JSON"));
                    }
                    Ok(output) if serde_json::from_str::<Json>(&output).is_err() => {
                        self.breach(&format!("gives no JSON as the result of `{method}`"));
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

/// Whether a binder of this pattern is asked for the ref, as far as a pattern names its components or says `*`.
fn claims(pattern: &str, address: &str) -> bool {
    let (pattern, address) = (components(pattern), components(address));
    let fits = |(pattern, part): (&&str, &&str)| *pattern == "*" || pattern == part;
    pattern.len() == address.len() && pattern.iter().zip(&address).all(fits)
}

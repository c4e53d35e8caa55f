//! Calls to a plugin as a host makes them, without a library: for the plugin's tests.
//!
//! ```
//! use bindery_plugin::{testing::FakeHost, json};
//! # use bindery_plugin::{Answer, BindError, Binder, Host, Match, export_plugin};
//! # struct Greeting;
//! # impl Binder for Greeting {
//! #     const NAME: &'static str = "greeting";
//! #     const PATTERN: &'static str = "greeting[*]";
//! #     fn bind(&self, _host: &Host, _found: &Match) -> Result<Answer, BindError> {
//! #         Ok(Answer::text("hello"))
//! #     }
//! # }
//! # export_plugin! { name: "greeting", binders: [Greeting] }
//! # fn main() {
//!
//! let greeting = FakeHost::new().open(plugin(), json!({})).unwrap();
//! assert_eq!(greeting.bind("greeting", "greeting[en]").unwrap().value(), "hello");
//! # }
//! ```
//!
//! Each call passes through the tables of a real host, so panics are caught and names are checked. [`breaches`] checks the rules that
//! every host relies on, with examples of the author.

mod contract;

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use bindery_abi::{
    Failure, HostBox, HostServices, HostServices_TO, InstanceBox, PluginModule_Ref, Request, level,
    stable::{RNone, ROption, RResult, RStr, RString, RVec, TD_Opaque},
};
use serde_json::json;

use crate::{Answer, BindError, Credential, Error, Json, Map, command::Given};

pub use contract::breaches;

/// Host with the clusters, credentials and settings of a test, which records logs and output.
#[derive(Clone, Default)]
pub struct FakeHost {
    clusters: BTreeMap<String, Json>,
    credentials: BTreeMap<String, Credential>,
    cache_folder: Option<PathBuf>,
    registries: BTreeMap<String, Json>,
    network: Option<Json>,
    record: bool,
    options: BTreeMap<String, Given>,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    log: Mutex<Vec<String>>,
    printed: Mutex<Vec<String>>,
    cancelled: AtomicBool,
}

impl FakeHost {
    /// Creates a host without clusters, credentials and cache folder.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a cluster with these keys.
    pub fn cluster(mut self, name: &str, keys: Json) -> Self {
        self.clusters.insert(name.to_owned(), keys);
        self
    }

    /// Adds a credential for every repository of a registry.
    pub fn credential(mut self, registry: &str, credential: Credential) -> Self {
        self.credentials.insert(registry.to_owned(), credential);
        self
    }

    /// Adds the settings of a registry, as in `[registry."host:port"]`.
    pub fn registry(mut self, registry: &str, settings: Json) -> Self {
        self.registries.insert(registry.to_owned(), settings);
        self
    }

    /// Sets an option of the plugins that are opened later.
    pub fn option(mut self, name: &str, value: &str) -> Self {
        self.options
            .insert(name.to_owned(), Given::Value(value.to_owned()));
        self
    }

    /// Sets an option without a value.
    pub fn flag(mut self, name: &str) -> Self {
        self.options.insert(name.to_owned(), Given::Flag(true));
        self
    }

    /// Sets the settings for connections, as [`crate::Setup::network`] returns them.
    pub fn network(mut self, network: Json) -> Self {
        self.network = Some(network);
        self
    }

    /// Sets the cache folder, which must exist.
    pub fn cache_folder(mut self, folder: impl Into<PathBuf>) -> Self {
        self.cache_folder = Some(folder.into());
        self
    }

    /// Makes plugins collect complete evidence, as for a lock file.
    pub fn recording(mut self) -> Self {
        self.record = true;
        self
    }

    /// Interrupts the run: [`crate::Host::cancelled`] returns true from now on.
    pub fn cancel(&self) {
        self.state.cancelled.store(true, Ordering::Relaxed);
    }

    /// Returns the log lines, each as `warn: message`.
    pub fn log(&self) -> Vec<String> {
        lock(&self.state.log).clone()
    }

    /// Returns the printed lines.
    pub fn printed(&self) -> Vec<String> {
        lock(&self.state.printed).clone()
    }

    /// Opens a plugin with these settings; `plugin` is the result of the function that `export_plugin!` defines.
    ///
    /// # Errors
    ///
    /// The error of the plugin.
    pub fn open(&self, plugin: PluginModule_Ref, config: Json) -> Result<OpenPlugin, Error> {
        let mut settings = json!({
            "config": config,
            "registries": self.registries,
            "limits": {},
            "record": self.record,
            "options": self.options,
        });
        if let Some(network) = &self.network {
            settings["network"] = network.clone();
        }
        let instance =
            (plugin.open())(self.services(), settings.to_string().as_str().into()).into_result()?;
        Ok(OpenPlugin {
            instance,
            description: description(plugin),
            cluster: String::new(),
        })
    }

    /// Returns a handle to this host, for functions of a plugin that take one.
    pub fn handle(&self) -> crate::Host {
        crate::Host::new(self.services())
    }

    fn services(&self) -> HostBox {
        HostServices_TO::from_value(self.clone(), TD_Opaque)
    }
}

/// Returns the description of a plugin.
pub fn description(plugin: PluginModule_Ref) -> Json {
    serde_json::from_str(&(plugin.describe())()).expect("a description is JSON")
}

/// Open plugin.
pub struct OpenPlugin {
    instance: InstanceBox,
    description: Json,
    cluster: String,
}

impl OpenPlugin {
    /// Sets the cluster of later refs.
    pub fn on_cluster(mut self, name: &str) -> Self {
        name.clone_into(&mut self.cluster);
        self
    }

    /// Asks a binder for one ref, such as `docker.image[web][1.4]`.
    ///
    /// # Errors
    ///
    /// The error of the binder.
    pub fn bind(&self, binder: &str, address: &str) -> Result<Answer, BindError> {
        self.bind_batch(binder, &[address])?.remove(0)
    }

    /// Asks a binder for many refs in one batch.
    ///
    /// # Errors
    ///
    /// If the plugin does not have the binder, or the binder did not answer every ref.
    pub fn bind_batch(
        &self,
        binder: &str,
        addresses: &[&str],
    ) -> Result<Vec<Result<Answer, BindError>>, Error> {
        let requests = self.requests(binder, addresses);
        let answers = self.instance.bind(requests).into_result()?;
        Ok(answers
            .into_iter()
            .map(|answer| {
                answer
                    .into_result()
                    .map(Answer::from)
                    .map_err(BindError::from)
            })
            .collect())
    }

    fn requests(&self, binder: &str, addresses: &[&str]) -> RVec<Request> {
        let request = |address: &&str| Request {
            binder: binder.into(),
            address: (*address).into(),
            parts: components(address).into_iter().map(RString::from).collect(),
            cluster: self.cluster.as_str().into(),
        };
        addresses.iter().map(request).collect()
    }

    /// Asks a binder to review a recalled answer, as [`crate::Binder::review`] does.
    ///
    /// # Errors
    ///
    /// If the plugin does not have the binder.
    ///
    /// # Panics
    ///
    /// If the answer does not have the form that a host expects.
    pub fn review(
        &self,
        binder: &str,
        address: &str,
        recalled: &Answer,
    ) -> Result<Result<(), String>, Error> {
        let input = json!({"binder": binder, "recalled": [{
            "address": address,
            "parts": components(address),
            "cluster": (!self.cluster.is_empty()).then_some(&self.cluster),
            "value": recalled.value(),
            "evidence": recalled.evidence(),
        }]});
        let reviews = self.call("binder.review", input)?;
        Ok(match &reviews[0] {
            Json::Null => Ok(()),
            refusal => Err(refusal["message"]
                .as_str()
                .expect("a refusal has a message")
                .to_owned()),
        })
    }

    /// Asks a source for a credential to pull; `config` is the rest of its `[[auth]]` entry.
    ///
    /// # Errors
    ///
    /// The error of the source.
    pub fn credential(
        &self,
        source: &str,
        config: Json,
        registry: &str,
        repository: &str,
    ) -> Result<Option<Credential>, Error> {
        let found = self.call(
            "auth.credential",
            json!({
                "source": source,
                "config": config,
                "registry": registry,
                "repository": repository,
                "actions": ["pull"],
            }),
        )?;
        Ok(serde_json::from_value(found).expect("a credential or null"))
    }

    /// Runs a command with its arguments and options as typed after the plugin's name: `["stage", "web", "--force"]`.
    ///
    /// # Errors
    ///
    /// The error of the command.
    ///
    /// # Panics
    ///
    /// If the call does not fit the declaration of the command.
    pub fn run(&self, line: &[&str]) -> Result<u8, Error> {
        let (name, line) = line.split_first().expect("a command has a name");
        let commands = self.description["commands"].as_array();
        let command = commands.and_then(|all| all.iter().find(|it| it["name"] == *name));
        let command = command.unwrap_or_else(|| panic!("there is no command `{name}`"));
        let mut input = typed(command, line);
        input["command"] = json!(name);
        let output = self.call("command.run", input)?;
        match output.get("error") {
            Some(error) => Err(BindError::from_json(error)),
            None => Ok(serde_json::from_value(output["code"].clone()).expect("a code is given")),
        }
    }

    /// Runs a step of a run of `bindery` with these arguments: `before_dispatch`, `before_execution` or `after_execution`. Returns the
    /// arguments after the step. `code` is the exit code of the command.
    ///
    /// # Errors
    ///
    /// The error of the step.
    ///
    /// # Panics
    ///
    /// If the answer does not have the form that a host expects.
    pub fn step(&self, step: &str, arguments: &[&str], code: u8) -> Result<Vec<String>, Error> {
        let command = arguments.first().copied().unwrap_or_default();
        let run = json!({"program": "bindery", "command": command, "arguments": arguments});
        let input = json!({"run": run, "arguments": arguments, "code": code});
        let output = self.call(&format!("lifecycle.{step}"), input)?;
        match output.get("error") {
            Some(error) => Err(BindError::from_json(error)),
            None => {
                let left = output["arguments"].clone();
                Ok(serde_json::from_value(left).expect("arguments are texts"))
            }
        }
    }

    /// Asks a hook whether a call for this job is permitted.
    ///
    /// # Errors
    ///
    /// The error of the hook.
    pub fn pre_hook(&self, hook: &str, method: &str, job: &str) -> Result<bool, Error> {
        let call = json!({"method": method, "job": job});
        let passed = self.call(
            "hook.call",
            json!({"hook": hook, "event": "pre", "call": call}),
        )?;
        Ok(passed == true)
    }

    /// Calls a method.
    ///
    /// # Errors
    ///
    /// The error of the method.
    pub fn call(&self, method: &str, input: Json) -> Result<Json, Error> {
        let output = self
            .instance
            .call(method.into(), input.to_string().as_str().into())
            .into_result()?;
        Ok(serde_json::from_str(&output).expect("methods give JSON"))
    }
}

/// Arguments and options of a command, sorted by its declaration.
fn typed(command: &Json, line: &[&str]) -> Json {
    let list = |name: &str| command[name].as_array().cloned().unwrap_or_default();
    let mut places = list("arguments").into_iter().peekable();
    let (mut arguments, mut options) = (Map::new(), Map::new());
    let mut words = line.iter();
    while let Some(word) = words.next() {
        if let Some(name) = word.strip_prefix("--") {
            let declared = list("options").into_iter().find(|it| it["name"] == name);
            let declared = declared.unwrap_or_else(|| panic!("there is no option `{word}`"));
            let value = match declared["value"] {
                Json::Null => json!(true),
                _ => json!(words.next().expect("the option has a value")),
            };
            options.insert(name.to_owned(), value);
            continue;
        }
        let place = places
            .peek()
            .expect("the command takes this many arguments");
        let name = place["name"].as_str().unwrap_or_default().to_owned();
        let given = arguments.entry(name).or_insert_with(|| json!([]));
        given
            .as_array_mut()
            .expect("it is a list")
            .push(json!(word));
        if place["repeated"] != true {
            places.next();
        }
    }
    let missing = places.find(|place| {
        let name = place["name"].as_str().unwrap_or_default();
        place["required"] == true && !arguments.contains_key(name)
    });
    assert!(missing.is_none(), "an argument is missing: {missing:?}");
    json!({"arguments": arguments, "options": options})
}

/// Returns the components of an address: `a.b[c.d][e]` has `a`, `b`, `c.d`, `e`.
fn components(address: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = address;
    loop {
        let (part, next) = match rest.strip_prefix('[') {
            Some(inside) => inside.split_once(']').unwrap_or((inside, "")),
            None => {
                let name = rest.strip_prefix('.').unwrap_or(rest);
                name.split_at(name.find(['.', '[']).unwrap_or(name.len()))
            }
        };
        parts.push(part);
        if next.is_empty() {
            return parts;
        }
        rest = next;
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl HostServices for FakeHost {
    fn log(&self, level: u8, message: RStr<'_>) {
        let level = match level {
            level::DEBUG => "debug",
            level::INFO => "info",
            level::WARN => "warn",
            _ => "error",
        };
        lock(&self.state.log).push(format!("{level}: {message}"));
    }

    fn print(&self, text: RStr<'_>) {
        lock(&self.state.printed).push(text.to_string());
    }

    fn progress(&self, _task: RStr<'_>, _done: u64, _total: u64) {}

    fn cancelled(&self) -> bool {
        self.state.cancelled.load(Ordering::Relaxed)
    }

    fn cluster(&self, name: RStr<'_>) -> RResult<RString, Failure> {
        let keys = self
            .clusters
            .get(name.as_str())
            .map(|keys| RString::from(keys.to_string()));
        keys.ok_or_else(|| BindError::not_found(format!("unknown cluster `{name}`")).into())
            .into()
    }

    fn credential(
        &self,
        registry: RStr<'_>,
        _repository: RStr<'_>,
        _actions: RVec<RString>,
    ) -> RResult<ROption<RString>, Failure> {
        let json = |credential| serde_json::to_string(credential).expect("texts are JSON");
        let found = self.credentials.get(registry.as_str());
        RResult::ROk(found.map_or(RNone, |found| ROption::RSome(json(found).into())))
    }

    fn cache_folder(&self) -> RResult<RString, Failure> {
        let folder = self
            .cache_folder
            .as_ref()
            .and_then(|path| path.to_str())
            .map(RString::from);
        folder
            .ok_or_else(|| BindError::failed("there is no cache folder").into())
            .into()
    }

    fn call(&self, method: RStr<'_>, _input: RStr<'_>) -> RResult<RString, Failure> {
        match method.as_str() {
            "host.about" => {
                let version = env!("CARGO_PKG_VERSION");
                let about = json!({"version": version, "methods": ["host.about"]});
                RResult::ROk(about.to_string().into())
            }
            unknown => {
                let error = BindError::invalid(format!("the host has no method `{unknown}`"));
                RResult::RErr(error.into())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_of_a_test_tells_of_itself() {
        let host = FakeHost::new();
        let about = host.handle().about().unwrap();
        assert_eq!(about.version(), env!("CARGO_PKG_VERSION"));
        assert_eq!(about.methods(), ["host.about"]);
        let failure = host.services().call("host.tea".into(), "null".into());
        let error = BindError::from(failure.into_result().unwrap_err());
        let expected = BindError::invalid("the host has no method `host.tea`");
        assert_eq!(error, expected);
    }

    #[test]
    fn addresses_fall_into_components() {
        assert_eq!(components("a"), ["a"]);
        assert_eq!(components("a.b[c.d][e]"), ["a", "b", "c.d", "e"]);
        assert_eq!(components("a[].b"), ["a", "", "b"]);
    }
}

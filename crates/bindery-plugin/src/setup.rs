//! What a plugin gets when it is opened.

use std::{
    any::{Any, TypeId},
    cell::RefCell,
    collections::HashMap,
    sync::{Arc, LazyLock},
};

use serde::{Deserialize, de::DeserializeOwned};

use crate::{Error, Host, Json, Map, command::Options};

/// The settings a plugin is opened with, and the host.
///
/// A part of a plugin that needs them is listed with a function that makes it:
///
/// ```
/// # use std::sync::Arc;
/// # use bindery_plugin::{Answer, BindError, Binder, Error, Host, Match, Setup, export_plugin, serde::Deserialize};
/// /// What the plugin's section of `bindery.toml` holds.
/// #[derive(Deserialize)]
/// #[serde(crate = "bindery_plugin::serde", deny_unknown_fields)]
/// struct Config {
///     #[serde(default)]
///     polite: bool,
/// }
///
/// struct Greeting {
///     config: Arc<Config>,
/// }
///
/// impl Greeting {
///     fn open(setup: &Setup) -> Result<Self, Error> {
///         // Whoever else asks for a `Config` gets the same one.
///         Ok(Self { config: setup.shared(Setup::config)? })
///     }
/// }
/// # impl Binder for Greeting {
/// #     const NAME: &'static str = "greeting";
/// #     const PATTERN: &'static str = "greeting[*]";
/// #     fn bind(&self, _host: &Host, _found: &Match) -> Result<Answer, BindError> {
/// #         Ok(Answer::text(if self.config.polite { "good day" } else { "hi" }))
/// #     }
/// # }
///
/// export_plugin! { name: "greeting", binders: [Greeting => Greeting::open] }
/// # fn main() {}
/// ```
pub struct Setup {
    plugin: &'static str,
    host: Host,
    settings: Settings,
    shared: RefCell<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>,
}

/// What `open` gets; keys that a later host adds are skipped.
#[derive(Deserialize)]
struct Settings {
    #[serde(default)]
    config: Json,
    #[serde(default)]
    registries: Map<String, Json>,
    #[serde(default)]
    limits: Json,
    #[serde(default)]
    network: Json,
    #[serde(default)]
    record: bool,
    #[serde(default)]
    options: Options,
}

impl Setup {
    /// `settings` is the JSON text that the host hands over.
    pub(crate) fn new(plugin: &'static str, host: Host, settings: &str) -> Result<Self, Error> {
        let settings = serde_json::from_str(settings).map_err(|cause| {
            Error::invalid(format!(
                "the settings that `{plugin}` was opened with are not valid: {cause}"
            ))
        })?;
        Ok(Self {
            plugin,
            host,
            settings,
            shared: RefCell::default(),
        })
    }

    /// The host.
    pub fn host(&self) -> &Host {
        &self.host
    }

    /// The plugin's own section of `bindery.toml`, or an empty one.
    ///
    /// # Errors
    ///
    /// `Invalid` if it is not what `T` wants.
    pub fn config<T: DeserializeOwned>(&self) -> Result<T, Error> {
        self.read(
            or_empty(&self.settings.config),
            "its section of bindery.toml",
        )
    }

    /// The settings of each registry, `{"host:port": {..}}`, as they stand in `bindery.toml`.
    ///
    /// # Errors
    ///
    /// `Invalid` if they are not what `T` wants.
    pub fn registries<T: DeserializeOwned>(&self) -> Result<T, Error> {
        self.read(
            &Json::Object(self.settings.registries.clone()),
            "the `[registry]` tables",
        )
    }

    /// The limits (time-outs, sizes) that the user set, or `null`.
    pub fn limits(&self) -> &Json {
        &self.settings.limits
    }

    /// How the user wants connections to be made, for a plugin that makes its own: proxies, time limits, whose certificates to
    /// believe. The keys are those of the program's own client; take the ones you need, and skip the others.
    ///
    /// It may hold the password of a proxy: do not log it.
    ///
    /// # Errors
    ///
    /// `Invalid` if it is not what `T` wants.
    pub fn network<T: DeserializeOwned>(&self) -> Result<T, Error> {
        self.read(
            or_empty(&self.settings.network),
            "the settings for connections",
        )
    }

    /// Whether evidence is to hold all that can be told of an answer, also where that costs requests: it goes into a lockfile.
    pub fn record(&self) -> bool {
        self.settings.record
    }

    /// The value of one of the plugin's own options, if the command line gave it.
    ///
    /// There is none while a [step before dispatch](crate::Lifecycle::before_dispatch) is taken: nothing is parsed yet.
    pub fn option(&self, name: &str) -> Option<&str> {
        self.settings.options.value(name)
    }

    /// Whether the command line gave one of the plugin's own options.
    pub fn flag(&self, name: &str) -> bool {
        self.settings.options.has(name)
    }

    /// The `T` that all parts of the plugin share: made by the first that asks, until then by nobody.
    ///
    /// # Errors
    ///
    /// Whatever `make` says; it is tried again by the next that asks.
    pub fn shared<T: Send + Sync + 'static>(
        &self,
        make: impl FnOnce(&Self) -> Result<T, Error>,
    ) -> Result<Arc<T>, Error> {
        let known = self.shared.borrow().get(&TypeId::of::<T>()).cloned();
        if let Some(known) = known.and_then(|any| any.downcast::<T>().ok()) {
            return Ok(known);
        }
        let made = Arc::new(make(self)?);
        self.shared
            .borrow_mut()
            .insert(TypeId::of::<T>(), made.clone());
        Ok(made)
    }

    fn read<T: DeserializeOwned>(&self, json: &Json, place: &str) -> Result<T, Error> {
        T::deserialize(json).map_err(|cause| {
            Error::invalid(format!(
                "plugin `{}` cannot read {place}: {cause}",
                self.plugin
            ))
            .hint("compare the settings in bindery.toml with the plugin's README")
        })
    }
}

/// A host that says nothing may say so by `null`.
fn or_empty(json: &Json) -> &Json {
    static EMPTY: LazyLock<Json> = LazyLock::new(|| Json::Object(Map::new()));
    if json.is_null() { &EMPTY } else { json }
}

#[cfg(test)]
mod tests {
    use super::Setup;
    use crate::{Json, json, testing::FakeHost};

    #[test]
    fn settings_that_a_later_host_adds_are_passed_over_and_missing_ones_are_empty() {
        let open = |settings: Json| {
            let host = FakeHost::new().handle();
            let setup = Setup::new("p", host, &settings.to_string()).unwrap();
            let config: Json = setup.config().unwrap();
            (config, setup.record(), setup.option("word").is_some())
        };
        let all = json!({"config": {"a": 1}, "record": true, "options": {"word": "w"}, "more": {"b": [2]}});
        assert_eq!(open(all), (json!({"a": 1}), true, true));
        assert_eq!(open(json!({})), (json!({}), false, false));
    }
}

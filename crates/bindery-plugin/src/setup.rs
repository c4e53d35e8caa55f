//! Settings and host of a plugin that is being opened.

use std::{
    any::{Any, TypeId},
    cell::RefCell,
    collections::HashMap,
    sync::{Arc, LazyLock},
};

use serde::{Deserialize, de::DeserializeOwned};

use crate::{Error, Host, Json, Map, command::Options};

/// Settings of a plugin that is being opened, and its host.
///
/// A part that needs settings is listed with a function that creates it:
///
/// ```
/// # use std::sync::Arc;
/// # use bindery_plugin::{Answer, BindError, Binder, Error, Host, Match, Setup, export_plugin, serde::Deserialize};
/// /// Section of the plugin in `bindery.toml`.
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
///         // Every part that asks for a `Config` gets this one.
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

/// Input of `open`; unknown keys of later hosts are ignored.
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
    /// Reads `settings`, the JSON text of the host.
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

    /// Returns the host.
    pub fn host(&self) -> &Host {
        &self.host
    }

    /// Reads the plugin's section of `bindery.toml`, or an empty section.
    ///
    /// # Errors
    ///
    /// `Invalid` if the section does not fit `T`.
    pub fn config<T: DeserializeOwned>(&self) -> Result<T, Error> {
        self.read(
            or_empty(&self.settings.config),
            "its section of bindery.toml",
        )
    }

    /// Reads the settings of each registry, `{"host:port": {..}}`, as in `bindery.toml`.
    ///
    /// # Errors
    ///
    /// `Invalid` if the settings do not fit `T`.
    pub fn registries<T: DeserializeOwned>(&self) -> Result<T, Error> {
        self.read(
            &Json::Object(self.settings.registries.clone()),
            "the `[registry]` tables",
        )
    }

    /// Returns the limits of the user (time-outs, sizes), or `null`.
    pub fn limits(&self) -> &Json {
        &self.settings.limits
    }

    /// Reads the user's settings for connections, for a plugin that opens connections: proxies, time limits, trusted certificates. The keys
    /// are the keys of Bindery's own client; a plugin ignores the keys it does not need.
    ///
    /// The settings may contain the password of a proxy: do not log them.
    ///
    /// # Errors
    ///
    /// `Invalid` if the settings do not fit `T`.
    pub fn network<T: DeserializeOwned>(&self) -> Result<T, Error> {
        self.read(
            or_empty(&self.settings.network),
            "the settings for connections",
        )
    }

    /// Returns whether evidence must be complete, even if it costs requests: it goes into a lock file.
    pub fn record(&self) -> bool {
        self.settings.record
    }

    /// Returns the value of one of the plugin's options, if the command line has it.
    ///
    /// Returns `None` during a [step before dispatch](crate::Lifecycle::before_dispatch): the command line is not parsed yet.
    pub fn option(&self, name: &str) -> Option<&str> {
        self.settings.options.value(name)
    }

    /// Returns whether the command line has one of the plugin's options.
    pub fn flag(&self, name: &str) -> bool {
        self.settings.options.has(name)
    }

    /// Returns the `T` that all parts of the plugin share, and creates it with `make` on the first call.
    ///
    /// # Errors
    ///
    /// The error of `make`; the next call tries again.
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

/// Reads null as the default: a host may send null for an absent value.
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

//! Settings for plugins, typed up to the plugin interface.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bindery_reference::Registry;
use bindery_registry::{Network, RegistrySettings};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value as Json, json};

use crate::description::Description;
use crate::registry_pattern::RegistryPattern;

/// Settings for all plugins of a run.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Choice and order of the plugins.
    pub selection: Selection,
    /// Programs that are plugins: the `[exec]` tables.
    pub programs: Vec<ProgramEntry>,
    /// `[[auth]]` entries, in order.
    pub auth: Vec<AuthEntry>,
    /// Command that runs a library in a separate process, to which the path of the library is appended: it calls
    /// [`serve`](crate::serve). `None` loads libraries into this process.
    pub isolate: Option<Vec<PathBuf>>,
    /// Limits of each plugin.
    pub limits: PluginLimits,
    /// Data for the plugins.
    pub input: PluginInput,
}

/// Choice and order of plugins.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Names of the plugins whose binders are asked first, in order; all others follow, sorted by name.
    pub order: Vec<String>,
    /// Names of the plugins that may be used; `None` for all.
    pub only: Option<Vec<String>>,
    /// Names of plugins that may not be used.
    pub deny: Vec<String>,
    /// Names that plugins cannot have.
    pub reserved: ReservedNames,
}

impl Selection {
    /// Returns whether a plugin may be used.
    pub fn allows(&self, plugin: &str) -> bool {
        let has = |names: &[String]| names.iter().any(|name| name == plugin);
        self.only.as_deref().is_none_or(has) && !has(&self.deny)
    }
}

/// Kind of a name that the program may use itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameKind {
    /// Option of every command.
    Option,
    /// Option of a plugin's command.
    CommandOption,
    /// Word before the commands of a plugin: the plugin's name.
    Noun,
}

/// Names that the program uses itself, looked up only for plugins that claim a name.
#[derive(Clone, Default)]
pub struct ReservedNames(Option<Arc<IsReserved>>);

type IsReserved = dyn Fn(NameKind, &str) -> bool + Send + Sync;

impl ReservedNames {
    /// Creates a set of the names for which `is_reserved` returns true.
    pub fn new(is_reserved: impl Fn(NameKind, &str) -> bool + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(is_reserved)))
    }

    /// Returns whether the program uses the name.
    pub fn contains(&self, kind: NameKind, name: &str) -> bool {
        self.0
            .as_ref()
            .is_some_and(|is_reserved| is_reserved(kind, name))
    }
}

impl fmt::Debug for ReservedNames {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ReservedNames")
    }
}

/// Program that is a plugin: an `[exec]` table of `bindery.toml`.
#[derive(Clone, Debug)]
pub struct ProgramEntry {
    /// Description of the plugin.
    pub description: Description,
    /// Path of the program, and its arguments.
    pub command: Vec<PathBuf>,
    /// Environment variables.
    pub environment: Vec<(String, String)>,
    /// Time limit for a batch or a call; `None` for the limit of all plugins.
    pub time_limit: Option<Duration>,
}

impl ProgramEntry {
    /// Returns the files among the arguments, such as a script.
    pub(crate) fn files(&self) -> impl Iterator<Item = &Path> {
        let arguments = self.command.iter().skip(1).map(PathBuf::as_path);
        arguments.filter(|argument| argument.is_absolute() && argument.exists())
    }
}

/// `[[auth]]` entry of `bindery.toml`: the plugin that is asked for the credentials of some registries.
#[derive(Clone, Debug, Deserialize)]
pub struct AuthEntry {
    /// Name of the plugin.
    pub plugin: String,
    /// Name of the credential source; optional if the plugin has one source.
    #[serde(default)]
    pub source: Option<String>,
    /// Registries of the entry.
    pub registry: RegistryPattern,
    /// Settings of the source.
    #[serde(flatten)]
    pub config: Map<String, Json>,
}

/// Limits of each plugin: the keys of `[limits]` that begin with `plugin_`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PluginLimits {
    /// Time limit for opening a plugin, for a batch and for a call: whole seconds in `plugin_seconds`.
    #[serde(rename = "plugin_seconds", deserialize_with = "seconds")]
    pub time: Duration,
    /// Maximum size of an answer in bytes: `plugin_answer`.
    #[serde(rename = "plugin_answer", deserialize_with = "bytes")]
    pub answer_bytes: usize,
}

impl Default for PluginLimits {
    fn default() -> Self {
        Self {
            time: Duration::from_secs(300),
            answer_bytes: 64 << 20,
        }
    }
}

fn seconds<'de, D: Deserializer<'de>>(number: D) -> Result<Duration, D::Error> {
    u64::deserialize(number).map(Duration::from_secs)
}

fn bytes<'de, D: Deserializer<'de>>(number: D) -> Result<usize, D::Error> {
    u64::deserialize(number).map(|number| usize::try_from(number).unwrap_or(usize::MAX))
}

/// Data that plugins are opened with.
#[derive(Clone, Debug, Default)]
pub struct PluginInput {
    /// `[plugin.NAME]` tables, by plugin. Only the plugin knows the keys.
    pub sections: BTreeMap<String, Map<String, Json>>,
    /// Values of each plugin's options from the command line, by plugin and option.
    pub options: BTreeMap<String, BTreeMap<String, OptionValue>>,
    /// `[registry."host:port"]` tables, by registry.
    pub registries: BTreeMap<Registry, RegistrySettings>,
    /// Keys of `[limits]` that are set; `None` if the program has no limits.
    pub limits: Option<BTreeMap<String, u64>>,
    /// Settings of all connections; `None` if the program makes no connections.
    pub network: Option<Network>,
    /// Whether binders collect all evidence that a lock file keeps, also if that takes more requests.
    pub record: bool,
}

/// Value of an option on the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OptionValue {
    /// A flag, which was given.
    Flag,
    /// Text of an option with a value.
    Text(String),
}

impl Serialize for OptionValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Flag => serializer.serialize_bool(true),
            Self::Text(text) => serializer.serialize_str(text),
        }
    }
}

impl PluginInput {
    /// Returns the data for `plugin` as the JSON that crosses the plugin interface, which `open` of the plugin protocol describes.
    pub(crate) fn to_json(&self, plugin: &str) -> Json {
        let options = self.options.get(plugin);
        let registries = self.registries.iter();
        let registries = registries.map(|(registry, settings)| (registry.to_string(), settings));
        json!({
            "config": self.sections.get(plugin),
            "registries": registries.collect::<BTreeMap<_, _>>(),
            "limits": self.limits,
            "network": self.network,
            "record": self.record,
            "options": options.unwrap_or(&BTreeMap::new()),
        })
    }
}

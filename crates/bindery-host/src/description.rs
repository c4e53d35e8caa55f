//! Description of a plugin: the parts it provides, as data.

use std::collections::BTreeMap;

use bindery_abi::ABI_REVISION;
use bindery_cluster::Trait;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

/// Description of a plugin. Members for kinds of parts that this program does not know are skipped.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Description {
    /// Name of the plugin.
    pub name: String,
    /// Version of the plugin.
    pub version: String,
    /// Revision of the plugin ABI that the plugin was built for.
    pub abi: u32,
    /// Binders.
    #[serde(default)]
    pub binders: Vec<BinderDescription>,
    /// Cluster traits.
    #[serde(default)]
    pub traits: Vec<Trait>,
    /// Names of the credential sources.
    #[serde(default)]
    pub auth: Vec<String>,
    /// Names of the methods.
    #[serde(default)]
    pub methods: Vec<String>,
    /// Definitions for job files.
    #[serde(default)]
    pub schema: Vec<DefinitionDescription>,
    /// Mechanisms of the credential sources.
    #[serde(default)]
    pub mechanisms: Vec<MechanismDescription>,
    /// Options that every command accepts for the plugin.
    #[serde(default)]
    pub options: Vec<OptionDescription>,
    /// Commands.
    #[serde(default)]
    pub commands: Vec<CommandDescription>,
    /// Steps of a run that the plugin takes part in: `before_dispatch`, `before_execution`, `after_execution`.
    #[serde(default)]
    pub lifecycle: Vec<String>,
    /// Hooks around calls to a scheduler.
    #[serde(default)]
    pub hooks: Vec<HookDescription>,
}

impl Description {
    /// Returns the description of a program with `binders`, which maps names to patterns.
    pub fn of_program(name: &str, binders: &BTreeMap<String, String>) -> Self {
        let binder = |(name, pattern): (&String, &String)| BinderDescription {
            name: name.clone(),
            pattern: pattern.clone(),
            reviews: false,
        };
        Self {
            name: name.to_owned(),
            version: "0".to_owned(),
            abi: ABI_REVISION,
            binders: binders.iter().map(binder).collect(),
            ..Self::default()
        }
    }
}

/// Description of a binder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BinderDescription {
    /// Name, which lock files contain as well.
    pub name: String,
    /// Pattern of the refs, in the notation of [`Matcher::parse`](bindery_core::Matcher::parse).
    pub pattern: String,
    /// Whether the binder reviews recalled answers before they are used.
    #[serde(default)]
    pub reviews: bool,
}

/// Description of a name that job files find without importing it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DefinitionDescription {
    /// Name.
    pub name: String,
    /// Type or constant.
    #[serde(flatten)]
    pub content: DefinitionContent,
    /// Purpose, on one line.
    #[serde(default)]
    pub help: String,
}

/// Type or constant behind a name for job files.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum DefinitionContent {
    /// Struct type.
    Structure {
        /// Fields, in the order in which they are checked.
        fields: Vec<FieldDescription>,
    },
    /// Plain data.
    Constant {
        /// The data.
        value: Json,
    },
}

/// Description of a field of a struct type.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FieldDescription {
    /// Name.
    pub name: String,
    /// Type in the notation of job files: `String`, `List(Process)`, `Map(String, Integer)`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Whether a value must be given. Has no effect if there is a default.
    #[serde(default)]
    pub required: bool,
    /// Default value.
    #[serde(default)]
    pub default: Option<Json>,
    /// Purpose, on one line.
    #[serde(default)]
    pub help: String,
}

/// Mechanism, as named by `auth_mechanism` of a cluster, and the credential source for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MechanismDescription {
    /// Name of the mechanism.
    pub name: String,
    /// Name of the credential source.
    pub source: String,
}

/// Description of an option of the plugin or of one of its commands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OptionDescription {
    /// Name, without `--`.
    pub name: String,
    /// Name of the value in the help text; `None` for a flag.
    #[serde(default)]
    pub value: Option<String>,
    /// Purpose, on one line.
    #[serde(default)]
    pub help: String,
}

/// Description of a command, called as `bindery PLUGIN COMMAND`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommandDescription {
    /// Name.
    pub name: String,
    /// Purpose, on one line.
    #[serde(default)]
    pub about: String,
    /// Positional arguments, in order.
    #[serde(default)]
    pub arguments: Vec<ArgumentDescription>,
    /// Options of the command.
    #[serde(default)]
    pub options: Vec<OptionDescription>,
}

/// Description of a positional argument of a command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArgumentDescription {
    /// Name.
    pub name: String,
    /// Whether the argument must be given.
    #[serde(default)]
    pub required: bool,
    /// Whether the argument may be given more than once; allowed for the last argument only.
    #[serde(default)]
    pub repeated: bool,
    /// Purpose, on one line.
    #[serde(default)]
    pub help: String,
}

/// Description of a hook around calls to a scheduler.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HookDescription {
    /// Name.
    pub name: String,
    /// Methods of the scheduler that the hook is called for.
    #[serde(default)]
    pub methods: Vec<String>,
}

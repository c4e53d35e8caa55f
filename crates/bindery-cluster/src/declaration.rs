//! Traits: which keys a part of the program needs of a cluster, as data.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Keys that belong together, declared by a plugin or by the program itself.
///
/// A plugin that adds a trait adds data and no code: the checking is done here, with the rules of template types.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Trait {
    /// Stands in front of the key in messages, as in `DockerRegistryTrait[docker_registry] is required.`
    pub name: String,
    /// The keys, in the order in which they are checked.
    pub fields: Vec<TraitField>,
}

/// One key of a trait.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TraitField {
    /// The key in the cluster's entry.
    pub name: String,
    /// What its value is turned into.
    #[serde(rename = "type")]
    pub kind: Kind,
    /// Whether a cluster without it is wrong. A default makes this moot.
    #[serde(default)]
    pub required: bool,
    /// Its value for a cluster that does not say; an empty text in the entry is a value, and wins over this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<Value>,
    /// What it is for, on one line; empty if nobody says.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub help: String,
}

/// The types that a cluster's value can be declared to have; coerced as the template types of these names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// Text; numbers and truth values become their text.
    String,
    /// An integer of any size.
    Integer,
    /// A floating-point number.
    Float,
    /// A truth value.
    Boolean,
}

/// The trait that every cluster has.
pub(crate) fn name() -> Trait {
    let field = TraitField {
        name: "name".to_owned(),
        kind: Kind::String,
        required: true,
        default: None,
        help: String::new(),
    };
    Trait {
        name: "NameTrait".to_owned(),
        fields: vec![field],
    }
}

//! Traits: declarations of the keys that a part of the program reads from clusters.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Declaration of related keys, by a plugin or by the program itself.
///
/// A trait is data. This crate checks clusters against it, with the rules of template types.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Trait {
    /// Name, which precedes the key in messages: `DockerRegistryTrait[docker_registry] is required.`
    pub name: String,
    /// Keys, in the order in which they are checked.
    pub fields: Vec<TraitField>,
}

/// Key of a trait.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TraitField {
    /// Key in the cluster's entry.
    pub name: String,
    /// Type of the value.
    #[serde(rename = "type")]
    pub kind: FieldKind,
    /// Whether the key is required. A key with a default is never missing.
    #[serde(default)]
    pub required: bool,
    /// Value for a cluster without the key. An empty string in the entry is a value and takes precedence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<Value>,
    /// Purpose of the key, on one line; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub help: String,
}

/// Type of a key's value. Values are coerced by the rules of the template type with the same name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FieldKind {
    /// String; numbers and booleans become their text.
    String,
    /// Integer of any size.
    Integer,
    /// Floating-point number.
    Float,
    /// Boolean.
    Boolean,
}

/// Returns the trait of the key that every cluster has.
pub(crate) fn name_trait() -> Trait {
    let field = TraitField {
        name: "name".to_owned(),
        kind: FieldKind::String,
        required: true,
        default: None,
        help: String::new(),
    };
    Trait {
        name: "NameTrait".to_owned(),
        fields: vec![field],
    }
}

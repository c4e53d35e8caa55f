//! Traits: which keys a part of the program needs of a cluster, as data.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::view;

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

impl Trait {
    /// Whether the declaration itself can be used: its keys differ and each default has the type of its key.
    ///
    /// A default with a ref in it is not judged, because the ref may be to a key that only a cluster has.
    ///
    /// # Errors
    ///
    /// What is wrong, naming the trait and the key.
    pub fn check(&self) -> Result<(), String> {
        for (at, field) in self.fields.iter().enumerate() {
            let place = format!("{}[{}]", self.name, field.name);
            if self.fields[..at].iter().any(|it| it.name == field.name) {
                return Err(format!("{place} is declared twice"));
            }
            let open = |default: &Value| default.as_str().is_some_and(|text| text.contains("{{"));
            if field.default.as_ref().is_none_or(open) {
                continue;
            }
            let alone = Self {
                name: self.name.clone(),
                fields: vec![field.clone()],
            };
            view::values(&alone, |_| None)
                .map_err(|message| format!("the default of {place} does not fit: {message}"))?;
        }
        Ok(())
    }
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(fields: Value, expected: Result<(), &str>) {
        let declaration: Trait =
            serde_json::from_value(json!({"name": "T", "fields": fields})).unwrap();
        let found = declaration.check();
        assert_eq!(
            found.as_ref().map_err(String::as_str),
            expected.as_ref().map_err(|it| *it)
        );
    }

    #[test]
    fn defaults_are_coerced_like_values() {
        check(
            json!([
                {"name": "i", "type": "Integer", "default": "2181"},
                {"name": "s", "type": "String", "default": 5},
                {"name": "b", "type": "Boolean", "default": "true"},
                {"name": "f", "type": "Float"},
                {"name": "r", "type": "String", "required": true},
            ]),
            Ok(()),
        );
    }

    #[test]
    fn a_default_of_another_type_is_wrong_for_every_cluster() {
        check(
            json!([{"name": "i", "type": "Integer", "default": "x"}]),
            Err(
                "the default of T[i] does not fit: T[i] failed: Unable to interpolate: Cannot coerce 'x' to Integer",
            ),
        );
    }

    #[test]
    fn a_default_with_a_ref_is_judged_with_the_cluster() {
        check(
            json!([{"name": "i", "type": "Integer", "default": "{{j}}"}, {"name": "j", "type": "String"}]),
            Ok(()),
        );
    }

    #[test]
    fn a_key_is_declared_once() {
        check(
            json!([{"name": "i", "type": "Integer"}, {"name": "i", "type": "String"}]),
            Err("T[i] is declared twice"),
        );
    }
}

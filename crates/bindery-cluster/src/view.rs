//! Views: clusters with the types and defaults of traits.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use crate::cluster::Cluster;
use crate::cluster_trait::{Trait, name_trait};
use crate::coercion::values;

/// Cluster seen through traits: checked, coerced, with defaults.
///
/// A declared key has the type of its trait, with refs to other keys of the same trait bound. All other keys are as written. If two
/// traits declare a key, the first one applies.
#[derive(Clone, Debug)]
pub struct View<'c> {
    cluster: &'c Cluster,
    declared: Vec<Declared>,
}

#[derive(Clone, Debug)]
struct Declared {
    key: String,
    by: String,
    value: Option<Value>,
}

/// Source of a value of a view.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueSource<'v> {
    /// Entry of the cluster in this file.
    File(&'v Path),
    /// Default of the trait with this name.
    Default(&'v str),
}

/// Error for an entry that does not satisfy a trait.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct TraitError {
    /// Message of the type check: `<Trait>[<key>] is required.` and others.
    pub message: String,
    /// File of the entry.
    pub file: PathBuf,
}

impl<'c> View<'c> {
    pub(crate) fn new(cluster: &'c Cluster, traits: &[Trait]) -> Result<Self, TraitError> {
        let mut declared: Vec<Declared> = Vec::new();
        for cluster_trait in traits {
            let fail = |message: String| TraitError {
                message,
                file: cluster.file().to_owned(),
            };
            let values = values(cluster_trait, |key| cluster.get(key)).map_err(fail)?;
            for (field, value) in cluster_trait.fields.iter().zip(values) {
                if declared.iter().any(|earlier| earlier.key == field.name) {
                    continue;
                }
                declared.push(Declared {
                    key: field.name.clone(),
                    by: cluster_trait.name.clone(),
                    value,
                });
            }
        }
        Ok(Self { cluster, declared })
    }

    /// Returns the cluster.
    pub fn cluster(&self) -> &'c Cluster {
        self.cluster
    }

    /// Returns whether one of the traits declares a key.
    pub fn declares(&self, key: &str) -> bool {
        self.declared.iter().any(|declared| declared.key == key)
    }

    /// Returns the value of a key: coerced by its trait if it has one, otherwise as written.
    pub fn get(&self, key: &str) -> Option<&Value> {
        match self.declared.iter().find(|declared| declared.key == key) {
            Some(declared) => declared.value.as_ref(),
            None => self.cluster.get(key),
        }
    }

    /// Returns keys, values and their sources: first the keys of the entry in their order, then the defaults.
    pub fn entries(&self) -> impl Iterator<Item = (&str, &Value, ValueSource<'_>)> {
        let written = self.cluster.keys().map(|(key, raw)| {
            (
                key,
                self.get(key).unwrap_or(raw),
                ValueSource::File(self.cluster.file()),
            )
        });
        let defaults = self
            .declared
            .iter()
            .filter(|declared| self.cluster.get(&declared.key).is_none())
            .filter_map(|declared| {
                let value = declared.value.as_ref()?;
                Some((
                    declared.key.as_str(),
                    value,
                    ValueSource::Default(&declared.by),
                ))
            });
        written.chain(defaults)
    }

    /// Returns the keys and values as a JSON object.
    pub fn to_json(&self) -> Map<String, Value> {
        self.entries()
            .map(|(key, value, _)| (key.to_owned(), value.clone()))
            .collect()
    }
}

impl Cluster {
    /// Creates a cluster from an entry. `keys` are unique and include `name`.
    ///
    /// A name that is a number or a boolean becomes its text, as in job files.
    ///
    /// # Errors
    ///
    /// Fails if `name` is missing or cannot be a string, with the message of the trait that declares it.
    pub fn new(keys: Vec<(String, Value)>, file: PathBuf) -> Result<Self, TraitError> {
        let mut cluster = Self {
            name: String::new(),
            keys,
            file,
        };
        let name = match View::new(&cluster, &[name_trait()])?.get("name") {
            Some(Value::String(name)) => name.clone(),
            // The trait turns every accepted value into a string.
            other => other.map(Value::to_string).unwrap_or_default(),
        };
        cluster.name = name;
        Ok(cluster)
    }

    /// Returns the cluster as seen through `traits`, in this order.
    ///
    /// # Errors
    ///
    /// Fails for the first trait that the entry does not satisfy.
    pub fn view(&self, traits: &[Trait]) -> Result<View<'_>, TraitError> {
        View::new(self, traits)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn cluster(entry: Value) -> Cluster {
        let Value::Object(mut entry) = entry else {
            panic!("not an object: {entry}")
        };
        entry.insert("name".to_owned(), json!("c"));
        Cluster::new(entry.into_iter().collect(), PathBuf::from("clusters.json")).unwrap()
    }

    fn trait_of(fields: Value) -> Trait {
        serde_json::from_value(json!({"name": "T", "fields": fields})).unwrap()
    }

    #[track_caller]
    fn check(fields: Value, entry: Value, expected: Value) {
        let cluster = cluster(entry);
        let mut found = cluster.view(&[trait_of(fields)]).unwrap().to_json();
        found.remove("name");
        assert_eq!(Value::from(found), expected);
    }

    #[track_caller]
    fn check_error(fields: Value, entry: Value, message: &str) {
        let error = cluster(entry).view(&[trait_of(fields)]).unwrap_err();
        assert_eq!(error.to_string(), message);
    }

    #[test]
    fn values_are_coerced() {
        let fields = json!([
            {"name": "s", "type": "String"}, {"name": "i", "type": "Integer"},
            {"name": "f", "type": "Float"}, {"name": "b", "type": "Boolean"},
        ]);
        check(
            fields.clone(),
            json!({"s": 5, "i": " 7 ", "f": 1, "b": "TRUE"}),
            json!({"s": "5", "i": 7, "f": 1.0, "b": true}),
        );
        check(fields, json!({}), json!({}));
    }

    #[test]
    fn a_default_applies_to_an_absent_key_only() {
        let fields = json!([{"name": "s", "type": "String", "default": "d"}, {"name": "i", "type": "Integer", "default": 2181}]);
        check(fields.clone(), json!({}), json!({"s": "d", "i": 2181}));
        check(fields, json!({"s": "", "i": 1}), json!({"s": "", "i": 1}));
    }

    #[test]
    fn a_required_key_must_be_present() {
        let fields = json!([{"name": "slave_root", "type": "String", "required": true}]);
        check_error(fields.clone(), json!({}), "T[slave_root] is required.");
        check(fields, json!({"slave_root": ""}), json!({"slave_root": ""}));
    }

    #[test]
    fn null_is_a_value() {
        for (kind, field) in [
            ("String", "s"),
            ("Integer", "i"),
            ("Float", "f"),
            ("Boolean", "b"),
        ] {
            let fields = json!([{"name": field, "type": kind, "default": "1"}]);
            check_error(
                fields,
                json!({ field: null }),
                &format!(
                    "T[{field}] failed: Unable to interpolate: Cannot coerce 'None' to {kind}"
                ),
            );
        }
    }

    #[test]
    fn a_value_of_another_type_is_refused() {
        check_error(
            json!([{"name": "zk_port", "type": "Integer"}]),
            json!({"zk_port": "2181x"}),
            "T[zk_port] failed: Unable to interpolate: Cannot coerce '2181x' to Integer",
        );
        check_error(
            json!([{"name": "zk", "type": "String"}]),
            json!({"zk": ["a", "b"]}),
            "T[zk] failed: Unable to interpolate: Cannot coerce '['a', 'b']' to String",
        );
    }

    #[test]
    fn refs_to_keys_of_the_same_trait_are_bound() {
        let fields = json!([
            {"name": "zk", "type": "String"}, {"name": "port", "type": "Integer", "default": "{{other}}"},
            {"name": "proxy_url", "type": "String"}, {"name": "other", "type": "String"},
        ]);
        check(
            fields,
            json!({"zk": "host", "proxy_url": "http://{{zk}}:{{port}}/{{free}}", "other": "8081", "free": "f"}),
            json!({"zk": "host", "port": 8081, "proxy_url": "http://host:8081/{{free}}", "other": "8081", "free": "f"}),
        );
    }

    #[test]
    fn an_unbound_ref_is_kept_in_a_string_and_an_error_elsewhere() {
        check_error(
            json!([{"name": "zk_port", "type": "Integer"}]),
            json!({"zk_port": "{{free}}"}),
            "T[zk_port] failed: '{{free}}' not an integer",
        );
    }

    #[test]
    fn numbers_beyond_json_are_refused() {
        let fields = json!([{"name": "i", "type": "Integer"}, {"name": "f", "type": "Float"}]);
        check_error(
            fields.clone(),
            json!({"i": "99999999999999999999"}),
            "T[i] has a value that is out of range",
        );
        check_error(
            fields,
            json!({"f": "inf"}),
            "T[f] has a value that is out of range",
        );
    }

    #[test]
    fn undeclared_keys_are_unchanged() {
        check(
            json!([{"name": "s", "type": "String"}]),
            json!({"x": null, "y": [1, {"z": "{{s}}"}]}),
            json!({"x": null, "y": [1, {"z": "{{s}}"}]}),
        );
    }

    #[test]
    fn the_first_trait_that_declares_a_key_applies() {
        let cluster = cluster(json!({}));
        let first = trait_of(json!([{"name": "k", "type": "String", "default": "1"}]));
        let second = trait_of(
            json!([{"name": "k", "type": "Integer", "default": 2}, {"name": "l", "type": "Integer", "default": 3}]),
        );
        let view = cluster.view(&[first, second]).unwrap();
        assert_eq!(
            (view.get("k"), view.get("l")),
            (Some(&json!("1")), Some(&json!(3)))
        );
    }

    #[test]
    fn every_value_has_its_source() {
        let cluster = cluster(json!({"x": 1}));
        let declared = trait_of(
            json!([{"name": "d", "type": "String", "default": "v"}, {"name": "x", "type": "String"}]),
        );
        let view = cluster.view(&[declared]).unwrap();
        let file = Path::new("clusters.json");
        assert_eq!(
            view.entries().collect::<Vec<_>>(),
            [
                ("name", &json!("c"), ValueSource::File(file)),
                ("x", &json!("1"), ValueSource::File(file)),
                ("d", &json!("v"), ValueSource::Default("T")),
            ]
        );
    }
}

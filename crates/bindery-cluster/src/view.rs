//! A cluster seen through traits: checked, coerced, with the defaults filled in.

use std::path::{Path, PathBuf};
use std::rc::Rc;

use bindery_core::{Field, Int, Object, Text, Type};
use serde_json::{Map, Number, Value};

use crate::{Cluster, Kind, Trait, TraitField};

/// A cluster and what the traits make of it.
///
/// A declared key has the type its trait gives it, and a ref to another key of the same trait is filled in; all other keys are as
/// written. Where two traits declare one key, the first one answers.
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

/// Where a value of a view comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source<'v> {
    /// The cluster's entry in this file.
    File(&'v Path),
    /// The default that the trait of this name declares.
    Default(&'v str),
}

/// A cluster's entry does not fit a trait.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct TraitError {
    /// What does not fit, in the words of the type check: `<Trait>[<key>] is required.` and the like.
    pub message: String,
    /// The file that holds the entry.
    pub file: PathBuf,
}

impl<'c> View<'c> {
    pub(crate) fn new(cluster: &'c Cluster, traits: &[Trait]) -> Result<Self, TraitError> {
        let mut declared: Vec<Declared> = Vec::new();
        for declaration in traits {
            let fail = |message: String| TraitError {
                message,
                file: cluster.file().to_owned(),
            };
            let values = values(declaration, |key| cluster.get(key)).map_err(fail)?;
            for (field, value) in declaration.fields.iter().zip(values) {
                if declared.iter().any(|earlier| earlier.key == field.name) {
                    continue;
                }
                declared.push(Declared {
                    key: field.name.clone(),
                    by: declaration.name.clone(),
                    value,
                });
            }
        }
        Ok(Self { cluster, declared })
    }

    /// The cluster itself.
    pub fn cluster(&self) -> &'c Cluster {
        self.cluster
    }

    /// Whether one of the traits declares this key.
    pub fn declares(&self, key: &str) -> bool {
        self.declared.iter().any(|it| it.key == key)
    }

    /// The value of one key: what its trait makes of it, else what the entry says.
    pub fn get(&self, key: &str) -> Option<&Value> {
        match self.declared.iter().find(|it| it.key == key) {
            Some(declared) => declared.value.as_ref(),
            None => self.cluster.get(key),
        }
    }

    /// All keys that have a value, with it and where it comes from: first those of the entry in their order, then the defaults.
    pub fn entries(&self) -> impl Iterator<Item = (&str, &Value, Source<'_>)> {
        let written = self.cluster.keys().map(|(key, raw)| {
            (
                key,
                self.get(key).unwrap_or(raw),
                Source::File(self.cluster.file()),
            )
        });
        let defaults = self
            .declared
            .iter()
            .filter(|it| self.cluster.get(&it.key).is_none())
            .filter_map(|it| {
                it.value
                    .as_ref()
                    .map(|value| (it.key.as_str(), value, Source::Default(&it.by)))
            });
        written.chain(defaults)
    }

    /// The same as one JSON object.
    pub fn to_json(&self) -> Map<String, Value> {
        self.entries()
            .map(|(key, value, _)| (key.to_owned(), value.clone()))
            .collect()
    }
}

/// What the trait makes of what is `written` under its keys, in their order; the error is the type check's message.
pub(crate) fn values<'v>(
    declaration: &Trait,
    written: impl Fn(&str) -> Option<&'v Value>,
) -> Result<Vec<Option<Value>>, String> {
    let object = build(declaration, written).map_err(|error| error.to_string())?;
    let verdict = object.check().map_err(|error| error.to_string())?;
    if !verdict.ok() {
        return Err(verdict.message().to_owned());
    }
    let value = |field: &TraitField| {
        read(&object, field)
            .map_err(|reason| format!("{}[{}] {reason}", declaration.name, field.name))
    };
    declaration.fields.iter().map(value).collect()
}

/// The keys that the trait declares, as an object of a struct type of the trait's name.
fn build<'v>(
    declaration: &Trait,
    written: impl Fn(&str) -> Option<&'v Value>,
) -> Result<Object, bindery_core::Error> {
    let mut fields = Vec::with_capacity(declaration.fields.len());
    let mut values: Vec<(Rc<str>, bindery_core::Value)> = Vec::new();
    for field in &declaration.fields {
        let name: Rc<str> = field.name.as_str().into();
        let ty = match field.kind {
            Kind::String => Type::String,
            Kind::Integer => Type::Integer,
            Kind::Float => Type::Float,
            Kind::Boolean => Type::Boolean,
        };
        let declared = match &field.default {
            Some(default) => Field::default(ty, &to_core(default))?,
            None if field.required => Field::required(ty),
            None => Field::optional(ty),
        };
        fields.push((Rc::clone(&name), declared));
        if let Some(value) = written(&field.name) {
            values.push((name, to_core(value)));
        }
    }
    Type::structure(&declaration.name, fields).construct(&[], &values, None)
}

/// The checked value of one field as JSON; the error is what to say of it.
fn read(object: &Object, field: &TraitField) -> Result<Option<Value>, String> {
    let Some(value) = object
        .attribute(&field.name)
        .map_err(|error| format!("failed: {error}"))?
    else {
        return Ok(None);
    };
    let value = value.get().map_err(|error| format!("failed: {error}"))?;
    let json = match &value {
        bindery_core::Value::String(text) => Some(Value::from(text.as_str())),
        bindery_core::Value::Boolean(truth) => Some(Value::from(*truth)),
        bindery_core::Value::Float(number) => Number::from_f64(*number).map(Value::from),
        bindery_core::Value::Integer(number) => number.to_i64().map(Value::from),
        // Simple types hold nothing else.
        _ => None,
    };
    json.map(Some)
        .ok_or_else(|| "has a value that is out of range".to_owned())
}

fn to_core(value: &Value) -> bindery_core::Value {
    match value {
        Value::Null => bindery_core::Value::None,
        Value::Bool(truth) => bindery_core::Value::Boolean(*truth),
        Value::String(text) => bindery_core::Value::String(Text::new(text.as_str())),
        Value::Number(number) => match number.as_i64() {
            Some(small) => bindery_core::Value::Integer(Int::from(small)),
            None if number.is_u64() => match Int::parse_python(&number.to_string()) {
                Some(big) => bindery_core::Value::Integer(big),
                None => bindery_core::Value::String(Text::new(number.to_string())),
            },
            None => bindery_core::Value::Float(number.as_f64().unwrap_or(f64::NAN)),
        },
        Value::Array(elements) => bindery_core::Value::List(elements.iter().map(to_core).collect()),
        Value::Object(members) => bindery_core::Value::Map(
            members
                .iter()
                .map(|(key, value)| {
                    (
                        bindery_core::Value::String(Text::new(key.as_str())),
                        to_core(value),
                    )
                })
                .collect(),
        ),
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

    fn declaration(fields: Value) -> Trait {
        serde_json::from_value(json!({"name": "T", "fields": fields})).unwrap()
    }

    #[track_caller]
    fn check(fields: Value, entry: Value, expected: Value) {
        let cluster = cluster(entry);
        let mut found = cluster.view(&[declaration(fields)]).unwrap().to_json();
        found.remove("name");
        assert_eq!(Value::from(found), expected);
    }

    #[track_caller]
    fn check_error(fields: Value, entry: Value, message: &str) {
        let error = cluster(entry).view(&[declaration(fields)]).unwrap_err();
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
    fn a_required_key_must_be_there() {
        let fields = json!([{"name": "slave_root", "type": "String", "required": true}]);
        check_error(fields.clone(), json!({}), "T[slave_root] is required.");
        check(fields, json!({"slave_root": ""}), json!({"slave_root": ""}));
    }

    #[test]
    fn null_is_no_absence() {
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
    fn refs_to_keys_of_the_same_trait_are_filled_in() {
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
    fn another_ref_stays_in_text_and_fails_elsewhere() {
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
    fn undeclared_keys_stay_as_they_are() {
        check(
            json!([{"name": "s", "type": "String"}]),
            json!({"x": null, "y": [1, {"z": "{{s}}"}]}),
            json!({"x": null, "y": [1, {"z": "{{s}}"}]}),
        );
    }

    #[test]
    fn the_first_trait_that_declares_a_key_answers() {
        let cluster = cluster(json!({}));
        let first = declaration(json!([{"name": "k", "type": "String", "default": "1"}]));
        let second = declaration(
            json!([{"name": "k", "type": "Integer", "default": 2}, {"name": "l", "type": "Integer", "default": 3}]),
        );
        let view = cluster.view(&[first, second]).unwrap();
        assert_eq!(
            (view.get("k"), view.get("l")),
            (Some(&json!("1")), Some(&json!(3)))
        );
    }

    #[test]
    fn every_value_says_where_it_comes_from() {
        let cluster = cluster(json!({"x": 1}));
        let declaration = declaration(
            json!([{"name": "d", "type": "String", "default": "v"}, {"name": "x", "type": "String"}]),
        );
        let view = cluster.view(&[declaration]).unwrap();
        let file = Path::new("clusters.json");
        assert_eq!(
            view.entries().collect::<Vec<_>>(),
            [
                ("name", &json!("c"), Source::File(file)),
                ("x", &json!("1"), Source::File(file)),
                ("d", &json!("v"), Source::Default("T")),
            ]
        );
    }
}

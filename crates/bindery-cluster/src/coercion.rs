//! Coercion of a cluster's values to the types of a trait.

use std::rc::Rc;

use bindery_core::{Field, Int, Object, Text, Type};
use serde_json::{Number, Value};

use crate::cluster_trait::{FieldKind, Trait, TraitField};

impl Trait {
    /// Checks the declaration: keys are unique and each default has the type of its key.
    ///
    /// Does not check a default with a ref, because the ref may be to a key that only a cluster has.
    ///
    /// # Errors
    ///
    /// Returns a message with the trait and the key.
    pub fn check(&self) -> Result<(), String> {
        for (index, field) in self.fields.iter().enumerate() {
            let key = format!("{}[{}]", self.name, field.name);
            if self.fields[..index]
                .iter()
                .any(|earlier| earlier.name == field.name)
            {
                return Err(format!("{key} is declared twice"));
            }
            let has_ref =
                |default: &Value| default.as_str().is_some_and(|text| text.contains("{{"));
            if field.default.as_ref().is_none_or(has_ref) {
                continue;
            }
            let alone = Self {
                name: self.name.clone(),
                fields: vec![field.clone()],
            };
            values(&alone, |_| None)
                .map_err(|message| format!("the default of {key} does not fit: {message}"))?;
        }
        Ok(())
    }
}

/// Coerces the values of a trait's keys, which `written` returns by key, in the order of the keys. The error is the type check's
/// message.
pub(crate) fn values<'v>(
    cluster_trait: &Trait,
    written: impl Fn(&str) -> Option<&'v Value>,
) -> Result<Vec<Option<Value>>, String> {
    let object = build(cluster_trait, written).map_err(|error| error.to_string())?;
    let verdict = object.check().map_err(|error| error.to_string())?;
    if !verdict.ok() {
        return Err(verdict.message().to_owned());
    }
    let value = |field: &TraitField| {
        read(&object, field)
            .map_err(|reason| format!("{}[{}] {reason}", cluster_trait.name, field.name))
    };
    cluster_trait.fields.iter().map(value).collect()
}

/// Builds an object with the trait's keys as fields; its struct type has the name of the trait.
fn build<'v>(
    cluster_trait: &Trait,
    written: impl Fn(&str) -> Option<&'v Value>,
) -> Result<Object, bindery_core::Error> {
    let mut fields = Vec::with_capacity(cluster_trait.fields.len());
    let mut values: Vec<(Rc<str>, bindery_core::Value)> = Vec::new();
    for field in &cluster_trait.fields {
        let name: Rc<str> = field.name.as_str().into();
        let ty = match field.kind {
            FieldKind::String => Type::String,
            FieldKind::Integer => Type::Integer,
            FieldKind::Float => Type::Float,
            FieldKind::Boolean => Type::Boolean,
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
    Type::structure(&cluster_trait.name, fields).construct(&[], &values, None)
}

/// Returns the checked value of a field as JSON. The error follows the key in a message.
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
        // Simple types have no other values.
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

    #[track_caller]
    fn check(fields: Value, expected: Result<(), &str>) {
        let cluster_trait: Trait =
            serde_json::from_value(json!({"name": "T", "fields": fields})).unwrap();
        let result = cluster_trait.check();
        assert_eq!(
            result.as_ref().map_err(String::as_str),
            expected.as_ref().map_err(|message| *message)
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
    fn a_default_of_another_type_is_an_error() {
        check(
            json!([{"name": "i", "type": "Integer", "default": "x"}]),
            Err(
                "the default of T[i] does not fit: T[i] failed: Unable to interpolate: Cannot coerce 'x' to Integer",
            ),
        );
    }

    #[test]
    fn a_default_with_a_ref_is_not_checked() {
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

//! Definitions of plugins for job files, as template types and values.

use std::rc::Rc;

use bindery_core::{Definition, Field, Type, Value, json};
use serde_json::Value as Json;

use crate::description::{DefinitionContent, DefinitionDescription, FieldDescription};
use crate::discover::names;
use crate::plugin_set::PluginSet;
use crate::problem::PluginProblem;
use crate::type_notation::{TOO_DEEP, parse_type};

impl PluginSet {
    /// Returns the definitions of all plugins for job files, and the problems with definitions that are left out.
    ///
    /// `stock` returns the program's own types; a name for which `is_reserved` returns true is left out. Uses only the descriptions:
    /// opens no plugin.
    pub fn definitions(
        &self,
        stock: &dyn Fn(&str) -> Option<Type>,
        is_reserved: &dyn Fn(&str) -> bool,
    ) -> (Vec<(Rc<str>, Definition)>, Vec<PluginProblem>) {
        let mut definitions = Vec::new();
        let mut problems = Vec::new();
        for plugin in self.iter() {
            let mut own: Vec<(&str, Type)> = Vec::new();
            for description in &plugin.description().schema {
                let name = &description.name;
                if is_reserved(name) {
                    problems.push(PluginProblem::HiddenPart {
                        part: names::definition_for_job_files(name),
                        hidden: plugin.description().name.clone(),
                        by: names::PROGRAM.to_owned(),
                    });
                    continue;
                }
                let known = |name: &str| {
                    let own = own.iter().find(|(known, _)| *known == name);
                    own.map(|(_, ty)| ty.clone()).or_else(|| stock(name))
                };
                match define(description, &known) {
                    Ok(definition) => {
                        if let Definition::Type(ty) = &definition {
                            own.push((name, ty.clone()));
                        }
                        definitions.push((name.as_str().into(), definition));
                    }
                    Err(message) => problems.push(PluginProblem::Definition {
                        name: name.clone(),
                        plugin: plugin.description().name.clone(),
                        message,
                    }),
                }
            }
        }
        (definitions, problems)
    }
}

fn define(
    description: &DefinitionDescription,
    known: &dyn Fn(&str) -> Option<Type>,
) -> Result<Definition, String> {
    let fields = match &description.content {
        DefinitionContent::Constant { value } => return Ok(Definition::Value(plain_value(value)?)),
        DefinitionContent::Structure { fields } => fields,
    };
    let fields = fields.iter().map(|description| {
        let name = &description.name;
        let field = define_field(description, known);
        let field = field.map_err(|error| format!("field `{name}`: {error}"))?;
        Ok((name.as_str().into(), field))
    });
    let fields = fields.collect::<Result<_, String>>()?;
    let ty = Type::structure(&description.name, fields);
    if ty.depth() > Type::MAX_DEPTH {
        return Err(TOO_DEEP.to_owned());
    }
    Ok(Definition::Type(ty))
}

fn define_field(
    description: &FieldDescription,
    known: &dyn Fn(&str) -> Option<Type>,
) -> Result<Field, String> {
    let ty = parse_type(&description.kind, known)?;
    let Some(default) = &description.default else {
        return Ok(if description.required {
            Field::required(ty)
        } else {
            Field::optional(ty)
        });
    };
    let value = plain_value(default)?;
    // The value of a ref is known only when the type is used.
    if !default.to_string().contains("{{") {
        let object = ty.construct(std::slice::from_ref(&value), &[], None);
        let check = object.and_then(|object| object.check());
        let check = check.map_err(|error| error.message().to_owned())?;
        if !check.ok() {
            return Err(format!("its default does not fit: {}", check.message()));
        }
    }
    Field::default(ty, &value).map_err(|error| error.message().to_owned())
}

fn plain_value(json: &Json) -> Result<Value, String> {
    json::parse(&json.to_string()).map_err(|error| error.message.to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn build(json: Json) -> Result<Definition, String> {
        let description: DefinitionDescription = serde_json::from_value(json).unwrap();
        let stock = |name: &str| {
            let field = Field::required(Type::String);
            (name == "Process").then(|| Type::structure("Process", vec![("name".into(), field)]))
        };
        define(&description, &stock)
    }

    #[track_caller]
    fn check_error(field: Json, message: &str) {
        let found = build(json!({"name": "T", "fields": [field]})).err();
        assert_eq!(found.as_deref(), Some(message));
    }

    #[test]
    fn a_struct_type_has_fields_of_stock_types_and_defaults() {
        let definition = build(json!({"name": "Release", "fields": [
            {"name": "name", "type": "String", "required": true},
            {"name": "steps", "type": "List(Process)", "default": [{"name": "unpack"}]},
            {"name": "ports", "type": "Map( String,Integer )", "default": {"http": "80"}},
            {"name": "path", "type": "String", "default": "/opt/{{name}}"},
            {"name": "days", "type": "Integer"},
        ]}));
        let Ok(Definition::Type(ty)) = definition else {
            panic!("no type")
        };
        let release = ty.construct(&[], &[("name".into(), Value::string("web"))], None);
        let release = release.unwrap();
        assert!(release.check().unwrap().ok());
        assert_eq!(
            release.display().unwrap(),
            "Release(name=web,\n        steps=ProcessList(Process(name=unpack)),\n        \
             ports=StringIntegerMap(http => 80),\n        path=/opt/web)"
        );
    }

    #[test]
    fn a_constant_is_plain_data() {
        let definition = build(json!({"name": "C", "value": ["a", 1, true]}));
        let Ok(Definition::Value(value)) = definition else {
            panic!("no value")
        };
        assert_eq!(bindery_core::repr::value(&value).unwrap(), "['a', 1, True]");
    }

    #[test]
    fn invalid_types_and_defaults_are_errors() {
        let of_type = |kind: &str| json!({"name": "f", "type": kind});
        check_error(of_type("Proces"), "field `f`: unknown type `Proces`");
        check_error(of_type("List(String"), "field `f`: expected `)` in a type");
        check_error(
            of_type("String)"),
            "field `f`: `String)` is not a valid type",
        );
        let deep = format!("{}String{}", "List(".repeat(20), ")".repeat(20));
        check_error(of_type(&deep), "field `f`: types are nested too deeply");
        check_error(
            json!({"name": "f", "type": "Integer", "default": "x"}),
            "field `f`: its default does not fit: Unable to interpolate: Cannot coerce 'x' to Integer",
        );
    }
}

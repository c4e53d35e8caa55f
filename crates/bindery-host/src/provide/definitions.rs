//! The names that job files get from plugins, as template types and values.

use std::rc::Rc;

use bindery_core::{Definition, Field, Type, Value, json};
use serde_json::Value as Json;

use crate::{
    Plugins, Problem,
    description::{Defined, DefinitionDescription, FieldDescription},
    discover::names as clash,
};

/// How deep `List(..)` and `Map(..)` may stand inside one another.
const DEEPEST: usize = 16;

impl Plugins {
    /// The names of all plugins, for job files whose other types `stock` gives, and what is wrong with any: such a name is left out,
    /// as is one that is `taken`.
    ///
    /// Read from the descriptions; no plugin is opened.
    pub fn definitions(
        &self,
        stock: &dyn Fn(&str) -> Option<Type>,
        taken: &dyn Fn(&str) -> bool,
    ) -> (Vec<(Rc<str>, Definition)>, Vec<Problem>) {
        let mut definitions = Vec::new();
        let mut problems = Vec::new();
        for plugin in self.iter() {
            let mut own: Vec<(&str, Type)> = Vec::new();
            for described in &plugin.description().schema {
                if taken(&described.name) {
                    problems.push(Problem::HiddenPart {
                        what: clash::name_for_job_files(&described.name),
                        hidden: plugin.description().name.clone(),
                        by: clash::PROGRAM.to_owned(),
                    });
                    continue;
                }
                let known = |name: &str| {
                    let mine = own.iter().find(|(known, _)| *known == name);
                    mine.map(|(_, ty)| ty.clone()).or_else(|| stock(name))
                };
                match define(described, &known) {
                    Ok(definition) => {
                        if let Definition::Type(ty) = &definition {
                            own.push((&described.name, ty.clone()));
                        }
                        definitions.push((described.name.as_str().into(), definition));
                    }
                    Err(message) => problems.push(Problem::Definition {
                        name: described.name.clone(),
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
    described: &DefinitionDescription,
    known: &dyn Fn(&str) -> Option<Type>,
) -> Result<Definition, String> {
    let fields = match &described.defined {
        Defined::Constant { value } => return Ok(Definition::Value(plain(value)?)),
        Defined::Structure { fields } => fields,
    };
    let fields = fields.iter().map(|described| {
        let name = &described.name;
        let field = field(described, known).map_err(|it| format!("field `{name}`: {it}"))?;
        Ok((name.as_str().into(), field))
    });
    let fields = fields.collect::<Result<_, String>>()?;
    let ty = Type::structure(&described.name, fields);
    if ty.depth() > Type::MAX_DEPTH {
        return Err("types stand too deep inside one another".to_owned());
    }
    Ok(Definition::Type(ty))
}

fn field(
    described: &FieldDescription,
    known: &dyn Fn(&str) -> Option<Type>,
) -> Result<Field, String> {
    let ty = read_type(&described.kind, known)?;
    let Some(default) = &described.default else {
        return Ok(match described.required {
            true => Field::required(ty),
            false => Field::optional(ty),
        });
    };
    let value = plain(default)?;
    // What a ref stands for is known when the type is used.
    if !default.to_string().contains("{{") {
        let made = ty.construct(std::slice::from_ref(&value), &[], None);
        let check = made.and_then(|object| object.check());
        let check = check.map_err(|error| error.message().to_owned())?;
        if !check.ok() {
            return Err(format!("its default does not fit: {}", check.message()));
        }
    }
    Field::default(ty, &value).map_err(|error| error.message().to_owned())
}

fn plain(json: &Json) -> Result<Value, String> {
    json::parse(&json.to_string()).map_err(|error| error.message.to_owned())
}

/// Whether a type is written as one, whatever its names stand for.
pub(crate) fn check_type(text: &str) -> Result<(), String> {
    read_type(text, &|_| Some(Type::String)).map(|_| ())
}

/// The type that a text such as `Map(String, List(Process))` means.
fn read_type(text: &str, known: &dyn Fn(&str) -> Option<Type>) -> Result<Type, String> {
    let mut rest = text;
    let ty = next_type(&mut rest, known, DEEPEST)?;
    match rest.trim() {
        "" => Ok(ty),
        _ => Err(format!("`{text}` is no type")),
    }
}

fn next_type(
    rest: &mut &str,
    known: &dyn Fn(&str) -> Option<Type>,
    deeper: usize,
) -> Result<Type, String> {
    let text = rest.trim_start();
    let end = text
        .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .unwrap_or(text.len());
    let name;
    (name, *rest) = text.split_at(end);
    let Some(deeper) = deeper.checked_sub(1) else {
        return Err("types stand too deep inside one another".to_owned());
    };
    Ok(match name {
        "String" => Type::String,
        "Integer" => Type::Integer,
        "Float" => Type::Float,
        "Boolean" => Type::Boolean,
        "List" => {
            expect(rest, '(')?;
            let element = next_type(rest, known, deeper)?;
            expect(rest, ')')?;
            Type::list(element)
        }
        "Map" => {
            expect(rest, '(')?;
            let key = next_type(rest, known, deeper)?;
            expect(rest, ',')?;
            let value = next_type(rest, known, deeper)?;
            expect(rest, ')')?;
            Type::map(key, value)
        }
        name => known(name).ok_or_else(|| format!("there is no type `{name}`"))?,
    })
}

fn expect(rest: &mut &str, wanted: char) -> Result<(), String> {
    match rest.trim_start().strip_prefix(wanted) {
        Some(left) => {
            *rest = left;
            Ok(())
        }
        None => Err(format!("a type has no `{wanted}` where one is needed")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn build(json: Json) -> Result<Definition, String> {
        let described: DefinitionDescription = serde_json::from_value(json).unwrap();
        let stock = |name: &str| {
            let field = Field::required(Type::String);
            (name == "Process").then(|| Type::structure("Process", vec![("name".into(), field)]))
        };
        define(&described, &stock)
    }

    #[track_caller]
    fn check_error(field: Json, message: &str) {
        let found = build(json!({"name": "T", "fields": [field]})).err();
        assert_eq!(found.as_deref(), Some(message));
    }

    #[test]
    fn a_struct_type_has_fields_of_stock_types_and_defaults() {
        let made = build(json!({"name": "Release", "fields": [
            {"name": "name", "type": "String", "required": true},
            {"name": "steps", "type": "List(Process)", "default": [{"name": "unpack"}]},
            {"name": "ports", "type": "Map( String,Integer )", "default": {"http": "80"}},
            {"name": "path", "type": "String", "default": "/opt/{{name}}"},
            {"name": "days", "type": "Integer"},
        ]}));
        let Ok(Definition::Type(ty)) = made else {
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
        let made = build(json!({"name": "C", "value": ["a", 1, true]}));
        let Ok(Definition::Value(value)) = made else {
            panic!("no value")
        };
        assert_eq!(bindery_core::repr::value(&value).unwrap(), "['a', 1, True]");
    }

    #[test]
    fn what_cannot_be_made_is_told() {
        let of_type = |kind: &str| json!({"name": "f", "type": kind});
        check_error(of_type("Proces"), "field `f`: there is no type `Proces`");
        check_error(
            of_type("List(String"),
            "field `f`: a type has no `)` where one is needed",
        );
        check_error(of_type("String)"), "field `f`: `String)` is no type");
        let deep = format!("{}String{}", "List(".repeat(20), ")".repeat(20));
        check_error(
            of_type(&deep),
            "field `f`: types stand too deep inside one another",
        );
        check_error(
            json!({"name": "f", "type": "Integer", "default": "x"}),
            "field `f`: its default does not fit: Unable to interpolate: Cannot coerce 'x' to Integer",
        );
    }
}

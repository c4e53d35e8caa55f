//! Serialized types: plain data like `('Struct', name, fields)`.

use std::rc::Rc;

use crate::model::FieldDefault;
use crate::{Error, ErrorKind, Field, Text, Type, Value};

impl Type {
    /// Returns the type as nested tuples: `('String',)`, `('List', t)`, `('Map', k, v)`, `('Enum', name, values)`, `('Choice',
    /// name, types)`, `('Struct', name, ((field, (required, default or (), is empty, type)), …))`, fields in alphabetical order.
    pub fn serialize(&self) -> Value {
        let text = |text: &Rc<str>| Value::String(Text::new(Rc::clone(text)));
        let parts = match self {
            Type::String | Type::Integer | Type::Float | Type::Boolean => {
                vec![Value::string(self.name())]
            }
            Type::Enum(ty) => vec![
                Value::string("Enum"),
                text(&ty.name),
                Value::Tuple(ty.values.iter().map(text).collect()),
            ],
            Type::Choice(ty) => vec![
                Value::string("Choice"),
                text(&ty.name),
                Value::Tuple(ty.alternatives.iter().map(Type::serialize).collect()),
            ],
            Type::List(ty) => vec![Value::string("List"), ty.element.serialize()],
            Type::Map(ty) => vec![
                Value::string("Map"),
                ty.key.serialize(),
                ty.value.serialize(),
            ],
            Type::Struct(ty) => {
                let mut fields: Vec<_> = ty.fields().iter().collect();
                fields.sort_by(|a, b| a.0.cmp(&b.0));
                let fields = fields.into_iter().map(|(name, field)| {
                    let default = match &field.default {
                        Some(default) => default.raw.clone(),
                        None => Value::tuple([]),
                    };
                    Value::tuple([
                        text(name),
                        Value::tuple([
                            Value::Boolean(field.required),
                            default,
                            Value::Boolean(field.default.is_none()),
                            field.ty.serialize(),
                        ]),
                    ])
                });
                vec![
                    Value::string("Struct"),
                    Value::string(ty.schema_name()),
                    Value::Tuple(fields.collect()),
                ]
            }
        };
        Value::tuple(parts)
    }

    /// Returns the types in a serialized form (tuples or lists), inner ones first; the last is the type itself.
    ///
    /// # Errors
    ///
    /// `Value` for data that is not a serialized type.
    pub fn load(serialized: &Value) -> Result<Vec<(Rc<str>, Type)>, Error> {
        let mut touched = Vec::new();
        load(serialized, &mut touched)?;
        Ok(touched)
    }
}

fn load(serialized: &Value, touched: &mut Vec<(Rc<str>, Type)>) -> Result<Type, Error> {
    let parts = sequence(serialized)?;
    let kind = parts.first().and_then(Value::as_str);
    let ty = match (kind, parts) {
        (Some("String"), [_]) => Type::String,
        (Some("Integer"), [_]) => Type::Integer,
        (Some("Float"), [_]) => Type::Float,
        (Some("Boolean"), [_]) => Type::Boolean,
        (Some("List"), [_, element]) => Type::list(load(element, touched)?),
        (Some("Map"), [_, key, value]) => Type::map(load(key, touched)?, load(value, touched)?),
        (Some("Enum"), [_, name, values]) => {
            Type::enumeration(&[name.clone(), Value::tuple(sequence(values)?)])?
        }
        (Some("Choice"), [_, name, alternatives]) => {
            let alternatives: Result<Vec<_>, _> = sequence(alternatives)?
                .iter()
                .map(|alternative| load(alternative, touched))
                .collect();
            Type::choice(Some(text(name)?), alternatives?)
        }
        (Some("Struct"), [_, name, fields]) => {
            let mut loaded = Vec::new();
            for field in sequence(fields)? {
                let [name, parameters] = sequence(field)? else {
                    return Err(bad(field));
                };
                let [required, default, is_empty, ty] = sequence(parameters)? else {
                    return Err(bad(parameters));
                };
                let mut field = Field::optional(load(ty, touched)?);
                field.required = matches!(required, Value::Boolean(true));
                if !matches!(is_empty, Value::Boolean(true)) {
                    field.default = Some(FieldDefault {
                        raw: default.clone(),
                        object: field.ty.remake(default)?,
                    });
                }
                loaded.push((Rc::from(text(name)?), field));
            }
            Type::structure(text(name)?, loaded)
        }
        _ => return Err(bad(serialized)),
    };
    if ty.depth() > Type::MAX_DEPTH {
        return Err(Error::new(
            ErrorKind::Value,
            format!("types are nested more than {} deep", Type::MAX_DEPTH),
        ));
    }
    touched.push((ty.name().into(), ty.clone()));
    Ok(ty)
}

fn sequence(value: &Value) -> Result<&[Value], Error> {
    match value {
        Value::Tuple(items) | Value::List(items) => Ok(items),
        other => Err(bad(other)),
    }
}

fn text(value: &Value) -> Result<&str, Error> {
    value.as_str().ok_or_else(|| bad(value))
}

fn bad(value: &Value) -> Error {
    let shown = crate::repr::value(value).unwrap_or_default();
    Error::new(ErrorKind::Value, format!("not a serialized type: {shown}"))
}

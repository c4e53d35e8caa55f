//! Whole job as data, in the names and the order of the schema.

use bindery_core::{Object, Text, Type, Value};

use crate::{InvalidJob, Schema};

/// Returns the plain data of an interpolated object, with the fields of structs in the schema's order.
///
/// A struct that was made from plain data has a type with another order (Q23), and equal jobs must have equal bytes.
pub(super) fn ordered(object: &Object, schema: &Schema) -> Result<Value, InvalidJob> {
    Ok(match object.ty() {
        Type::Struct(ty) => {
            let declared = match schema.get(ty.name()) {
                Some(Type::Struct(declared)) => declared,
                _ => ty,
            };
            let mut fields = Vec::with_capacity(declared.fields().len());
            for (name, _) in declared.fields() {
                if let Some(part) = object.field(name) {
                    let name = Value::String(Text::new(name.clone()));
                    fields.push((name, ordered(part, schema)?));
                }
            }
            Value::Map(fields.into())
        }
        Type::List(_) => {
            let items = object.items().iter().map(|item| ordered(item, schema));
            Value::Tuple(items.collect::<Result<_, _>>()?)
        }
        _ => match object.raw() {
            Some(Value::Object(alternative)) => ordered(alternative, schema)?,
            Some(raw) => raw.clone(),
            None => object.get()?,
        },
    })
}

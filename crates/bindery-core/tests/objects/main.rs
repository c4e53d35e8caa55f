//! Object model compared with the behavior of pystachio 0.8.10. The names of tests cite rules by number.

mod found;
mod messages;
mod observed;
mod properties;
mod quirks;

use std::rc::Rc;

use bindery_core::{Error, Field, Object, Type, Value, json};

/// Creates an object of a type from one value.
#[track_caller]
fn make(ty: &Type, value: Value) -> Object {
    ty.construct(&[value], &[], None).unwrap()
}

fn text(template: &str) -> Object {
    make(&Type::String, Value::string(template))
}

fn data(json: &str) -> Value {
    json::parse(json).unwrap()
}

/// Binds a table given as JSON.
#[track_caller]
fn bind(object: &Object, table: &str) -> Object {
    object.bind(&[data(table)], &[]).unwrap()
}

/// Creates a struct type with optional fields.
fn structure(name: &str, fields: &[(&str, Type)]) -> Type {
    let fields = fields
        .iter()
        .map(|(name, ty)| (Rc::from(*name), Field::optional(ty.clone())));
    Type::structure(name, fields.collect())
}

/// Returns the interpolated object as JSON, or the class and message of the error.
fn outcome(object: &Object) -> String {
    let shown = |result: Result<Object, Error>| -> Result<String, Error> {
        json::write(&result?.get()?, json::Style::default())
    };
    match shown(object.interpolate().map(|(object, _)| object)) {
        Ok(text) => text,
        Err(error) => format!("{error:?}"),
    }
}

#[track_caller]
fn check(object: &Object, expected: &str) {
    assert_eq!(outcome(object), expected);
}

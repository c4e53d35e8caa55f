//! The object model against the behaviour of pystachio 0.8.10; a rule is cited by its number in the test's name.

mod found;
mod messages;
mod observed;
mod properties;
mod quirks;

use std::rc::Rc;

use bindery_core::{Error, Field, Object, Type, Value, json};

/// An object of a type from one value.
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

/// A struct type whose fields are optional.
fn structure(name: &str, fields: &[(&str, Type)]) -> Type {
    let fields = fields
        .iter()
        .map(|(name, ty)| (Rc::from(*name), Field::optional(ty.clone())));
    Type::structure(name, fields.collect())
}

/// The interpolated object as JSON, or the error's class and text.
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

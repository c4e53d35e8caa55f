//! The bridge to the template core: its types, objects, refs and environments as values of the language.
//!
//! No other module of this crate calls the core's template operations.

mod convert;
mod objects;
pub(crate) mod quotients;
mod refs;
mod structs;
mod types;

use std::rc::Rc;

use bindery_core::{Definition, Error, ErrorKind, Function, Type};

use crate::args::Args;
use crate::eval::Vm;
use crate::exception::{Cause, ExcKind, Exception, Outcome, Raised};
use crate::value::{Native, Value};

pub(crate) use convert::{from_core, to_core};
pub(crate) use structs::{base, declare};

/// The names that pystachio gives to files.
pub(crate) fn names() -> Vec<(&'static str, Value)> {
    let mut names = types::names();
    names.extend(refs::names());
    names
}

/// What a prelude's definition is to a program.
pub(crate) fn definition(vm: &mut Vm, definition: &Definition) -> Outcome {
    Ok(match definition {
        Definition::Type(ty) => types::value(ty.clone()),
        Definition::Value(value) => from_core(vm, value)?,
        Definition::Function(function) => Value::native(FunctionValue(function.clone())),
        Definition::Namespace(items) => Value::native(Namespace(items.clone())),
    })
}

/// An error of the core as an exception.
pub(crate) fn raise(error: &Error) -> Raised {
    let kind = match error.kind() {
        ErrorKind::InvalidRef => ExcKind::InvalidRef,
        ErrorKind::Coercion => ExcKind::Coercion,
        ErrorKind::Uninterpolatable => ExcKind::Uninterpolatable,
        ErrorKind::NotMapping => ExcKind::IsNotMapping,
        ErrorKind::Value => ExcKind::Value,
        ErrorKind::Attribute => ExcKind::Attribute,
        ErrorKind::Type => ExcKind::Type,
        ErrorKind::Assertion => ExcKind::Assertion,
        ErrorKind::Key => ExcKind::Key,
        ErrorKind::Index => ExcKind::Index,
        ErrorKind::NotFound => ExcKind::NotFound,
        _ => ExcKind::Runtime,
    };
    Raised::from_cause(Cause::Exception(Rc::new(Exception {
        kind,
        args: vec![Value::from(error.message())],
        hint: error.hint().map(str::to_owned),
        origin: error.origin(),
    })))
}

/// The core's result as one of the program.
trait OrRaise<T> {
    fn or_raise(self) -> Outcome<T>;
}

impl<T> OrRaise<T> for Result<T, Error> {
    fn or_raise(self) -> Outcome<T> {
        self.map_err(|error| raise(&error))
    }
}

/// A name of `known` that `name` may have been meant to be.
fn suggest_field(ty: &Type, name: &str) -> Option<String> {
    let Type::Struct(ty) = ty else { return None };
    let fields = ty.fields().iter().map(|(name, _)| &**name);
    match crate::suggest::closest(name, fields.clone()) {
        Some(close) => Some(format!("did you mean `{close}`?")),
        None => {
            let fields: Vec<&str> = fields.collect();
            Some(format!(
                "`{}` has the fields {}",
                ty.name(),
                fields.join(", ")
            ))
        }
    }
}

/// A function of a prelude.
struct FunctionValue(Rc<dyn Function>);

impl Native for FunctionValue {
    fn type_name(&self) -> Rc<str> {
        "function".into()
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }

    fn attribute(&self, _vm: &mut Vm, name: &str) -> Outcome<Option<Value>> {
        Ok((name == "__name__").then(|| Value::from(self.0.name())))
    }

    fn is_callable(&self) -> bool {
        true
    }

    fn call(&self, vm: &mut Vm, args: Args) -> Outcome<Option<Value>> {
        let given = convert::Given::new(vm, args)?;
        let result = self
            .0
            .call(&given.arguments, &given.keywords, given.origin)
            .or_raise()?;
        from_core(vm, &result).map(Some)
    }

    fn repr(&self, _vm: &mut Vm) -> Outcome<String> {
        Ok(format!("<function {}>", self.0.name()))
    }
}

/// A group of definitions, such as `Processes`.
struct Namespace(Rc<[(&'static str, Definition)]>);

impl Native for Namespace {
    fn type_name(&self) -> Rc<str> {
        "type".into()
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }

    fn attribute(&self, vm: &mut Vm, name: &str) -> Outcome<Option<Value>> {
        let found = self.0.iter().find(|(known, _)| *known == name);
        found.map(|(_, found)| definition(vm, found)).transpose()
    }

    fn repr(&self, _vm: &mut Vm) -> Outcome<String> {
        let names: Vec<&str> = self.0.iter().map(|(name, _)| *name).collect();
        Ok(format!("<namespace of {}>", names.join(", ")))
    }
}

//! The bridge to the template core: its types, objects, refs and environments as values of the language.
//!
//! No other module of this crate calls the core's template operations.

mod convert;
mod exceptions;
mod extension;
mod objects;
mod python2;
mod refs;
mod structs;
mod types;

use std::rc::Rc;

use bindery_core::{Definition, Error, ErrorKind, Function, Origin, Type};
use bindery_python::{Args, ExcKind, Native, Outcome, Raised, Value, Vm};

pub(crate) use convert::{from_core, to_core};
pub(crate) use extension::Templates;

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
        ErrorKind::InvalidRef => exceptions::INVALID_REF,
        ErrorKind::Coercion => exceptions::COERCION,
        ErrorKind::Uninterpolatable => exceptions::UNINTERPOLATABLE,
        ErrorKind::NotMapping => exceptions::IS_NOT_MAPPING,
        ErrorKind::Value => ExcKind::Value,
        ErrorKind::Attribute => ExcKind::Attribute,
        ErrorKind::Type => ExcKind::Type,
        ErrorKind::Assertion => ExcKind::Assertion,
        ErrorKind::Key => ExcKind::Key,
        ErrorKind::Index => ExcKind::Index,
        ErrorKind::NotFound => exceptions::NOT_FOUND,
        _ => ExcKind::Runtime,
    };
    let raised = Raised::new(kind, error.message());
    let raised = match error.hint() {
        Some(hint) => raised.hint(hint),
        None => raised,
    };
    raised.caused_at(error.origin().map(to_python))
}

/// Number of a position, for the core.
pub(crate) fn to_core_origin(origin: bindery_python::Origin) -> Origin {
    Origin(origin.0)
}

/// Number of a position, for the evaluator.
pub(crate) fn to_python(origin: Origin) -> bindery_python::Origin {
    bindery_python::Origin(origin.0)
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
    match bindery_python::closest(name, fields.clone()) {
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

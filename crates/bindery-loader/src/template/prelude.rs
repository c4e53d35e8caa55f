//! Names that every file has: the names of pystachio and the definitions of a prelude.

use std::rc::Rc;

use bindery_core::{Definition, Function, Type};
use bindery_python::{Args, Native, Outcome, Value, Vm};

use super::convert::{self, from_core};
use super::errors::OrRaise;
use super::refs::{EnvironmentClass, RefClass};
use super::values::{EmptyValue, Maker, type_value};

/// Returns the names that pystachio exports.
pub(crate) fn names() -> Vec<(&'static str, Value)> {
    let mut names = type_names();
    names.extend(ref_names());
    names
}

/// Converts a definition of a prelude to a value.
pub(crate) fn definition(vm: &mut Vm, definition: &Definition) -> Outcome {
    Ok(match definition {
        Definition::Type(ty) => type_value(ty.clone()),
        Definition::Value(value) => from_core(vm, value)?,
        Definition::Function(function) => Value::native(FunctionValue(function.clone())),
        Definition::Namespace(items) => Value::native(Namespace(items.clone())),
    })
}

fn type_names() -> Vec<(&'static str, Value)> {
    vec![
        ("String", type_value(Type::String)),
        ("Integer", type_value(Type::Integer)),
        ("Float", type_value(Type::Float)),
        ("Boolean", type_value(Type::Boolean)),
        ("Struct", Value::native(Maker::Struct)),
        ("Enum", Value::native(Maker::Enum)),
        ("Choice", Value::native(Maker::Choice)),
        ("List", Value::native(Maker::List)),
        ("Map", Value::native(Maker::Map)),
        ("Required", Value::native(Maker::Required)),
        ("Default", Value::native(Maker::Default)),
        ("TypeFactory", Value::native(Maker::TypeFactory)),
        ("Type", Value::native(Maker::Type)),
        ("TypeCheck", Value::native(Maker::TypeCheck)),
        ("Namable", Value::native(Maker::Namable)),
        ("MustacheParser", Value::native(Maker::MustacheParser)),
    ]
}

fn ref_names() -> Vec<(&'static str, Value)> {
    vec![
        ("Ref", Value::native(RefClass)),
        ("Environment", Value::native(EnvironmentClass)),
        ("Empty", Value::native(EmptyValue)),
    ]
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
        let given = convert::CallData::new(vm, args)?;
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

/// A group of definitions, for example `Processes`.
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

//! Refs, environments and `Empty`.

use std::any::Any;
use std::rc::Rc;

use bindery_core::{Component, Environment, Ref, Value as Data, repr};
use bindery_python::{
    Args, BinaryOp, Class, CompareOp, Native, Outcome, Raised, Value, Vm, type_error,
};

use super::convert::{CallData, from_core};
use super::errors::{OrRaise, charge_text};
use super::exceptions;
use super::values::{EmptyValue, EnvironmentValue, OpaqueValue, RefValue};

impl Native for EmptyValue {
    fn type_name(&self) -> Rc<str> {
        "type".into()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn is(&self, other: &dyn Native) -> bool {
        other.as_any().is::<Self>()
    }

    fn equals(&self, other: &Value) -> Outcome<Option<bool>> {
        Ok(Some(other.as_native::<EmptyValue>().is_some()))
    }

    fn hash(&self) -> Outcome<Option<u64>> {
        Ok(Some(1))
    }

    fn repr(&self, _vm: &mut Vm) -> Outcome<String> {
        Ok(repr::EMPTY.to_owned())
    }
}

/// The class `Ref`.
pub(super) struct RefClass;

impl Native for RefClass {
    fn type_name(&self) -> Rc<str> {
        "type".into()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn is(&self, other: &dyn Native) -> bool {
        other.as_any().is::<Self>()
    }

    fn class(&self) -> Value {
        Value::Class(Class::Type)
    }

    fn attribute(&self, _vm: &mut Vm, name: &str) -> Outcome<Option<Value>> {
        Ok((name == "InvalidRefError")
            .then_some(Value::Class(Class::Exception(exceptions::INVALID_REF))))
    }

    fn methods(&self) -> &'static [&'static str] {
        &["from_address"]
    }

    fn call_method(&self, vm: &mut Vm, name: &str, args: &mut Args) -> Outcome<Option<Value>> {
        if name != "from_address" {
            return Ok(None);
        }
        match std::mem::take(args).single("from_address")? {
            Value::Str(address) => {
                let found = Ref::from_address(&address).or_raise()?;
                Ok(Some(Value::native(RefValue(found))))
            }
            other => {
                let shown = bindery_python::repr(vm, &other)?;
                Err(Raised::new(
                    exceptions::INVALID_REF,
                    format!("Invalid address: {shown}"),
                ))
            }
        }
    }

    fn is_callable(&self) -> bool {
        true
    }

    fn call(&self, _vm: &mut Vm, _args: Args) -> Outcome<Option<Value>> {
        Err(Raised::not_supported(
            "`Ref(components)`",
            "use `Ref.from_address('a.b[c]')`",
        ))
    }

    fn is_instance(&self, value: &Value) -> Option<bool> {
        Some(value.as_native::<RefValue>().is_some())
    }

    fn repr(&self, _vm: &mut Vm) -> Outcome<String> {
        Ok("<class 'Ref'>".to_owned())
    }
}

impl RefValue {
    fn component(&self, component: Component<'_>) -> Value {
        let is_index = matches!(component, Component::Index(_));
        Value::native(Step {
            is_index,
            value: component.value().into(),
        })
    }

    /// Returns the ref without its first component.
    fn rest(&self) -> Option<Ref> {
        self.0.prefix(1).and_then(|first| first.scoped_to(&self.0))
    }
}

impl Native for RefValue {
    fn type_name(&self) -> Rc<str> {
        "Ref".into()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn class(&self) -> Value {
        Value::native(RefClass)
    }

    fn methods(&self) -> &'static [&'static str] {
        &[
            "action",
            "address",
            "components",
            "is_dereference",
            "is_empty",
            "is_index",
            "rest",
            "scoped_to",
        ]
    }

    fn call_method(&self, vm: &mut Vm, name: &str, args: &mut Args) -> Outcome<Option<Value>> {
        if !self.methods().contains(&name) {
            return Ok(None);
        }
        let args = std::mem::take(args);
        if name == "scoped_to" {
            let other = args.single(name)?;
            let Some(other) = other.as_native::<RefValue>() else {
                return Err(type_error("scoped_to() wants a Ref"));
            };
            return Ok(Some(
                self.0
                    .scoped_to(&other.0)
                    .map_or(Value::None, |rest| Value::native(RefValue(rest))),
            ));
        }
        args.none(name)?;
        let first = self.0.components().next();
        Ok(Some(match name {
            "address" => Value::from(self.0.address()),
            "components" => {
                let components: Vec<Value> = self
                    .0
                    .components()
                    .map(|component| self.component(component))
                    .collect();
                vm.budget.values(components.len())?;
                Value::tuple(components)
            }
            "action" => first.map_or(Value::None, |first| self.component(first)),
            "is_index" => Value::Bool(matches!(first, Some(Component::Index(_)))),
            "is_dereference" => Value::Bool(matches!(first, Some(Component::Dereference(_)))),
            "is_empty" => Value::Bool(first.is_none()),
            _ => match self.rest() {
                Some(rest) => Value::native(RefValue(rest)),
                None => Value::native(NoRef),
            },
        }))
    }

    fn equals(&self, other: &Value) -> Outcome<Option<bool>> {
        Ok(Some(
            other
                .as_native::<RefValue>()
                .is_some_and(|other| self.0 == other.0),
        ))
    }

    fn compare(&self, op: CompareOp, other: &Value) -> Outcome<Option<bool>> {
        let Some(other) = other.as_native::<RefValue>() else {
            return Ok(None);
        };
        Ok(Some(match op {
            CompareOp::Lt => self.0 < other.0,
            CompareOp::LtE => self.0 <= other.0,
            CompareOp::Gt => self.0 > other.0,
            _ => self.0 >= other.0,
        }))
    }

    fn hash(&self) -> Outcome<Option<u64>> {
        bindery_python::hash(&Value::from(self.0.address())).map(Some)
    }

    fn binary(
        &self,
        vm: &mut Vm,
        op: BinaryOp,
        other: &Value,
        reflected: bool,
    ) -> Outcome<Option<Value>> {
        match other.as_native::<RefValue>() {
            Some(other) if op == BinaryOp::Add => {
                let (left, right) = if reflected {
                    (other, self)
                } else {
                    (self, other)
                };
                vm.budget
                    .string(left.0.address().len() + right.0.address().len())?;
                Ok(Some(Value::native(RefValue(left.0.join(&right.0)))))
            }
            _ => Ok(None),
        }
    }

    fn repr(&self, _vm: &mut Vm) -> Outcome<String> {
        Ok(format!("Ref({})", self.0.address()))
    }

    fn display(&self, _vm: &mut Vm) -> Outcome<String> {
        Ok(self.0.to_string())
    }
}

/// The empty ref: the rest of a ref of one component.
struct NoRef;

impl Native for NoRef {
    fn type_name(&self) -> Rc<str> {
        "Ref".into()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn methods(&self) -> &'static [&'static str] {
        &[
            "address",
            "components",
            "is_dereference",
            "is_empty",
            "is_index",
        ]
    }

    fn call_method(&self, _vm: &mut Vm, name: &str, args: &mut Args) -> Outcome<Option<Value>> {
        let made = match name {
            "is_empty" => Value::Bool(true),
            "is_index" | "is_dereference" => Value::Bool(false),
            "components" => Value::tuple([]),
            "address" => Value::from(""),
            _ => return Ok(None),
        };
        std::mem::take(args).none(name)?;
        Ok(Some(made))
    }

    fn equals(&self, other: &Value) -> Outcome<Option<bool>> {
        Ok(Some(other.as_native::<NoRef>().is_some()))
    }

    fn repr(&self, _vm: &mut Vm) -> Outcome<String> {
        Ok("Ref()".to_owned())
    }
}

/// One component of a ref.
struct Step {
    is_index: bool,
    value: Rc<str>,
}

impl Native for Step {
    fn type_name(&self) -> Rc<str> {
        if self.is_index {
            "Index".into()
        } else {
            "Dereference".into()
        }
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn attribute(&self, _vm: &mut Vm, name: &str) -> Outcome<Option<Value>> {
        Ok((name == "value").then(|| Value::text(self.value.clone())))
    }

    fn equals(&self, other: &Value) -> Outcome<Option<bool>> {
        let same = |other: &Step| other.is_index == self.is_index && other.value == self.value;
        Ok(Some(other.as_native::<Step>().is_some_and(same)))
    }

    fn repr(&self, _vm: &mut Vm) -> Outcome<String> {
        Ok(if self.is_index {
            format!("[{}]", self.value)
        } else {
            format!(".{}", self.value)
        })
    }
}

/// The class `Environment`.
pub(super) struct EnvironmentClass;

impl Native for EnvironmentClass {
    fn type_name(&self) -> Rc<str> {
        "type".into()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn is(&self, other: &dyn Native) -> bool {
        other.as_any().is::<Self>()
    }

    fn class(&self) -> Value {
        Value::Class(Class::Type)
    }

    fn is_callable(&self) -> bool {
        true
    }

    fn call(&self, vm: &mut Vm, args: Args) -> Outcome<Option<Value>> {
        let given = CallData::new(vm, args)?;
        let environment = Environment::new(&given.arguments, &given.keywords).or_raise()?;
        let depth = given.depth + 1;
        Ok(Some(Value::native(EnvironmentValue {
            environment: Rc::new(environment),
            depth,
        })))
    }

    fn is_instance(&self, value: &Value) -> Option<bool> {
        Some(value.as_native::<EnvironmentValue>().is_some())
    }

    fn repr(&self, _vm: &mut Vm) -> Outcome<String> {
        Ok("<class 'Environment'>".to_owned())
    }
}

impl Native for EnvironmentValue {
    fn type_name(&self) -> Rc<str> {
        "Environment".into()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn class(&self) -> Value {
        Value::native(EnvironmentClass)
    }

    fn methods(&self) -> &'static [&'static str] {
        &["find"]
    }

    fn call_method(&self, vm: &mut Vm, name: &str, args: &mut Args) -> Outcome<Option<Value>> {
        if name != "find" {
            return Ok(None);
        }
        let wanted = std::mem::take(args).single("find")?;
        let Some(wanted) = wanted.as_native::<RefValue>() else {
            return Err(type_error(
                "find() wants a Ref, as Ref.from_address() makes it",
            ));
        };
        let found = self.environment.get(&wanted.0).or_raise()?;
        from_core(vm, &found).map(Some)
    }

    fn repr(&self, vm: &mut Vm) -> Outcome<String> {
        let environment = Data::Environment(Rc::clone(&self.environment));
        charge_text(vm, repr::value(&environment))
    }
}

impl Native for OpaqueValue {
    fn type_name(&self) -> Rc<str> {
        self.0.type_name.as_str().into()
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }

    fn equals(&self, other: &Value) -> Outcome<Option<bool>> {
        Ok(Some(
            other
                .as_native::<OpaqueValue>()
                .is_some_and(|other| self.0 == other.0),
        ))
    }

    fn hash(&self) -> Outcome<Option<u64>> {
        bindery_python::hash(&Value::from(self.0.text.as_str())).map(Some)
    }

    fn repr(&self, _vm: &mut Vm) -> Outcome<String> {
        Ok(self.0.text.clone())
    }
}

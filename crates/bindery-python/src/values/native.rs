//! Objects whose behaviour is defined outside of the evaluator.

use std::any::Any;
use std::rc::Rc;

use crate::limits::{Meter, Usage};
use crate::operator::{BinaryOp, CompareOp};
use crate::source::Spot;
use crate::values::callable::Args;
use crate::values::class::Class;
use crate::values::exception::{Outcome, Raised};
use crate::values::iterator::Iteration;
use crate::values::value::Value;
use crate::vm::Vm;

/// An object whose type defines its behaviour. Methods return `Ok(None)` if the type does not have the operation.
pub trait Native: 'static {
    /// Returns the name of the class, as error messages print it.
    fn type_name(&self) -> Rc<str>;

    /// Returns the object for downcasts.
    fn as_any(&self) -> &dyn Any;

    /// Returns the class.
    fn class(&self) -> Value {
        Value::native(NativeClass(self.type_name()))
    }

    /// Checks whether `other` is the same object although it is stored separately, as classes are.
    fn is(&self, _other: &dyn Native) -> bool {
        false
    }

    /// Returns an attribute that is not a method.
    fn attribute(&self, _vm: &mut Vm, _name: &str) -> Outcome<Option<Value>> {
        Ok(None)
    }

    /// Returns the names of the methods, for attribute access without a call and for suggestions.
    fn methods(&self) -> &'static [&'static str] {
        &[]
    }

    /// Calls a method; returns `Ok(None)` for unknown names.
    fn call_method(&self, _vm: &mut Vm, _name: &str, _args: &mut Args) -> Outcome<Option<Value>> {
        Ok(None)
    }

    /// Calls the object; `Ok(None)` if it cannot be called.
    ///
    /// # Errors
    ///
    /// Exceptions of the call.
    fn call(&self, _vm: &mut Vm, _args: Args) -> Outcome<Option<Value>> {
        Ok(None)
    }

    /// Returns whether the object can be called.
    fn is_callable(&self) -> bool {
        false
    }

    /// Returns `repr()` of the object.
    ///
    /// # Errors
    ///
    /// Exceptions of evaluating the object.
    fn repr(&self, vm: &mut Vm) -> Outcome<String>;

    /// Returns `str()` of the object.
    ///
    /// # Errors
    ///
    /// Exceptions of evaluating the object.
    fn display(&self, vm: &mut Vm) -> Outcome<String> {
        self.repr(vm)
    }

    /// Returns `bool()` of the object.
    fn truth(&self) -> bool {
        true
    }

    /// Compares with `==`; `Ok(None)` means by identity.
    fn equals(&self, _other: &Value) -> Outcome<Option<bool>> {
        Ok(None)
    }

    /// Returns the result of `<`, `<=`, `>` or `>=`.
    ///
    /// # Errors
    ///
    /// Exceptions of evaluating the object.
    fn compare(&self, _op: CompareOp, _other: &Value) -> Outcome<Option<bool>> {
        Ok(None)
    }

    /// Returns a hash that agrees with `equals`; `Ok(None)` means by identity.
    fn hash(&self) -> Outcome<Option<u64>> {
        Ok(None)
    }

    /// Returns the result of a binary operator; `reflected` if the object is its right operand.
    ///
    /// # Errors
    ///
    /// Exceptions of the operator.
    fn binary(
        &self,
        _vm: &mut Vm,
        _op: BinaryOp,
        _other: &Value,
        _reflected: bool,
    ) -> Outcome<Option<Value>> {
        Ok(None)
    }

    /// Returns `len()` of the object.
    ///
    /// # Errors
    ///
    /// Exceptions of evaluating the object.
    fn length(&self) -> Outcome<Option<usize>> {
        Ok(None)
    }

    /// Returns `self[key]`.
    ///
    /// # Errors
    ///
    /// `KeyError`, `IndexError`, and exceptions of evaluating the object.
    fn item(&self, _vm: &mut Vm, _key: &Value) -> Outcome<Option<Value>> {
        Ok(None)
    }

    /// Returns `item in self`.
    ///
    /// # Errors
    ///
    /// Exceptions of evaluating the object.
    fn contains(&self, _vm: &mut Vm, _item: &Value) -> Outcome<Option<bool>> {
        Ok(None)
    }

    /// Starts an iteration.
    ///
    /// # Errors
    ///
    /// Exceptions of evaluating the object.
    fn iterate(&self, _vm: &mut Vm) -> Outcome<Option<Iteration>> {
        Ok(None)
    }

    /// Checks whether `value` is an instance of this class; `None` if this object is not a class.
    fn is_instance(&self, _value: &Value) -> Option<bool> {
        None
    }

    /// Returns the weight of the object in elements of a container, by the memory it takes.
    fn weight(&self) -> usize {
        6
    }

    /// Checks whether `with` accepts the object; leaving the block does nothing.
    fn is_context(&self) -> bool {
        false
    }

    /// Returns `format(value, spec)` for a non-empty spec.
    fn format(&self, _vm: &mut Vm, _spec: &str) -> Outcome<Option<String>> {
        Ok(None)
    }
}

/// Types, modules and class statements that an embedding program adds to the language.
pub trait Extension: Meter {
    /// Returns the names of the modules it adds.
    fn module_names(&self) -> &'static [&'static str] {
        &[]
    }

    /// Returns the name and contents of a module; `None` for unknown names. The language's own modules are not looked up here.
    ///
    /// # Errors
    ///
    /// An exception that explains why the module cannot be imported.
    fn module(&self, vm: &mut Vm, name: &str) -> Outcome<Option<ModuleItems>>;

    /// Checks whether `module` is one whose names every file has without an import.
    fn is_predefined(&self, vm: &Vm, module: &str) -> bool;

    /// Checks the bases of class `name`, and returns the one that [`Extension::declare`] derives from.
    ///
    /// # Errors
    ///
    /// For classes that cannot be derived from.
    fn base(&self, vm: &mut Vm, name: &str, bases: &[Value]) -> Outcome;

    /// Makes the class of a class statement.
    ///
    /// # Errors
    ///
    /// For members that the class cannot have.
    fn declare(
        &self,
        vm: &mut Vm,
        name: &Rc<str>,
        base: &Value,
        members: Vec<(Rc<str>, Value)>,
        spot: Spot,
    ) -> Outcome;
}

/// Name of a module, and the names and values in it.
pub type ModuleItems = (&'static str, Vec<(&'static str, Value)>);

/// An extension that adds nothing: programs cannot declare classes.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoExtension;

impl Meter for NoExtension {
    fn usage(&self) -> Usage {
        Usage::default()
    }
}

impl Extension for NoExtension {
    fn module(&self, _vm: &mut Vm, _name: &str) -> Outcome<Option<ModuleItems>> {
        Ok(None)
    }

    fn is_predefined(&self, _vm: &Vm, _module: &str) -> bool {
        false
    }

    fn base(&self, _vm: &mut Vm, name: &str, _bases: &[Value]) -> Outcome {
        Err(Raised::not_supported(
            format!("class `{name}`"),
            "use functions, dicts, or `collections.namedtuple`",
        ))
    }

    fn declare(
        &self,
        _vm: &mut Vm,
        _name: &Rc<str>,
        base: &Value,
        _members: Vec<(Rc<str>, Value)>,
        _spot: Spot,
    ) -> Outcome {
        Ok(base.clone())
    }
}

/// A class of native objects that has only a name.
struct NativeClass(Rc<str>);

impl Native for NativeClass {
    fn type_name(&self) -> Rc<str> {
        "type".into()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn class(&self) -> Value {
        Value::Class(Class::Type)
    }

    fn is(&self, other: &dyn Native) -> bool {
        other
            .as_any()
            .downcast_ref::<Self>()
            .is_some_and(|other| self.0 == other.0)
    }

    fn attribute(&self, _vm: &mut Vm, name: &str) -> Outcome<Option<Value>> {
        Ok((name == "__name__").then(|| Value::text(self.0.clone())))
    }

    fn is_instance(&self, value: &Value) -> Option<bool> {
        Some(value.type_name() == self.0)
    }

    fn repr(&self, _vm: &mut Vm) -> Outcome<String> {
        Ok(format!("<class '{}'>", self.0))
    }
}

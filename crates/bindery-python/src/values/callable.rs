//! Values that can be called, and the arguments of a call.

use std::cell::RefCell;
use std::rc::Rc;

use crate::ir::Code;
use crate::source::Spot;
use crate::values::exception::Outcome;
use crate::values::release::release;
use crate::values::value::Value;
use crate::vm::Vm;

/// Arguments of a call of a built-in function, a method or an object.
#[derive(Default)]
pub struct Args {
    /// Positional arguments.
    pub pos: Vec<Value>,
    /// Keyword arguments in the order of the call.
    pub kw: Vec<(Rc<str>, Value)>,
    /// Position of the call, if it is in a text.
    pub spot: Option<Spot>,
}

/// A function of the program.
pub struct Function {
    pub(crate) code: Rc<Code>,
    /// Default values by parameter slot.
    pub(crate) defaults: Box<[Option<Value>]>,
    pub(crate) cells: Box<[Rc<SharedCell>]>,
    /// Code of the function that this function wraps; its name and docstring are shown.
    pub(crate) wraps: Option<Rc<Code>>,
}

impl Function {
    /// Returns the code whose name and docstring are shown.
    pub(crate) fn display_code(&self) -> &Rc<Code> {
        self.wraps.as_ref().unwrap_or(&self.code)
    }
}

impl Drop for Function {
    fn drop(&mut self) {
        release((
            std::mem::take(&mut self.defaults),
            std::mem::take(&mut self.cells),
        ));
    }
}

/// A variable that several functions share; `None` before its first assignment.
pub struct SharedCell(pub(crate) RefCell<Option<Value>>);

impl Drop for SharedCell {
    fn drop(&mut self) {
        if let Some(value) = self.0.get_mut().take() {
            release(value);
        }
    }
}

/// A built-in function.
pub struct Builtin {
    pub(crate) name: &'static str,
    pub(crate) call: fn(&mut Vm, Args) -> Outcome,
}

/// A method together with its object.
pub struct Method {
    pub(crate) this: Value,
    pub(crate) name: Rc<str>,
}

impl Method {
    /// Makes the method `name` of `this`.
    pub fn new(this: Value, name: impl Into<Rc<str>>) -> Self {
        Self {
            this,
            name: name.into(),
        }
    }
}

impl Drop for Method {
    fn drop(&mut self) {
        release(std::mem::replace(&mut self.this, Value::None));
    }
}

/// A module; its contents are made on the first import.
pub struct Module {
    pub(crate) name: &'static str,
    pub(crate) items: Vec<(&'static str, Value)>,
}

impl Module {
    /// Returns the names of the items.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.items.iter().map(|(name, _)| *name)
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.items
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value)
    }
}

//! Prelude: definitions that a job file uses without importing them.

use std::rc::Rc;

use crate::{Error, Origin, Type, Value};

/// Function that a prelude offers to files; independent of the language of the files.
pub trait Function {
    /// Returns the name, as files call it.
    fn name(&self) -> &str;

    /// Computes the result from plain data and objects; `origin` is the position of the call.
    ///
    /// # Errors
    ///
    /// The errors of the function. The kind of an error decides how a file may catch it.
    fn call(
        &self,
        arguments: &[Value],
        keywords: &[(Rc<str>, Value)],
        origin: Option<Origin>,
    ) -> Result<Value, Error>;
}

/// Definition of a name.
#[derive(Clone)]
pub enum Definition {
    /// Template type.
    Type(Type),
    /// Plain data or an object.
    Value(Value),
    /// Function.
    Function(Rc<dyn Function>),
    /// Further definitions, accessed as attributes: `Processes.order`.
    Namespace(Rc<[(&'static str, Definition)]>),
}

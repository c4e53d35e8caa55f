//! What the names of a prelude stand for: the definitions that a job file finds without importing them.

use std::rc::Rc;

use crate::{Error, Origin, Type, Value};

/// A function that a prelude offers to files; it knows nothing of the language they are written in.
pub trait Function {
    /// Name, as files call it.
    fn name(&self) -> &str;

    /// Computes the result from plain data and objects; `origin` is where the call stands.
    ///
    /// # Errors
    ///
    /// Whatever the function refuses; the error's kind decides how a file may catch it.
    fn call(
        &self,
        arguments: &[Value],
        keywords: &[(Rc<str>, Value)],
        origin: Option<Origin>,
    ) -> Result<Value, Error>;
}

/// What a name stands for.
#[derive(Clone)]
pub enum Definition {
    /// A template type.
    Type(Type),
    /// Plain data or an object.
    Value(Value),
    /// A function.
    Function(Rc<dyn Function>),
    /// Further definitions, reached as attributes: `Processes.order`.
    Namespace(Rc<[(&'static str, Definition)]>),
}

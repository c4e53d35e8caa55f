//! Errors of the core as exceptions.

use std::rc::Rc;

use bindery_core::{Error, ErrorKind, Type};
use bindery_python::{ExcKind, Outcome, Raised, Vm};

use super::exceptions;
use super::origin::to_python;

/// Converts an error of the core to an exception.
pub(super) fn raise(error: &Error) -> Raised {
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

/// Conversion of the core's results.
pub(super) trait OrRaise<T> {
    fn or_raise(self) -> Outcome<T>;
}

impl<T> OrRaise<T> for Result<T, Error> {
    fn or_raise(self) -> Outcome<T> {
        self.map_err(|error| raise(&error))
    }
}

/// Returns a hint with the field that `name` is probably a misspelling of, or with all fields.
pub(super) fn suggest_field(ty: &Type, name: &str) -> Option<String> {
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

/// Adds "did you mean" to an error about an unknown field.
pub(super) fn explain_field<T>(error: Raised, ty: &Type, keywords: &[(Rc<str>, T)]) -> Raised {
    let (true, Type::Struct(structure)) = (error.is(ExcKind::Attribute), ty) else {
        return error;
    };
    if error
        .catchable()
        .is_some_and(|exception| exception.hint.is_some())
    {
        return error;
    }
    let unknown = keywords
        .iter()
        .find(|(name, _)| !structure.fields().iter().any(|(known, _)| known == name));
    match unknown.and_then(|(name, _)| suggest_field(ty, name)) {
        Some(hint) => error.hint(hint),
        None => error,
    }
}

/// Returns the text of an evaluated object, charged to the budget.
pub(super) fn charge_text(vm: &mut Vm, text: Result<String, Error>) -> Outcome<String> {
    let text = text.or_raise()?;
    vm.budget.evaluation()?;
    vm.budget.string(text.len())?;
    Ok(text)
}

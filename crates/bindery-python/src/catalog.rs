//! Names of the language, for its reference page.

use crate::stdlib::{builtins, methods, modules};
use crate::values::{Class, ExcKind};

/// Returns the names of the built-in functions.
pub fn functions() -> impl Iterator<Item = &'static str> {
    builtins::function_names()
}

/// Returns the names of the built-in classes, exceptions excepted.
pub fn classes() -> impl Iterator<Item = &'static str> {
    builtins::class_names()
}

/// Returns the names of the built-in exceptions.
pub fn exceptions() -> impl Iterator<Item = &'static str> {
    let builtin = ExcKind::ALL.iter().filter(|kind| kind.is_builtin());
    builtin.map(|kind| kind.name())
}

/// Returns the names of the methods of a class.
pub fn methods(class: Class) -> impl Iterator<Item = &'static str> {
    methods::names_of(class).into_iter()
}

/// Returns the names of the modules.
pub fn modules() -> impl Iterator<Item = &'static str> {
    modules::NAMES.iter().copied()
}

//! Tables of module functions.

use crate::values::{Builtin, Value};

/// Returns the functions of a table as items of a module.
pub(super) fn functions(table: &'static [Builtin]) -> Vec<(&'static str, Value)> {
    table
        .iter()
        .map(|builtin| (builtin.name, Value::Builtin(builtin)))
        .collect()
}

/// Declares a table of functions.
macro_rules! table {
    ($($name:literal => $function:path,)*) => {
        &[$($crate::values::Builtin { name: $name, call: $function }),*]
    };
}
pub(super) use table;

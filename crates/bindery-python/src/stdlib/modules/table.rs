//! Tables of module functions.

use crate::values::{Builtin, Value};

/// A table of functions as module items.
pub(super) fn functions(table: &'static [Builtin]) -> Vec<(&'static str, Value)> {
    table
        .iter()
        .map(|builtin| (builtin.name, Value::Builtin(builtin)))
        .collect()
}

/// Declares such a table.
macro_rules! table {
    ($($name:literal => $function:path,)*) => {
        &[$($crate::values::Builtin { name: $name, call: $function }),*]
    };
}
pub(super) use table;

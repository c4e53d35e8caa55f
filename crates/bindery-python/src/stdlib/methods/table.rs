//! Tables of methods.

use crate::values::{Args, Outcome};
use crate::vm::Vm;

/// A method of values of type `T`. Tables of methods are sorted by name.
pub(crate) struct NativeMethod<T: 'static> {
    /// Name in programs.
    pub(crate) name: &'static str,
    /// Function that is called with the value and the arguments.
    pub(crate) call: fn(&mut Vm, &T, Args) -> Outcome,
}

/// Declares a table of methods. `"name" => function(name)` passes the method's name to a function that several methods share.
macro_rules! methods {
    ($($name:literal => $function:ident $(($by_name:ident))?,)*) => {
        &[$($crate::stdlib::methods::table::NativeMethod {
            name: $name,
            call: $crate::stdlib::methods::table::methods!(@call $name $function $($by_name)?),
        }),*]
    };
    (@call $name:literal $function:ident) => { $function };
    (@call $name:literal $function:ident name) => {
        |vm, this, args| $function(vm, this, $name, args)
    };
}
pub(crate) use methods;

/// Finds a method by its name.
pub(crate) fn find<T>(
    table: &'static [NativeMethod<T>],
    name: &str,
) -> Option<&'static NativeMethod<T>> {
    // With length and first byte compared first, this is faster than a binary search and than a match over the names.
    let first = name.as_bytes().first();
    table.iter().find(|method| {
        method.name.len() == name.len()
            && method.name.as_bytes().first() == first
            && method.name == name
    })
}

/// Returns the names of a table.
pub(crate) fn names<T>(table: &'static [NativeMethod<T>]) -> impl Iterator<Item = &'static str> {
    table.iter().map(|method| method.name)
}

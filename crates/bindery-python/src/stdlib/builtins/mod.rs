//! Names that every file has without an import.

mod classes;
mod file;
mod functions;
mod iteration;
mod numeric;

use crate::values::{Builtin, Class, ExcKind, Value};
use crate::vm::Vm;

pub(crate) use classes::construct;
pub(crate) use iteration::sort_values;

macro_rules! builtin {
    ($($name:literal => $function:path,)*) => {
        &[$(Builtin { name: $name, call: $function }),*]
    };
}

static FUNCTIONS: &[Builtin] = builtin! {
    "abs" => numeric::abs,
    "all" => iteration::all,
    "any" => iteration::any,
    "ascii" => functions::ascii,
    "bin" => numeric::bin,
    "callable" => functions::callable,
    "chr" => numeric::chr,
    "cmp" => functions::cmp,
    "divmod" => numeric::divmod,
    "enumerate" => iteration::enumerate,
    "filter" => iteration::filter,
    "format" => functions::format,
    "getattr" => functions::getattr,
    "globals" => functions::globals,
    "hasattr" => functions::hasattr,
    "hash" => numeric::hash,
    "hex" => numeric::hex,
    "include" => functions::include,
    "isinstance" => functions::isinstance,
    "issubclass" => functions::issubclass,
    "iter" => iteration::iter,
    "len" => iteration::len,
    "locals" => functions::locals,
    "map" => iteration::map,
    "max" => iteration::max,
    "min" => iteration::min,
    "next" => iteration::next,
    "oct" => numeric::oct,
    "open" => file::open,
    "ord" => numeric::ord,
    "pow" => numeric::pow,
    "print" => functions::print,
    "reduce" => crate::stdlib::modules::functools::reduce,
    "repr" => functions::repr,
    "reversed" => iteration::reversed,
    "round" => numeric::round,
    "sorted" => iteration::sorted,
    "sum" => numeric::sum,
    "unichr" => numeric::chr,
    "vars" => functions::vars,
    "zip" => iteration::zip,
};

static CLASSES: &[(&str, Class)] = &[
    ("object", Class::Object),
    ("type", Class::Type),
    ("bool", Class::Bool),
    ("int", Class::Int),
    ("long", Class::Int),
    ("float", Class::Float),
    ("str", Class::Str),
    ("unicode", Class::Str),
    ("basestring", Class::BaseString),
    ("bytes", Class::Bytes),
    ("list", Class::List),
    ("tuple", Class::Tuple),
    ("dict", Class::Dict),
    ("set", Class::Set),
    ("frozenset", Class::FrozenSet),
    ("range", Class::Range),
    ("xrange", Class::Range),
    ("slice", Class::Slice),
];

/// Defines all built-in names.
pub(crate) fn install(vm: &mut Vm) {
    for builtin in FUNCTIONS {
        vm.define_builtin(builtin.name, Value::Builtin(builtin));
    }
    for (name, class) in CLASSES {
        vm.define_builtin(name, Value::Class(*class));
    }
    for kind in ExcKind::ALL.iter().filter(|kind| kind.is_builtin()) {
        vm.define_builtin(kind.name(), Value::Class(Class::Exception(*kind)));
    }
    for name in ["IOError", "EnvironmentError"] {
        vm.define_builtin(name, Value::Class(Class::Exception(ExcKind::Os)));
    }
    vm.define_builtin(
        "StandardError",
        Value::Class(Class::Exception(ExcKind::Exception)),
    );
    vm.define_builtin("Ellipsis", Value::Ellipsis);
    vm.define_builtin("__name__", Value::from("__main__"));
    vm.define_builtin("__debug__", Value::Bool(true));
}

/// Returns advice for a name that Python has and this language does not.
pub(crate) fn missing_hint(name: &str) -> Option<&'static str> {
    Some(match name {
        "eval" | "exec" | "compile" | "__import__" => {
            "not supported: programs that make programs; write the code out"
        }
        "execfile" => "not supported: `execfile`; use `include('path')`",
        "input" | "raw_input" => {
            "not supported: asking the user; use `--bind name=value` and `{{name}}`"
        }
        "dir" => {
            "not supported: `dir`; `globals()` has the names of the file, `hasattr` asks for one"
        }
        "setattr" | "delattr" => {
            "not supported: changing objects; call one to make a changed copy: `job(name = 'x')`"
        }
        "super" | "property" | "classmethod" | "staticmethod" => {
            "not supported: classes other than structs; use functions and dicts"
        }
        "id" => "not supported: `id`; it would differ from run to run",
        "bytearray" | "memoryview" => {
            "not supported: changeable bytes; use `bytes` or a list of numbers"
        }
        "complex" => "not supported: complex numbers",
        "file" => "`file` is Python 2; use `open`",
        "apply" => "`apply` is Python 2; write `f(*args, **kwargs)`",
        "reload" | "breakpoint" | "exit" | "quit" | "help" => "not supported in a job file",
        _ => return None,
    })
}

/// Returns the names of the functions.
pub(crate) fn function_names() -> impl Iterator<Item = &'static str> {
    FUNCTIONS.iter().map(|builtin| builtin.name)
}

/// Returns the names of the classes other than exceptions.
pub(crate) fn class_names() -> impl Iterator<Item = &'static str> {
    CLASSES.iter().map(|(name, _)| *name)
}

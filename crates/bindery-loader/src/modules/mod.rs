//! The modules that job files can import, each as much of its Python namesake as such files use.

mod base64;
pub(crate) mod collections;
mod copy;
mod datetime;
pub(crate) mod functools;
mod getpass;
mod hashlib;
pub(crate) mod itertools;
mod json;
mod math;
mod operator;
mod os;
pub(crate) mod re;
mod string;
mod sys;
mod textwrap;
mod time;

use std::rc::Rc;

use crate::eval::Vm;
use crate::exception::{ExcKind, Outcome, Raised};
use crate::template;
use crate::value::{Builtin, Module, Value};

/// Names of all of them.
pub(crate) const NAMES: &[&str] = &[
    "base64",
    "collections",
    "copy",
    "datetime",
    "functools",
    "getpass",
    "hashlib",
    "itertools",
    "json",
    "math",
    "operator",
    "os",
    "os.path",
    "pystachio",
    "re",
    "string",
    "sys",
    "textwrap",
    "time",
];

/// Makes a module; none if there is none of that name.
pub(crate) fn load(vm: &mut Vm, name: &str) -> Outcome<Option<(&'static str, Value)>> {
    let Some(name) = NAMES.iter().copied().find(|known| *known == name) else {
        let top = name.split('.').next().unwrap_or_default();
        if top == "pystachio" {
            return load(vm, "pystachio");
        }
        if matches!(top, "apache" | "twitter" | "gen") {
            let error = Raised::new(ExcKind::ModuleNotFound, format!("No module named '{name}'"));
            return Err(error.hint(
                "the names of the job schema are there without an import; leave the line out",
            ));
        }
        return Ok(None);
    };
    let items = match name {
        "base64" => base64::items(),
        "collections" => collections::items(),
        "copy" => copy::items(),
        "datetime" => datetime::items(),
        "functools" => functools::items(),
        "getpass" => getpass::items(),
        "hashlib" => hashlib::items(),
        "itertools" => itertools::items(),
        "json" => json::items(),
        "math" => math::items(),
        "operator" => operator::items(),
        "os" => os::items(vm)?,
        "os.path" => os::path_items(),
        "pystachio" => template::names(),
        "re" => re::items(),
        "string" => string::items(),
        "sys" => sys::items(vm),
        "textwrap" => textwrap::items(),
        _ => time::items(),
    };
    Ok(Some((name, Value::Module(Rc::new(Module { name, items })))))
}

/// A table of functions as module items.
fn functions(table: &'static [Builtin]) -> Vec<(&'static str, Value)> {
    table
        .iter()
        .map(|builtin| (builtin.name, Value::Builtin(builtin)))
        .collect()
}

/// Declares such a table.
macro_rules! table {
    ($($name:literal => $function:path,)*) => {
        &[$($crate::value::Builtin { name: $name, call: $function }),*]
    };
}
use table;

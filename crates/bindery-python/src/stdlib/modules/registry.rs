//! Modules by name.

use std::rc::Rc;

use crate::stdlib::modules::{
    base64, collections, copy, datetime, functools, getpass, hashlib, itertools, json, math,
    operator, os, re, string, sys, textwrap, time,
};
use crate::values::{Extension, Module, Outcome, Value};
use crate::vm::Vm;

/// Names of all modules.
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
    "re",
    "string",
    "sys",
    "textwrap",
    "time",
];

/// Returns the names of all modules, including those of the extension.
pub(crate) fn names(extension: &dyn Extension) -> Vec<&'static str> {
    let mut names = [NAMES, extension.module_names()].concat();
    names.sort_unstable();
    names
}

/// Returns advice for a module that Python has, or had, and this language does not.
pub(crate) fn missing_hint(name: &str) -> Option<&'static str> {
    Some(match name.split('.').next().unwrap_or_default() {
        "subprocess" | "commands" | "popen2" | "sh" => {
            "a job file cannot run programs; run the program before and pass its output with `--bind name=value`"
        }
        "urllib" | "urllib2" | "urlparse" | "requests" | "httplib" | "http" | "socket" => {
            "a job file cannot use the network; fetch it before, and read the file or pass `--bind name=value`"
        }
        "random" | "uuid" | "secrets" => {
            "the same file must always give the same jobs; pass the value by `--bind name=value`"
        }
        "yaml" | "ConfigParser" | "configparser" | "toml" | "tomllib" | "csv" | "xml" => {
            "keep the data in JSON and read it: `json.load(open('path'))`"
        }
        "logging" | "warnings" | "pprint" => "`print` writes to standard error",
        "imp" | "importlib" | "runpy" => "another file comes in by `include('path')`",
        "glob" | "fnmatch" | "shutil" | "tempfile" => {
            "a job file cannot list or change folders; name the files, and read them with `open()` or `include()`"
        }
        "pwd" => "the user's name is `getpass.getuser()`",
        "platform" => {
            "a job file does not see the machine it is rendered on; pass the value by `--bind name=value`"
        }
        "StringIO" | "cStringIO" | "io" => "put texts together with `'\\n'.join(lines)`",
        "codecs" => "`open` reads files as UTF-8",
        "types" | "__builtin__" | "builtins" | "six" | "future" => {
            "the built-in names of Python 2 and 3 need no import; leave the line out"
        }
        "pipes" | "shlex" => "quote with `\"'%s'\" % text.replace(\"'\", \"'\\\\''\")`",
        _ => return None,
    })
}

/// Makes a module; returns `None` for unknown names.
pub(crate) fn load(vm: &mut Vm, name: &str) -> Outcome<Option<(&'static str, Value)>> {
    let Some(name) = NAMES.iter().copied().find(|known| *known == name) else {
        let extension = vm.extension;
        let found = extension.module(vm, name)?;
        return Ok(
            found.map(|(name, items)| (name, Value::Module(Rc::new(Module { name, items }))))
        );
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
        "re" => re::items(),
        "string" => string::items(),
        "sys" => sys::items(vm),
        "textwrap" => textwrap::items(),
        _ => time::items(),
    };
    Ok(Some((name, Value::Module(Rc::new(Module { name, items })))))
}

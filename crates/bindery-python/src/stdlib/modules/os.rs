//! `os` and `os.path`: allowed variables, and paths as strings.

use std::any::Any;
use std::rc::Rc;

use crate::host::{FileKind, ReadError, Unreadable};
use crate::paths::normalize;
use crate::source::Spot;
use crate::stdlib::modules::table::{functions, table};
use crate::values::args::text;
use crate::values::exception::type_error;
use crate::values::{
    Args, Builtin, Class, Dict, ExcKind, Iteration, Native, Outcome, Raised, Str, Table, Value,
};
use crate::vm::Vm;

pub(super) fn items(vm: &mut Vm) -> Outcome<Vec<(&'static str, Value)>> {
    static TABLE: &[Builtin] = table! {
        "getcwd" => getcwd,
        "getenv" => getenv,
        "listdir" => listdir,
        "popen" => processes,
        "system" => processes,
        "walk" => listdir,
    };
    let mut items = functions(TABLE);
    items.extend([
        ("environ", Value::native(Environ)),
        ("path", vm.import("os.path")?),
        ("sep", Value::from("/")),
        ("linesep", Value::from("\n")),
        ("name", Value::from("posix")),
        ("pathsep", Value::from(":")),
        ("error", Value::Class(Class::Exception(ExcKind::Os))),
    ]);
    Ok(items)
}

/// Returns the working folder, which is `.` for every user.
fn getcwd(_vm: &mut Vm, args: Args) -> Outcome {
    args.none("getcwd")?;
    Ok(Value::from("."))
}

fn listdir(_vm: &mut Vm, _args: Args) -> Outcome {
    Err(Raised::not_supported(
        "listing folders",
        "name the files, and read them with `open()` or `include()`",
    ))
}

fn processes(_vm: &mut Vm, _args: Args) -> Outcome {
    Err(Raised::not_supported(
        "running programs",
        "a job file cannot run programs; run the program before and pass its output with `--bind`",
    ))
}

fn getenv(vm: &mut Vm, args: Args) -> Outcome {
    let spot = args.spot;
    let [name, default] = args.parameters("getenv", ["key", "default"], 1)?;
    let name = text("str expected: name", &name.unwrap_or(Value::None))?;
    Ok(match variable(vm, &name, spot) {
        Some(value) => Value::from(value),
        None => default.unwrap_or(Value::None),
    })
}

/// Returns the value of an environment variable; warns about an unset one.
fn variable(vm: &mut Vm, name: &str, spot: Option<Spot>) -> Option<String> {
    let value = vm.host.variable(name);
    if value.is_none() {
        vm.note(
            format!("environment variable `{name}` counts as unset"),
            spot,
            Some(format!("`--allow-env {name}` lets the file see it")),
        );
    }
    value
}

/// Returns the exception that Python raises for an unreadable file; `path` is the path in the words of the program.
pub(crate) fn file_error(unreadable: Unreadable, path: &str) -> Raised {
    let (kind, number, hint) = match &unreadable {
        Unreadable::Outside => {
            let hint = format!(
                "files outside of the top file's folder count as missing; `--allow-read {path}` makes this one readable"
            );
            (ExcKind::FileNotFound, 2, Some(hint))
        }
        Unreadable::Failed(ReadError::NotFound) => (ExcKind::FileNotFound, 2, None),
        Unreadable::Failed(ReadError::IsFolder) => (ExcKind::IsADirectory, 21, None),
        Unreadable::Failed(ReadError::Denied) => (ExcKind::Permission, 13, None),
        Unreadable::Failed(ReadError::Failed(_)) => (ExcKind::Os, 5, None),
    };
    let text = match unreadable {
        Unreadable::Outside => ReadError::NotFound.to_string(),
        Unreadable::Failed(error) => error.to_string(),
    };
    let error = Raised::with_args(
        kind,
        vec![Value::Int(number), Value::from(text), Value::from(path)],
    );
    match hint {
        Some(hint) => error.hint(hint),
        None => error,
    }
}

/// `os.environ`.
struct Environ;

impl Environ {
    fn all(vm: &mut Vm) -> Outcome<Rc<Dict>> {
        let mut table = Table::default();
        for (name, value) in vm.host.variables() {
            table.insert(Value::from(name), Value::from(value))?;
        }
        Ok(Dict::new(table))
    }
}

impl Native for Environ {
    fn type_name(&self) -> Rc<str> {
        "_Environ".into()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn methods(&self) -> &'static [&'static str] {
        &[
            "copy",
            "get",
            "has_key",
            "items",
            "keys",
            "setdefault",
            "values",
        ]
    }

    fn call_method(&self, vm: &mut Vm, name: &str, args: &mut Args) -> Outcome<Option<Value>> {
        let args = std::mem::take(args);
        match name {
            "get" | "has_key" | "setdefault" => {
                let spot = args.spot;
                let [key, default] = args.between(name, 1)?;
                let key = text("name of a variable", &key.unwrap_or(Value::None))?;
                let found = variable(vm, &key, spot).map(Value::from);
                Ok(Some(match name {
                    "has_key" => Value::Bool(found.is_some()),
                    _ => found.or(default).unwrap_or(Value::None),
                }))
            }
            "items" | "keys" | "values" | "copy" => {
                let all = Value::Dict(Self::all(vm)?);
                vm.call_method(&all, &name.into(), args).map(Some)
            }
            _ => Ok(None),
        }
    }

    fn item(&self, vm: &mut Vm, key: &Value) -> Outcome<Option<Value>> {
        let Value::Str(name) = key else {
            return Err(type_error(format!("str expected, not {}", key.type_name())));
        };
        match variable(vm, name, None) {
            Some(value) => Ok(Some(Value::from(value))),
            None => Err(
                Raised::with_args(ExcKind::Key, vec![key.clone()]).hint(format!(
                    "environment variables count as unset until they are allowed: `--allow-env {}`",
                    name.as_str()
                )),
            ),
        }
    }

    fn contains(&self, vm: &mut Vm, item: &Value) -> Outcome<Option<bool>> {
        match item {
            Value::Str(name) => Ok(Some(variable(vm, name, None).is_some())),
            _ => Ok(Some(false)),
        }
    }

    fn iterate(&self, vm: &mut Vm) -> Outcome<Option<Iteration>> {
        let keys = Self::all(vm)?
            .entries()
            .into_iter()
            .map(|(key, _)| key)
            .collect::<Vec<_>>();
        Ok(Some(Iteration::over(keys)))
    }

    fn repr(&self, _vm: &mut Vm) -> Outcome<String> {
        Ok("environ({...})".to_owned())
    }
}

pub(super) fn path_items() -> Vec<(&'static str, Value)> {
    static TABLE: &[Builtin] = table! {
        "abspath" => normpath,
        "basename" => basename,
        "commonprefix" => commonprefix,
        "dirname" => dirname,
        "exists" => exists,
        "expanduser" => expanduser,
        "isabs" => isabs,
        "isdir" => isdir,
        "isfile" => isfile,
        "join" => join,
        "normpath" => normpath,
        "realpath" => normpath,
        "relpath" => relpath,
        "split" => split,
        "splitext" => splitext,
    };
    let mut items = functions(TABLE);
    items.push(("sep", Value::from("/")));
    items
}

fn path(args: Args, what: &str) -> Outcome<Str> {
    match args.single(what)? {
        Value::Str(path) => Ok(path),
        other => Err(type_error(format!(
            "expected str, bytes or os.PathLike object, not {}",
            other.type_name()
        ))),
    }
}

fn derived(text: impl Into<Rc<str>>, from: &Str) -> Value {
    Value::Str(Str::with_origin(text, from.origin()))
}

/// Returns the folder and the last component.
fn parts(path: &str) -> (&str, &str) {
    let (head, tail) = match path.rfind('/') {
        Some(at) => path.split_at(at + 1),
        None => ("", path),
    };
    let trimmed = head.trim_end_matches('/');
    (if trimmed.is_empty() { head } else { trimmed }, tail)
}

fn basename(_vm: &mut Vm, args: Args) -> Outcome {
    let path = path(args, "basename")?;
    Ok(derived(parts(&path).1, &path))
}

fn dirname(_vm: &mut Vm, args: Args) -> Outcome {
    let path = path(args, "dirname")?;
    Ok(derived(parts(&path).0, &path))
}

fn split(_vm: &mut Vm, args: Args) -> Outcome {
    let path = path(args, "split")?;
    let (head, tail) = parts(&path);
    Ok(Value::tuple([derived(head, &path), derived(tail, &path)]))
}

fn splitext(_vm: &mut Vm, args: Args) -> Outcome {
    let path = path(args, "splitext")?;
    let name_at = path.rfind('/').map_or(0, |at| at + 1);
    let name = &path[name_at..];
    // Dots at the beginning of a name are part of it.
    let dots = name.len() - name.trim_start_matches('.').len();
    let at = name[dots..]
        .rfind('.')
        .map_or(path.len(), |at| name_at + dots + at);
    Ok(Value::tuple([
        derived(&path[..at], &path),
        derived(&path[at..], &path),
    ]))
}

fn join(vm: &mut Vm, args: Args) -> Outcome {
    let mut result: Option<(String, Str)> = None;
    for part in &args.pos {
        let Value::Str(part) = part else {
            return Err(type_error(format!(
                "join() argument must be str, bytes, or os.PathLike object, not '{}'",
                part.type_name()
            )));
        };
        let next = match result {
            Some((path, first)) if !part.starts_with('/') => {
                let slash = if path.is_empty() || path.ends_with('/') {
                    ""
                } else {
                    "/"
                };
                (format!("{path}{slash}{}", part.as_str()), first)
            }
            _ => (part.as_str().to_owned(), part.clone()),
        };
        vm.budget.string(next.0.len())?;
        result = Some(next);
    }
    match result {
        Some((path, first)) => Ok(derived(path, &first)),
        None => Err(type_error(
            "join() missing 1 required positional argument: 'a'",
        )),
    }
}

fn normal_text(path: &str) -> String {
    let text = normalize(std::path::Path::new(path))
        .to_string_lossy()
        .into_owned();
    if text.is_empty() {
        ".".to_owned()
    } else if path.starts_with("//") && !path.starts_with("///") {
        // POSIX leaves the meaning of two leading slashes to the system.
        format!("/{text}")
    } else {
        text
    }
}

fn normpath(_vm: &mut Vm, args: Args) -> Outcome {
    let path = path(args, "normpath")?;
    Ok(derived(normal_text(&path), &path))
}

fn relpath(_vm: &mut Vm, args: Args) -> Outcome {
    let [path, start] = args.parameters("relpath", ["path", "start"], 1)?;
    let path = text("relpath() argument", &path.unwrap_or(Value::None))?;
    let start = match start {
        Some(start) => text("relpath() argument", &start)?,
        None => Str::new("."),
    };
    if path.starts_with('/') != start.starts_with('/') {
        return Err(Raised::not_supported(
            "`os.path.relpath` between an absolute and a relative path",
            "give both in the same form; the working folder does not matter to a job file",
        ));
    }
    let pieces = |text: &str| -> Vec<String> {
        normal_text(text)
            .split('/')
            .filter(|part| !matches!(*part, "" | "."))
            .map(str::to_owned)
            .collect()
    };
    let (to, from) = (pieces(&path), pieces(&start));
    let common = to.iter().zip(&from).take_while(|(a, b)| a == b).count();
    let mut steps = vec!["..".to_owned(); from.len() - common];
    steps.extend_from_slice(&to[common..]);
    Ok(derived(
        if steps.is_empty() {
            ".".to_owned()
        } else {
            steps.join("/")
        },
        &path,
    ))
}

fn commonprefix(vm: &mut Vm, args: Args) -> Outcome {
    let source = args.single("commonprefix")?;
    let items = vm.collect(&source)?;
    let texts = items
        .iter()
        .map(|item| text("commonprefix() item", item))
        .collect::<Outcome<Vec<_>>>()?;
    let Some(first) = texts.first() else {
        return Ok(Value::from(""));
    };
    let shared = |other: &Str| {
        first
            .char_indices()
            .zip(other.chars())
            .find(|((_, a), b)| a != b)
            .map_or(first.len().min(other.len()), |((at, _), _)| at)
    };
    let length = texts.iter().map(shared).min().unwrap_or(0);
    Ok(derived(&first[..length], first))
}

fn expanduser(_vm: &mut Vm, args: Args) -> Outcome {
    let path = path(args, "expanduser")?;
    if path.starts_with('~') {
        return Err(Raised::not_supported(
            "home folders",
            "give the path from the job file's folder on",
        ));
    }
    Ok(Value::Str(path))
}

fn isabs(_vm: &mut Vm, args: Args) -> Outcome {
    Ok(Value::Bool(path(args, "isabs")?.starts_with('/')))
}

fn exists(vm: &mut Vm, args: Args) -> Outcome {
    let path = path(args, "exists")?;
    Ok(Value::Bool(vm.host.file_kind(&path).is_some()))
}

fn isdir(vm: &mut Vm, args: Args) -> Outcome {
    let path = path(args, "isdir")?;
    Ok(Value::Bool(
        vm.host.file_kind(&path) == Some(FileKind::Folder),
    ))
}

fn isfile(vm: &mut Vm, args: Args) -> Outcome {
    let path = path(args, "isfile")?;
    Ok(Value::Bool(
        vm.host.file_kind(&path) == Some(FileKind::File),
    ))
}

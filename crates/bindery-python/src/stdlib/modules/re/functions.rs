//! Functions of the module.

use crate::stdlib::modules::re::flags::{ASCII, DOT_ALL, IGNORE_CASE, MULTI_LINE, VERBOSE};
use crate::stdlib::modules::re::methods::call;
use crate::stdlib::modules::re::pattern::{PatternObject, flags_of, pattern};
use crate::stdlib::modules::table::{functions, table};
use crate::values::args::text;
use crate::values::exception::type_error;
use crate::values::{Args, Builtin, Class, ExcKind, Outcome, Value};
use crate::vm::Vm;

pub(in crate::stdlib::modules) fn items() -> Vec<(&'static str, Value)> {
    static TABLE: &[Builtin] = table! {
        "compile" => compile,
        "escape" => escape,
        "findall" => findall,
        "finditer" => finditer,
        "fullmatch" => fullmatch,
        "match" => match_start,
        "search" => search,
        "split" => split,
        "sub" => sub,
        "subn" => subn,
    };
    let mut items = functions(TABLE);
    items.push(("error", Value::Class(Class::Exception(ExcKind::Regex))));
    for (long, short, flag) in [
        ("IGNORECASE", "I", IGNORE_CASE),
        ("MULTILINE", "M", MULTI_LINE),
        ("DOTALL", "S", DOT_ALL),
        ("VERBOSE", "X", VERBOSE),
        ("ASCII", "A", ASCII),
        ("UNICODE", "U", 32),
    ] {
        items.push((long, Value::Int(flag)));
        items.push((short, Value::Int(flag)));
    }
    items
}

fn compile(vm: &mut Vm, args: Args) -> Outcome {
    let [source, flags] = args.parameters("compile", ["pattern", "flags"], 1)?;
    let source = source.unwrap_or(Value::None);
    if source.as_native::<PatternObject>().is_some() {
        return Ok(source);
    }
    let flags = flags_of(flags)?;
    Ok(Value::native(PatternObject(pattern(vm, &source, flags)?)))
}

fn escape(vm: &mut Vm, args: Args) -> Outcome {
    let given = text("escape() argument", &args.single("escape")?)?;
    let mut out = String::with_capacity(given.len());
    for letter in given.chars() {
        if "()[]{}?*+-|^$\\.&~# \t\n\r\x0b\x0c".contains(letter) {
            out.push('\\');
        }
        out.push(letter);
    }
    vm.budget.string(out.len())?;
    Ok(Value::from(out))
}

/// Calls `compile(pattern).name(…)` for `re.name(pattern, …)`; the flags are the last argument.
fn through(vm: &mut Vm, mut args: Args, name: &str, flags_at: usize) -> Outcome {
    let flags = match args.take_keyword("flags") {
        Some(flags) => Some(flags),
        None if args.pos.len() > flags_at => Some(args.pos.remove(flags_at)),
        None => None,
    };
    let source = match args.take_keyword("pattern") {
        Some(source) => source,
        None if args.pos.is_empty() => {
            return Err(type_error(format!(
                "{name}() missing 1 required positional argument: 'pattern'"
            )));
        }
        None => args.pos.remove(0),
    };
    let flags = flags_of(flags)?;
    let pattern = pattern(vm, &source, flags)?;
    call(vm, &pattern, name, args)
}

fn match_start(vm: &mut Vm, args: Args) -> Outcome {
    through(vm, args, "match", 2)
}

fn fullmatch(vm: &mut Vm, args: Args) -> Outcome {
    through(vm, args, "fullmatch", 2)
}

fn search(vm: &mut Vm, args: Args) -> Outcome {
    through(vm, args, "search", 2)
}

fn findall(vm: &mut Vm, args: Args) -> Outcome {
    through(vm, args, "findall", 2)
}

fn finditer(vm: &mut Vm, args: Args) -> Outcome {
    through(vm, args, "finditer", 2)
}

fn split(vm: &mut Vm, args: Args) -> Outcome {
    through(vm, args, "split", 3)
}

fn sub(vm: &mut Vm, args: Args) -> Outcome {
    through(vm, args, "sub", 4)
}

fn subn(vm: &mut Vm, args: Args) -> Outcome {
    through(vm, args, "subn", 4)
}

//! Built-in functions.

use crate::text as texts;
use crate::values::args::text;
use crate::values::compare::{self, equal};
use crate::values::exception::type_error;
use crate::values::{Args, Class, ExcKind, Outcome, Raised, Str, Value};
use crate::vm::Vm;

pub(super) fn ascii(vm: &mut Vm, args: Args) -> Outcome {
    let value = args.single("ascii")?;
    Ok(Value::from(texts::ascii(&texts::repr(vm, &value)?)))
}

pub(super) fn callable(vm: &mut Vm, args: Args) -> Outcome {
    let value = args.single("callable")?;
    Ok(Value::Bool(vm.is_callable(&value)))
}

pub(super) fn cmp(_vm: &mut Vm, args: Args) -> Outcome {
    let [a, b] = args.exactly("cmp")?;
    if equal(&a, &b)? {
        return Ok(Value::Int(0));
    }
    Ok(Value::Int(if compare::less(&a, &b)? { -1 } else { 1 }))
}

pub(super) fn format(vm: &mut Vm, args: Args) -> Outcome {
    let [value, spec] = args.between("format", 1)?;
    let spec = match spec {
        Some(spec) => text("format() argument 2", &spec)?.shared(),
        None => "".into(),
    };
    crate::text::format::format(vm, &value.unwrap_or(Value::None), &spec).map(Value::from)
}

pub(super) fn getattr(vm: &mut Vm, args: Args) -> Outcome {
    let [object, name, default] = args.between("getattr", 2)?;
    let (object, name) = (object.unwrap_or(Value::None), name.unwrap_or(Value::None));
    let name = attribute_name(&name)?;
    match (vm.attribute(&object, &name.shared()), default) {
        (Err(error), Some(default)) if error.is(ExcKind::Attribute) => Ok(default),
        (result, _) => result,
    }
}

pub(super) fn attribute_name(name: &Value) -> Outcome<Str> {
    match name {
        Value::Str(name) => Ok(name.clone()),
        other => Err(type_error(format!(
            "attribute name must be string, not '{}'",
            other.type_name()
        ))),
    }
}

pub(super) fn globals(vm: &mut Vm, args: Args) -> Outcome {
    args.none("globals")?;
    Ok(Value::Dict(vm.namespace()?))
}

pub(super) fn hasattr(vm: &mut Vm, args: Args) -> Outcome {
    let [object, name] = args.exactly("hasattr")?;
    let name = attribute_name(&name)?;
    match vm.find_attribute(&object, &name.shared()) {
        Ok(found) => Ok(Value::Bool(found.is_some())),
        Err(error) if error.is(ExcKind::Attribute) => Ok(Value::Bool(false)),
        Err(error) => Err(error),
    }
}

pub(super) fn include(vm: &mut Vm, args: Args) -> Outcome {
    let spot = args.spot;
    let path = args.single("include")?;
    let Value::Str(path) = &path else {
        return Err(type_error(format!(
            "include() wants a path, not {}",
            path.type_name()
        )));
    };
    vm.include(path, spot)?;
    Ok(Value::None)
}

pub(super) fn is_instance(value: &Value, class: &Value) -> Outcome<bool> {
    match class {
        Value::Class(Class::Object) => Ok(true),
        Value::Class(class) => Ok(value.class().is_some_and(|own| {
            compare::is_subclass(own, *class)
                || (matches!(value, Value::Method(_)) && *class == Class::Function)
        })),
        Value::Tuple(classes) => {
            for class in &classes.items {
                if is_instance(value, class)? {
                    return Ok(true);
                }
            }
            Ok(false)
        }
        Value::Native(object) => object.is_instance(value).ok_or_else(|| {
            type_error("isinstance() arg 2 must be a type, a tuple of types, or a union")
        }),
        _ => Err(type_error(
            "isinstance() arg 2 must be a type, a tuple of types, or a union",
        )),
    }
}

pub(super) fn isinstance(_vm: &mut Vm, args: Args) -> Outcome {
    let [value, class] = args.exactly("isinstance")?;
    is_instance(&value, &class).map(Value::Bool)
}

pub(super) fn issubclass(_vm: &mut Vm, args: Args) -> Outcome {
    let [sub, class] = args.exactly("issubclass")?;
    let one = |class: &Value| match (&sub, class) {
        (Value::Class(sub), Value::Class(class)) => Ok(compare::is_subclass(*sub, *class)),
        (Value::Native(_), Value::Class(_)) => Ok(false),
        (Value::Native(_), Value::Native(_)) => Ok(sub.is(class)),
        _ => Err(type_error("issubclass() arg 1 must be a class")),
    };
    match &class {
        Value::Tuple(classes) => {
            for class in &classes.items {
                if one(class)? {
                    return Ok(Value::Bool(true));
                }
            }
            Ok(Value::Bool(false))
        }
        class => one(class).map(Value::Bool),
    }
}

/// A direct call is lowered to `Namespace`; this function is called under another name.
pub(super) fn locals(_: &mut Vm, args: Args) -> Outcome {
    args.none("locals")?;
    Err(Raised::not_supported(
        "`locals` under another name",
        "write `locals()` where its names are",
    ))
}

pub(super) fn print(vm: &mut Vm, mut args: Args) -> Outcome {
    let separator = args.take_keyword("sep");
    let end = args.take_keyword("end");
    // All text is printed to the same stream; standard output is reserved for the result.
    args.take_keyword("file");
    args.take_keyword("flush");
    args.end_of_keywords("print", &["sep", "end", "file", "flush"])?;
    let option = |value: Option<Value>, default: &str, what: &str| match value {
        None | Some(Value::None) => Ok(default.to_owned()),
        Some(Value::Str(text)) => Ok(text.as_str().to_owned()),
        Some(other) => Err(type_error(format!(
            "{what} must be None or a string, not {}",
            other.type_name()
        ))),
    };
    let separator = option(separator, " ", "sep")?;
    let end = option(end, "\n", "end")?;
    let mut line = String::new();
    for (index, value) in args.pos.iter().enumerate() {
        if index > 0 {
            line.push_str(&separator);
        }
        line.push_str(&texts::display(vm, value)?);
        // A long separator could exceed the limit before the loop ends.
        if line.len() > vm.budget.limits().string {
            vm.budget.string(line.len())?;
        }
    }
    line.push_str(&end);
    vm.budget.string(line.len())?;
    vm.budget.print(line.len())?;
    vm.host.print(&line);
    Ok(Value::None)
}

pub(super) fn repr(vm: &mut Vm, args: Args) -> Outcome {
    let value = args.single("repr")?;
    texts::repr(vm, &value).map(Value::from)
}

/// Refused like `locals`; the argument form would return the fields of an object.
pub(super) fn vars(_: &mut Vm, args: Args) -> Outcome {
    Err(if args.pos.is_empty() {
        Raised::not_supported(
            "`vars` under another name",
            "write `vars()` where its names are",
        )
    } else {
        Raised::not_supported(
            "`vars` of an object",
            "read what you need by name, as in `job.name()`",
        )
    })
}

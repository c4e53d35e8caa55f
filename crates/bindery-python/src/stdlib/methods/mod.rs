//! Methods and data attributes of built-in values.

pub(crate) mod bytes;
mod containers;
mod numbers;
mod strings;

pub use containers::is_view;
pub(crate) use strings::split_lines;

use std::rc::Rc;

use crate::values::exception::type_error;
use crate::values::{Args, Class, ExcKind, Exception, Outcome, Value};
use crate::vm::Vm;

/// Outcome of looking for a method to call.
pub(crate) enum Called {
    Done(Value),
    /// There is no such method; here are the arguments back.
    NotAMethod(Args),
}

/// Names of the methods of `value`.
pub(crate) fn names(value: &Value) -> &'static [&'static str] {
    match value {
        Value::Class(class) => of_class(*class),
        Value::Tuple(tuple) if tuple.class.is_some() => &["_asdict", "_replace", "count", "index"],
        other => other.class().map_or(&[], of_class),
    }
}

pub(crate) fn of_class(class: Class) -> &'static [&'static str] {
    match class {
        Class::Str | Class::BaseString => strings::NAMES,
        Class::Bytes => bytes::NAMES,
        Class::List => containers::LIST,
        Class::Tuple | Class::Range => &["count", "index"],
        Class::Dict | Class::DefaultDict => containers::DICT,
        Class::OrderedDict => containers::ORDERED_DICT,
        Class::Counter => containers::COUNTER,
        Class::Set => containers::SET,
        Class::FrozenSet => containers::FROZEN_SET,
        Class::Int | Class::Bool => numbers::INT,
        Class::Float => numbers::FLOAT,
        _ => &[],
    }
}

/// An attribute of `value` that is data.
pub(crate) fn data(value: &Value, name: &str) -> Option<Value> {
    match (value, name) {
        (Value::Class(class), "__name__" | "__qualname__") => Some(Value::from(class.name())),
        (Value::Function(function), "__name__" | "__qualname__") => {
            Some(Value::text(function.shown().name.clone()))
        }
        (Value::Function(function), "__doc__") => Some(match &function.shown().doc {
            Some(doc) => Value::text(doc.clone()),
            None => Value::None,
        }),
        (Value::Builtin(_) | Value::Class(_), "__doc__") => Some(Value::None),
        (Value::Builtin(builtin), "__name__") => Some(Value::from(builtin.name)),
        (Value::Module(module), "__name__") => Some(Value::from(module.name)),
        (Value::Exception(exception), "args") => Some(Value::tuple(exception.args.clone())),
        (Value::Exception(exception), "msg" | "lineno" | "colno" | "pos")
            if exception.kind == ExcKind::JsonDecode =>
        {
            json_error(exception, name)
        }
        (Value::Exception(exception), "value") if exception.kind == ExcKind::StopIteration => {
            Some(exception.args.first().cloned().unwrap_or(Value::None))
        }
        // Python 2 had `message` on all of them.
        (Value::Exception(exception), "message" | "msg") => Some(
            exception
                .args
                .first()
                .cloned()
                .unwrap_or_else(|| Value::from("")),
        ),
        (Value::Exception(exception), "errno") if exception.kind.is(ExcKind::Os) => {
            exception.args.first().cloned()
        }
        (Value::Exception(exception), "strerror") if exception.kind.is(ExcKind::Os) => {
            exception.args.get(1).cloned()
        }
        (Value::Exception(exception), "filename") if exception.kind.is(ExcKind::Os) => {
            exception.args.get(2).cloned()
        }
        (Value::Exception(exception), "code") if exception.kind == ExcKind::SystemExit => {
            Some(exception.args.first().cloned().unwrap_or(Value::None))
        }
        (Value::Slice(slice), "start") => Some(slice.start.clone()),
        (Value::Slice(slice), "stop") => Some(slice.stop.clone()),
        (Value::Slice(slice), "step") => Some(slice.step.clone()),
        (Value::Range(range), "start") => Some(Value::Int(range.start)),
        (Value::Range(range), "stop") => Some(Value::Int(range.stop)),
        (Value::Range(range), "step") => Some(Value::Int(range.step)),
        (Value::Int(_) | Value::Big(_), "real" | "numerator") | (Value::Float(_), "real") => {
            Some(value.clone())
        }
        (Value::Int(_) | Value::Big(_), "denominator") => Some(Value::Int(1)),
        (Value::Int(_) | Value::Big(_), "imag") => Some(Value::Int(0)),
        (Value::Float(_), "imag") => Some(Value::Float(0.0)),
        (Value::Tuple(tuple), name) => match &tuple.class {
            Some(class) if name == "_fields" => Some(class.field_names()),
            Some(class) => class
                .fields
                .iter()
                .position(|field| &**field == name)
                .map(|at| tuple.items[at].clone()),
            None if name == "__class__" => Some(Value::Class(Class::Tuple)),
            None => None,
        },
        (_, "__class__") => value.class().map(Value::Class),
        _ => None,
    }
}

/// A part of `MESSAGE: line 1 column 2 (char 3)`.
fn json_error(exception: &Exception, part: &str) -> Option<Value> {
    let Some(Value::Str(text)) = exception.args.first() else {
        return None;
    };
    let (message, place) = text.rsplit_once(": line ")?;
    let mut numbers = place
        .split(|letter: char| !letter.is_ascii_digit())
        .filter_map(|number| number.parse().ok());
    let (line, column, at) = (numbers.next()?, numbers.next()?, numbers.next()?);
    Some(match part {
        "msg" => Value::from(message),
        "lineno" => Value::Int(line),
        "colno" => Value::Int(column),
        _ => Value::Int(at),
    })
}

/// Calls a method of a value that is neither a module nor a native object.
pub(crate) fn call(vm: &mut Vm, this: &Value, name: &Rc<str>, args: Args) -> Outcome<Called> {
    if let Value::Class(class) = this {
        return call_of_class(vm, *class, name, args);
    }
    if !names(this).contains(&&**name) {
        return Ok(Called::NotAMethod(args));
    }
    let value = match this {
        Value::Str(text) => {
            vm.budget.work(text.len() >> 5)?;
            strings::call(vm, text, name, args)?
        }
        Value::Bytes(contents) => {
            vm.budget.work(contents.len() >> 5)?;
            bytes::call(vm, contents, name, args)?
        }
        Value::List(list) => containers::list(vm, list, name, args)?,
        Value::Tuple(tuple) => match &tuple.class {
            Some(class) if name.starts_with('_') => class.call_method(tuple, name, args)?,
            _ => containers::sequence(vm, this, name, args)?,
        },
        Value::Range(_) => containers::sequence(vm, this, name, args)?,
        Value::Dict(dict) => containers::dict(vm, dict, name, args)?,
        Value::Set(set) => containers::set(vm, set, name, args)?,
        Value::Int(_) | Value::Big(_) | Value::Bool(_) | Value::Float(_) => {
            numbers::call(vm, this, name, args)?
        }
        _ => return Ok(Called::NotAMethod(args)),
    };
    Ok(Called::Done(value))
}

/// `class.name(…)`: a method of the class itself, or one of its instances' with the instance given first.
fn call_of_class(vm: &mut Vm, class: Class, name: &Rc<str>, mut args: Args) -> Outcome<Called> {
    match (class, &**name) {
        (Class::Dict | Class::OrderedDict | Class::DefaultDict, "fromkeys") => {
            return containers::from_keys(vm, class, args).map(Called::Done);
        }
        (Class::Str, "maketrans") => return strings::make_translation(vm, args).map(Called::Done),
        (Class::Bytes, "fromhex") => return bytes::from_hex(args).map(Called::Done),
        (Class::Iterator("chain"), "from_iterable") => {
            return crate::stdlib::modules::itertools::chain_from_iterable(vm, args)
                .map(Called::Done);
        }
        _ => {}
    }
    if !of_class(class).contains(&&**name) {
        return Ok(Called::NotAMethod(args));
    }
    if args.pos.is_empty() {
        return Err(type_error(format!(
            "unbound method {}.{name}() needs an argument",
            class.name()
        )));
    }
    let this = args.pos.remove(0);
    if !this
        .class()
        .is_some_and(|own| crate::values::compare::is_subclass(own, class))
    {
        return Err(type_error(format!(
            "descriptor '{name}' for '{}' objects doesn't apply to a '{}' object",
            class.name(),
            this.type_name()
        )));
    }
    call(vm, &this, name, args)
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::Called;
    use super::call;
    use super::names;
    use crate::values::{Args, Dict, DictKind, ExcKind, Set, Table, Value};
    use crate::host::NoHost;
    use crate::limits::Limits;
    use crate::values::NoExtension;
    use crate::vm::Vm;

    /// A name without an implementation, or the other way round, shows here.
    #[test]
    fn every_listed_method_is_there() {
        let mut vm = Vm::new(Limits::default(), Box::new(NoHost), &NoExtension);
        let dict = |kind| Value::Dict(Dict::of_kind(Table::default(), kind));
        for value in [
            Value::from("x"),
            Value::Bytes(Rc::from(*b"x")),
            Value::list(vec![Value::None]),
            Value::tuple([Value::None]),
            dict(DictKind::Plain),
            dict(DictKind::Ordered),
            dict(DictKind::Default(Value::None)),
            dict(DictKind::Counter),
            Value::Set(Set::new(Table::default(), false)),
            Value::Set(Set::new(Table::default(), true)),
            Value::Int(1),
            Value::Float(1.0),
        ] {
            for name in names(&value) {
                match call(&mut vm, &value, &Rc::from(*name), Args::default()) {
                    Ok(Called::NotAMethod(_)) => {
                        panic!("{}.{name} is listed only", value.type_name())
                    }
                    Err(error) => assert!(
                        !error.is(ExcKind::Attribute),
                        "{}.{name} is listed only",
                        value.type_name()
                    ),
                    Ok(Called::Done(_)) => {}
                }
            }
        }
    }
}

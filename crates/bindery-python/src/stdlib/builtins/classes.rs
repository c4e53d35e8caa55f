//! Calls of built-in classes.

use std::rc::Rc;

use crate::stdlib::builtins::iteration;
use crate::stdlib::filling::{dict_update, make_set};
use crate::text as texts;
use crate::values::args::integer;
use crate::values::compare::truth;
use crate::values::exception::{type_error, value_error};
use crate::values::number::{self, Number};
use crate::values::parse_number;
use crate::values::{
    Args, Class, Dict, DictKind, Exception, Outcome, Raised, Set, Slice, Table, Value,
};
use crate::vm::Vm;

/// `class(…)`.
pub(crate) fn construct(vm: &mut Vm, class: Class, args: Args) -> Outcome {
    match class {
        Class::Object => Err(Raised::not_supported("bare objects", "use a dict")),
        Class::NoneType => Ok(Value::None),
        Class::Type => type_of(args),
        Class::Bool => {
            let [value] = args.between("bool", 0)?;
            Ok(Value::Bool(value.is_some_and(|value| truth(&value))))
        }
        Class::Int => int(vm, args),
        Class::Float => float(args),
        Class::Str => str(vm, args),
        Class::Bytes => bytes(vm, args),
        Class::List => {
            let [source] = args.between("list", 0)?;
            Ok(Value::list(match source {
                Some(source) => vm.collect(&source)?,
                None => Vec::new(),
            }))
        }
        Class::Tuple => {
            let [source] = args.between("tuple", 0)?;
            match source {
                Some(Value::Tuple(tuple)) if tuple.class.is_none() => Ok(Value::Tuple(tuple)),
                Some(source) => Ok(Value::tuple(vm.collect(&source)?)),
                None => Ok(Value::tuple([])),
            }
        }
        Class::Dict | Class::OrderedDict => {
            let kind = if class == Class::Dict {
                DictKind::Plain
            } else {
                DictKind::Ordered
            };
            let mut table = Table::default();
            dict_update(vm, &mut table, args, class.name())?;
            Ok(Value::Dict(Dict::of_kind(table, kind)))
        }
        Class::DefaultDict => {
            let mut args = args;
            let factory = if args.pos.is_empty() {
                Value::None
            } else {
                args.pos.remove(0)
            };
            if !matches!(factory, Value::None) && !vm.is_callable(&factory) {
                return Err(type_error("first argument must be callable or None"));
            }
            let mut table = Table::default();
            dict_update(vm, &mut table, args, "defaultdict")?;
            Ok(Value::Dict(Dict::of_kind(
                table,
                DictKind::Default(factory),
            )))
        }
        Class::Counter => crate::stdlib::counter::counter(vm, args),
        Class::Set | Class::FrozenSet => {
            let [source] = args.between(class.name(), 0)?;
            let table = match source {
                Some(source) => make_set(vm, &source)?,
                None => Table::default(),
            };
            Ok(Value::Set(Set::new(table, class == Class::FrozenSet)))
        }
        Class::Range => iteration::range(args),
        Class::Slice => {
            let [first, second, step] = args.between("slice", 1)?;
            let none = Value::None;
            let (start, stop) = match second {
                Some(second) => (first.unwrap_or(none), second),
                None => (none, first.unwrap_or(Value::None)),
            };
            Ok(Value::Slice(Rc::new(Slice {
                start,
                stop,
                step: step.unwrap_or(Value::None),
            })))
        }
        Class::Exception(kind) => {
            if !args.kw.is_empty() {
                return Err(type_error(format!(
                    "{}() takes no keyword arguments",
                    kind.name()
                )));
            }
            Ok(Value::Exception(Rc::new(Exception {
                kind,
                args: args.pos,
                hint: None,
                origin: None,
            })))
        }
        Class::Iterator("chain") => crate::stdlib::modules::itertools::chain(args),
        Class::BaseString
        | Class::Function
        | Class::BuiltinFunction
        | Class::Module
        | Class::Generator
        | Class::Iterator(_) => Err(type_error(format!(
            "cannot create '{}' instances",
            class.name()
        ))),
    }
}

fn type_of(args: Args) -> Outcome {
    if args.pos.len() == 3 {
        return Err(Raised::not_supported(
            "classes made by `type()`",
            "declare a struct: `class X(Struct):`",
        ));
    }
    let value = args.single("type")?;
    Ok(match &value {
        Value::Native(object) => object.class(),
        Value::Ellipsis => Value::Class(Class::Iterator("ellipsis")),
        Value::Tuple(tuple) => match &tuple.class {
            Some(class) => class.class(),
            None => Value::Class(Class::Tuple),
        },
        other => Value::Class(other.class().unwrap_or(Class::Object)),
    })
}

fn int(vm: &mut Vm, args: Args) -> Outcome {
    let [value, base] = args.parameters("int", ["x", "base"], 0)?;
    let Some(value) = value else {
        return Ok(Value::Int(0));
    };
    if let Some(base) = base {
        let base = integer(&base)?;
        let Value::Str(digits) = &value else {
            return Err(type_error(
                "int() can't convert non-string with explicit base",
            ));
        };
        let radix = u32::try_from(base)
            .ok()
            .filter(|radix| *radix == 0 || (2..=36).contains(radix));
        let Some(radix) = radix else {
            return Err(value_error("int() base must be >= 2 and <= 36, or 0"));
        };
        // Digits in a radix that is a power of two are parsed in linear time.
        if radix.is_power_of_two() {
            vm.budget.work(digits.len() >> 4)?;
        } else {
            check_digits(vm, digits)?;
        }
        return parse_number::parse_int(digits, radix).ok_or_else(|| not_an_int(digits, base));
    }
    match &value {
        Value::Int(_) | Value::Big(_) => Ok(value),
        Value::Bool(value) => Ok(Value::Int(i64::from(*value))),
        Value::Float(number) => number::truncate(*number),
        Value::Str(digits) => {
            check_digits(vm, digits)?;
            parse_number::parse_int(digits, 10).ok_or_else(|| not_an_int(digits, 10))
        }
        Value::Bytes(bytes) => {
            let digits = String::from_utf8_lossy(bytes);
            check_digits(vm, &digits)?;
            parse_number::parse_int(&digits, 10).ok_or_else(|| {
                value_error(format!(
                    "invalid literal for int() with base 10: b{}",
                    texts::quote(&digits)
                ))
            })
        }
        other => Err(type_error(format!(
            "int() argument must be a string, a bytes-like object or a real number, not '{}'",
            other.type_name()
        ))),
    }
}

/// Fails for long numbers, which take time that grows with the square of their length; Python's limit is 4,300 digits.
fn check_digits(vm: &mut Vm, digits: &str) -> Outcome<()> {
    let count = digits
        .bytes()
        .filter(|byte| byte.is_ascii_alphanumeric())
        .count();
    if count > 4300 {
        return Err(value_error(format!(
            "Exceeds the limit (4300 digits) for integer string conversion: value has {count} digits"
        )));
    }
    Ok(vm.budget.step()?)
}

fn not_an_int(text: &str, base: i64) -> Raised {
    value_error(format!(
        "invalid literal for int() with base {base}: {}",
        texts::quote(text)
    ))
}

fn float(args: Args) -> Outcome {
    let [value] = args.between("float", 0)?;
    let Some(value) = value else {
        return Ok(Value::Float(0.0));
    };
    if let Value::Str(text) = &value {
        let number = parse_number::parse_float(text);
        return number.map(Value::Float).ok_or_else(|| {
            value_error(format!(
                "could not convert string to float: {}",
                texts::quote(text)
            ))
        });
    }
    match Number::of(&value) {
        Some(number) => number.float().map(Value::Float),
        None => Err(type_error(format!(
            "float() argument must be a string or a real number, not '{}'",
            value.type_name()
        ))),
    }
}

fn str(vm: &mut Vm, args: Args) -> Outcome {
    let [value, encoding, errors] = args.parameters("str", ["object", "encoding", "errors"], 0)?;
    match value {
        None => Ok(Value::from("")),
        Some(Value::Bytes(bytes)) if encoding.is_some() || errors.is_some() => {
            crate::stdlib::methods::bytes::decode(&bytes, encoding.as_ref(), errors.as_ref())
                .map(Value::from)
        }
        Some(Value::Str(text)) => Ok(Value::Str(text)),
        Some(value) => {
            let made = texts::display(vm, &value)?;
            vm.budget.string(made.len())?;
            Ok(Value::from(made))
        }
    }
}

fn bytes(vm: &mut Vm, args: Args) -> Outcome {
    let [value, encoding] = args.parameters("bytes", ["source", "encoding"], 0)?;
    Ok(Value::Bytes(match value {
        None => Rc::from([]),
        Some(Value::Bytes(bytes)) => bytes,
        Some(Value::Str(_)) if encoding.is_none() => {
            return Err(type_error("string argument without an encoding"));
        }
        Some(Value::Str(text)) => {
            crate::stdlib::methods::bytes::encode(&text, encoding.as_ref(), None)?
        }
        Some(Value::Int(count)) => {
            let count = usize::try_from(count).map_err(|_| value_error("negative count"))?;
            vm.budget.string(count)?;
            vec![0; count].into()
        }
        Some(source) => {
            let mut bytes = Vec::new();
            for item in vm.collect(&source)? {
                let byte = u8::try_from(integer(&item)?);
                bytes.push(byte.map_err(|_| value_error("bytes must be in range(0, 256)"))?);
            }
            bytes.into()
        }
    }))
}

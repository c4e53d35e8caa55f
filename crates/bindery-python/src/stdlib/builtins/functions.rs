//! Built-in functions.

use std::rc::Rc;

use num_traits::{Signed, ToPrimitive};

use crate::operator::{BinaryOp, CompareOp};
use crate::stdlib::modules::functools;
use crate::text as texts;
use crate::values::args::{integer, text};
use crate::values::compare::{self, equal, truth};
use crate::values::exception::{type_error, value_error};
use crate::values::number::{self, Number};
use crate::values::{Args, Class, ExcKind, Iter, IterState, Outcome, Raised, Range, Str, Value};
use crate::vm::Vm;

pub(super) fn abs(vm: &mut Vm, args: Args) -> Outcome {
    let value = args.single("abs")?;
    match &value {
        Value::Int(_) | Value::Bool(_) | Value::Big(_)
            if compare::order(CompareOp::Lt, &value, &Value::Int(0))? =>
        {
            vm.unary(crate::operator::UnaryOp::Minus, &value)
        }
        Value::Int(_) | Value::Bool(_) | Value::Big(_) => {
            vm.unary(crate::operator::UnaryOp::Plus, &value)
        }
        Value::Float(number) => Ok(Value::Float(number.abs())),
        Value::Native(_) => {
            let negated = vm
                .unary(crate::operator::UnaryOp::Minus, &value)
                .map_err(|_| {
                    type_error(format!(
                        "bad operand type for abs(): '{}'",
                        value.type_name()
                    ))
                })?;
            let negative = compare::less(&value, &negated)?;
            Ok(if negative { negated } else { value })
        }
        other => Err(type_error(format!(
            "bad operand type for abs(): '{}'",
            other.type_name()
        ))),
    }
}

pub(super) fn all(vm: &mut Vm, args: Args) -> Outcome {
    let source = args.single("all")?;
    let mut state = vm.iterate(&source)?;
    while let Some(item) = vm.next(&mut state)? {
        vm.budget.step()?;
        if !truth(&item) {
            return Ok(Value::Bool(false));
        }
    }
    Ok(Value::Bool(true))
}

pub(super) fn any(vm: &mut Vm, args: Args) -> Outcome {
    let source = args.single("any")?;
    let mut state = vm.iterate(&source)?;
    while let Some(item) = vm.next(&mut state)? {
        vm.budget.step()?;
        if truth(&item) {
            return Ok(Value::Bool(true));
        }
    }
    Ok(Value::Bool(false))
}

pub(super) fn ascii(vm: &mut Vm, args: Args) -> Outcome {
    let value = args.single("ascii")?;
    Ok(Value::from(texts::ascii(&texts::repr(vm, &value)?)))
}

fn radix(vm: &mut Vm, args: Args, what: &str, spec: &str) -> Outcome {
    let value = args.single(what)?;
    match &value {
        Value::Int(_) | Value::Bool(_) | Value::Big(_) => {
            crate::text::format::format(vm, &value, spec).map(Value::from)
        }
        other => Err(type_error(format!(
            "'{}' object cannot be interpreted as an integer",
            other.type_name()
        ))),
    }
}

pub(super) fn bin(vm: &mut Vm, args: Args) -> Outcome {
    radix(vm, args, "bin", "#b")
}

pub(super) fn hex(vm: &mut Vm, args: Args) -> Outcome {
    radix(vm, args, "hex", "#x")
}

pub(super) fn oct(vm: &mut Vm, args: Args) -> Outcome {
    radix(vm, args, "oct", "#o")
}

pub(super) fn callable(vm: &mut Vm, args: Args) -> Outcome {
    let value = args.single("callable")?;
    Ok(Value::Bool(vm.is_callable(&value)))
}

pub(super) fn chr(_vm: &mut Vm, args: Args) -> Outcome {
    let value = args.single("chr")?;
    let code = match &value {
        Value::Big(_) => None,
        other => i32::try_from(integer(other)?).ok(),
    };
    let Some(code) = code else {
        let message = "Python int too large to convert to C int";
        return Err(Raised::new(ExcKind::Overflow, message));
    };
    let letter = u32::try_from(code).ok().and_then(char::from_u32);
    letter
        .map(|letter| Value::from(letter.to_string()))
        .ok_or_else(|| value_error("chr() arg not in range(0x110000)"))
}

pub(super) fn cmp(_vm: &mut Vm, args: Args) -> Outcome {
    let [a, b] = args.exactly("cmp")?;
    if equal(&a, &b)? {
        return Ok(Value::Int(0));
    }
    Ok(Value::Int(if compare::less(&a, &b)? { -1 } else { 1 }))
}

pub(super) fn divmod(vm: &mut Vm, args: Args) -> Outcome {
    let [a, b] = args.exactly("divmod")?;
    let is_float = |value: &Value| matches!(value, Value::Float(_));
    if (is_float(&a) || is_float(&b)) && Number::of(&b).is_some() && !truth(&b) {
        return Err(Raised::new(ExcKind::ZeroDivision, "float divmod()"));
    }
    let quotient = vm.binary(BinaryOp::FloorDiv, &a, &b)?;
    let rest = vm.binary(BinaryOp::Mod, &a, &b)?;
    Ok(Value::tuple([quotient, rest]))
}

pub(super) fn enumerate(vm: &mut Vm, args: Args) -> Outcome {
    let [source, start] = args.named("enumerate", ["iterable", "start"], 1)?;
    let source = vm.iterate(&source.unwrap_or(Value::None))?;
    let start = start.unwrap_or(Value::Int(0));
    if !matches!(start, Value::Int(_) | Value::Big(_) | Value::Bool(_)) {
        return Err(type_error(format!(
            "'{}' object cannot be interpreted as an integer",
            start.type_name()
        )));
    }
    Ok(Iter::value(
        "enumerate",
        IterState::Enumerate(Box::new(source), start),
    ))
}

pub(super) fn filter(vm: &mut Vm, args: Args) -> Outcome {
    let [function, source] = args.exactly("filter")?;
    let source = vm.iterate(&source)?;
    Ok(Iter::value(
        "filter",
        IterState::Filter(function, Box::new(source), true),
    ))
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

fn attribute_name(name: &Value) -> Outcome<Str> {
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

pub(super) fn hash(_vm: &mut Vm, args: Args) -> Outcome {
    let value = match args.single("hash")? {
        Value::Float(number) if number.fract() == 0.0 => number::truncate(number)?,
        other => other,
    };
    Ok(match &value {
        // In CPython a small integer is its own hash, and some programs rely on it.
        Value::Int(-1) => Value::Int(-2),
        Value::Int(number) if number.unsigned_abs() < (1 << 61) - 1 => Value::Int(*number),
        Value::Bool(value) => Value::Int(i64::from(*value)),
        other => Value::Int((compare::hash(other)? >> 2).cast_signed()),
    })
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

fn is_instance(value: &Value, class: &Value) -> Outcome<bool> {
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

pub(super) fn iter(vm: &mut Vm, args: Args) -> Outcome {
    let [source, sentinel] = args.between("iter", 1)?;
    let source = source.unwrap_or(Value::None);
    if let Some(sentinel) = sentinel {
        return Ok(Iter::value(
            "callable_iterator",
            IterState::Call(source, sentinel),
        ));
    }
    if let Value::Iter(_) = source {
        return Ok(source);
    }
    let name = match &source {
        Value::List(_) => "list_iterator",
        Value::Tuple(_) => "tuple_iterator",
        Value::Str(_) => "str_iterator",
        Value::Dict(_) => "dict_keyiterator",
        Value::Set(_) => "set_iterator",
        Value::Range(_) => "range_iterator",
        _ => "iterator",
    };
    Ok(Iter::value(name, vm.iterate(&source)?))
}

pub(super) fn len(vm: &mut Vm, args: Args) -> Outcome {
    let value = args.single("len")?;
    let length = match &value {
        Value::Str(text) => {
            vm.budget.work(text.len() >> 8)?;
            texts::length(text)
        }
        Value::Bytes(bytes) => bytes.len(),
        Value::List(list) => list.items.borrow().len(),
        Value::Tuple(tuple) => tuple.items.len(),
        Value::Dict(dict) => dict.table.borrow().len(),
        Value::Set(set) => set.table.borrow().len(),
        Value::Range(range) if range.len() > i64::MAX as u64 || range.stop == i64::MAX => {
            return Err(Raised::new(
                ExcKind::Overflow,
                "Python int too large to convert to C ssize_t",
            ));
        }
        Value::Range(range) => usize::try_from(range.len()).unwrap_or(usize::MAX),
        Value::Native(object) => match object.length()? {
            Some(length) => length,
            None => return Err(no_length(&value)),
        },
        _ => return Err(no_length(&value)),
    };
    Ok(Value::from(length))
}

fn no_length(value: &Value) -> Raised {
    type_error(format!(
        "object of type '{}' has no len()",
        value.type_name()
    ))
}

/// A direct call is lowered to `Namespace`; this function is called under another name.
pub(super) fn locals(_: &mut Vm, args: Args) -> Outcome {
    args.none("locals")?;
    Err(Raised::not_supported(
        "`locals` under another name",
        "write `locals()` where its names are",
    ))
}

pub(super) fn map(vm: &mut Vm, args: Args) -> Outcome {
    let mut values = args.pos.into_iter();
    let Some(function) = values.next() else {
        return Err(type_error("map() must have at least two arguments."));
    };
    let sources = values
        .map(|source| vm.iterate(&source))
        .collect::<Outcome<Vec<_>>>()?;
    if sources.is_empty() {
        return Err(type_error("map() must have at least two arguments."));
    }
    Ok(Iter::value("map", IterState::Map(function, sources)))
}

fn extreme(vm: &mut Vm, mut args: Args, what: &str, op: CompareOp) -> Outcome {
    let key = args
        .take_keyword("key")
        .filter(|key| !matches!(key, Value::None));
    let default = args.take_keyword("default");
    args.end_of_keywords(what, &["key", "default"])?;
    let mut state = match &args.pos[..] {
        [] => {
            return Err(type_error(format!(
                "{what} expected at least 1 argument, got 0"
            )));
        }
        [source] => vm.iterate(source)?,
        _ if default.is_some() => {
            return Err(type_error(format!(
                "Cannot specify a default for {what}() with multiple positional arguments"
            )));
        }
        _ => IterState::Values(args.pos.into_iter()),
    };
    let mut best: Option<(Value, Value)> = None;
    while let Some(item) = vm.next(&mut state)? {
        vm.budget.step()?;
        let rank = vm.key_of(key.as_ref(), &item)?;
        let better = match &best {
            Some((known, _)) => compare::order(op, &rank, known)?,
            None => true,
        };
        if better {
            best = Some((rank, item));
        }
    }
    match (best, default) {
        (Some((_, item)), _) => Ok(item),
        (None, Some(default)) => Ok(default),
        (None, None) => Err(value_error(format!("{what}() arg is an empty sequence"))),
    }
}

pub(super) fn max(vm: &mut Vm, args: Args) -> Outcome {
    extreme(vm, args, "max", CompareOp::Gt)
}

pub(super) fn min(vm: &mut Vm, args: Args) -> Outcome {
    extreme(vm, args, "min", CompareOp::Lt)
}

pub(super) fn next(vm: &mut Vm, args: Args) -> Outcome {
    let [source, default] = args.between("next", 1)?;
    let source = source.unwrap_or(Value::None);
    let Value::Iter(iter) = &source else {
        return Err(type_error(format!(
            "'{}' object is not an iterator",
            source.type_name()
        )));
    };
    vm.returned = None;
    match (vm.next(&mut IterState::Shared(iter.clone()))?, default) {
        (Some(item), _) => Ok(item),
        (None, Some(default)) => Ok(default),
        (None, None) => {
            let returned = vm.returned.take().into_iter().collect();
            Err(Raised::with_args(ExcKind::StopIteration, returned))
        }
    }
}

pub(super) fn ord(_vm: &mut Vm, args: Args) -> Outcome {
    match &args.single("ord")? {
        Value::Str(text) if texts::length(text) == 1 => Ok(Value::Int(
            text.chars()
                .next()
                .map_or(0, |letter| i64::from(u32::from(letter))),
        )),
        Value::Bytes(bytes) if bytes.len() == 1 => Ok(Value::Int(i64::from(bytes[0]))),
        Value::Str(text) => Err(type_error(format!(
            "ord() expected a character, but string of length {} found",
            texts::length(text)
        ))),
        other => Err(type_error(format!(
            "ord() expected string of length 1, but {} found",
            other.type_name()
        ))),
    }
}

pub(super) fn pow(vm: &mut Vm, args: Args) -> Outcome {
    let [base, exponent, modulus] = args.named("pow", ["base", "exp", "mod"], 2)?;
    let (base, exponent) = (base.unwrap_or(Value::None), exponent.unwrap_or(Value::None));
    let Some(modulus) = modulus.filter(|modulus| !matches!(modulus, Value::None)) else {
        return vm.binary(BinaryOp::Pow, &base, &exponent);
    };
    let (Some(base), Some(exponent), Some(modulus)) = (
        number::to_big(&base),
        number::to_big(&exponent),
        number::to_big(&modulus),
    ) else {
        return Err(type_error(
            "pow() 3rd argument not allowed unless all arguments are integers",
        ));
    };
    if modulus == 0.into() {
        return Err(value_error("pow() 3rd argument cannot be 0"));
    }
    let words = modulus.bits() / 64 + 1;
    let work = words.saturating_mul(words).saturating_mul(exponent.bits()) / 16;
    vm.budget
        .work(usize::try_from(work).unwrap_or(usize::MAX))?;
    if exponent.is_negative() {
        let inverse = base
            .modinv(&modulus)
            .ok_or_else(|| value_error("base is not invertible for the given modulus"))?;
        return Ok(Value::from_big(inverse.modpow(&-exponent, &modulus)));
    }
    Ok(Value::from_big(base.modpow(&exponent, &modulus)))
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

pub(super) fn reversed(vm: &mut Vm, args: Args) -> Outcome {
    let source = args.single("reversed")?;
    match &source {
        Value::List(list) => {
            let length = list.items.borrow().len();
            Ok(Iter::value(
                "list_reverseiterator",
                IterState::ListReversed(list.clone(), length),
            ))
        }
        Value::Range(range) => {
            let length = range.len();
            let back = match length.checked_sub(1) {
                Some(last) => Range {
                    start: range.get(last),
                    stop: range.start.saturating_sub(range.step.signum()),
                    step: range.step.saturating_neg(),
                },
                None => Range {
                    start: 0,
                    stop: 0,
                    step: 1,
                },
            };
            Ok(Iter::value("range_iterator", IterState::Range(back, 0)))
        }
        Value::Tuple(_) | Value::Str(_) | Value::Bytes(_) | Value::Dict(_) => {
            let mut items = vm.collect(&source)?;
            items.reverse();
            Ok(Iter::value(
                "reversed",
                IterState::Values(items.into_iter()),
            ))
        }
        other => Err(type_error(format!(
            "'{}' object is not reversible",
            other.type_name()
        ))),
    }
}

pub(super) fn round(vm: &mut Vm, args: Args) -> Outcome {
    let [number, digits] = args.named("round", ["number", "ndigits"], 1)?;
    let value = number.unwrap_or(Value::None);
    let digits = digits
        .filter(|digits| !matches!(digits, Value::None))
        .map(|digits| integer(&digits))
        .transpose()?;
    match (&value, digits) {
        (Value::Float(number), None) => number::truncate(number::round_float(*number, 0)),
        (Value::Float(number), Some(digits)) => {
            Ok(Value::Float(number::round_float(*number, digits)))
        }
        (Value::Int(_) | Value::Big(_) | Value::Bool(_), digits) => {
            let whole = vm.unary(crate::operator::UnaryOp::Plus, &value)?;
            let Some(digits) = digits.filter(|digits| *digits < 0) else {
                return Ok(whole);
            };
            let power = Value::Int(digits.saturating_neg());
            let unit = vm.binary(BinaryOp::Pow, &Value::Int(10), &power)?;
            let (Some(number), Some(unit)) = (number::to_big(&whole), number::to_big(&unit)) else {
                return Ok(whole);
            };
            let (mut quotient, rest) = number::floor_division(&number, &unit);
            let twice = rest * 2;
            if twice > unit || (twice == unit && quotient.bit(0)) {
                quotient += 1;
            }
            Ok(Value::from_big(quotient * unit))
        }
        (other, _) => Err(type_error(format!(
            "type {} doesn't define __round__ method",
            other.type_name()
        ))),
    }
}

/// Sorts values by Python's rules.
pub(crate) fn sort_values(
    vm: &mut Vm,
    items: Vec<Value>,
    key: Option<&Value>,
    reverse: bool,
) -> Outcome<Vec<Value>> {
    vm.budget.sort(items.len())?;
    let mut items = items;
    // A reversed sort keeps equal elements in their order.
    if reverse {
        items.reverse();
    }
    match key {
        None => compare::sort(&mut items, &|item: &Value| item)?,
        Some(_) => {
            let mut pairs = Vec::with_capacity(items.len());
            for item in items {
                pairs.push((vm.key_of(key, &item)?, item));
            }
            if pairs
                .first()
                .is_some_and(|(key, _)| functools::is_comparison_key(key))
            {
                pairs = functools::sort_by_comparison(vm, pairs)?;
            } else {
                compare::sort(&mut pairs, &|pair: &(Value, Value)| &pair.0)?;
            }
            items = pairs.into_iter().map(|(_, item)| item).collect();
        }
    }
    if reverse {
        items.reverse();
    }
    Ok(items)
}

pub(super) fn sorted(vm: &mut Vm, mut args: Args) -> Outcome {
    let key = args
        .take_keyword("key")
        .filter(|key| !matches!(key, Value::None));
    let reverse = args
        .take_keyword("reverse")
        .is_some_and(|value| truth(&value));
    args.end_of_keywords("sorted", &["key", "reverse"])
        .map_err(
            |error| match args.kw.iter().any(|(name, _)| &**name == "cmp") {
                true => error.hint("`cmp` is Python 2; write `key = functools.cmp_to_key(f)`"),
                false => error,
            },
        )?;
    let [source] = args.pos.try_into().map_err(|given: Vec<Value>| {
        type_error(format!("sorted expected 1 argument, got {}", given.len()))
    })?;
    let items = vm.collect(&source)?;
    Ok(Value::list(sort_values(vm, items, key.as_ref(), reverse)?))
}

pub(super) fn sum(vm: &mut Vm, args: Args) -> Outcome {
    let [source, start] = args.named("sum", ["iterable", "start"], 1)?;
    let mut total = start.unwrap_or(Value::Int(0));
    if let Value::Str(_) = total {
        return Err(type_error(
            "sum() can't sum strings [use ''.join(seq) instead]",
        ));
    }
    let mut state = vm.iterate(&source.unwrap_or(Value::None))?;
    while let Some(item) = vm.next(&mut state)? {
        vm.budget.step()?;
        total = match (&total, &item) {
            (Value::Int(a), Value::Int(b)) if a.checked_add(*b).is_some() => Value::Int(a + b),
            _ => vm.binary(BinaryOp::Add, &total, &item)?,
        };
    }
    Ok(total)
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

pub(super) fn zip(vm: &mut Vm, mut args: Args) -> Outcome {
    let strict = args
        .take_keyword("strict")
        .is_some_and(|value| truth(&value));
    args.end_of_keywords("zip", &["strict"])?;
    let sources = args
        .pos
        .iter()
        .map(|source| vm.iterate(source))
        .collect::<Outcome<Vec<_>>>()?;
    Ok(Iter::value("zip", IterState::Zip(sources, strict)))
}

/// `range(…)`.
pub(super) fn range(args: Args) -> Outcome {
    let [first, second, step] = args.between("range", 1)?;
    let bound = |value: &Value| match value {
        Value::Big(big) => Ok(big.to_i64().unwrap_or(if big.is_negative() {
            i64::MIN
        } else {
            i64::MAX
        })),
        other => match Number::of(other) {
            Some(Number::Int(number)) => Ok(number),
            _ => Err(type_error(format!(
                "'{}' object cannot be interpreted as an integer",
                other.type_name()
            ))),
        },
    };
    let first = bound(&first.unwrap_or(Value::None))?;
    let (start, stop) = match second {
        Some(second) => (first, bound(&second)?),
        None => (0, first),
    };
    let step = step.map_or(Ok(1), |step| bound(&step))?;
    if step == 0 {
        return Err(value_error("range() arg 3 must not be zero"));
    }
    Ok(Value::Range(Rc::new(Range { start, stop, step })))
}

//! Built-in functions of iterables.

use std::rc::Rc;

use num_traits::{Signed, ToPrimitive};

use crate::operator::CompareOp;
use crate::stdlib::modules::functools;
use crate::text as texts;
use crate::values::compare::{self, truth};
use crate::values::exception::{type_error, value_error};
use crate::values::number::Number;
use crate::values::{Args, ExcKind, Iter, IterState, Outcome, Raised, Range, Value};
use crate::vm::Vm;

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

pub(super) fn enumerate(vm: &mut Vm, args: Args) -> Outcome {
    let [source, start] = args.parameters("enumerate", ["iterable", "start"], 1)?;
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

pub(super) fn no_length(value: &Value) -> Raised {
    type_error(format!(
        "object of type '{}' has no len()",
        value.type_name()
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

pub(super) fn extreme(vm: &mut Vm, mut args: Args, what: &str, op: CompareOp) -> Outcome {
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
        .map_err(|error| {
            if args.kw.iter().any(|(name, _)| &**name == "cmp") {
                error.hint("`cmp` is Python 2; write `key = functools.cmp_to_key(f)`")
            } else {
                error
            }
        })?;
    let [source] = args.pos.try_into().map_err(|given: Vec<Value>| {
        type_error(format!("sorted expected 1 argument, got {}", given.len()))
    })?;
    let items = vm.collect(&source)?;
    Ok(Value::list(sort_values(vm, items, key.as_ref(), reverse)?))
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

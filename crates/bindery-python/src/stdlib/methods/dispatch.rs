//! Finding and calling methods of built-in values.

use std::rc::Rc;

use crate::stdlib::counter;
use crate::stdlib::methods::table::{self, find};
use crate::stdlib::methods::{bytes, dicts, letters, numbers, sequences, sets, strings};
use crate::stdlib::modules::{collections, itertools};
use crate::values::compare::is_subclass;
use crate::values::exception::type_error;
use crate::values::{Args, Class, DictKind, Outcome, Value};
use crate::vm::Vm;

/// Result of [`call`].
pub(crate) enum Called {
    /// The value that the method returned.
    Done(Value),
    /// There is no method of that name; the arguments of the call.
    NotAMethod(Args),
}

/// Returns the names of the methods of `value`, sorted.
pub(crate) fn names(value: &Value) -> Vec<&'static str> {
    match value {
        Value::Class(class) => names_of(*class),
        Value::Tuple(tuple) if tuple.class.is_some() => {
            let own = table::names(collections::NAMED_TUPLE);
            own.chain(table::names(sequences::SEQUENCE)).collect()
        }
        other => other.class().map_or_else(Vec::new, names_of),
    }
}

/// Returns the names of the methods of a class, sorted.
pub(crate) fn names_of(class: Class) -> Vec<&'static str> {
    let mut names: Vec<&'static str> = match class {
        Class::Str | Class::BaseString => table::names(strings::METHODS).collect(),
        Class::Bytes => table::names(bytes::METHODS).collect(),
        Class::List => table::names(sequences::LIST).collect(),
        Class::Tuple | Class::Range => table::names(sequences::SEQUENCE).collect(),
        Class::Dict | Class::DefaultDict => table::names(dicts::DICT)
            .chain(table::names(dicts::FROM_KEYS))
            .collect(),
        Class::OrderedDict => table::names(dicts::DICT)
            .chain(table::names(dicts::FROM_KEYS))
            .chain(table::names(dicts::ORDERED_DICT))
            .collect(),
        Class::Counter => table::names(dicts::DICT)
            .chain(table::names(counter::METHODS))
            .collect(),
        Class::Set => table::names(sets::FROZEN_SET)
            .chain(table::names(sets::SET))
            .collect(),
        Class::FrozenSet => table::names(sets::FROZEN_SET).collect(),
        Class::Int | Class::Bool => table::names(numbers::INT).collect(),
        Class::Float => table::names(numbers::FLOAT).collect(),
        _ => Vec::new(),
    };
    names.sort_unstable();
    names
}

/// Checks whether values of a class have a method.
pub(crate) fn has(class: Class, name: &str) -> bool {
    names_of(class).contains(&name)
}

/// Checks whether a value has a method.
pub(crate) fn has_method(value: &Value, name: &str) -> bool {
    names(value).contains(&name)
}

/// Calls a method of a value that is neither a module nor a native object.
pub(crate) fn call(vm: &mut Vm, this: &Value, name: &Rc<str>, args: Args) -> Outcome<Called> {
    let value = match this {
        Value::Str(text) => {
            let Some(method) = find(strings::METHODS, name) else {
                return Ok(Called::NotAMethod(args));
            };
            vm.budget.work(text.len() >> 5)?;
            (method.call)(vm, text, args)
        }
        Value::Bytes(contents) => {
            let Some(method) = find(bytes::METHODS, name) else {
                return Ok(Called::NotAMethod(args));
            };
            vm.budget.work(contents.len() >> 5)?;
            (method.call)(vm, contents, args)
        }
        Value::List(list) => match find(sequences::LIST, name) {
            Some(method) => (method.call)(vm, list, args),
            None => return Ok(Called::NotAMethod(args)),
        },
        Value::Tuple(tuple) => {
            if tuple.class.is_some()
                && let Some(method) = find(collections::NAMED_TUPLE, name)
            {
                (method.call)(vm, tuple, args)
            } else if let Some(method) = find(sequences::SEQUENCE, name) {
                (method.call)(vm, this, args)
            } else {
                return Ok(Called::NotAMethod(args));
            }
        }
        Value::Range(_) => match find(sequences::SEQUENCE, name) {
            Some(method) => (method.call)(vm, this, args),
            None => return Ok(Called::NotAMethod(args)),
        },
        Value::Dict(dict) => {
            let method = find(dicts::DICT, name).or_else(|| match dict.kind {
                DictKind::Counter => find(counter::METHODS, name),
                DictKind::Ordered => {
                    find(dicts::ORDERED_DICT, name).or_else(|| find(dicts::FROM_KEYS, name))
                }
                _ => find(dicts::FROM_KEYS, name),
            });
            match method {
                Some(method) => (method.call)(vm, dict, args),
                None => return Ok(Called::NotAMethod(args)),
            }
        }
        Value::Set(set) => {
            let method = find(sets::FROZEN_SET, name).or_else(|| {
                if set.frozen {
                    None
                } else {
                    find(sets::SET, name)
                }
            });
            match method {
                Some(method) => (method.call)(vm, set, args),
                None => return Ok(Called::NotAMethod(args)),
            }
        }
        Value::Int(_) | Value::Big(_) | Value::Bool(_) => match find(numbers::INT, name) {
            Some(method) => (method.call)(vm, this, args),
            None => return Ok(Called::NotAMethod(args)),
        },
        Value::Float(_) => match find(numbers::FLOAT, name) {
            Some(method) => (method.call)(vm, this, args),
            None => return Ok(Called::NotAMethod(args)),
        },
        Value::Class(class) => return call_of_class(vm, *class, name, args),
        _ => return Ok(Called::NotAMethod(args)),
    };
    value.map(Called::Done)
}

/// Calls `class.name(…)`: a method of the class, or a method of an instance that is the first argument.
fn call_of_class(vm: &mut Vm, class: Class, name: &Rc<str>, mut args: Args) -> Outcome<Called> {
    match (class, &**name) {
        (Class::Dict | Class::OrderedDict | Class::DefaultDict, "fromkeys") => {
            return dicts::from_keys(vm, class, args).map(Called::Done);
        }
        (Class::Str, "maketrans") => return letters::make_translation(vm, args).map(Called::Done),
        (Class::Bytes, "fromhex") => return bytes::from_hex(args).map(Called::Done),
        (Class::Iterator("chain"), "from_iterable") => {
            return itertools::chain_from_iterable(vm, args).map(Called::Done);
        }
        _ => {}
    }
    if !has(class, name) {
        return Ok(Called::NotAMethod(args));
    }
    if args.pos.is_empty() {
        return Err(type_error(format!(
            "unbound method {}.{name}() needs an argument",
            class.name()
        )));
    }
    let this = args.pos.remove(0);
    if !this.class().is_some_and(|own| is_subclass(own, class)) {
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
    use super::{bytes, collections, counter, dicts, numbers, sequences, sets, strings};
    use crate::stdlib::methods::table::{NativeMethod, names};

    #[track_caller]
    fn is_sorted<T>(table: &'static [NativeMethod<T>]) {
        let names: Vec<&str> = names(table).collect();
        assert!(names.is_sorted_by(|a, b| a < b), "{names:?}");
    }

    #[test]
    fn tables_are_sorted_by_name() {
        is_sorted(strings::METHODS);
        is_sorted(bytes::METHODS);
        is_sorted(sequences::LIST);
        is_sorted(sequences::SEQUENCE);
        is_sorted(collections::NAMED_TUPLE);
        is_sorted(dicts::DICT);
        is_sorted(dicts::FROM_KEYS);
        is_sorted(dicts::ORDERED_DICT);
        is_sorted(counter::METHODS);
        is_sorted(sets::SET);
        is_sorted(sets::FROZEN_SET);
        is_sorted(numbers::INT);
        is_sorted(numbers::FLOAT);
    }
}

//! Methods of lists, tuples and ranges.

use std::rc::Rc;

use crate::stdlib::builtins::sort_values;
use crate::stdlib::methods::table::{NativeMethod, methods};
use crate::text;
use crate::values::args::integer;
use crate::values::compare::{equal, truth};
use crate::values::exception::{type_error, value_error};
use crate::values::{Args, ExcKind, List, Outcome, Raised, Value};
use crate::vm::Vm;

/// Methods of lists.
pub(super) static LIST: &[NativeMethod<Rc<List>>] = methods! {
    "append" => list_append,
    "clear" => list_clear,
    "copy" => list_copy,
    "count" => list_count,
    "extend" => list_extend,
    "index" => list_index,
    "insert" => list_insert,
    "pop" => list_pop,
    "remove" => list_remove,
    "reverse" => list_reverse,
    "sort" => list_sort,
};

/// Methods of tuples and ranges.
pub(super) static SEQUENCE: &[NativeMethod<Value>] = methods! {
    "count" => sequence_count,
    "index" => sequence_index,
};

fn list_append(vm: &mut Vm, this: &Rc<List>, args: Args) -> Outcome {
    let value = args.single("list.append")?;
    vm.budget.values(1)?;
    this.items.borrow_mut().push(value);
    Ok(Value::None)
}

fn list_extend(vm: &mut Vm, this: &Rc<List>, args: Args) -> Outcome {
    let source = args.single("list.extend")?;
    let items = vm.collect(&source)?;
    this.items.borrow_mut().extend(items);
    Ok(Value::None)
}

fn list_insert(vm: &mut Vm, this: &Rc<List>, args: Args) -> Outcome {
    let [at, value] = args.exactly("insert")?;
    let mut items = this.items.borrow_mut();
    let length = i64::try_from(items.len()).unwrap_or(i64::MAX);
    let at = integer(&at)?;
    let at = if at < 0 {
        at.saturating_add(length).max(0)
    } else {
        at.min(length)
    };
    vm.budget.values(1)?;
    vm.budget.work(items.len() >> 6)?;
    items.insert(usize::try_from(at).unwrap_or(0), value);
    Ok(Value::None)
}

fn list_pop(vm: &mut Vm, this: &Rc<List>, args: Args) -> Outcome {
    let [at] = args.between("pop", 0)?;
    let at = at.map_or(Ok(-1), |at| integer(&at))?;
    let mut items = this.items.borrow_mut();
    if items.is_empty() {
        return Err(Raised::new(ExcKind::Index, "pop from empty list"));
    }
    let length = i64::try_from(items.len()).unwrap_or(i64::MAX);
    let at = if at < 0 {
        at.saturating_add(length)
    } else {
        at
    };
    Ok(match usize::try_from(at) {
        Ok(at) if at < items.len() => {
            vm.budget.work((items.len() - at) >> 6)?;
            items.remove(at)
        }
        _ => return Err(Raised::new(ExcKind::Index, "pop index out of range")),
    })
}

fn list_remove(vm: &mut Vm, this: &Rc<List>, args: Args) -> Outcome {
    let value = args.single("list.remove")?;
    let items = this.items.borrow().clone();
    vm.budget.work(items.len())?;
    for (at, item) in items.iter().enumerate() {
        if item.is(&value) || equal(item, &value)? {
            let gone = this.items.borrow_mut().remove(at);
            drop(gone);
            return Ok(Value::None);
        }
    }

    Err(value_error("list.remove(x): x not in list"))
}

fn list_clear(_vm: &mut Vm, this: &Rc<List>, args: Args) -> Outcome {
    args.none("list.clear")?;
    let gone = std::mem::take(&mut *this.items.borrow_mut());
    drop(gone);
    Ok(Value::None)
}

fn list_copy(vm: &mut Vm, this: &Rc<List>, args: Args) -> Outcome {
    args.none("list.copy")?;
    let items = this.items.borrow().clone();
    vm.budget.values(items.len())?;
    Ok(Value::list(items))
}

fn list_reverse(vm: &mut Vm, this: &Rc<List>, args: Args) -> Outcome {
    args.none("list.reverse")?;
    let mut items = this.items.borrow_mut();
    vm.budget.work(items.len() >> 3)?;
    items.reverse();
    Ok(Value::None)
}

fn list_sort(vm: &mut Vm, this: &Rc<List>, mut args: Args) -> Outcome {
    let key = args
        .take_keyword("key")
        .filter(|key| !matches!(key, Value::None));
    let reverse = args
        .take_keyword("reverse")
        .is_some_and(|value| truth(&value));
    if let Some((name, _)) = args.kw.first() {
        return Err(type_error(format!(
            "'{name}' is an invalid keyword argument for sort()"
        ))
        .hint("it takes `key=` and `reverse=`; for a `cmp` use `functools.cmp_to_key`"));
    }
    if !args.pos.is_empty() {
        return Err(type_error("sort() takes no positional arguments")
            .hint("Python 2's `sort(cmp)` is gone; use `key=`, or `functools.cmp_to_key`"));
    }
    // As in Python, the list is empty while keys are computed.
    let items = std::mem::take(&mut *this.items.borrow_mut());
    let before = items.clone();
    match sort_values(vm, items, key.as_ref(), reverse) {
        Ok(sorted) => *this.items.borrow_mut() = sorted,
        Err(error) => {
            *this.items.borrow_mut() = before;
            return Err(error);
        }
    }
    Ok(Value::None)
}

fn list_count(vm: &mut Vm, this: &Rc<List>, args: Args) -> Outcome {
    sequence_count(vm, &Value::List(this.clone()), args)
}

fn list_index(vm: &mut Vm, this: &Rc<List>, args: Args) -> Outcome {
    sequence_index(vm, &Value::List(this.clone()), args)
}

fn sequence_count(vm: &mut Vm, this: &Value, args: Args) -> Outcome {
    let value = args.single("count")?;
    let mut count = 0;
    let mut state = vm.iterate(this)?;
    while let Some(item) = vm.next(&mut state)? {
        vm.budget.step()?;
        count += i64::from(item.is(&value) || equal(&item, &value)?);
    }
    Ok(Value::Int(count))
}

fn sequence_index(vm: &mut Vm, this: &Value, args: Args) -> Outcome {
    let [value, start, stop] = args.between("index", 1)?;
    let value = value.unwrap_or(Value::None);
    let items = vm.collect(this)?;
    let length = i64::try_from(items.len()).unwrap_or(i64::MAX);
    let bound = |at: Option<Value>, default: i64| -> Outcome<i64> {
        let at = at.map_or(Ok(default), |at| integer(&at))?;
        Ok(if at < 0 {
            at.saturating_add(length).max(0)
        } else {
            at
        })
    };
    let (start, stop) = (bound(start, 0)?, bound(stop, length)?);
    for (at, item) in items.iter().enumerate() {
        let position = i64::try_from(at).unwrap_or(i64::MAX);
        if (start..stop).contains(&position) && (item.is(&value) || equal(item, &value)?) {
            return Ok(Value::from(at));
        }
    }
    Err(value_error(match this {
        Value::Tuple(_) => "tuple.index(x): x not in tuple".to_owned(),
        _ => format!("{} is not in {}", text::repr(vm, &value)?, this.type_name()),
    }))
}

//! `copy`.

use std::rc::Rc;

use crate::stack::check_stack;
use crate::stdlib::modules::table::{functions, table};
use crate::values::exception::type_error;
use crate::values::{Args, Builtin, Dict, List, Outcome, Set, Table, Value};
use crate::vm::Vm;

pub(super) fn items() -> Vec<(&'static str, Value)> {
    static TABLE: &[Builtin] = table! {
        "copy" => copy,
        "deepcopy" => deepcopy,
    };
    functions(TABLE)
}

fn copy(vm: &mut Vm, args: Args) -> Outcome {
    let value = args.single("copy")?;
    Ok(match &value {
        Value::List(list) => {
            let items = list.items.borrow().clone();
            vm.budget.values(items.len())?;
            Value::list(items)
        }
        Value::Dict(dict) => {
            let table = dict.table.borrow().clone();
            vm.budget.values(3 * table.len())?;
            Value::Dict(Dict::of_kind(table, dict.kind.clone()))
        }
        Value::Set(set) if !set.frozen => {
            let table = set.table.borrow().clone();
            vm.budget.values(table.len())?;
            Value::Set(Set::new(table, false))
        }
        Value::Iter(iter) => {
            return Err(type_error(format!("cannot pickle '{}' object", iter.name)));
        }
        // Immutable values need no copy.
        _ => value,
    })
}

fn deepcopy(vm: &mut Vm, args: Args) -> Outcome {
    let [value, _memo] = args.between("deepcopy", 1)?;
    deep(vm, &value.unwrap_or(Value::None), &mut Vec::new())
}

/// Copies all mutable values; `done` pairs originals with copies, so that shared values stay shared.
fn deep(vm: &mut Vm, value: &Value, done: &mut Vec<(Value, Value)>) -> Outcome {
    check_stack()?;
    vm.budget.step()?;
    if !matches!(
        value,
        Value::List(_) | Value::Dict(_) | Value::Set(_) | Value::Tuple(_) | Value::Iter(_)
    ) {
        return Ok(value.clone());
    }
    vm.budget.work(done.len() >> 4)?;
    if let Some((_, copy)) = done.iter().find(|(original, _)| original.is(value)) {
        return Ok(copy.clone());
    }
    match value {
        Value::List(list) => {
            let copy = List::new(Vec::new());
            done.push((value.clone(), Value::List(copy.clone())));
            let items = list.items.borrow().clone();
            vm.budget.values(items.len())?;
            for item in &items {
                let item = deep(vm, item, done)?;
                copy.items.borrow_mut().push(item);
            }
            Ok(Value::List(copy))
        }
        Value::Dict(dict) => {
            let copy = Dict::of_kind(Table::default(), dict.kind_of_copy());
            done.push((value.clone(), Value::Dict(copy.clone())));
            let entries = dict.entries();
            vm.budget.values(3 * entries.len())?;
            for (key, item) in &entries {
                let key = deep(vm, key, done)?;
                let item = deep(vm, item, done)?;
                copy.table.borrow_mut().insert(key, item)?;
            }
            Ok(Value::Dict(copy))
        }
        Value::Set(set) => {
            let table = set.table.borrow().clone();
            vm.budget.values(table.len())?;
            Ok(Value::Set(Set::new(table, set.frozen)))
        }
        Value::Tuple(tuple) => {
            let items = tuple
                .items
                .iter()
                .map(|item| deep(vm, item, done))
                .collect::<Outcome<Vec<_>>>()?;
            let copy = Value::Tuple(Rc::new(crate::values::Tuple {
                items: items.into(),
                class: tuple.class.clone(),
            }));
            done.push((value.clone(), copy.clone()));
            Ok(copy)
        }
        _ => Err(type_error(format!(
            "cannot pickle '{}' object",
            value.type_name()
        ))),
    }
}

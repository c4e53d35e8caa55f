//! Dicts and sets made of any source of items.

use crate::values::exception::{type_error, value_error};
use crate::values::{Args, Outcome, Str, Table, Value};
use crate::vm::Vm;

/// Adds the arguments of `dict(…)` or `update(…)` to a table.
pub(crate) fn dict_update(
    vm: &mut Vm,
    table: &mut Table<Value>,
    args: Args,
    what: &str,
) -> Outcome<()> {
    if args.pos.len() > 1 {
        return Err(type_error(format!(
            "{what} expected at most 1 argument, got {}",
            args.pos.len()
        )));
    }
    for source in args.pos {
        if let Value::Dict(dict) = &source {
            let entries = dict.entries();
            vm.budget.values(3 * entries.len())?;
            for (key, value) in entries {
                table.insert(key, value)?;
            }
            continue;
        }
        let mut state = vm.iterate(&source)?;
        let mut index = 0;
        while let Some(item) = vm.next(&mut state)? {
            vm.budget.step()?;
            vm.budget.values(3)?;
            let pair = match &item {
                Value::Tuple(tuple) => tuple.items.to_vec(),
                other => vm.collect(other).map_err(|_| {
                    type_error(format!(
                        "cannot convert dictionary update sequence element #{index} to a sequence"
                    ))
                })?,
            };
            let [key, value] = <[Value; 2]>::try_from(pair).map_err(|pair| {
                value_error(format!(
                    "dictionary update sequence element #{index} has length {}; 2 is required",
                    pair.len()
                ))
            })?;
            table.insert(key, value)?;
            index += 1;
        }
    }
    for (name, value) in args.kw {
        table.insert(Value::Str(Str::new(name)), value)?;
    }
    Ok(())
}

/// Returns the items of an iterable as a table.
pub(crate) fn make_set(vm: &mut Vm, source: &Value) -> Outcome<Table<()>> {
    if let Value::Set(set) = source {
        let table = set.table.borrow().clone();
        vm.budget.values(3 * table.len())?;
        return Ok(table);
    }
    let mut table = Table::default();
    let mut state = vm.iterate(source)?;
    while let Some(item) = vm.next(&mut state)? {
        vm.budget.step()?;
        vm.budget.values(3)?;
        table.insert(item, ())?;
    }
    Ok(table)
}

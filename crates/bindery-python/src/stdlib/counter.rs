//! `collections.Counter`.

use std::rc::Rc;

use crate::operator::BinaryOp;
use crate::stdlib::filling::dict_update;
use crate::stdlib::methods::table::{NativeMethod, methods};
use crate::values::args::integer;
use crate::values::compare::{less, most_common};
use crate::values::exception::type_error;
use crate::values::{Args, Dict, DictKind, Iter, IterState, Outcome, Table, Value};
use crate::vm::Vm;

/// Methods that counters have and other dicts do not.
pub(crate) static METHODS: &[NativeMethod<Rc<Dict>>] = methods! {
    "elements" => elements,
    "most_common" => most_common_method,
    "subtract" => subtract,
    "total" => total,
};

/// `Counter(…)`.
pub(crate) fn counter(vm: &mut Vm, args: Args) -> Outcome {
    let made = Dict::of_kind(Table::default(), DictKind::Counter);
    count(vm, &made, args, 1)?;
    Ok(Value::Dict(made))
}

/// Counts elements, or adds counts times `sign`, into a counter.
pub(crate) fn count(vm: &mut Vm, into: &Dict, mut args: Args, sign: i64) -> Outcome<()> {
    let add = |vm: &mut Vm, key: Value, amount: &Value| -> Outcome<()> {
        let before = into.get(&key)?.unwrap_or(Value::Int(0));
        let op = if sign > 0 {
            BinaryOp::Add
        } else {
            BinaryOp::Sub
        };
        let sum = vm.binary(op, &before, amount)?;
        vm.budget.step()?;
        vm.budget.values(3)?;
        into.table.borrow_mut().insert(key, sum)?;
        Ok(())
    };
    if args.pos.len() > 1 {
        return Err(type_error(format!(
            "Counter expected at most 1 argument, got {}",
            args.pos.len()
        )));
    }
    match args.pos.pop() {
        None | Some(Value::None) => {}
        Some(Value::Dict(dict)) => {
            for (key, amount) in dict.entries() {
                add(vm, key, &amount)?;
            }
        }
        Some(source) => {
            let mut state = vm.iterate(&source)?;
            while let Some(item) = vm.next(&mut state)? {
                add(vm, item, &Value::Int(1))?;
            }
        }
    }
    let mut named = Table::default();
    dict_update(vm, &mut named, args, "Counter")?;
    for (key, amount) in named.iter() {
        add(vm, key.clone(), amount)?;
    }
    Ok(())
}

fn most_common_method(vm: &mut Vm, this: &Rc<Dict>, args: Args) -> Outcome {
    let [most] = args.parameters("most_common", ["n"], 0)?;
    let entries = this.entries();
    vm.budget.sort(entries.len())?;
    let mut entries = most_common(entries)?;
    if let Some(most) = most.filter(|most| !matches!(most, Value::None)) {
        entries.truncate(usize::try_from(integer(&most)?).unwrap_or(0));
    }
    Ok(Value::list(
        entries
            .into_iter()
            .map(|(key, amount)| Value::tuple([key, amount]))
            .collect(),
    ))
}

fn elements(vm: &mut Vm, this: &Rc<Dict>, args: Args) -> Outcome {
    args.none("elements")?;
    let mut items = Vec::new();
    for (key, amount) in this.entries() {
        let times = usize::try_from(integer(&amount)?).unwrap_or(0);
        vm.budget.values(times)?;
        items.extend(std::iter::repeat_n(key, times));
    }
    Ok(Iter::value(
        "itertools.chain",
        IterState::Values(items.into_iter()),
    ))
}

fn subtract(vm: &mut Vm, this: &Rc<Dict>, args: Args) -> Outcome {
    count(vm, this, args, -1)?;
    Ok(Value::None)
}

fn total(vm: &mut Vm, this: &Rc<Dict>, args: Args) -> Outcome {
    args.none("total")?;
    let mut total = Value::Int(0);
    for (_, amount) in this.entries() {
        total = vm.binary(BinaryOp::Add, &total, &amount)?;
    }
    Ok(total)
}

/// `a op b` for two counters; only positive counts stay.
pub(crate) fn counter_operation(
    vm: &mut Vm,
    op: BinaryOp,
    a: &Dict,
    b: &Dict,
) -> Outcome<Option<Value>> {
    if !matches!(
        op,
        BinaryOp::Add | BinaryOp::Sub | BinaryOp::BitAnd | BinaryOp::BitOr
    ) {
        return Ok(None);
    }
    let mut table = Table::default();
    let zero = Value::Int(0);
    let mut keys: Vec<Value> = a.entries().into_iter().map(|(key, _)| key).collect();
    for (key, _) in b.entries() {
        if !a.table.borrow().contains(&key)? {
            keys.push(key);
        }
    }
    vm.budget.values(3 * keys.len())?;
    for key in keys {
        let left = a.get(&key)?.unwrap_or(zero.clone());
        let right = b.get(&key)?.unwrap_or(zero.clone());
        let amount = match op {
            BinaryOp::BitAnd => {
                if less(&right, &left)? {
                    right
                } else {
                    left
                }
            }
            BinaryOp::BitOr => {
                if less(&left, &right)? {
                    right
                } else {
                    left
                }
            }
            op => vm.binary(op, &left, &right)?,
        };
        if less(&zero, &amount)? {
            table.insert(key, amount)?;
        }
    }
    Ok(Some(Value::Dict(Dict::of_kind(table, DictKind::Counter))))
}

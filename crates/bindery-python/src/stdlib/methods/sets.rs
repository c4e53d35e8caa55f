//! Methods of sets and frozen sets.

use std::rc::Rc;

use crate::stdlib::filling::make_set;
use crate::stdlib::methods::table::{NativeMethod, methods};
use crate::values::{Args, ExcKind, Outcome, Raised, Set, Table, Value};
use crate::vm::Vm;

/// Methods that change a set.
pub(super) static SET: &[NativeMethod<Rc<Set>>] = methods! {
    "add" => set_add,
    "clear" => set_clear,
    "difference_update" => select(name),
    "discard" => set_discard,
    "intersection_update" => select(name),
    "pop" => set_pop,
    "remove" => set_remove,
    "update" => union(name),
};

/// Methods of sets and frozen sets.
pub(super) static FROZEN_SET: &[NativeMethod<Rc<Set>>] = methods! {
    "copy" => set_copy,
    "difference" => select(name),
    "intersection" => select(name),
    "isdisjoint" => compare_sets(name),
    "issubset" => compare_sets(name),
    "issuperset" => compare_sets(name),
    "symmetric_difference" => set_symmetric_difference(name),
    "union" => union(name),
};

/// Tables of the other operands of a method.
fn tables(vm: &mut Vm, args: &Args) -> Outcome<Vec<Table<()>>> {
    args.pos.iter().map(|source| make_set(vm, source)).collect()
}

/// Makes a set that is frozen if `this` is.
fn like(this: &Set, table: Table<()>) -> Value {
    Value::Set(Set::new(table, this.frozen))
}

/// Replaces the items of `this`, or returns a new set.
fn replace_or(this: &Set, in_place: bool, table: Table<()>) -> Value {
    if in_place {
        let old = std::mem::replace(&mut *this.table.borrow_mut(), table);
        drop(old);
        Value::None
    } else {
        like(this, table)
    }
}

fn set_add(vm: &mut Vm, this: &Rc<Set>, args: Args) -> Outcome {
    let value = args.single("set.add")?;
    vm.budget.values(3)?;
    this.table.borrow_mut().insert(value, ())?;
    Ok(Value::None)
}

fn set_discard(_vm: &mut Vm, this: &Rc<Set>, args: Args) -> Outcome {
    let value = args.single("set.discard")?;
    let gone = this.table.borrow_mut().remove(&value)?;
    drop(gone);
    Ok(Value::None)
}

fn set_remove(_vm: &mut Vm, this: &Rc<Set>, args: Args) -> Outcome {
    let value = args.single("set.remove")?;
    let gone = this.table.borrow_mut().remove(&value)?;
    Ok(match gone {
        Some(_) => Value::None,
        None => return Err(Raised::with_args(ExcKind::Key, vec![value])),
    })
}

fn set_pop(_vm: &mut Vm, this: &Rc<Set>, args: Args) -> Outcome {
    args.none("set.pop")?;
    let gone = this.table.borrow_mut().pop_first();
    Ok(match gone {
        Some((value, ())) => value,
        None => return Err(Raised::new(ExcKind::Key, "pop from an empty set")),
    })
}

fn set_clear(_vm: &mut Vm, this: &Rc<Set>, args: Args) -> Outcome {
    args.none("set.clear")?;
    let gone = std::mem::take(&mut *this.table.borrow_mut());
    drop(gone);
    Ok(Value::None)
}

fn set_copy(vm: &mut Vm, this: &Rc<Set>, args: Args) -> Outcome {
    args.none("set.copy")?;
    let table = this.table.borrow().clone();
    vm.budget.values(3 * table.len())?;
    Ok(like(this, table))
}

fn union(vm: &mut Vm, this: &Rc<Set>, name: &str, args: Args) -> Outcome {
    let others = tables(vm, &args)?;
    let mut table = this.table.borrow().clone();
    vm.budget.values(3 * table.len())?;
    for other in &others {
        for (item, ()) in other.iter() {
            table.insert(item.clone(), ())?;
        }
    }

    Ok(replace_or(this, name == "update", table))
}

fn select(vm: &mut Vm, this: &Rc<Set>, name: &str, args: Args) -> Outcome {
    let others = tables(vm, &args)?;
    let wanted = name.starts_with('i');
    let mut table = Table::default();
    for (item, ()) in this.table.borrow().iter() {
        let mut keep = true;
        for other in &others {
            keep = keep && other.contains(item)? == wanted;
        }
        if keep {
            table.insert(item.clone(), ())?;
        }
    }
    vm.budget.values(3 * table.len())?;

    Ok(replace_or(this, name.ends_with("_update"), table))
}

fn set_symmetric_difference(vm: &mut Vm, this: &Rc<Set>, name: &str, args: Args) -> Outcome {
    let other = make_set(vm, &args.single(name)?)?;
    let own = this.table.borrow();
    let mut table = Table::default();
    for (item, ()) in own.iter() {
        if !other.contains(item)? {
            table.insert(item.clone(), ())?;
        }
    }
    for (item, ()) in other.iter() {
        if !own.contains(item)? {
            table.insert(item.clone(), ())?;
        }
    }
    Ok(like(this, table))
}

fn compare_sets(vm: &mut Vm, this: &Rc<Set>, name: &str, args: Args) -> Outcome {
    let other = make_set(vm, &args.single(name)?)?;
    let own = this.table.borrow();
    let (inner, outer) = if name == "issuperset" {
        (&other, &*own)
    } else {
        (&*own, &other)
    };
    let wanted = name != "isdisjoint";
    for (item, ()) in inner.iter() {
        if outer.contains(item)? != wanted {
            return Ok(Value::Bool(false));
        }
    }
    Ok(Value::Bool(true))
}

//! Methods of dicts.

use std::rc::Rc;

use crate::stdlib::counter;
use crate::stdlib::filling::dict_update;
use crate::stdlib::methods::table::{NativeMethod, methods};
use crate::stdlib::methods::views::View;
use crate::values::compare::truth;
use crate::values::{
    Args, Class, Dict, DictKind, DictPart, ExcKind, Iter, IterState, Outcome, Raised, Table, Value,
};
use crate::vm::Vm;

/// Methods of all dicts.
pub(super) static DICT: &[NativeMethod<Rc<Dict>>] = methods! {
    "clear" => dict_clear,
    "copy" => dict_copy,
    "get" => dict_get,
    "has_key" => dict_has_key,
    "items" => dict_items,
    "iteritems" => dict_iteritems,
    "iterkeys" => dict_iterkeys,
    "itervalues" => dict_itervalues,
    "keys" => dict_keys,
    "pop" => dict_pop,
    "popitem" => dict_popitem,
    "setdefault" => dict_setdefault,
    "update" => update_dict,
    "values" => dict_values,
};

/// Methods that counters do not have.
pub(super) static FROM_KEYS: &[NativeMethod<Rc<Dict>>] = methods! {
    "fromkeys" => dict_fromkeys,
};

/// Methods of an `OrderedDict` alone.
pub(super) static ORDERED_DICT: &[NativeMethod<Rc<Dict>>] = methods! {
    "move_to_end" => dict_move_to_end,
};

fn dict_get(_vm: &mut Vm, this: &Rc<Dict>, args: Args) -> Outcome {
    let [key, default] = args.between("get", 1)?;
    let found = this.get(&key.unwrap_or(Value::None))?;
    Ok(found.or(default).unwrap_or(Value::None))
}

fn dict_keys(_vm: &mut Vm, this: &Rc<Dict>, args: Args) -> Outcome {
    args.none("keys")?;
    Ok(Value::native(View {
        dict: this.clone(),
        part: DictPart::Keys,
    }))
}

fn dict_values(_vm: &mut Vm, this: &Rc<Dict>, args: Args) -> Outcome {
    args.none("values")?;
    Ok(Value::native(View {
        dict: this.clone(),
        part: DictPart::Values,
    }))
}

fn dict_items(_vm: &mut Vm, this: &Rc<Dict>, args: Args) -> Outcome {
    args.none("items")?;
    Ok(Value::native(View {
        dict: this.clone(),
        part: DictPart::Items,
    }))
}

fn dict_iterkeys(_vm: &mut Vm, this: &Rc<Dict>, _args: Args) -> Outcome {
    Ok(Iter::value(
        "dict_keyiterator",
        IterState::dict(this.clone(), DictPart::Keys),
    ))
}

fn dict_itervalues(_vm: &mut Vm, this: &Rc<Dict>, _args: Args) -> Outcome {
    Ok(Iter::value(
        "dict_valueiterator",
        IterState::dict(this.clone(), DictPart::Values),
    ))
}

fn dict_iteritems(_vm: &mut Vm, this: &Rc<Dict>, _args: Args) -> Outcome {
    Ok(Iter::value(
        "dict_itemiterator",
        IterState::dict(this.clone(), DictPart::Items),
    ))
}

fn dict_has_key(_vm: &mut Vm, this: &Rc<Dict>, args: Args) -> Outcome {
    Ok(Value::Bool(
        this.table.borrow().contains(&args.single("has_key")?)?,
    ))
}

fn dict_pop(_vm: &mut Vm, this: &Rc<Dict>, args: Args) -> Outcome {
    this.changeable()?;

    let [key, default] = args.between("pop", 1)?;
    let key = key.unwrap_or(Value::None);
    let gone = this.table.borrow_mut().remove(&key)?;
    Ok(match (gone, default) {
        (Some((_, value)), _) => value,
        (None, Some(default)) => default,
        (None, None) => return Err(Raised::with_args(ExcKind::Key, vec![key])),
    })
}

fn dict_popitem(vm: &mut Vm, this: &Rc<Dict>, args: Args) -> Outcome {
    this.changeable()?;

    let last = match this.kind {
        DictKind::Ordered => {
            let [last] = args.parameters("popitem", ["last"], 0)?;
            last.is_none_or(|last| truth(&last))
        }
        _ => {
            args.none("popitem")?;
            true
        }
    };
    let mut table = this.table.borrow_mut();
    vm.budget.work(table.len() >> 10)?;
    let gone = if last {
        table.pop_last()
    } else {
        table.pop_first()
    };
    Ok(match gone {
        Some((key, value)) => Value::tuple([key, value]),
        None => return Err(Raised::new(ExcKind::Key, "popitem(): dictionary is empty")),
    })
}

fn dict_setdefault(vm: &mut Vm, this: &Rc<Dict>, args: Args) -> Outcome {
    this.changeable()?;

    let [key, default] = args.between("setdefault", 1)?;
    let (key, default) = (key.unwrap_or(Value::None), default.unwrap_or(Value::None));
    if let Some(found) = this.get(&key)? {
        return Ok(found);
    }
    vm.budget.values(3)?;
    this.table.borrow_mut().insert(key, default.clone())?;
    Ok(default)
}

fn update_dict(vm: &mut Vm, this: &Rc<Dict>, args: Args) -> Outcome {
    if vm.is_namespace(this) {
        let mut new = Table::default();
        dict_update(vm, &mut new, args, "update")?;
        for (key, value) in new.iter() {
            vm.set_item(&Value::Dict(this.clone()), key, value.clone())?;
        }
        return Ok(Value::None);
    }
    this.changeable()?;
    if matches!(this.kind, DictKind::Counter) {
        counter::count(vm, this, args, 1)?;
        return Ok(Value::None);
    }

    // Reading the source may use this dict, so it is not borrowed meanwhile.
    let mut new = Table::default();
    dict_update(vm, &mut new, args, "update")?;
    let mut table = this.table.borrow_mut();
    let mut old = Vec::new();
    for (key, value) in new.iter() {
        old.extend(table.insert(key.clone(), value.clone())?);
    }
    drop(table);
    drop(old);
    Ok(Value::None)
}

fn dict_clear(_vm: &mut Vm, this: &Rc<Dict>, args: Args) -> Outcome {
    this.changeable()?;

    args.none("clear")?;
    let gone = std::mem::take(&mut *this.table.borrow_mut());
    drop(gone);
    Ok(Value::None)
}

fn dict_copy(vm: &mut Vm, this: &Rc<Dict>, args: Args) -> Outcome {
    args.none("copy")?;
    let table = this.table.borrow().clone();
    vm.budget.values(3 * table.len())?;
    Ok(Value::Dict(Dict::of_kind(table, this.kind_of_copy())))
}

fn dict_fromkeys(vm: &mut Vm, this: &Rc<Dict>, args: Args) -> Outcome {
    from_keys(vm, this.class(), args)
}

fn dict_move_to_end(vm: &mut Vm, this: &Rc<Dict>, args: Args) -> Outcome {
    let [key, last] = args.parameters("move_to_end", ["key", "last"], 1)?;
    let key = key.unwrap_or(Value::None);
    let mut table = this.table.borrow_mut();
    vm.budget.work(table.len() >> 3)?;
    let Some((stored, value)) = table.remove(&key)? else {
        return Err(Raised::with_args(ExcKind::Key, vec![key]));
    };
    if last.is_none_or(|last| truth(&last)) {
        table.insert(stored, value)?;
    } else {
        let rest = std::mem::take(&mut *table);
        table.insert(stored, value)?;
        for (key, value) in rest.iter() {
            table.insert(key.clone(), value.clone())?;
        }
    }
    Ok(Value::None)
}

pub(super) fn from_keys(vm: &mut Vm, class: Class, args: Args) -> Outcome {
    let [keys, value] = args.between("fromkeys", 1)?;
    let value = value.unwrap_or(Value::None);
    let mut table = Table::default();
    for key in vm.collect(&keys.unwrap_or(Value::None))? {
        table.insert(key, value.clone())?;
    }
    let kind = match class {
        Class::OrderedDict => DictKind::Ordered,
        Class::DefaultDict => DictKind::Default(Value::None),
        _ => DictKind::Plain,
    };
    Ok(Value::Dict(Dict::of_kind(table, kind)))
}

//! Methods of lists, tuples, ranges, dicts and sets.

use std::rc::Rc;

use crate::stdlib::builtins::{dict_update, make_set, sort_values};
use crate::stdlib::modules::collections;
use crate::text;
use crate::values::args::integer;
use crate::values::compare::{equal, truth};
use crate::values::exception::{attribute_error, type_error, value_error};
use crate::values::{
    Args, Class, Dict, DictKind, DictPart, ExcKind, Iter, IterState, Iteration, List, Outcome,
    Raised, Set, Table, Value,
};
use crate::vm::Vm;

pub(super) const LIST: &[&str] = &[
    "append", "clear", "copy", "count", "extend", "index", "insert", "pop", "remove", "reverse",
    "sort",
];
pub(super) const DICT: &[&str] = &[
    "clear",
    "copy",
    "fromkeys",
    "get",
    "has_key",
    "items",
    "iteritems",
    "iterkeys",
    "itervalues",
    "keys",
    "pop",
    "popitem",
    "setdefault",
    "update",
    "values",
];
pub(super) const ORDERED_DICT: &[&str] = &[
    "clear",
    "copy",
    "fromkeys",
    "get",
    "has_key",
    "items",
    "iteritems",
    "iterkeys",
    "itervalues",
    "keys",
    "move_to_end",
    "pop",
    "popitem",
    "setdefault",
    "update",
    "values",
];
pub(super) const COUNTER: &[&str] = &[
    "clear",
    "copy",
    "elements",
    "get",
    "has_key",
    "items",
    "iteritems",
    "iterkeys",
    "itervalues",
    "keys",
    "most_common",
    "pop",
    "popitem",
    "setdefault",
    "subtract",
    "total",
    "update",
    "values",
];
pub(super) const SET: &[&str] = &[
    "add",
    "clear",
    "copy",
    "difference",
    "difference_update",
    "discard",
    "intersection",
    "intersection_update",
    "isdisjoint",
    "issubset",
    "issuperset",
    "pop",
    "remove",
    "symmetric_difference",
    "union",
    "update",
];
pub(super) const FROZEN_SET: &[&str] = &[
    "copy",
    "difference",
    "intersection",
    "isdisjoint",
    "issubset",
    "issuperset",
    "symmetric_difference",
    "union",
];

pub(super) fn list(vm: &mut Vm, this: &Rc<List>, name: &str, mut args: Args) -> Outcome {
    Ok(match name {
        "append" => {
            let value = args.single("list.append")?;
            vm.budget.values(1)?;
            this.items.borrow_mut().push(value);
            Value::None
        }
        "extend" => {
            let source = args.single("list.extend")?;
            let items = vm.collect(&source)?;
            this.items.borrow_mut().extend(items);
            Value::None
        }
        "insert" => {
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
            Value::None
        }
        "pop" => {
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
            match usize::try_from(at) {
                Ok(at) if at < items.len() => {
                    vm.budget.work((items.len() - at) >> 6)?;
                    items.remove(at)
                }
                _ => return Err(Raised::new(ExcKind::Index, "pop index out of range")),
            }
        }
        "remove" => {
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
            return Err(value_error("list.remove(x): x not in list"));
        }
        "clear" => {
            args.none("list.clear")?;
            let gone = std::mem::take(&mut *this.items.borrow_mut());
            drop(gone);
            Value::None
        }
        "copy" => {
            args.none("list.copy")?;
            let items = this.items.borrow().clone();
            vm.budget.values(items.len())?;
            Value::list(items)
        }
        "reverse" => {
            args.none("list.reverse")?;
            let mut items = this.items.borrow_mut();
            vm.budget.work(items.len() >> 3)?;
            items.reverse();
            Value::None
        }
        "sort" => {
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
                return Err(type_error("sort() takes no positional arguments").hint(
                    "Python 2's `sort(cmp)` is gone; use `key=`, or `functools.cmp_to_key`",
                ));
            }
            // While keys are computed the list is empty, as in Python.
            let items = std::mem::take(&mut *this.items.borrow_mut());
            let before = items.clone();
            match sort_values(vm, items, key.as_ref(), reverse) {
                Ok(sorted) => *this.items.borrow_mut() = sorted,
                Err(error) => {
                    *this.items.borrow_mut() = before;
                    return Err(error);
                }
            }
            Value::None
        }
        _ => return sequence(vm, &Value::List(this.clone()), name, args),
    })
}

/// `index` and `count` of any sequence.
pub(super) fn sequence(vm: &mut Vm, this: &Value, name: &str, args: Args) -> Outcome {
    if name == "count" {
        let value = args.single("count")?;
        let mut count = 0;
        let mut state = vm.iterate(this)?;
        while let Some(item) = vm.next(&mut state)? {
            vm.budget.step()?;
            count += i64::from(item.is(&value) || equal(&item, &value)?);
        }
        return Ok(Value::Int(count));
    }
    if name != "index" {
        return Err(attribute_error(&this.type_name(), name));
    }
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

pub(super) fn dict(vm: &mut Vm, this: &Rc<Dict>, name: &str, args: Args) -> Outcome {
    let view = |name: &'static str, part| Iter::value(name, IterState::dict(this.clone(), part));
    match name {
        "update" if vm.is_namespace(this) => {
            let mut new = Table::default();
            dict_update(vm, &mut new, args, "update")?;
            for (key, value) in new.iter() {
                vm.set_item(&Value::Dict(this.clone()), key, value.clone())?;
            }
            return Ok(Value::None);
        }
        "pop" | "popitem" | "setdefault" | "update" | "clear" => this.changeable()?,
        _ => {}
    }
    Ok(match name {
        "get" => {
            let [key, default] = args.between("get", 1)?;
            let found = this.get(&key.unwrap_or(Value::None))?;
            found.or(default).unwrap_or(Value::None)
        }
        "keys" => {
            args.none("keys")?;
            Value::native(View {
                dict: this.clone(),
                part: DictPart::Keys,
            })
        }
        "values" => {
            args.none("values")?;
            Value::native(View {
                dict: this.clone(),
                part: DictPart::Values,
            })
        }
        "items" => {
            args.none("items")?;
            Value::native(View {
                dict: this.clone(),
                part: DictPart::Items,
            })
        }
        "iterkeys" => view("dict_keyiterator", DictPart::Keys),
        "itervalues" => view("dict_valueiterator", DictPart::Values),
        "iteritems" => view("dict_itemiterator", DictPart::Items),
        "has_key" => Value::Bool(this.table.borrow().contains(&args.single("has_key")?)?),
        "pop" => {
            let [key, default] = args.between("pop", 1)?;
            let key = key.unwrap_or(Value::None);
            let gone = this.table.borrow_mut().remove(&key)?;
            match (gone, default) {
                (Some((_, value)), _) => value,
                (None, Some(default)) => default,
                (None, None) => return Err(Raised::with_args(ExcKind::Key, vec![key])),
            }
        }
        "popitem" => {
            let last = match this.kind {
                DictKind::Ordered => {
                    let [last] = args.named("popitem", ["last"], 0)?;
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
            match gone {
                Some((key, value)) => Value::tuple([key, value]),
                None => return Err(Raised::new(ExcKind::Key, "popitem(): dictionary is empty")),
            }
        }
        "setdefault" => {
            let [key, default] = args.between("setdefault", 1)?;
            let (key, default) = (key.unwrap_or(Value::None), default.unwrap_or(Value::None));
            if let Some(found) = this.get(&key)? {
                return Ok(found);
            }
            vm.budget.values(3)?;
            this.table.borrow_mut().insert(key, default.clone())?;
            default
        }
        "update" if matches!(this.kind, DictKind::Counter) => {
            collections::count(vm, this, args, 1)?;
            Value::None
        }
        "update" => {
            // Whatever the source does while it is read, it does not find this dict borrowed.
            let mut new = Table::default();
            dict_update(vm, &mut new, args, "update")?;
            let mut table = this.table.borrow_mut();
            let mut old = Vec::new();
            for (key, value) in new.iter() {
                old.extend(table.insert(key.clone(), value.clone())?);
            }
            drop(table);
            drop(old);
            Value::None
        }
        "clear" => {
            args.none("clear")?;
            let gone = std::mem::take(&mut *this.table.borrow_mut());
            drop(gone);
            Value::None
        }
        "copy" => {
            args.none("copy")?;
            let table = this.table.borrow().clone();
            vm.budget.values(3 * table.len())?;
            Value::Dict(Dict::of_kind(table, this.kind_of_copy()))
        }
        "fromkeys" => from_keys(vm, this.class(), args)?,
        "move_to_end" => {
            let [key, last] = args.named("move_to_end", ["key", "last"], 1)?;
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
            Value::None
        }
        "most_common" | "elements" | "subtract" | "total" => {
            return collections::counter_method(vm, this, name, args);
        }
        _ => return Err(attribute_error("dict", name)),
    })
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

pub(super) fn set(vm: &mut Vm, this: &Rc<Set>, name: &str, args: Args) -> Outcome {
    if this.frozen && !FROZEN_SET.contains(&name) {
        return Err(attribute_error("frozenset", name));
    }
    let others = |vm: &mut Vm, args: Args| -> Outcome<Vec<Table<()>>> {
        args.pos.iter().map(|source| make_set(vm, source)).collect()
    };
    let made = |table: Table<()>| Value::Set(Set::new(table, this.frozen));
    Ok(match name {
        "add" => {
            let value = args.single("set.add")?;
            vm.budget.values(3)?;
            this.table.borrow_mut().insert(value, ())?;
            Value::None
        }
        "discard" => {
            let value = args.single("set.discard")?;
            let gone = this.table.borrow_mut().remove(&value)?;
            drop(gone);
            Value::None
        }
        "remove" => {
            let value = args.single("set.remove")?;
            let gone = this.table.borrow_mut().remove(&value)?;
            match gone {
                Some(_) => Value::None,
                None => return Err(Raised::with_args(ExcKind::Key, vec![value])),
            }
        }
        "pop" => {
            args.none("set.pop")?;
            let gone = this.table.borrow_mut().pop_first();
            match gone {
                Some((value, ())) => value,
                None => return Err(Raised::new(ExcKind::Key, "pop from an empty set")),
            }
        }
        "clear" => {
            args.none("set.clear")?;
            let gone = std::mem::take(&mut *this.table.borrow_mut());
            drop(gone);
            Value::None
        }
        "copy" => {
            args.none("set.copy")?;
            let table = this.table.borrow().clone();
            vm.budget.values(3 * table.len())?;
            made(table)
        }
        "union" | "update" => {
            let others = others(vm, args)?;
            let mut table = this.table.borrow().clone();
            vm.budget.values(3 * table.len())?;
            for other in &others {
                for (item, ()) in other.iter() {
                    table.insert(item.clone(), ())?;
                }
            }
            return Ok(replace_or(this, name == "update", table, made));
        }
        "intersection" | "intersection_update" | "difference" | "difference_update" => {
            let others = others(vm, args)?;
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
            return Ok(replace_or(this, name.ends_with("_update"), table, made));
        }
        "symmetric_difference" => {
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
            made(table)
        }
        "isdisjoint" | "issubset" | "issuperset" => {
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
            Value::Bool(true)
        }
        _ => return Err(attribute_error("set", name)),
    })
}

fn replace_or(
    this: &Set,
    in_place: bool,
    table: Table<()>,
    made: impl FnOnce(Table<()>) -> Value,
) -> Value {
    if in_place {
        let old = std::mem::replace(&mut *this.table.borrow_mut(), table);
        drop(old);
        Value::None
    } else {
        made(table)
    }
}

/// `dict.keys()`, `values()` or `items()`: sees the dict as it is when it is looked at.
struct View {
    dict: Rc<Dict>,
    part: DictPart,
}

impl View {
    fn values(&self) -> Vec<Value> {
        let entries = self.dict.entries().into_iter();
        match self.part {
            DictPart::Keys => entries.map(|(key, _)| key).collect(),
            DictPart::Values => entries.map(|(_, value)| value).collect(),
            DictPart::Items => entries
                .map(|(key, value)| Value::tuple([key, value]))
                .collect(),
        }
    }

    fn as_set(&self) -> Outcome<Table<()>> {
        let mut table = Table::default();
        for value in self.values() {
            table.insert(value, ())?;
        }
        Ok(table)
    }
}

/// Whether it is what a dict gives for `keys()`, `values()` or `items()`.
pub fn is_view(object: &dyn crate::values::Native) -> bool {
    object.as_any().is::<View>()
}

impl crate::values::Native for View {
    fn type_name(&self) -> Rc<str> {
        match self.part {
            DictPart::Keys => "dict_keys".into(),
            DictPart::Values => "dict_values".into(),
            DictPart::Items => "dict_items".into(),
        }
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }

    fn repr(&self, vm: &mut Vm) -> Outcome<String> {
        let items = text::repr(vm, &Value::list(self.values()))?;
        Ok(format!("{}({items})", self.type_name()))
    }

    fn truth(&self) -> bool {
        self.dict.table.borrow().len() > 0
    }

    fn length(&self) -> Outcome<Option<usize>> {
        Ok(Some(self.dict.table.borrow().len()))
    }

    fn iterate(&self, _vm: &mut Vm) -> Outcome<Option<Iteration>> {
        Ok(Some(Iteration(IterState::dict(
            self.dict.clone(),
            self.part,
        ))))
    }

    fn contains(&self, _vm: &mut Vm, item: &Value) -> Outcome<Option<bool>> {
        match self.part {
            DictPart::Keys => self.dict.table.borrow().contains(item).map(Some),
            DictPart::Values | DictPart::Items => Ok(None),
        }
    }

    fn equals(&self, other: &Value) -> Outcome<Option<bool>> {
        if self.part == DictPart::Values {
            return Ok(None);
        }
        let other = match (other, other.as_native::<View>()) {
            (Value::Set(set), _) => set.table.borrow().clone(),
            (_, Some(view)) => view.as_set()?,
            _ => return Ok(Some(false)),
        };
        let own = self.as_set()?;
        let mut same = own.len() == other.len();
        for (item, ()) in own.iter() {
            same = same && other.contains(item)?;
        }
        Ok(Some(same))
    }

    fn binary(
        &self,
        vm: &mut Vm,
        op: crate::operator::BinaryOp,
        other: &Value,
        reflected: bool,
    ) -> Outcome<Option<Value>> {
        use crate::operator::BinaryOp::{Add, BitAnd, BitOr, BitXor, Sub};
        // Python 2's views were lists, and were added as such.
        if op == Add
            && let Value::List(_) = other
        {
            return Err(type_error(format!(
                "can only concatenate list (not \"{}\") to list",
                self.type_name()
            ))
            .hint("make a list of it: `list(d.items())`"));
        }
        if self.part == DictPart::Values || !matches!(op, BitAnd | BitOr | BitXor | Sub) {
            return Ok(None);
        }
        let own = Value::Set(Set::new(self.as_set()?, false));
        let other = Value::Set(Set::new(make_set(vm, other)?, false));
        if reflected {
            vm.binary(op, &other, &own).map(Some)
        } else {
            vm.binary(op, &own, &other).map(Some)
        }
    }

    fn item(&self, _vm: &mut Vm, _key: &Value) -> Outcome<Option<Value>> {
        Err(type_error(format!(
            "'{}' object is not subscriptable",
            self.type_name()
        ))
        .hint("make a list of it: `list(d.keys())[0]`"))
    }
}

//! Equality, hash, order and truth of values.

use std::cmp::Ordering;
use std::hash::{DefaultHasher, Hash, Hasher};

use num_bigint::BigInt;

use crate::operator::CompareOp;
use crate::stack::{charge_comparison, check_stack};
use crate::values::exception::type_error;
use crate::values::number::{self, Number, float_to_big};
use crate::values::{Class, Dict, DictKind, Outcome, Range, Value};

/// `left == right`.
pub(crate) fn equal(left: &Value, right: &Value) -> Outcome<bool> {
    Ok(match (left, right) {
        (Value::Str(a), Value::Str(b)) => {
            charge_comparison(a.len() >> 8)?;
            a.as_str() == b.as_str()
        }
        (Value::Int(a), Value::Int(b)) => a == b,
        (Value::Bytes(a), Value::Bytes(b)) => a == b,
        (Value::List(a), Value::List(b)) => {
            if std::rc::Rc::ptr_eq(a, b) {
                return Ok(true);
            }
            let (a, b) = (a.items.borrow(), b.items.borrow());
            equal_items(&a, &b)?
        }
        (Value::Tuple(a), Value::Tuple(b)) => equal_items(&a.items, &b.items)?,
        (Value::Dict(a), Value::Dict(b)) => std::rc::Rc::ptr_eq(a, b) || equal_dicts(a, b)?,
        (Value::Set(a), Value::Set(b)) => {
            let (a, b) = (a.table.borrow(), b.table.borrow());
            if a.len() != b.len() {
                return Ok(false);
            }
            charge_comparison(4 * a.len())?;
            for (item, ()) in a.iter() {
                if !b.contains(item)? {
                    return Ok(false);
                }
            }
            true
        }
        (Value::Range(a), Value::Range(b)) => equal_ranges(**a, **b),
        (Value::Slice(a), Value::Slice(b)) => {
            equal(&a.start, &b.start)? && equal(&a.stop, &b.stop)? && equal(&a.step, &b.step)?
        }
        (Value::Class(a), Value::Class(b)) => a == b,
        (Value::Method(a), Value::Method(b)) => a.name == b.name && a.this.is(&b.this),
        (Value::Native(object), other) | (other, Value::Native(object)) => {
            match object.equals(other)? {
                Some(equal) => equal,
                None => left.is(right),
            }
        }
        _ => match (Number::of(left), Number::of(right)) {
            (Some(a), Some(b)) => number::compare(&a, &b) == Some(Ordering::Equal),
            _ => left.is(right),
        },
    })
}

fn same(left: &Value, right: &Value) -> Outcome<bool> {
    match left {
        // A NaN inside a container equals only itself.
        Value::Float(_) => Ok(left.is(right) || equal(left, right)?),
        Value::List(_) | Value::Tuple(_) | Value::Dict(_) | Value::Set(_) => {
            check_stack()?;
            Ok(left.is(right) || equal(left, right)?)
        }
        _ => equal(left, right),
    }
}

fn equal_items(left: &[Value], right: &[Value]) -> Outcome<bool> {
    if left.len() != right.len() {
        return Ok(false);
    }
    charge_comparison(left.len())?;
    for (a, b) in left.iter().zip(right) {
        if !same(a, b)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn equal_dicts(left: &Dict, right: &Dict) -> Outcome<bool> {
    let in_order = matches!(
        (&left.kind, &right.kind),
        (DictKind::Ordered, DictKind::Ordered)
    );
    let (left, right) = (left.table.borrow(), right.table.borrow());
    if left.len() != right.len() {
        return Ok(false);
    }
    charge_comparison(left.len())?;
    if in_order {
        for ((key, value), (other_key, other)) in left.iter().zip(right.iter()) {
            if !same(key, other_key)? || !same(value, other)? {
                return Ok(false);
            }
        }
        return Ok(true);
    }
    for (key, value) in left.iter() {
        match right.get(key)? {
            Some(other) if same(value, other)? => {}
            _ => return Ok(false),
        }
    }
    Ok(true)
}

fn equal_ranges(a: Range, b: Range) -> bool {
    a.len() == b.len() && (a.len() == 0 || a.start == b.start) && (a.len() <= 1 || a.step == b.step)
}

/// Returns a hash that equal values share; it is the same in every process.
///
/// # Errors
///
/// `TypeError` for values that cannot be hashed.
pub fn hash(value: &Value) -> Outcome<u64> {
    let mut hasher = DefaultHasher::new();
    match value {
        Value::None => 1u8.hash(&mut hasher),
        Value::Ellipsis => 2u8.hash(&mut hasher),
        Value::Str(text) => {
            charge_comparison(text.len() >> 6)?;
            text.as_str().hash(&mut hasher);
        }
        Value::Bytes(bytes) => bytes.hash(&mut hasher),
        Value::Bool(_) | Value::Int(_) | Value::Big(_) | Value::Float(_) => {
            hash_number(value, &mut hasher)
        }
        Value::Tuple(tuple) => {
            check_stack()?;
            charge_comparison(tuple.items.len())?;
            for item in &tuple.items {
                hash(item)?.hash(&mut hasher);
            }
        }
        Value::Set(set) if set.frozen => {
            let mut sum = 0u64;
            charge_comparison(set.table.borrow().len())?;
            for (item, ()) in set.table.borrow().iter() {
                sum = sum.wrapping_add(hash(item)?);
            }
            sum.hash(&mut hasher);
        }
        Value::Range(range) => {
            let length = range.len();
            (
                length,
                (length > 0).then_some(range.start),
                (length > 1).then_some(range.step),
            )
                .hash(&mut hasher);
        }
        Value::List(_) | Value::Dict(_) | Value::Set(_) | Value::Slice(_) => {
            return Err(type_error(format!(
                "unhashable type: '{}'",
                value.type_name()
            )));
        }
        Value::Class(class) => class.hash(&mut hasher),
        Value::Native(object) => match object.hash()? {
            Some(hash) => return Ok(hash),
            None => value.address().hash(&mut hasher),
        },
        Value::Function(_)
        | Value::Builtin(_)
        | Value::Method(_)
        | Value::Exception(_)
        | Value::Module(_)
        | Value::Iter(_)
        | Value::Cell(_) => value.address().hash(&mut hasher),
    }
    Ok(hasher.finish())
}

fn hash_number(value: &Value, hasher: &mut DefaultHasher) {
    match value {
        Value::Bool(value) => i64::from(*value).hash(hasher),
        Value::Int(value) => value.hash(hasher),
        Value::Big(value) => value.hash(hasher),
        Value::Float(value) if value.fract() == 0.0 => match float_to_big(*value) {
            Some(big) => match i64::try_from(&big) {
                Ok(small) => small.hash(hasher),
                Err(_) => big.hash(hasher),
            },
            None => value.to_bits().hash(hasher),
        },
        Value::Float(value) => value.to_bits().hash(hasher),
        _ => BigInt::ZERO.hash(hasher),
    }
}

/// `left op right` for `<`, `<=`, `>` and `>=`.
pub(crate) fn order(op: CompareOp, left: &Value, right: &Value) -> Outcome<bool> {
    let decide = |ordering: Option<Ordering>| match (op, ordering) {
        (_, None) => false,
        (CompareOp::Lt, Some(ordering)) => ordering.is_lt(),
        (CompareOp::LtE, Some(ordering)) => ordering.is_le(),
        (CompareOp::Gt, Some(ordering)) => ordering.is_gt(),
        (_, Some(ordering)) => ordering.is_ge(),
    };
    if let (Some(a), Some(b)) = (Number::of(left), Number::of(right)) {
        return Ok(decide(number::compare(&a, &b)));
    }
    Ok(match (left, right) {
        (Value::Str(a), Value::Str(b)) => decide(Some(a.as_str().cmp(b.as_str()))),
        (Value::Bytes(a), Value::Bytes(b)) => decide(Some(a.cmp(b))),
        (Value::List(a), Value::List(b)) => {
            let (a, b) = (a.items.borrow().clone(), b.items.borrow().clone());
            order_items(op, &a, &b)?
        }
        (Value::Tuple(a), Value::Tuple(b)) => order_items(op, &a.items, &b.items)?,
        (Value::Set(a), Value::Set(b)) => {
            let (a, b) = (a.table.borrow(), b.table.borrow());
            let (small, large) = if matches!(op, CompareOp::Lt | CompareOp::LtE) {
                (&a, &b)
            } else {
                (&b, &a)
            };
            if matches!(op, CompareOp::Lt | CompareOp::Gt) && small.len() == large.len() {
                return Ok(false);
            }
            charge_comparison(4 * small.len())?;
            for (item, ()) in small.iter() {
                if !large.contains(item)? {
                    return Ok(false);
                }
            }
            true
        }
        _ => {
            if let Value::Native(object) = left
                && let Some(result) = object.compare(op, right)?
            {
                return Ok(result);
            }
            if let Value::Native(object) = right {
                let mirrored = match op {
                    CompareOp::Lt => CompareOp::Gt,
                    CompareOp::LtE => CompareOp::GtE,
                    CompareOp::Gt => CompareOp::Lt,
                    _ => CompareOp::LtE,
                };
                if let Some(result) = object.compare(mirrored, left)? {
                    return Ok(result);
                }
            }
            return Err(type_error(format!(
                "'{}' not supported between instances of '{}' and '{}'",
                op.symbol(),
                left.type_name(),
                right.type_name()
            )));
        }
    })
}

fn order_items(op: CompareOp, left: &[Value], right: &[Value]) -> Outcome<bool> {
    check_stack()?;
    charge_comparison(left.len())?;
    for (a, b) in left.iter().zip(right) {
        if !same(a, b)? {
            return order(op, a, b);
        }
    }
    let (a, b) = (Value::from(left.len()), Value::from(right.len()));
    order(op, &a, &b)
}

/// Checks `left < right`, for sorting.
pub(crate) fn less(left: &Value, right: &Value) -> Outcome<bool> {
    match (left, right) {
        (Value::Str(a), Value::Str(b)) => {
            charge_comparison(1 + (a.len() >> 8))?;
            Ok(a.as_str() < b.as_str())
        }
        (Value::Int(a), Value::Int(b)) => Ok(a < b),
        _ => order(CompareOp::Lt, left, right),
    }
}

/// `bool(value)`.
pub fn truth(value: &Value) -> bool {
    match value {
        Value::None => false,
        Value::Bool(value) => *value,
        Value::Int(value) => *value != 0,
        Value::Float(value) => *value != 0.0,
        Value::Str(text) => !text.is_empty(),
        Value::Bytes(bytes) => !bytes.is_empty(),
        Value::List(list) => !list.items.borrow().is_empty(),
        Value::Tuple(tuple) => !tuple.items.is_empty(),
        Value::Dict(dict) => dict.table.borrow().len() > 0,
        Value::Set(set) => set.table.borrow().len() > 0,
        Value::Range(range) => range.len() > 0,
        Value::Native(object) => object.truth(),
        _ => true,
    }
}

/// Checks whether `sub` is `class` or derives from it.
pub(crate) fn is_subclass(sub: Class, class: Class) -> bool {
    sub == class
        || match (sub, class) {
            (_, Class::Object)
            | (Class::Bool, Class::Int)
            | (Class::Str, Class::BaseString)
            | (Class::OrderedDict | Class::DefaultDict | Class::Counter, Class::Dict) => true,
            (Class::Exception(sub), Class::Exception(class)) => sub.is(class),
            _ => false,
        }
}

/// Sorts by Python's rules: stable, smallest first. Unlike the standard library's sort it stops at the first error.
pub(crate) fn sort<T>(items: &mut Vec<T>, key: &impl Fn(&T) -> &Value) -> Outcome<()> {
    if items.len() <= 16 {
        return insertion(items, key);
    }
    let mut left = std::mem::take(items);
    let mut right = left.split_off(left.len() / 2);
    sort(&mut left, key)?;
    sort(&mut right, key)?;
    merge(items, left, right, key)
}

fn insertion<T>(items: &mut [T], key: &impl Fn(&T) -> &Value) -> Outcome<()> {
    for end in 1..items.len() {
        let mut at = end;
        while at > 0 && less(key(&items[at]), key(&items[at - 1]))? {
            items.swap(at, at - 1);
            at -= 1;
        }
    }
    Ok(())
}

fn merge<T>(
    into: &mut Vec<T>,
    left: Vec<T>,
    right: Vec<T>,
    key: &impl Fn(&T) -> &Value,
) -> Outcome<()> {
    into.reserve(left.len() + right.len());
    let (mut left, mut right) = (left.into_iter().peekable(), right.into_iter().peekable());
    while let (Some(a), Some(b)) = (left.peek(), right.peek()) {
        let next = if less(key(b), key(a))? {
            right.next()
        } else {
            left.next()
        };
        into.extend(next);
    }
    into.extend(left);
    into.extend(right);
    Ok(())
}

/// Sorts the entries of a counter, most frequent first; entries with equal counts keep their order.
pub(crate) fn most_common(entries: Vec<(Value, Value)>) -> Outcome<Vec<(Value, Value)>> {
    let mut entries = entries;
    entries.reverse();
    sort(&mut entries, &|entry: &(Value, Value)| &entry.1)?;
    entries.reverse();
    Ok(entries)
}

//! Operators.

use std::rc::Rc;

use crate::operator::{BinaryOp, CompareOp, UnaryOp};
use crate::stack::check_stack;
use crate::text::percent;
use crate::values::arithmetic;
use crate::values::compare::{equal, order};
use crate::values::exception::type_error;
use crate::values::number::Number;
use crate::values::{Dict, DictKind, Outcome, Raised, Set, Str, Table, Value};
use crate::vm::Vm;

impl Vm {
    /// `left op right`.
    pub(crate) fn binary(&mut self, op: BinaryOp, left: &Value, right: &Value) -> Outcome {
        if let Some(value) = arithmetic::binary(&mut self.budget, op, left, right)? {
            return Ok(value);
        }
        let value = match (op, left, right) {
            (BinaryOp::Add, Value::Str(a), Value::Str(b)) => {
                self.budget.string(a.len() + b.len())?;
                let mut text = String::with_capacity(a.len() + b.len());
                text.push_str(a);
                text.push_str(b);
                Some(Value::Str(Str::with_origin(
                    text,
                    a.origin().or(b.origin()),
                )))
            }
            (BinaryOp::Mod, Value::Str(text), _) => {
                let made = percent::percent(self, text, right)?;
                self.budget.string(made.len())?;
                Some(Value::Str(Str::with_origin(made, text.origin())))
            }
            (BinaryOp::Add, Value::List(a), Value::List(b)) => {
                let (a, b) = (a.items.borrow(), b.items.borrow());
                self.budget.values(a.len() + b.len())?;
                Some(Value::list(a.iter().chain(b.iter()).cloned().collect()))
            }
            (BinaryOp::Add, Value::Tuple(a), Value::Tuple(b)) => {
                self.budget.values(a.items.len() + b.items.len())?;
                Some(Value::tuple(
                    a.items.iter().chain(&b.items).cloned().collect::<Vec<_>>(),
                ))
            }
            (BinaryOp::Add, Value::Bytes(a), Value::Bytes(b)) => {
                self.budget.string(a.len() + b.len())?;
                Some(Value::Bytes(a.iter().chain(b.iter()).copied().collect()))
            }
            (BinaryOp::Mul, sequence, Value::Int(_) | Value::Bool(_) | Value::Big(_)) => {
                self.repeat(sequence, right)?
            }
            (BinaryOp::Mul, Value::Int(_) | Value::Bool(_) | Value::Big(_), sequence) => {
                self.repeat(sequence, left)?
            }
            (_, Value::Set(a), Value::Set(b)) => self.set_operation(op, a, b)?,
            (BinaryOp::BitOr, Value::Dict(a), Value::Dict(b)) => {
                let mut table = a.table.borrow().clone();
                for (key, value) in b.entries() {
                    table.insert(key, value)?;
                }
                self.budget.values(3 * table.len())?;
                Some(Value::Dict(Dict::of_kind(table, a.kind.clone())))
            }
            (_, Value::Dict(a), Value::Dict(b)) if matches!(a.kind, DictKind::Counter) => {
                crate::stdlib::counter::counter_operation(self, op, a, b)?
            }
            _ => None,
        };
        if let Some(value) = value {
            return Ok(value);
        }
        check_stack()?;
        if let Value::Native(object) = left
            && let Some(value) = object.clone().binary(self, op, right, false)?
        {
            return Ok(value);
        }
        if let Value::Native(object) = right
            && let Some(value) = object.clone().binary(self, op, left, true)?
        {
            return Ok(value);
        }
        Err(unsupported(op, left, right))
    }

    fn repeat(&mut self, sequence: &Value, count: &Value) -> Outcome<Option<Value>> {
        if !matches!(
            sequence,
            Value::Str(_) | Value::List(_) | Value::Tuple(_) | Value::Bytes(_)
        ) {
            return Ok(None);
        }
        let count = match count {
            // A negative count repeats nothing; a larger count than `i64` exceeds every limit.
            Value::Big(big) => {
                if big.sign() == num_bigint::Sign::Minus {
                    0
                } else {
                    usize::MAX
                }
            }
            other => usize::try_from(crate::values::args::integer(other)?).unwrap_or(0),
        };
        Ok(Some(match sequence {
            Value::Str(text) => {
                self.budget.string(text.len().saturating_mul(count))?;
                let count = if text.is_empty() { 0 } else { count };
                Value::Str(Str::with_origin(text.repeat(count), text.origin()))
            }
            Value::Bytes(bytes) => {
                self.budget.string(bytes.len().saturating_mul(count))?;
                Value::Bytes(if bytes.is_empty() {
                    bytes.clone()
                } else {
                    bytes.repeat(count).into()
                })
            }
            Value::List(list) => {
                let items = list.items.borrow();
                Value::list(self.repeat_items(&items, count)?)
            }
            Value::Tuple(tuple) => Value::tuple(self.repeat_items(&tuple.items, count)?),
            _ => return Ok(None),
        }))
    }

    fn repeat_items(&mut self, items: &[Value], count: usize) -> Outcome<Vec<Value>> {
        self.budget.values(items.len().saturating_mul(count))?;
        if items.is_empty() {
            return Ok(Vec::new());
        }
        let mut result = Vec::with_capacity(items.len() * count);
        for _ in 0..count {
            result.extend_from_slice(items);
        }
        Ok(result)
    }

    fn set_operation(&mut self, op: BinaryOp, left: &Set, right: &Set) -> Outcome<Option<Value>> {
        let (a, b) = (left.table.borrow(), right.table.borrow());
        let mut table = Table::default();
        let keep = |table: &mut Table<()>,
                    from: &Table<()>,
                    other: &Table<()>,
                    wanted: bool|
         -> Outcome<()> {
            for (item, ()) in from.iter() {
                if other.contains(item)? == wanted {
                    table.insert(item.clone(), ())?;
                }
            }
            Ok(())
        };
        match op {
            BinaryOp::BitOr => {
                table = a.clone();
                for (item, ()) in b.iter() {
                    table.insert(item.clone(), ())?;
                }
            }
            BinaryOp::BitAnd => keep(&mut table, &a, &b, true)?,
            BinaryOp::Sub => keep(&mut table, &a, &b, false)?,
            BinaryOp::BitXor => {
                keep(&mut table, &a, &b, false)?;
                keep(&mut table, &b, &a, false)?;
            }
            _ => return Ok(None),
        }
        self.budget.values(3 * table.len())?;
        Ok(Some(Value::Set(Set::new(table, left.frozen))))
    }

    /// Returns `left op= right`; lists, sets and dicts change in place.
    pub(super) fn augmented(&mut self, op: BinaryOp, left: Value, right: &Value) -> Outcome {
        match (op, &left, right) {
            (BinaryOp::Add, Value::List(list), _) => {
                let items = self.collect(right)?;
                list.items.borrow_mut().extend(items);
                Ok(left)
            }
            (BinaryOp::Mul, Value::List(list), Value::Int(_) | Value::Bool(_)) => {
                if let Some(Value::List(repeated)) = self.repeat(&left, right)? {
                    let items = std::mem::take(&mut *repeated.items.borrow_mut());
                    *list.items.borrow_mut() = items;
                }
                Ok(left)
            }
            (
                BinaryOp::BitOr | BinaryOp::BitAnd | BinaryOp::Sub | BinaryOp::BitXor,
                Value::Set(set),
                Value::Set(other),
            ) if !set.frozen => {
                if let Some(Value::Set(made)) = self.set_operation(op, set, other)? {
                    let table = made.table.borrow().clone();
                    *set.table.borrow_mut() = table;
                }
                Ok(left)
            }
            (BinaryOp::BitOr, Value::Dict(dict), Value::Dict(other)) => {
                dict.changeable()?;
                for (key, value) in other.entries() {
                    dict.table.borrow_mut().insert(key, value)?;
                }
                Ok(left)
            }
            _ => self
                .binary(op, &left, right)
                .map_err(|error| in_place(error, op)),
        }
    }

    pub(crate) fn unary(&mut self, op: UnaryOp, value: &Value) -> Outcome {
        match (op, value) {
            (UnaryOp::Plus, Value::Bool(value)) => Ok(Value::Int(i64::from(*value))),
            (UnaryOp::Plus, Value::Int(_) | Value::Big(_) | Value::Float(_)) => Ok(value.clone()),
            (UnaryOp::Minus, Value::Float(value)) => Ok(Value::Float(-value)),
            (UnaryOp::Minus, Value::Int(_) | Value::Big(_) | Value::Bool(_)) => {
                self.binary(BinaryOp::Sub, &Value::Int(0), value)
            }
            (UnaryOp::Invert, Value::Int(_) | Value::Big(_) | Value::Bool(_)) => {
                self.binary(BinaryOp::Sub, &Value::Int(-1), value)
            }
            (UnaryOp::Minus, Value::Native(object)) => {
                match object
                    .clone()
                    .binary(self, BinaryOp::Mul, &Value::Int(-1), false)?
                {
                    Some(value) => Ok(value),
                    None => Err(bad_operand(op, value)),
                }
            }
            _ => Err(bad_operand(op, value)),
        }
    }

    /// Returns `left op right` for a comparison.
    pub(crate) fn compare(&mut self, op: CompareOp, left: &Value, right: &Value) -> Outcome<bool> {
        match op {
            CompareOp::Eq => equal(left, right),
            CompareOp::NotEq => equal(left, right).map(|equal| !equal),
            CompareOp::Is => Ok(left.is(right)),
            CompareOp::IsNot => Ok(!left.is(right)),
            CompareOp::In => self.contains(right, left),
            CompareOp::NotIn => self.contains(right, left).map(|found| !found),
            CompareOp::Lt | CompareOp::LtE | CompareOp::Gt | CompareOp::GtE => {
                order(op, left, right)
            }
        }
    }

    /// `item in container`.
    pub(crate) fn contains(&mut self, container: &Value, item: &Value) -> Outcome<bool> {
        match container {
            Value::Str(text) => match item {
                Value::Str(part) => {
                    self.budget.work(text.len() >> 6)?;
                    Ok(text.contains(part.as_str()))
                }
                other => Err(type_error(format!(
                    "'in <string>' requires string as left operand, not {}",
                    other.type_name()
                ))),
            },
            Value::Dict(dict) => dict.table.borrow().contains(item),
            Value::Set(set) => set.table.borrow().contains(item),
            Value::Bytes(bytes) => {
                match item {
                    Value::Bytes(part) => {
                        self.budget.work(bytes.len())?;
                        Ok(part.is_empty()
                            || bytes.windows(part.len()).any(|window| window == &**part))
                    }
                    Value::Str(_) => Err(type_error("a bytes-like object is required, not 'str'")),
                    other => {
                        self.budget.work(bytes.len() >> 6)?;
                        let byte = crate::values::args::integer(other)?;
                        Ok(bytes.iter().any(|known| i64::from(*known) == byte))
                    }
                }
            }
            Value::Range(range) => match Number::of(item) {
                Some(Number::Int(wanted)) => {
                    let inside = if range.step > 0 {
                        (range.start..range.stop).contains(&wanted)
                    } else {
                        wanted <= range.start && wanted > range.stop
                    };
                    Ok(inside
                        && (i128::from(wanted) - i128::from(range.start)) % i128::from(range.step)
                            == 0)
                }
                Some(Number::Float(wanted)) if wanted.fract() == 0.0 && wanted.abs() < 9e18 => {
                    self.contains(container, &Value::Int(wanted as i64))
                }
                _ => Ok(false),
            },
            Value::Native(object) => match object.clone().contains(self, item)? {
                Some(found) => Ok(found),
                None => self.search(container, item),
            },
            _ => self.search(container, item),
        }
    }

    fn search(&mut self, container: &Value, item: &Value) -> Outcome<bool> {
        let mut source = self.iterate(container).map_err(|_| {
            type_error(format!(
                "argument of type '{}' is not iterable",
                container.type_name()
            ))
        })?;
        while let Some(found) = self.next(&mut source)? {
            self.budget.step()?;
            if found.is(item) || equal(&found, item)? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

fn bad_operand(op: UnaryOp, value: &Value) -> Raised {
    let symbol = match op {
        UnaryOp::Plus => "+",
        UnaryOp::Minus => "-",
        UnaryOp::Invert => "~",
    };
    type_error(format!(
        "bad operand type for unary {symbol}: '{}'",
        value.type_name()
    ))
}

/// Checks whether a value was a list in Python 2.
pub(super) fn was_list(value: &Value) -> bool {
    match value {
        Value::Range(_) => true,
        Value::Iter(iter) => matches!(iter.name, "map" | "filter" | "zip"),
        Value::Native(object) => crate::stdlib::methods::is_view(&**object),
        _ => false,
    }
}

fn unsupported(op: BinaryOp, left: &Value, right: &Value) -> Raised {
    let error = unsupported_types(op, left, right);
    if op == BinaryOp::Add && (was_list(left) || was_list(right)) {
        error.hint(
            "lists in Python 2 are not all lists today; make one with `list(...)` before adding",
        )
    } else if op == BinaryOp::RShift
        && matches!(left, Value::Builtin(builtin) if builtin.name == "print")
    {
        error.hint("`print >>file, x` is Python 2; write `print(x, file = file)`")
    } else {
        error
    }
}

fn unsupported_types(op: BinaryOp, left: &Value, right: &Value) -> Raised {
    let other: Rc<str> = right.type_name();
    match (op, left) {
        (BinaryOp::Add, Value::Str(_)) => {
            type_error(format!("can only concatenate str (not \"{other}\") to str"))
                .hint("make a text of it with `str(...)`, or use `%` or an f-string")
        }
        (BinaryOp::Add, Value::List(_)) => type_error(format!(
            "can only concatenate list (not \"{other}\") to list"
        )),
        (BinaryOp::Add, Value::Tuple(_)) => type_error(format!(
            "can only concatenate tuple (not \"{other}\") to tuple"
        )),
        (BinaryOp::Add, Value::Bytes(_)) => type_error(format!("can't concat {other} to bytes")),
        (BinaryOp::Mul, Value::Str(_) | Value::List(_) | Value::Tuple(_) | Value::Bytes(_)) => {
            type_error(format!(
                "can't multiply sequence by non-int of type '{other}'"
            ))
        }
        _ => type_error(format!(
            "unsupported operand type(s) for {}: '{}' and '{other}'",
            op.symbol(),
            left.type_name()
        )),
    }
}

/// Rewords the error of `a op= b` for the operator as written.
fn in_place(error: Raised, op: BinaryOp) -> Raised {
    let symbol = if op == BinaryOp::Pow {
        "**"
    } else {
        op.symbol()
    };
    let prefix = format!("unsupported operand type(s) for {}:", op.symbol());
    let Some(exception) = error.catchable() else {
        return error;
    };
    match &exception.args[..] {
        [Value::Str(message)] if message.starts_with(&prefix) => type_error(format!(
            "unsupported operand type(s) for {symbol}=:{}",
            &message[prefix.len()..]
        )),
        _ => error,
    }
}

//! Reading, assigning and deleting items.

use crate::text;
use crate::values::args::integer;
use crate::values::exception::{type_error, value_error};
use crate::values::{Class, DictKind, ExcKind, Outcome, Raised, Range, Slice, Str, Value};
use crate::vm::Vm;

/// A slice applied to a length: `count` positions `start`, `start + step` and so on.
pub(crate) struct Span {
    pub(crate) start: i64,
    pub(crate) step: i64,
    pub(crate) count: usize,
}

impl Span {
    pub(crate) fn of(slice: &Slice, length: usize) -> Outcome<Self> {
        let length = i64::try_from(length).unwrap_or(i64::MAX);
        let number = |value: &Value| -> Outcome<Option<i64>> {
            match value {
                Value::None => Ok(None),
                Value::Big(big) => Ok(Some(if big.sign() == num_bigint::Sign::Minus {
                    i64::MIN
                } else {
                    i64::MAX
                })),
                Value::Int(_) | Value::Bool(_) => integer(value).map(Some),
                _ => Err(type_error(
                    "slice indices must be integers or None or have an __index__ method",
                )),
            }
        };
        let step = number(&slice.step)?.unwrap_or(1);
        if step == 0 {
            return Err(value_error("slice step cannot be zero"));
        }
        let (low, high) = if step > 0 {
            (0, length)
        } else {
            (-1, length - 1)
        };
        let clamp = |value: Option<i64>, default: i64| match value {
            None => default,
            Some(value) if value < 0 => value.saturating_add(length).clamp(low, high),
            Some(value) => value.clamp(low, high),
        };
        let start = clamp(number(&slice.start)?, if step > 0 { low } else { high });
        let stop = clamp(number(&slice.stop)?, if step > 0 { high } else { low });
        let count = Range { start, stop, step }.len();
        Ok(Self {
            start,
            step,
            count: usize::try_from(count).unwrap_or(0),
        })
    }

    pub(crate) fn positions(&self) -> impl DoubleEndedIterator<Item = usize> + use<> {
        let (start, step) = (self.start, self.step);
        (0..self.count).map(move |index| {
            let offset = i64::try_from(index).unwrap_or(0);
            usize::try_from(start + offset * step).unwrap_or(0)
        })
    }
}

/// Returns the position of an index; negative indexes count from the end.
pub(crate) fn position(what: &str, key: &Value, length: usize) -> Outcome<usize> {
    let index = match key {
        Value::Int(index) => *index,
        Value::Bool(index) => i64::from(*index),
        Value::Big(_) => {
            return Err(Raised::new(
                ExcKind::Index,
                "cannot fit 'int' into an index-sized integer",
            ));
        }
        other => {
            let wanted = if what == "string" {
                "string indices must be integers, not"
            } else {
                ""
            };
            return Err(type_error(if wanted.is_empty() {
                format!(
                    "{what} indices must be integers or slices, not {}",
                    other.type_name()
                )
            } else {
                format!("{wanted} '{}'", other.type_name())
            }));
        }
    };
    let length = i64::try_from(length).unwrap_or(i64::MAX);
    let at = if index < 0 {
        index.saturating_add(length)
    } else {
        index
    };
    if (0..length).contains(&at) {
        return Ok(usize::try_from(at).unwrap_or(0));
    }
    Err(Raised::new(
        ExcKind::Index,
        match what {
            "range" => "range object index out of range".to_owned(),
            "byte" => "index out of range".to_owned(),
            what => format!("{what} index out of range"),
        },
    ))
}

/// Returns the steps that finding a position in a string takes. Letters of a non-ASCII string are counted from its start.
fn search(text: &str) -> usize {
    if text.is_ascii() {
        text.len() >> 8
    } else {
        text.len() >> 5
    }
}

impl Vm {
    /// `value[key]`.
    ///
    /// # Errors
    ///
    /// Exceptions of the program, and limits.
    pub fn subscript(&mut self, value: &Value, key: &Value) -> Outcome {
        match (value, key) {
            (Value::Dict(dict), _) => {
                if let Some(found) = dict.get(key)? {
                    return Ok(found);
                }
                match &dict.kind {
                    DictKind::Default(factory) if !matches!(factory, Value::None) => {
                        let made = self.call(factory, Vec::new())?;
                        self.set_item(value, key, made.clone())?;
                        Ok(made)
                    }
                    DictKind::Counter => Ok(Value::Int(0)),
                    _ => Err(self.no_key(value, key)),
                }
            }
            (Value::List(list), Value::Slice(slice)) => {
                let items = list.items.borrow();
                let span = Span::of(slice, items.len())?;
                self.budget.values(span.count)?;
                Ok(Value::list(
                    span.positions().map(|at| items[at].clone()).collect(),
                ))
            }
            (Value::Tuple(tuple), Value::Slice(slice)) => {
                let span = Span::of(slice, tuple.items.len())?;
                self.budget.values(span.count)?;
                Ok(Value::tuple(
                    span.positions()
                        .map(|at| tuple.items[at].clone())
                        .collect::<Vec<_>>(),
                ))
            }
            (Value::Str(text), Value::Slice(slice)) => {
                self.budget.work(search(text))?;
                let span = Span::of(slice, text::length(text))?;
                self.budget.string(span.count)?;
                let made: String = if span.step == 1 {
                    let start = usize::try_from(span.start).unwrap_or(0);
                    text::between(text, start, start + span.count).to_owned()
                } else if text.is_ascii() {
                    span.positions()
                        .map(|at| text.as_bytes()[at] as char)
                        .collect()
                } else {
                    let letters: Vec<char> = text.chars().collect();
                    span.positions().map(|at| letters[at]).collect()
                };
                Ok(Value::Str(Str::with_origin(made, text.origin())))
            }
            (Value::Bytes(bytes), Value::Slice(slice)) => {
                let span = Span::of(slice, bytes.len())?;
                Ok(Value::Bytes(span.positions().map(|at| bytes[at]).collect()))
            }
            (Value::Range(range), Value::Slice(slice)) => {
                let span = Span::of(slice, usize::try_from(range.len()).unwrap_or(usize::MAX))?;
                let start =
                    i128::from(range.start) + i128::from(span.start) * i128::from(range.step);
                let step = i128::from(range.step) * i128::from(span.step);
                let stop = start + step * span.count as i128;
                let narrow = |value: i128| i64::try_from(value).unwrap_or(i64::MAX);
                Ok(Value::Range(std::rc::Rc::new(Range {
                    start: narrow(start),
                    stop: narrow(stop),
                    step: narrow(step),
                })))
            }
            (Value::List(list), _) => {
                let items = list.items.borrow();
                Ok(items[position("list", key, items.len())?].clone())
            }
            (Value::Tuple(tuple), _) => {
                Ok(tuple.items[position("tuple", key, tuple.items.len())?].clone())
            }
            (Value::Str(text), _) => {
                self.budget.work(search(text))?;
                let at = position("string", key, text::length(text))?;
                Ok(Value::Str(Str::with_origin(
                    text::between(text, at, at + 1),
                    text.origin(),
                )))
            }
            (Value::Bytes(bytes), _) => Ok(Value::Int(i64::from(
                bytes[position("byte", key, bytes.len())?],
            ))),
            (Value::Range(range), _) => {
                let at = position(
                    "range",
                    key,
                    usize::try_from(range.len()).unwrap_or(usize::MAX),
                )?;
                Ok(Value::Int(range.get(at as u64)))
            }
            (Value::Native(object), _) => match object.clone().item(self, key)? {
                Some(found) => Ok(found),
                None => Err(not_subscriptable(value)),
            },
            // `list[int]` is meant for type checkers.
            (
                Value::Class(
                    Class::List | Class::Dict | Class::Tuple | Class::Set | Class::FrozenSet,
                ),
                _,
            ) => Ok(value.clone()),
            _ => Err(not_subscriptable(value)),
        }
    }

    #[cold]
    fn no_key(&mut self, dict: &Value, key: &Value) -> Raised {
        let error = Raised::with_args(ExcKind::Key, vec![key.clone()]);
        let (Value::Dict(dict), Value::Str(key)) = (dict, key) else {
            return error;
        };
        let known: Vec<Str> = dict
            .table
            .borrow()
            .iter()
            .filter_map(|(key, _)| {
                if let Value::Str(key) = key {
                    Some(key.clone())
                } else {
                    None
                }
            })
            .collect();
        match crate::suggest::closest(key, known.iter().map(Str::as_str)) {
            Some(close) => error.hint(format!("did you mean `{close}`?")),
            None => error,
        }
    }

    /// `container[key] = value`.
    pub(crate) fn set_item(&mut self, container: &Value, key: &Value, value: Value) -> Outcome<()> {
        match (container, key) {
            (Value::Dict(dict), Value::Str(name)) if self.is_namespace(dict) => {
                self.budget.values(3)?;
                self.define(name, value);
                Ok(())
            }
            (Value::Dict(dict), _) => {
                dict.changeable()?;
                self.budget.values(3)?;
                // The old value may own this dict, so it is dropped after the borrow.
                let old = dict.table.borrow_mut().insert(key.clone(), value);
                old.map(drop)
            }
            (Value::List(list), Value::Slice(slice)) => {
                let new = match self.iterate(&value) {
                    Ok(_) => self.collect(&value)?,
                    Err(error) if error.is(ExcKind::Type) => {
                        return Err(type_error("can only assign an iterable"));
                    }
                    Err(error) => return Err(error),
                };
                let mut items = list.items.borrow_mut();
                let span = Span::of(slice, items.len())?;
                if span.step == 1 {
                    let start = usize::try_from(span.start).unwrap_or(0);
                    let old: Vec<Value> = items.splice(start..start + span.count, new).collect();
                    drop(items);
                    drop(old);
                    return Ok(());
                }
                if new.len() != span.count {
                    return Err(value_error(format!(
                        "attempt to assign sequence of size {} to extended slice of size {}",
                        new.len(),
                        span.count
                    )));
                }
                for (at, value) in span.positions().zip(new) {
                    items[at] = value;
                }
                Ok(())
            }
            (Value::List(list), _) => {
                let mut items = list.items.borrow_mut();
                let at = changed_position(key, items.len())?;
                let old = std::mem::replace(&mut items[at], value);
                drop(items);
                drop(old);
                Ok(())
            }
            _ => Err(type_error(format!(
                "'{}' object does not support item assignment",
                container.type_name()
            ))),
        }
    }

    /// `del container[key]`.
    pub(crate) fn delete_item(&mut self, container: &Value, key: &Value) -> Outcome<()> {
        match (container, key) {
            (Value::Dict(dict), _) => {
                dict.changeable()?;
                let old = dict.table.borrow_mut().remove(key)?;
                match old {
                    Some(_) => Ok(()),
                    None => Err(self.no_key(container, key)),
                }
            }
            (Value::List(list), Value::Slice(slice)) => {
                let mut items = list.items.borrow_mut();
                let span = Span::of(slice, items.len())?;
                let mut gone = vec![false; items.len()];
                for at in span.positions() {
                    gone[at] = true;
                }
                let (mut old, mut kept) =
                    (Vec::new(), Vec::with_capacity(items.len() - span.count));
                for (item, gone) in items.drain(..).zip(gone) {
                    if gone {
                        old.push(item)
                    } else {
                        kept.push(item)
                    }
                }
                *items = kept;
                drop(items);
                drop(old);
                Ok(())
            }
            (Value::List(list), _) => {
                let mut items = list.items.borrow_mut();
                let length = items.len();
                let at = changed_position(key, length)?;
                self.budget.work(length >> 6)?;
                let old = items.remove(at);
                drop(items);
                drop(old);
                Ok(())
            }
            _ => Err(type_error(format!(
                "'{}' object doesn't support item deletion",
                container.type_name()
            ))),
        }
    }
}

/// Returns the position of a list item that is assigned or deleted.
fn changed_position(key: &Value, length: usize) -> Outcome<usize> {
    position("list", key, length).map_err(|error| {
        if error.is(ExcKind::Index) {
            Raised::new(ExcKind::Index, "list assignment index out of range")
        } else {
            error
        }
    })
}

fn not_subscriptable(value: &Value) -> Raised {
    let error = type_error(match value {
        Value::Class(class) => format!("type '{}' is not subscriptable", class.name()),
        _ => format!("'{}' object is not subscriptable", value.type_name()),
    });
    match value {
        Value::Iter(iter) if super::operators::was_list(value) => {
            let name = iter.name;
            error.hint(format!("make a list of it: `list({name}(...))[0]`"))
        }
        _ => error,
    }
}

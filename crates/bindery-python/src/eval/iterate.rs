//! Iteration.

use crate::stack::check_stack;
use crate::values::DictPart;
use crate::values::Iter;
use crate::values::IterState;
use crate::values::compare::truth;
use crate::values::exception::{type_error, value_error};
use crate::values::{ExcKind, Outcome, Raised, Str, Value};
use crate::vm::Vm;

impl Vm {
    /// `iter(value)`.
    pub(crate) fn iterate(&mut self, value: &Value) -> Outcome<IterState> {
        Ok(match value {
            Value::List(list) => IterState::List(list.clone(), 0),
            Value::Tuple(tuple) => IterState::Tuple(tuple.clone(), 0),
            Value::Str(text) => IterState::Str(text.clone(), 0),
            Value::Bytes(bytes) => IterState::Bytes(bytes.clone(), 0),
            Value::Range(range) => IterState::Range(**range, 0),
            Value::Dict(dict) => IterState::dict(dict.clone(), DictPart::Keys),
            Value::Set(set) => {
                let size = set.table.borrow().len();
                IterState::Set {
                    set: set.clone(),
                    position: 0,
                    size,
                }
            }
            Value::Iter(iter) => IterState::Shared(iter.clone()),
            Value::Native(object) => match object.clone().iterate(self)? {
                Some(iteration) => iteration.0,
                None => return Err(not_iterable(value)),
            },
            _ => return Err(not_iterable(value)),
        })
    }

    /// Returns the next value; `None` at the end.
    pub(crate) fn next(&mut self, state: &mut IterState) -> Outcome<Option<Value>> {
        Ok(match state {
            IterState::Empty => None,
            IterState::List(list, index) => {
                let item = list.items.borrow().get(*index).cloned();
                *index += 1;
                item
            }
            IterState::ListReversed(list, left) => match left.checked_sub(1) {
                Some(index) => {
                    *left = index;
                    list.items.borrow().get(index).cloned()
                }
                None => None,
            },
            IterState::Tuple(tuple, index) => {
                let item = tuple.items.get(*index).cloned();
                *index += 1;
                item
            }
            IterState::Str(text, offset) => match text[*offset..].chars().next() {
                Some(letter) => {
                    *offset += letter.len_utf8();
                    let mut buffer = [0; 4];
                    Some(Value::Str(Str::with_origin(
                        &*letter.encode_utf8(&mut buffer),
                        text.origin(),
                    )))
                }
                None => None,
            },
            IterState::Bytes(bytes, index) => {
                let byte = bytes.get(*index).map(|byte| Value::Int(i64::from(*byte)));
                *index += 1;
                byte
            }
            IterState::Range(range, index) => {
                if *index >= range.len() {
                    return Ok(None);
                }
                *index += 1;
                Some(Value::Int(range.get(*index - 1)))
            }
            IterState::Dict {
                dict,
                part,
                position,
                size,
            } => {
                let table = dict.table.borrow();
                if table.len() != *size {
                    return Err(Raised::new(
                        ExcKind::Runtime,
                        "dictionary changed size during iteration",
                    ));
                }
                table.next_from(*position).map(|(next, key, value)| {
                    *position = next;
                    match part {
                        DictPart::Keys => key.clone(),
                        DictPart::Values => value.clone(),
                        DictPart::Items => Value::tuple([key.clone(), value.clone()]),
                    }
                })
            }
            IterState::Set {
                set,
                position,
                size,
            } => {
                let table = set.table.borrow();
                if table.len() != *size {
                    return Err(Raised::new(
                        ExcKind::Runtime,
                        "Set changed size during iteration",
                    ));
                }
                table.next_from(*position).map(|(next, key, ())| {
                    *position = next;
                    key.clone()
                })
            }
            IterState::Values(values) => values.next(),
            other => return self.next_made(other),
        })
    }

    /// Returns the next value of an iterator that is made from others.
    fn next_made(&mut self, state: &mut IterState) -> Outcome<Option<Value>> {
        check_stack()?;
        self.budget.step()?;
        match state {
            IterState::Shared(iter) => {
                let iter = iter.clone();
                iter.begun.set(true);
                let Ok(mut inner) = iter.state.try_borrow_mut() else {
                    return Err(value_error("generator already executing"));
                };
                let result = self.next(&mut inner);
                if !matches!(result, Ok(Some(_))) && !matches!(*inner, IterState::GivenAway(_)) {
                    *inner = IterState::Empty;
                }
                result
            }
            IterState::GivenAway(name) => Err(Raised::not_supported(
                format!("reading a `{name}` again that a template took"),
                format!("make a list of it first: `list({name}(…))`"),
            )),
            IterState::Generator(generator) => generator.next(self),
            IterState::Enumerate(source, count) => {
                let Some(item) = self.next(source)? else {
                    return Ok(None);
                };
                let after = self.binary(crate::operator::BinaryOp::Add, count, &Value::Int(1))?;
                Ok(Some(Value::tuple([std::mem::replace(count, after), item])))
            }
            IterState::Zip(sources, strict) => {
                let mut items = Vec::with_capacity(sources.len());
                for index in 0..sources.len() {
                    match self.next(&mut sources[index])? {
                        Some(item) => items.push(item),
                        None if *strict => {
                            if index > 0 {
                                return Err(zip_length(index, "shorter"));
                            }
                            for (index, source) in sources.iter_mut().enumerate().skip(1) {
                                if self.next(source)?.is_some() {
                                    return Err(zip_length(index, "longer"));
                                }
                            }
                            return Ok(None);
                        }
                        None => return Ok(None),
                    }
                }
                Ok((!items.is_empty()).then(|| Value::tuple(items)))
            }
            IterState::ZipLongest(sources, fill) => {
                let mut items = Vec::with_capacity(sources.len());
                let mut any = false;
                for source in sources.iter_mut() {
                    let item = match source {
                        Some(state) => self.next(state)?,
                        None => None,
                    };
                    any |= item.is_some();
                    if item.is_none() {
                        *source = None;
                    }
                    items.push(item.unwrap_or_else(|| fill.clone()));
                }
                Ok(any.then(|| Value::tuple(items)))
            }
            IterState::Map(function, sources) => {
                let mut items = Vec::with_capacity(sources.len());
                for source in sources.iter_mut() {
                    match self.next(source)? {
                        Some(item) => items.push(item),
                        None => return Ok(None),
                    }
                }
                self.call(&function.clone(), items).map(Some)
            }
            IterState::StarMap(function, source) => {
                let Some(item) = self.next(source)? else {
                    return Ok(None);
                };
                let items = self.collect(&item)?;
                self.call(&function.clone(), items).map(Some)
            }
            IterState::Filter(function, source, wanted) => {
                while let Some(item) = self.next(source)? {
                    self.budget.step()?;
                    if self.passes(function, &item)? == *wanted {
                        return Ok(Some(item));
                    }
                }
                Ok(None)
            }
            IterState::TakeWhile(function, source) => {
                let Some(item) = self.next(source)? else {
                    return Ok(None);
                };
                if self.passes(function, &item)? {
                    return Ok(Some(item));
                }
                *state = IterState::Empty;
                Ok(None)
            }
            IterState::DropWhile(function, source) => {
                while let Some(item) = self.next(source)? {
                    self.budget.step()?;
                    match function {
                        Some(test) if self.passes(test, &item)? => {}
                        _ => {
                            *function = None;
                            return Ok(Some(item));
                        }
                    }
                }
                Ok(None)
            }
            IterState::Chain(sources, current) => loop {
                if let Some(source) = current
                    && let Some(item) = self.next(source)?
                {
                    return Ok(Some(item));
                }
                match self.next(sources)? {
                    Some(next) => *current = Some(Box::new(self.iterate(&next)?)),
                    None => return Ok(None),
                }
                self.budget.step()?;
            },
            IterState::Count(next, step) => {
                let after = self.binary(crate::operator::BinaryOp::Add, next, step)?;
                Ok(Some(std::mem::replace(next, after)))
            }
            IterState::Cycle {
                source,
                saved,
                position,
            } => {
                if let Some(state) = source {
                    if let Some(item) = self.next(state)? {
                        self.budget.values(1)?;
                        saved.push(item.clone());
                        return Ok(Some(item));
                    }
                    *source = None;
                }
                if saved.is_empty() {
                    return Ok(None);
                }
                let item = saved[*position].clone();
                *position = (*position + 1) % saved.len();
                Ok(Some(item))
            }
            IterState::Repeat(value, left) => {
                if let Some(left) = left {
                    if *left <= 0 {
                        return Ok(None);
                    }
                    *left -= 1;
                }
                Ok(Some(value.clone()))
            }
            IterState::Slice {
                source,
                position,
                start,
                stop,
                step,
            } => {
                if stop.is_some_and(|stop| *start >= stop) {
                    return Ok(None);
                }
                loop {
                    let Some(item) = self.next(source)? else {
                        return Ok(None);
                    };
                    self.budget.step()?;
                    *position += 1;
                    if *position > *start {
                        *start = start.saturating_add(*step);
                        return Ok(Some(item));
                    }
                }
            }
            IterState::Accumulate {
                source,
                function,
                total,
            } => {
                let next = match (self.next(source)?, total.take()) {
                    (None, _) => return Ok(None),
                    (Some(item), None) => item,
                    (Some(item), Some(before)) => match function {
                        Some(function) => self.call(&function.clone(), vec![before, item])?,
                        None => self.binary(crate::operator::BinaryOp::Add, &before, &item)?,
                    },
                };
                *total = Some(next.clone());
                Ok(Some(next))
            }
            IterState::Pairwise(source, before) => {
                if before.is_none() {
                    *before = self.next(source)?;
                }
                match (before.take(), self.next(source)?) {
                    (Some(first), Some(second)) => {
                        *before = Some(second.clone());
                        Ok(Some(Value::tuple([first, second])))
                    }
                    _ => Ok(None),
                }
            }
            IterState::GroupBy {
                source,
                key,
                waiting,
            } => {
                let (group, first) = match waiting.take() {
                    Some(found) => found,
                    None => match self.next(source)? {
                        Some(item) => (self.key_of(key.as_ref(), &item)?, item),
                        None => return Ok(None),
                    },
                };
                let mut members = vec![first];
                while let Some(item) = self.next(source)? {
                    self.budget.step()?;
                    let next = self.key_of(key.as_ref(), &item)?;
                    if !crate::values::compare::equal(&group, &next)? {
                        *waiting = Some((next, item));
                        break;
                    }
                    members.push(item);
                }
                self.budget.values(members.len())?;
                let members =
                    Iter::value("itertools._grouper", IterState::Values(members.into_iter()));
                Ok(Some(Value::tuple([group, members])))
            }
            IterState::Call(function, sentinel) => {
                let value = self.call(&function.clone(), Vec::new())?;
                Ok(if crate::values::compare::equal(&value, sentinel)? {
                    None
                } else {
                    Some(value)
                })
            }
            IterState::Tee(shared, position) => {
                let known = shared.borrow().seen.get(*position).cloned();
                let item = match known {
                    Some(item) => Some(item),
                    None => {
                        let Ok(mut tee) = shared.try_borrow_mut() else {
                            return Err(Raised::new(ExcKind::Runtime, "reentrant call of tee"));
                        };
                        let item = self.next(&mut tee.source)?;
                        self.budget.values(1)?;
                        tee.seen.extend(item.clone());
                        item
                    }
                };
                *position += usize::from(item.is_some());
                Ok(item)
            }
            simple => self.next(simple),
        }
    }

    /// Returns `key(item)`, or the item without a key function.
    pub(crate) fn key_of(&mut self, key: Option<&Value>, item: &Value) -> Outcome {
        match key {
            Some(function) => self.call(&function.clone(), vec![item.clone()]),
            None => Ok(item.clone()),
        }
    }

    /// Checks whether the function of a filter accepts `item`; without a function, whether `item` is true.
    fn passes(&mut self, function: &Value, item: &Value) -> Outcome<bool> {
        match function {
            Value::None => Ok(truth(item)),
            function => Ok(truth(&self.call(&function.clone(), vec![item.clone()])?)),
        }
    }

    /// Returns all values of an iterable, charged to the budget.
    ///
    /// # Errors
    ///
    /// Exceptions of the program, and limits.
    pub fn collect(&mut self, value: &Value) -> Outcome<Vec<Value>> {
        let items = match value {
            Value::List(list) => list.items.borrow().clone(),
            Value::Tuple(tuple) => tuple.items.to_vec(),
            other => {
                let mut state = self.iterate(other)?;
                return self.drain(&mut state);
            }
        };
        self.budget.values(items.len())?;
        Ok(items)
    }

    /// Returns all values that are left, charged to the budget.
    pub(crate) fn drain(&mut self, state: &mut IterState) -> Outcome<Vec<Value>> {
        let mut items = Vec::new();
        // Each letter becomes a string.
        let each = if matches!(state, IterState::Str(..)) {
            2
        } else {
            1
        };
        while let Some(item) = self.next(state)? {
            self.budget.step()?;
            self.budget.values(each)?;
            items.push(item);
        }
        Ok(items)
    }
}

fn not_iterable(value: &Value) -> Raised {
    type_error(format!("'{}' object is not iterable", value.type_name()))
}

fn zip_length(index: usize, how: &str) -> Raised {
    let others = if index == 1 {
        "argument 1".to_owned()
    } else {
        format!("arguments 1-{index}")
    };
    value_error(format!(
        "zip() argument {} is {how} than {others}",
        index + 1
    ))
}

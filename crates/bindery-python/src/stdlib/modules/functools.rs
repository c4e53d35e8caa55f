//! `functools`.

use std::any::Any;
use std::cell::RefCell;
use std::rc::Rc;

use crate::stdlib::modules::table::{functions, table};
use crate::values::compare::less;
use crate::values::exception::type_error;
use crate::values::release::release;
use crate::values::{Args, Builtin, Dict, DictKind, Function, Native, Outcome, Table, Value};
use crate::vm::Vm;

pub(super) fn items() -> Vec<(&'static str, Value)> {
    static TABLE: &[Builtin] = table! {
        "cache" => cache,
        "cmp_to_key" => cmp_to_key,
        "lru_cache" => lru_cache,
        "partial" => partial,
        "reduce" => reduce,
        "wraps" => wraps,
    };
    functions(TABLE)
}

/// `reduce(function, iterable, start)`.
pub(crate) fn reduce(vm: &mut Vm, args: Args) -> Outcome {
    let [function, source, start] = args.between("reduce", 2)?;
    let (function, source) = (
        function.unwrap_or(Value::None),
        source.unwrap_or(Value::None),
    );
    let mut state = vm.iterate(&source)?;
    let mut total = match start {
        Some(start) => start,
        None => match vm.next(&mut state)? {
            Some(first) => first,
            None => {
                return Err(type_error(
                    "reduce() of empty iterable with no initial value",
                ));
            }
        },
    };
    while let Some(item) = vm.next(&mut state)? {
        total = vm.call(&function, vec![total, item])?;
    }
    Ok(total)
}

fn partial(vm: &mut Vm, mut args: Args) -> Outcome {
    if args.pos.is_empty() {
        return Err(type_error("type 'partial' takes at least one argument"));
    }
    let function = args.pos.remove(0);
    if !vm.is_callable(&function) {
        return Err(type_error("the first argument must be callable"));
    }
    Ok(Value::native(Partial {
        function,
        pos: args.pos,
        kw: args.kw,
    }))
}

struct Partial {
    function: Value,
    pos: Vec<Value>,
    kw: Vec<(Rc<str>, Value)>,
}

impl Drop for Partial {
    fn drop(&mut self) {
        let function = std::mem::replace(&mut self.function, Value::None);
        release((
            function,
            std::mem::take(&mut self.pos),
            std::mem::take(&mut self.kw),
        ));
    }
}

impl Native for Partial {
    fn type_name(&self) -> Rc<str> {
        "functools.partial".into()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn attribute(&self, _vm: &mut Vm, name: &str) -> Outcome<Option<Value>> {
        Ok(match name {
            "func" => Some(self.function.clone()),
            "args" => Some(Value::tuple(self.pos.clone())),
            "keywords" => {
                let mut table = Table::default();
                for (name, value) in &self.kw {
                    table.insert(Value::text(name.clone()), value.clone())?;
                }
                Some(Value::Dict(Dict::of_kind(table, DictKind::Plain)))
            }
            _ => None,
        })
    }

    fn is_callable(&self) -> bool {
        true
    }

    fn call(&self, vm: &mut Vm, args: Args) -> Outcome<Option<Value>> {
        let mut pos = self.pos.clone();
        pos.extend(args.pos);
        let mut kw = self.kw.clone();
        for (name, value) in args.kw {
            match kw.iter_mut().find(|(known, _)| *known == name) {
                Some((_, old)) => *old = value,
                None => kw.push((name, value)),
            }
        }
        vm.call_with(
            &self.function,
            Args {
                pos,
                kw,
                spot: args.spot,
            },
        )
        .map(Some)
    }

    fn repr(&self, vm: &mut Vm) -> Outcome<String> {
        Ok(format!(
            "functools.partial({})",
            crate::text::repr(vm, &self.function)?
        ))
    }
}

fn cmp_to_key(_vm: &mut Vm, args: Args) -> Outcome {
    let [function] = args.parameters("cmp_to_key", ["mycmp"], 1)?;
    Ok(Value::native(KeyMaker(function.unwrap_or(Value::None))))
}

/// Result of `cmp_to_key`. Comparing its keys needs the evaluator, so only sorting supports them: [`sort_by_comparison`].
struct KeyMaker(Value);

impl Drop for KeyMaker {
    fn drop(&mut self) {
        release(std::mem::replace(&mut self.0, Value::None));
    }
}

impl Native for KeyMaker {
    fn type_name(&self) -> Rc<str> {
        "functools.KeyWrapper".into()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn is_callable(&self) -> bool {
        true
    }

    fn call(&self, _vm: &mut Vm, args: Args) -> Outcome<Option<Value>> {
        let item = args.single("K")?;
        Ok(Some(Value::native(Key {
            function: self.0.clone(),
            item,
        })))
    }

    fn repr(&self, _vm: &mut Vm) -> Outcome<String> {
        Ok("<functools.KeyWrapper>".to_owned())
    }
}

/// A value that a comparison function ranks.
struct Key {
    function: Value,
    item: Value,
}

impl Drop for Key {
    fn drop(&mut self) {
        let function = std::mem::replace(&mut self.function, Value::None);
        release((function, std::mem::replace(&mut self.item, Value::None)));
    }
}

impl Native for Key {
    fn type_name(&self) -> Rc<str> {
        "functools.KeyWrapper".into()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self, _vm: &mut Vm) -> Outcome<String> {
        Ok("<functools.KeyWrapper object>".to_owned())
    }
}

fn cache(_vm: &mut Vm, args: Args) -> Outcome {
    let function = args.single("cache")?;
    Ok(Value::native(Cached {
        function,
        known: RefCell::default(),
    }))
}

fn lru_cache(vm: &mut Vm, args: Args) -> Outcome {
    let [most, _typed] = args.parameters("lru_cache", ["maxsize", "typed"], 0)?;
    match most {
        Some(function) if vm.is_callable(&function) => Ok(Value::native(Cached {
            function,
            known: RefCell::default(),
        })),
        // Built-in functions hold no state.
        _ => Ok(Value::Builtin(&Builtin {
            name: "lru_cache",
            call: cache,
        })),
    }
}

struct Cached {
    function: Value,
    known: RefCell<Table<Value>>,
}

impl Drop for Cached {
    fn drop(&mut self) {
        let function = std::mem::replace(&mut self.function, Value::None);
        release((function, std::mem::take(self.known.get_mut())));
    }
}

impl Native for Cached {
    fn type_name(&self) -> Rc<str> {
        "functools._lru_cache_wrapper".into()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn attribute(&self, vm: &mut Vm, name: &str) -> Outcome<Option<Value>> {
        match name {
            "__wrapped__" => Ok(Some(self.function.clone())),
            "__name__" => vm.find_attribute(&self.function, &name.into()),
            _ => Ok(None),
        }
    }

    fn methods(&self) -> &'static [&'static str] {
        &["cache_clear"]
    }

    fn call_method(&self, _vm: &mut Vm, name: &str, args: &mut Args) -> Outcome<Option<Value>> {
        if name != "cache_clear" {
            return Ok(None);
        }
        std::mem::take(args).none("cache_clear")?;
        let gone = std::mem::take(&mut *self.known.borrow_mut());
        drop(gone);
        Ok(Some(Value::None))
    }

    fn is_callable(&self) -> bool {
        true
    }

    fn call(&self, vm: &mut Vm, args: Args) -> Outcome<Option<Value>> {
        let named = args
            .kw
            .iter()
            .map(|(name, value)| Value::tuple([Value::text(name.clone()), value.clone()]));
        let key = Value::tuple([
            Value::tuple(args.pos.clone()),
            Value::tuple(named.collect::<Vec<_>>()),
        ]);
        let known = self.known.borrow().get(&key)?.cloned();
        if known.is_some() {
            return Ok(known);
        }
        let value = vm.call_with(&self.function, args)?;
        vm.budget.values(14)?;
        self.known.borrow_mut().insert(key, value.clone())?;
        Ok(Some(value))
    }

    fn repr(&self, _vm: &mut Vm) -> Outcome<String> {
        Ok("<functools._lru_cache_wrapper object>".to_owned())
    }
}

/// `@wraps(f)`: the decorated function takes the name and docstring of `f`.
fn wraps(_vm: &mut Vm, args: Args) -> Outcome {
    if args.pos.is_empty() {
        return Err(type_error(
            "wraps() missing 1 required positional argument: 'wrapped'",
        ));
    }
    Ok(Value::native(Partial {
        function: Value::Builtin(&Builtin {
            name: "update_wrapper",
            call: update_wrapper,
        }),
        pos: args.pos,
        kw: Vec::new(),
    }))
}

/// `update_wrapper(f, …)` with the wrapped function first, as `wraps` gives it.
fn update_wrapper(_vm: &mut Vm, args: Args) -> Outcome {
    let [wrapped, wrapper] = args.exactly("update_wrapper")?;
    let (Value::Function(wrapped), Value::Function(function)) = (&wrapped, &wrapper) else {
        return Ok(wrapper);
    };
    Ok(Value::Function(Rc::new(Function {
        code: function.code.clone(),
        defaults: function.defaults.clone(),
        cells: function.cells.clone(),
        wraps: Some(wrapped.display_code().clone()),
    })))
}

/// Checks whether `key` was made by `cmp_to_key`.
pub(crate) fn is_comparison_key(key: &Value) -> bool {
    key.as_native::<Key>().is_some()
}

/// Sorts keys made by `cmp_to_key` by their comparison function.
pub(crate) fn sort_by_comparison(
    vm: &mut Vm,
    pairs: Vec<(Value, Value)>,
) -> Outcome<Vec<(Value, Value)>> {
    if pairs.len() < 2 {
        return Ok(pairs);
    }
    let mut left = pairs;
    let right = left.split_off(left.len() / 2);
    let left = sort_by_comparison(vm, left)?;
    let right = sort_by_comparison(vm, right)?;
    let mut sorted = Vec::with_capacity(left.len() + right.len());
    let (mut left, mut right) = (left.into_iter().peekable(), right.into_iter().peekable());
    while let (Some((a, _)), Some((b, _))) = (left.peek(), right.peek()) {
        let before = match (b.as_native::<Key>(), a.as_native::<Key>()) {
            (Some(second), Some(first)) => {
                let order = vm.call(
                    &second.function.clone(),
                    vec![second.item.clone(), first.item.clone()],
                )?;
                less(&order, &Value::Int(0))?
            }
            _ => less(b, a)?,
        };
        sorted.extend(if before { right.next() } else { left.next() });
    }
    sorted.extend(left);
    sorted.extend(right);
    Ok(sorted)
}

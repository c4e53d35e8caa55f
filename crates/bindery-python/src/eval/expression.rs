//! Expressions.

use std::rc::Rc;

use crate::ir::{
    Comprehension, ComprehensionKind, Conversion, Expr, ExprKind, FormatPart, MakeFunction,
    MakeGenerator, Namespace, Target, TargetKind,
};
use crate::operator::CompareOp;
use crate::source::Origin;
use crate::stack::check_stack;
use crate::text;
use crate::text::format;
use crate::values::compare::truth;
use crate::values::exception::{type_error, value_error};
use crate::values::{
    Dict, DictKind, ExcKind, Function, Generator, Iter, IterState, Outcome, Raised, Set, Slice,
    Str, Table, Value,
};
use crate::vm::{Frame, Vm};

impl Vm {
    /// Evaluates `expr`. An error gets the position of the innermost expression that failed.
    pub(super) fn eval(&mut self, frame: &mut Frame, expr: &Expr) -> Outcome {
        match &expr.kind {
            ExprKind::Const(value) => Ok(value.clone()),
            ExprKind::Name(name, slot) => match self.load(frame, *name, *slot) {
                Err(error) => Err(error.at(frame.file, expr.at)),
                value => value,
            },
            _ => match check_stack()
                .map_err(Raised::from)
                .and_then(|()| self.eval_compound(frame, expr))
            {
                Err(error) => Err(error.at(frame.file, expr.at)),
                value => value,
            },
        }
    }

    fn eval_namespace(&mut self, frame: &mut Frame, namespace: &Namespace, at: u32) -> Outcome {
        let function = self.eval(frame, &namespace.call.function)?;
        if !matches!(&function, Value::Builtin(builtin) if matches!(builtin.name, "locals" | "vars"))
        {
            return self.eval_call(frame, &namespace.call, at);
        }
        self.budget.step()?;
        let mut table = Table::default();
        if namespace.top {
            let all = self.namespace()?;
            if namespace.names.is_empty() {
                return Ok(Value::Dict(all));
            }
            table = all.table.borrow().clone();
            self.budget.values(3 * table.len())?;
        }
        self.budget.values(3 * namespace.names.len())?;
        for (name, slot) in &namespace.names {
            if let Some(value) = frame.get(*slot) {
                let name = Value::Str(Str::new(self.names.text(*name).clone()));
                table.insert(name, value)?;
            }
        }
        Ok(Value::Dict(Dict::of_kind(table, DictKind::Names)))
    }

    fn eval_compound(&mut self, frame: &mut Frame, expr: &Expr) -> Outcome {
        match &expr.kind {
            ExprKind::Const(_) | ExprKind::Name(..) => self.eval(frame, expr),
            ExprKind::Call(call) => self.eval_call(frame, call, expr.at),
            ExprKind::Namespace(namespace) => self.eval_namespace(frame, namespace, expr.at),
            ExprKind::Attribute(value, name) => {
                let value = self.eval(frame, value)?;
                let name = self.names.text(*name).clone();
                self.attribute(&value, &name)
            }
            ExprKind::Binary(op, pair) => {
                let left = self.eval(frame, &pair.0)?;
                let right = self.eval(frame, &pair.1)?;
                self.binary(*op, &left, &right)
            }
            ExprKind::Compare(left, rest) => self.eval_comparison(frame, left, rest),
            ExprKind::Not(value) => Ok(Value::Bool(!truth(&self.eval(frame, value)?))),
            ExprKind::And(values) => self.eval_logic(frame, values, false),
            ExprKind::Or(values) => self.eval_logic(frame, values, true),
            ExprKind::If(choice) => {
                let test = truth(&self.eval(frame, &choice.test)?);
                self.eval(frame, if test { &choice.body } else { &choice.orelse })
            }
            ExprKind::Subscript(pair) => {
                let value = self.eval(frame, &pair.0)?;
                let key = self.eval(frame, &pair.1)?;
                self.subscript(&value, &key)
            }
            ExprKind::List(items) => {
                let items = self.eval_items(frame, items)?;
                self.charge(Value::list(items))
            }
            ExprKind::Tuple(items) => {
                let items = self.eval_items(frame, items)?;
                Ok(Value::tuple(items))
            }
            ExprKind::Set(items) => {
                let items = self.eval_items(frame, items)?;
                let mut table = Table::default();
                for item in items {
                    table.insert(item, ())?;
                }
                self.charge(Value::Set(Set::new(table, false)))
            }
            ExprKind::Dict(pairs) => self.eval_dict(frame, pairs),
            ExprKind::Unary(op, value) => {
                let value = self.eval(frame, value)?;
                self.unary(*op, &value)
            }
            ExprKind::Slice(parts) => self.eval_slice(frame, parts),
            ExprKind::Function(make) => self.eval_function(frame, make),
            ExprKind::Comprehension(comprehension) => self.eval_comprehension(frame, comprehension),
            ExprKind::Generator(make) => self.eval_generator(frame, make),
            ExprKind::Format(parts, origin) => {
                let text = self.eval_format(frame, parts)?;
                Ok(Value::Str(Str::with_origin(text, origin.map(Origin))))
            }
            ExprKind::Walrus(pair) => {
                let value = self.eval(frame, &pair.1)?;
                self.assign(frame, &pair.0, value.clone())?;
                Ok(value)
            }
            ExprKind::Yield(value) => {
                let value = match value {
                    Some(value) => self.eval(frame, value)?,
                    None => Value::None,
                };
                self.budget.values(1)?;
                frame.yields.push(value);
                Ok(Value::None)
            }
            ExprKind::YieldFrom(value) => {
                let source = self.eval(frame, value)?;
                self.returned = None;
                let items = self.collect(&source)?;
                frame.yields.extend(items);
                Ok(self.returned.take().unwrap_or(Value::None))
            }
            ExprKind::Starred(_) => Err(type_error("can't use starred expression here")),
        }
    }

    fn eval_slice(&mut self, frame: &mut Frame, parts: &[Option<Expr>; 3]) -> Outcome {
        let mut part = |part: &Option<Expr>| match part {
            Some(part) => self.eval(frame, part),
            None => Ok(Value::None),
        };
        let [start, stop, step] = parts;
        Ok(Value::Slice(Rc::new(Slice {
            start: part(start)?,
            stop: part(stop)?,
            step: part(step)?,
        })))
    }

    fn eval_logic(&mut self, frame: &mut Frame, values: &[Expr], stop_at: bool) -> Outcome {
        let mut result = Value::None;
        for value in values {
            result = self.eval(frame, value)?;
            if truth(&result) == stop_at {
                break;
            }
        }
        Ok(result)
    }

    fn eval_comparison(
        &mut self,
        frame: &mut Frame,
        left: &Expr,
        rest: &[(CompareOp, Expr)],
    ) -> Outcome {
        let mut left = self.eval(frame, left)?;
        for (op, right) in rest {
            let right = self.eval(frame, right)?;
            if !self.compare(*op, &left, &right)? {
                return Ok(Value::Bool(false));
            }
            left = right;
        }
        Ok(Value::Bool(true))
    }

    /// Evaluates the items of a list display or positional arguments, and unpacks starred ones.
    pub(super) fn eval_items(&mut self, frame: &mut Frame, items: &[Expr]) -> Outcome<Vec<Value>> {
        // The container itself weighs two elements.
        self.budget.values(items.len() + 2)?;
        let mut values = Vec::with_capacity(items.len());
        for item in items {
            match &item.kind {
                ExprKind::Starred(inner) => {
                    let source = self.eval(frame, inner)?;
                    let unpacked = self
                        .collect(&source)
                        .map_err(|error| error.at(frame.file, inner.at))?;
                    values.extend(unpacked);
                }
                _ => values.push(self.eval(frame, item)?),
            }
        }
        Ok(values)
    }

    fn eval_dict(&mut self, frame: &mut Frame, pairs: &[(Option<Expr>, Expr)]) -> Outcome {
        let mut table = Table::default();
        self.budget.values(3 * pairs.len())?;
        for (key, value) in pairs {
            match key {
                Some(key) => {
                    let key_value = self.eval(frame, key)?;
                    let value = self.eval(frame, value)?;
                    table
                        .insert(key_value, value)
                        .map_err(|error| error.at(frame.file, key.at))?;
                }
                None => {
                    let source = self.eval(frame, value)?;
                    let Value::Dict(dict) = &source else {
                        let message = format!("'{}' object is not a mapping", source.type_name());
                        return Err(type_error(message).at(frame.file, value.at));
                    };
                    let entries = dict.entries();
                    self.budget.values(3 * entries.len())?;
                    for (key, value) in entries {
                        table.insert(key, value)?;
                    }
                }
            }
        }
        self.charge(Value::Dict(Dict::new(table)))
    }

    pub(super) fn eval_function(&mut self, frame: &mut Frame, make: &MakeFunction) -> Outcome {
        let code = &make.code;
        let mut defaults = Vec::new();
        if !make.defaults.is_empty() {
            defaults = vec![None; code.params.count()];
            for (slot, default) in &make.defaults {
                defaults[*slot as usize] = Some(self.eval(frame, default)?);
            }
        }
        let cells = shared_cells(frame, &code.captures);
        self.budget.values(3 + defaults.len() + 2 * cells.len())?;
        Ok(Value::Function(Rc::new(Function {
            code: code.clone(),
            defaults: defaults.into(),
            cells,
            wraps: None,
        })))
    }

    fn eval_generator(&mut self, frame: &mut Frame, make: &MakeGenerator) -> Outcome {
        let source = self.eval(frame, &make.first)?;
        let first = self
            .iterate(&source)
            .map_err(|error| error.at(frame.file, make.first.at))?;
        let mut inner = Frame::new(make.code.slots, make.code.file);
        inner.make_cells(&make.code.cells);
        for ((_, slot), cell) in make
            .code
            .captures
            .iter()
            .zip(shared_cells(frame, &make.code.captures))
        {
            inner.slots[*slot as usize] = Some(Value::Cell(cell));
        }
        let generator = Generator::expression(make.code.clone(), inner, first);
        self.charge(Iter::value(
            "generator",
            IterState::Generator(Box::new(generator)),
        ))
    }

    fn eval_comprehension(&mut self, frame: &mut Frame, comprehension: &Comprehension) -> Outcome {
        let source = self.eval(frame, &comprehension.clauses[0].iter)?;
        let first = self
            .iterate(&source)
            .map_err(|error| error.at(frame.file, comprehension.clauses[0].iter.at))?;
        frame.make_cells(&comprehension.cells);
        let mut built = match comprehension.kind {
            ComprehensionKind::List(_) => Built::List(Vec::new()),
            ComprehensionKind::Set(_) => Built::Set(Table::default()),
            ComprehensionKind::Dict(..) => Built::Dict(Table::default()),
        };
        let result = self.run_clauses(frame, comprehension, 0, first, &mut built);
        for slot in &comprehension.slots {
            frame.slots[*slot as usize] = None;
        }
        result?;
        self.charge(match built {
            Built::List(items) => Value::list(items),
            Built::Set(table) => Value::Set(Set::new(table, false)),
            Built::Dict(table) => Value::Dict(Dict::new(table)),
        })
    }

    fn run_clauses(
        &mut self,
        frame: &mut Frame,
        comprehension: &Comprehension,
        depth: usize,
        mut source: IterState,
        built: &mut Built,
    ) -> Outcome<()> {
        check_stack()?;
        let clause = &comprehension.clauses[depth];
        'items: loop {
            let item = match self.next(&mut source) {
                Ok(Some(item)) => item,
                Ok(None) => return Ok(()),
                Err(error) => return Err(error.at(frame.file, clause.iter.at)),
            };
            self.budget.step()?;
            self.assign(frame, &clause.target, item)?;
            for condition in &clause.conditions {
                if !truth(&self.eval(frame, condition)?) {
                    continue 'items;
                }
            }
            if let Some(next) = comprehension.clauses.get(depth + 1) {
                let source = self.eval(frame, &next.iter)?;
                let state = self
                    .iterate(&source)
                    .map_err(|error| error.at(frame.file, next.iter.at))?;
                self.run_clauses(frame, comprehension, depth + 1, state, built)?;
                continue;
            }
            self.budget.values(1)?;
            match (&comprehension.kind, &mut *built) {
                (ComprehensionKind::List(element), Built::List(items)) => {
                    items.push(self.eval(frame, element)?)
                }
                (ComprehensionKind::Set(element), Built::Set(table)) => {
                    self.budget.values(2)?;
                    let item = self.eval(frame, element)?;
                    table
                        .insert(item, ())
                        .map_err(|error| error.at(frame.file, element.at))?;
                }
                (ComprehensionKind::Dict(key, value), Built::Dict(table)) => {
                    self.budget.values(2)?;
                    let key_value = self.eval(frame, key)?;
                    let value = self.eval(frame, value)?;
                    table
                        .insert(key_value, value)
                        .map_err(|error| error.at(frame.file, key.at))?;
                }
                _ => {}
            }
        }
    }

    fn eval_format(&mut self, frame: &mut Frame, parts: &[FormatPart]) -> Outcome<String> {
        check_stack()?;
        let mut out = String::new();
        for part in parts {
            match part {
                FormatPart::Text(text) => out.push_str(text),
                FormatPart::Value {
                    value: expr,
                    conversion,
                    spec,
                } => {
                    let value = self.eval(frame, expr)?;
                    let spec = match spec {
                        Some(spec) => self.eval_format(frame, spec)?,
                        None => String::new(),
                    };
                    let text = self.format_value(&value, *conversion, &spec);
                    out.push_str(&text.map_err(|error| error.at(frame.file, expr.at))?);
                }
            }
        }
        self.budget.string(out.len())?;
        Ok(out)
    }

    fn format_value(
        &mut self,
        value: &Value,
        conversion: Conversion,
        spec: &str,
    ) -> Outcome<String> {
        let converted = match conversion {
            Conversion::None if spec.is_empty() => return text::display(self, value),
            Conversion::None => return format::format(self, value, spec),
            Conversion::Str => text::display(self, value)?,
            Conversion::Repr => text::repr(self, value)?,
            Conversion::Ascii => text::ascii(&text::repr(self, value)?),
        };
        if spec.is_empty() {
            Ok(converted)
        } else {
            format::format(self, &Value::from(converted), spec)
        }
    }

    /// Assigns `value` to a target and unpacks it as needed.
    pub(super) fn assign(
        &mut self,
        frame: &mut Frame,
        target: &Target,
        value: Value,
    ) -> Outcome<()> {
        match &target.kind {
            TargetKind::Name(name, slot) => {
                self.store(frame, *name, *slot, Some(value));
                Ok(())
            }
            TargetKind::Subscript(pair) => {
                let container = self.eval(frame, &pair.0)?;
                let key = self.eval(frame, &pair.1)?;
                self.set_item(&container, &key, value)
                    .map_err(|error| error.at(frame.file, target.at))
            }
            TargetKind::Attribute(object, name) => {
                let object = self.eval(frame, object)?;
                let name = self.names.text(*name).clone();
                Err(immutable(&object, &name).at(frame.file, target.at))
            }
            TargetKind::Sequence(targets, star) => {
                check_stack()?;
                let values = self
                    .unpack(&value, targets.len(), *star)
                    .map_err(|error| error.at(frame.file, target.at))?;
                for (target, value) in targets.iter().zip(values) {
                    self.assign(frame, target, value)?;
                }
                Ok(())
            }
        }
    }

    fn unpack(&mut self, value: &Value, count: usize, star: Option<usize>) -> Outcome<Vec<Value>> {
        if let (Value::Tuple(tuple), None) = (value, star)
            && tuple.items.len() == count
        {
            return Ok(tuple.items.to_vec());
        }
        let mut source = self.iterate(value).map_err(|_| {
            type_error(format!(
                "cannot unpack non-iterable {} object",
                value.type_name()
            ))
        })?;
        let mut values = Vec::new();
        while let Some(item) = self.next(&mut source)? {
            self.budget.step()?;
            self.budget.values(1)?;
            values.push(item);
            if star.is_none() && values.len() > count {
                return Err(value_error(format!(
                    "too many values to unpack (expected {count})"
                )));
            }
        }
        match star {
            None if values.len() < count => Err(value_error(format!(
                "not enough values to unpack (expected {count}, got {})",
                values.len()
            ))),
            None => Ok(values),
            Some(_) if values.len() < count - 1 => Err(value_error(format!(
                "not enough values to unpack (expected at least {}, got {})",
                count - 1,
                values.len()
            ))),
            Some(index) => {
                let after = count - 1 - index;
                let rest: Vec<Value> = values.drain(index..values.len() - after).collect();
                values.insert(index, Value::list(rest));
                Ok(values)
            }
        }
    }
}

enum Built {
    List(Vec<Value>),
    Set(Table<()>),
    Dict(Table<Value>),
}

/// Returns the cells that a function takes from the enclosing frame.
fn shared_cells(frame: &Frame, captures: &[(u32, u32)]) -> Box<[Rc<crate::values::SharedCell>]> {
    let cells = captures
        .iter()
        .map(|(outer, _)| match &frame.slots[*outer as usize] {
            Some(Value::Cell(cell)) => cell.clone(),
            // The resolver marked the slot as shared, so this is the variable of a comprehension that has ended.
            other => Rc::new(crate::values::SharedCell(other.clone().into())),
        });
    cells.collect()
}

/// Makes the error of `object.name = …` and `del object.name`.
pub(super) fn immutable(object: &Value, name: &str) -> Raised {
    let message = match object {
        Value::Tuple(tuple)
            if tuple
                .class
                .as_ref()
                .is_some_and(|class| class.fields.iter().any(|field| &**field == name)) =>
        {
            "can't set attribute".to_owned()
        }
        _ => format!(
            "'{}' object attribute '{name}' is read-only",
            object.type_name()
        ),
    };
    Raised::new(ExcKind::Attribute, message).hint(format!(
        "objects do not change; make a changed copy by calling it: `object({name} = ...)`"
    ))
}

//! Statements.

use crate::eval::expression::immutable;
use crate::ir::{Expr, For, Handler, Stmt, StmtKind, Target, TargetKind, Try, With};
use crate::values::compare::truth;
use crate::values::exception::type_error;
use crate::values::{Class, ExcKind, IterState, Outcome, Raised, Value};
use crate::vm::{Frame, Vm};

/// How a block ended.
pub(crate) enum Flow {
    Next,
    Break,
    Continue,
    Return(Value),
}

impl Vm {
    pub(super) fn block(&mut self, frame: &mut Frame, block: &[Stmt]) -> Outcome<Flow> {
        for stmt in block {
            match self.stmt(frame, stmt)? {
                Flow::Next => {}
                flow => return Ok(flow),
            }
        }
        Ok(Flow::Next)
    }

    fn stmt(&mut self, frame: &mut Frame, stmt: &Stmt) -> Outcome<Flow> {
        if let Err(error) = self.budget.step() {
            return Err(error.at(frame.file, stmt.at));
        }
        match &stmt.kind {
            StmtKind::Expr(expr) => {
                self.eval(frame, expr)?;
            }
            StmtKind::Assign(targets, value) => {
                let value = self.eval(frame, value)?;
                if let [target] = &**targets {
                    self.assign(frame, target, value)?;
                } else {
                    for target in targets {
                        self.assign(frame, target, value.clone())?;
                    }
                }
            }
            StmtKind::AugAssign(pair, op) => self.augment(frame, &pair.0, *op, &pair.1)?,
            StmtKind::Return(value) => {
                return Ok(Flow::Return(match value {
                    Some(value) => self.eval(frame, value)?,
                    None => Value::None,
                }));
            }
            StmtKind::If(branches, orelse) => {
                for (test, body) in branches {
                    if truth(&self.eval(frame, test)?) {
                        return self.nested(frame, body);
                    }
                }
                return self.nested(frame, orelse);
            }
            StmtKind::While(parts) => {
                let (test, body, orelse) = &**parts;
                while truth(&self.eval(frame, test)?) {
                    self.budget
                        .step()
                        .map_err(|error| error.at(frame.file, test.at))?;
                    match self.nested(frame, body)? {
                        Flow::Next | Flow::Continue => {}
                        Flow::Break => return Ok(Flow::Next),
                        flow => return Ok(flow),
                    }
                }
                return self.nested(frame, orelse);
            }
            StmtKind::For(parts) => return self.run_for(frame, parts),
            StmtKind::Break => return Ok(Flow::Break),
            StmtKind::Continue => return Ok(Flow::Continue),
            StmtKind::Pass => {}
            StmtKind::Function(define) => {
                let mut decorators = Vec::with_capacity(define.decorators.len());
                for decorator in &define.decorators {
                    decorators.push((self.eval(frame, decorator)?, decorator.at));
                }
                let mut function = self.eval(frame, &define.function)?;
                for (decorator, at) in decorators.into_iter().rev() {
                    let result = self.call(&decorator, vec![function]);
                    function = result.map_err(|error| error.at(frame.file, at))?;
                }
                self.assign(frame, &define.target, function)?;
            }
            StmtKind::Class(class) => self.run_class(frame, class, stmt.at)?,
            StmtKind::Try(parts) => return self.run_try(frame, parts),
            StmtKind::Raise(value) => return Err(self.raise(frame, value.as_ref(), stmt.at)),
            StmtKind::Assert(parts) => {
                if !truth(&self.eval(frame, &parts.0)?) {
                    let args = match &parts.1 {
                        Some(message) => vec![self.eval(frame, message)?],
                        None => Vec::new(),
                    };
                    return Err(Raised::with_args(ExcKind::Assertion, args).at(frame.file, stmt.at));
                }
            }
            StmtKind::Delete(targets) => {
                for target in targets {
                    self.delete(frame, target)?;
                }
            }
            StmtKind::Import(names) => {
                for name in names {
                    self.run_import(frame, name)?;
                }
            }
            StmtKind::ImportFrom(import) => self.run_import_from(frame, import, stmt.at)?,
            StmtKind::With(with) => return self.run_with(frame, with),
        }
        Ok(Flow::Next)
    }

    fn nested(&mut self, frame: &mut Frame, block: &[Stmt]) -> Outcome<Flow> {
        crate::stack::check_stack()?;
        self.block(frame, block)
    }

    fn run_for(&mut self, frame: &mut Frame, parts: &For) -> Outcome<Flow> {
        let source = self.eval(frame, &parts.iter)?;
        let mut state: IterState = self
            .iterate(&source)
            .map_err(|error| error.at(frame.file, parts.iter.at))?;
        drop(source);
        loop {
            let item = match self.next(&mut state) {
                Ok(Some(item)) => item,
                Ok(None) => break,
                Err(error) => return Err(error.at(frame.file, parts.iter.at)),
            };
            self.budget
                .step()
                .map_err(|error| error.at(frame.file, parts.iter.at))?;
            self.assign(frame, &parts.target, item)?;
            match self.nested(frame, &parts.body)? {
                Flow::Next | Flow::Continue => {}
                Flow::Break => return Ok(Flow::Next),
                flow => return Ok(flow),
            }
        }
        self.nested(frame, &parts.orelse)
    }

    fn augment(
        &mut self,
        frame: &mut Frame,
        target: &Target,
        op: crate::operator::BinaryOp,
        value: &Expr,
    ) -> Outcome<()> {
        let at = |error: Raised, frame: &Frame| error.at(frame.file, target.at);
        match &target.kind {
            TargetKind::Name(name, slot) => {
                let old = self
                    .load(frame, *name, *slot)
                    .map_err(|error| at(error, frame))?;
                let value = self.eval(frame, value)?;
                let new = self
                    .augmented(op, old, &value)
                    .map_err(|error| at(error, frame))?;
                self.store(frame, *name, *slot, Some(new));
                Ok(())
            }
            TargetKind::Subscript(pair) => {
                let container = self.eval(frame, &pair.0)?;
                let key = self.eval(frame, &pair.1)?;
                let old = self
                    .subscript(&container, &key)
                    .map_err(|error| at(error, frame))?;
                let value = self.eval(frame, value)?;
                let new = self
                    .augmented(op, old, &value)
                    .map_err(|error| at(error, frame))?;
                self.set_item(&container, &key, new)
                    .map_err(|error| at(error, frame))
            }
            TargetKind::Attribute(object, name) => {
                let object = self.eval(frame, object)?;
                let name = self.names.text(*name).clone();
                Err(at(immutable(&object, &name), frame))
            }
            TargetKind::Sequence(..) => Err(at(
                type_error("a tuple cannot be assigned to in place"),
                frame,
            )),
        }
    }

    fn delete(&mut self, frame: &mut Frame, target: &Target) -> Outcome<()> {
        match &target.kind {
            TargetKind::Name(name, slot) => {
                // The lookup reports unknown names; built-in names cannot be deleted.
                self.load(frame, *name, *slot)
                    .map_err(|error| error.at(frame.file, target.at))?;
                self.store(frame, *name, *slot, None);
                Ok(())
            }
            TargetKind::Subscript(pair) => {
                let container = self.eval(frame, &pair.0)?;
                let key = self.eval(frame, &pair.1)?;
                self.delete_item(&container, &key)
                    .map_err(|error| error.at(frame.file, target.at))
            }
            TargetKind::Attribute(object, name) => {
                let object = self.eval(frame, object)?;
                let name = self.names.text(*name).clone();
                Err(immutable(&object, &name).at(frame.file, target.at))
            }
            TargetKind::Sequence(targets, _) => targets
                .iter()
                .try_for_each(|target| self.delete(frame, target)),
        }
    }

    fn raise(&mut self, frame: &mut Frame, value: Option<&Expr>, at: u32) -> Raised {
        let Some(expr) = value else {
            return match self.handling.last() {
                Some((exception, spot)) => {
                    let error = Raised::exception(exception.clone());
                    match spot {
                        Some((file, at)) => error.at(*file, *at),
                        None => error.at(frame.file, at),
                    }
                }
                None => Raised::new(ExcKind::Runtime, "No active exception to reraise")
                    .at(frame.file, at),
            };
        };
        let error = match self.eval(frame, expr) {
            Err(error) => error,
            Ok(Value::Exception(exception)) => Raised::exception(exception),
            Ok(Value::Class(Class::Exception(kind))) => Raised::with_args(kind, Vec::new()),
            Ok(_) => type_error("exceptions must derive from BaseException"),
        };
        error.at(frame.file, at)
    }

    fn run_try(&mut self, frame: &mut Frame, parts: &Try) -> Outcome<Flow> {
        let mut result = self.nested(frame, &parts.body);
        result = match result {
            Err(error) => self.handle(frame, &parts.handlers, error),
            Ok(Flow::Next) => self.nested(frame, &parts.orelse),
            flow => flow,
        };
        // A limit or a refused construct ends the program at once.
        if matches!(&result, Err(error) if error.catchable().is_none()) || parts.finally.is_empty()
        {
            return result;
        }
        match self.nested(frame, &parts.finally)? {
            Flow::Next => result,
            flow => Ok(flow),
        }
    }

    fn handle(&mut self, frame: &mut Frame, handlers: &[Handler], error: Raised) -> Outcome<Flow> {
        let Some(exception) = error.catchable().cloned() else {
            return Err(error);
        };
        for handler in handlers {
            let matches = match &handler.class {
                None => true,
                Some(class) => {
                    let class = self.eval(frame, class)?;
                    handles(&class, exception.kind)
                        .map_err(|error| error.at(frame.file, handler.at))?
                }
            };
            if !matches {
                continue;
            }
            if let Some(target) = &handler.target {
                self.budget.values(4)?;
                self.assign(frame, target, Value::Exception(exception.clone()))?;
            }
            self.handling.push((exception, error.spot()));
            let result = self.nested(frame, &handler.body);
            self.handling.pop();
            if let Some(Target {
                kind: TargetKind::Name(name, slot),
                ..
            }) = &handler.target
            {
                self.store(frame, *name, *slot, None);
            }
            return result;
        }
        Err(error)
    }

    fn run_with(&mut self, frame: &mut Frame, with: &With) -> Outcome<Flow> {
        for (context, target) in &with.items {
            let value = self.eval(frame, context)?;
            let is_context = matches!(&value, Value::Native(object) if object.is_context());
            if !is_context {
                let message = format!(
                    "'{}' object does not support the context manager protocol",
                    value.type_name()
                );
                let error = type_error(message).hint("`with` accepts only files from `open()`");
                return Err(error.at(frame.file, context.at));
            }
            if let Some(target) = target {
                self.assign(frame, target, value)?;
            }
        }
        self.nested(frame, &with.body)
    }
}

/// Checks whether `except class` catches exceptions of class `kind`.
fn handles(class: &Value, kind: ExcKind) -> Outcome<bool> {
    match class {
        Value::Class(Class::Exception(class)) => Ok(kind.is(*class)),
        Value::Tuple(classes) => {
            for class in &classes.items {
                if handles(class, kind)? {
                    return Ok(true);
                }
            }
            Ok(false)
        }
        _ => Err(type_error(
            "catching classes that do not inherit from BaseException is not allowed",
        )),
    }
}

//! Resolution of names to slots.
//!
//! The names of a function are in its frame. A name that an inner function uses becomes a cell that both frames share. The
//! variables of comprehensions and the names of class bodies are further slots of the enclosing frame. At the top level, names
//! belong to the namespace that all files of a run share; only comprehensions and class bodies have slots there.

use std::collections::HashMap;
use std::rc::Rc;

use crate::ir::{
    Block, Body, ClassDef, Clause, Comprehension, ComprehensionKind, Expr, ExprKind, Fallback,
    FormatPart, MakeFunction, MakeGenerator, Namespace, Program, ScopeNames, Slot, Stmt, StmtKind,
    Target, TargetKind,
};
use crate::names::NameId;
use crate::source::FileId;
use crate::values::{Cause, Outcome, Raised};

/// Resolves all names of `program`.
pub(crate) fn resolve(program: &mut Program) -> Outcome<()> {
    let mut resolver = Resolver {
        file: program.file,
        functions: vec![Frame::default()],
    };
    resolver.block(&mut program.body)?;
    program.slots = resolver.functions[0].slots;
    Ok(())
}

#[derive(Clone, Copy)]
enum Binding {
    Local(u32),
    Global,
}

/// Layout of a frame under construction; the first layout belongs to the file.
#[derive(Default)]
struct Frame {
    names: HashMap<NameId, Binding>,
    slots: u32,
    cells: Vec<u32>,
    captures: Vec<(u32, u32)>,
    /// Open comprehensions and class bodies, innermost last.
    regions: Vec<Region>,
}

struct Region {
    is_class: bool,
    names: HashMap<NameId, u32>,
    cells: Vec<u32>,
}

impl Frame {
    fn slot(&mut self) -> u32 {
        self.slots += 1;
        self.slots - 1
    }
}

struct Resolver {
    file: FileId,
    functions: Vec<Frame>,
}

impl Resolver {
    fn frame(&mut self) -> &mut Frame {
        self.functions
            .last_mut()
            .expect("the file's frame is never popped")
    }

    /// Returns the location of `name`, seen from the innermost region of the innermost function.
    fn lookup(&mut self, name: NameId) -> Slot {
        let frame = self.frame();
        let mut in_class = None;
        for (depth, region) in frame.regions.iter().rev().enumerate() {
            match region.names.get(&name) {
                // The names of a class body are visible to the body itself and not to functions in it.
                Some(slot) if region.is_class && depth == 0 => in_class = Some(*slot),
                Some(slot) if !region.is_class => return Slot::Local(*slot),
                _ => {}
            }
        }
        let outer = match frame.names.get(&name) {
            Some(Binding::Local(slot)) => Fallback::Local(*slot),
            Some(Binding::Global) => Fallback::Global,
            None => self.capture(name).map_or(Fallback::Global, Fallback::Local),
        };
        match (in_class, outer) {
            (Some(slot), outer) => Slot::Class(slot, outer),
            (None, Fallback::Local(slot)) => Slot::Local(slot),
            (None, Fallback::Global) => Slot::Global,
        }
    }

    /// Captures `name` from an enclosing function; returns `None` if no enclosing function has it.
    fn capture(&mut self, name: NameId) -> Option<u32> {
        let innermost = self.functions.len() - 1;
        let (owner, mut slot) = (0..innermost).rev().find_map(|index| {
            let frame = &mut self.functions[index];
            for region in frame
                .regions
                .iter_mut()
                .rev()
                .filter(|region| !region.is_class)
            {
                if let Some(slot) = region.names.get(&name).copied() {
                    if !region.cells.contains(&slot) {
                        region.cells.push(slot);
                    }
                    return Some((index, Some(slot)));
                }
            }
            match frame.names.get(&name).copied() {
                Some(Binding::Local(slot)) => {
                    let taken_over = frame.captures.iter().any(|(_, inner)| *inner == slot);
                    if !taken_over && !frame.cells.contains(&slot) {
                        frame.cells.push(slot);
                    }
                    Some((index, Some(slot)))
                }
                Some(Binding::Global) => Some((index, None)),
                None => None,
            }
        })?;
        for frame in &mut self.functions[owner + 1..] {
            let outer = slot?;
            let inner = frame.slot();
            frame.captures.push((outer, inner));
            frame.names.insert(name, Binding::Local(inner));
            slot = Some(inner);
        }
        slot
    }

    fn syntax(&self, at: u32, message: String) -> Raised {
        Raised::from_cause(Cause::Syntax {
            message,
            hint: None,
        })
        .at(self.file, at)
    }

    /// Opens the frame of a function; the names in `bound` get the first slots, in that order.
    fn open(&mut self, scope: &ScopeNames) -> Outcome<()> {
        let mut frame = Frame::default();
        for name in &scope.global {
            frame.names.insert(*name, Binding::Global);
        }
        for name in &scope.bound {
            if scope.global.contains(name) || scope.nonlocal.iter().any(|(known, _)| known == name)
            {
                continue;
            }
            let slot = frame.slot();
            frame.names.insert(*name, Binding::Local(slot));
        }
        self.functions.push(frame);
        for (name, at) in &scope.nonlocal {
            if self.capture(*name).is_none() {
                return Err(self.syntax(*at, "no binding for this nonlocal name found".to_owned()));
            }
        }
        Ok(())
    }

    fn close(&mut self) -> Frame {
        self.functions
            .pop()
            .expect("each frame is closed where it was opened")
    }

    fn function(&mut self, make: &mut MakeFunction) -> Outcome<()> {
        for (_, default) in &mut make.defaults {
            self.expr(default)?;
        }
        self.open(&make.scope)?;
        let code = Rc::get_mut(&mut make.code).expect("a program is resolved before it runs");
        match &mut code.body {
            Body::Block(block) => self.block(block)?,
            Body::Expr(expr) => self.expr(expr)?,
        }
        let frame = self.close();
        code.slots = frame.slots;
        code.cells = frame.cells.into();
        code.captures = frame.captures.into();
        Ok(())
    }

    fn generator(&mut self, make: &mut MakeGenerator) -> Outcome<()> {
        self.expr(&mut make.first)?;
        let scope = ScopeNames {
            bound: std::mem::take(&mut make.bound),
            ..ScopeNames::default()
        };
        self.open(&scope)?;
        let code = Rc::get_mut(&mut make.code).expect("a program is resolved before it runs");
        for (index, clause) in code.clauses.iter_mut().enumerate() {
            if index > 0 {
                self.expr(&mut clause.iter)?;
            }
            self.clause(clause)?;
        }
        self.expr(&mut code.element)?;
        let frame = self.close();
        code.slots = frame.slots;
        code.cells = frame.cells.into();
        code.captures = frame.captures.into();
        Ok(())
    }

    fn clause(&mut self, clause: &mut Clause) -> Outcome<()> {
        self.target(&mut clause.target)?;
        self.exprs(&mut clause.conditions)
    }

    fn region(&mut self, bound: &[NameId], is_class: bool) {
        let frame = self.frame();
        let names = bound.iter().map(|name| (*name, frame.slot())).collect();
        frame.regions.push(Region {
            is_class,
            names,
            cells: Vec::new(),
        });
    }

    fn comprehension(&mut self, comprehension: &mut Comprehension) -> Outcome<()> {
        let Comprehension {
            kind,
            clauses,
            bound,
            slots,
            cells,
        } = comprehension;
        if let Some(first) = clauses.first_mut() {
            self.expr(&mut first.iter)?;
        }
        self.region(bound, false);
        for (index, clause) in clauses.iter_mut().enumerate() {
            if index > 0 {
                self.expr(&mut clause.iter)?;
            }
            self.clause(clause)?;
        }
        match kind {
            ComprehensionKind::List(element) | ComprehensionKind::Set(element) => {
                self.expr(element)?
            }
            ComprehensionKind::Dict(key, value) => {
                self.expr(key)?;
                self.expr(value)?;
            }
        }
        let region = self.frame().regions.pop().expect("pushed above");
        let mut used: Vec<u32> = region.names.into_values().collect();
        used.sort_unstable();
        *slots = used.into();
        *cells = region.cells.into();
        Ok(())
    }

    fn class(&mut self, class: &mut ClassDef) -> Outcome<()> {
        self.exprs(&mut class.bases)?;
        let bound: Vec<NameId> = class
            .scope
            .bound
            .iter()
            .filter(|name| !class.scope.global.contains(name))
            .copied()
            .collect();
        self.region(&bound, true);
        self.block(&mut class.body)?;
        let region = self.frame().regions.pop().expect("pushed above");
        class.fields = bound
            .iter()
            .map(|name| (*name, region.names[name]))
            .collect();
        self.target(&mut class.target)
    }

    /// Resolves the names that `locals()` returns: in a class body its names, else the names of the function and of enclosing
    /// comprehensions.
    fn namespace(&mut self, namespace: &mut Namespace) {
        let is_file = self.functions.len() == 1;
        let frame = self.frame();
        let in_class = frame.regions.last().is_some_and(|region| region.is_class);
        let mut names: Vec<(NameId, u32)> = Vec::new();
        if in_class {
            let region = frame.regions.last().into_iter();
            names.extend(
                region.flat_map(|region| region.names.iter().map(|(name, slot)| (*name, *slot))),
            );
        } else {
            names.extend(
                frame
                    .names
                    .iter()
                    .filter_map(|(name, binding)| match binding {
                        Binding::Local(slot) => Some((*name, *slot)),
                        Binding::Global => None,
                    }),
            );
            let regions = frame.regions.iter().filter(|region| !region.is_class);
            names.extend(
                regions.flat_map(|region| region.names.iter().map(|(name, slot)| (*name, *slot))),
            );
        }
        names.sort_unstable_by_key(|(_, slot)| *slot);
        namespace.names = names.into();
        namespace.top = is_file && !in_class;
    }

    fn exprs(&mut self, exprs: &mut [Expr]) -> Outcome<()> {
        exprs.iter_mut().try_for_each(|expr| self.expr(expr))
    }

    fn expr(&mut self, expr: &mut Expr) -> Outcome<()> {
        crate::stack::check_stack().map_err(|error| error.at(self.file, expr.at))?;
        match &mut expr.kind {
            ExprKind::Const(_) => {}
            ExprKind::Name(name, slot) => *slot = self.lookup(*name),
            ExprKind::List(items)
            | ExprKind::Tuple(items)
            | ExprKind::Set(items)
            | ExprKind::And(items)
            | ExprKind::Or(items) => self.exprs(items)?,
            ExprKind::Dict(pairs) => {
                for (key, value) in pairs {
                    if let Some(key) = key {
                        self.expr(key)?;
                    }
                    self.expr(value)?;
                }
            }
            ExprKind::Starred(value)
            | ExprKind::Not(value)
            | ExprKind::Unary(_, value)
            | ExprKind::YieldFrom(value) => {
                self.expr(value)?;
            }
            ExprKind::Attribute(value, _) => self.expr(value)?,
            ExprKind::Binary(_, pair) | ExprKind::Subscript(pair) => {
                self.expr(&mut pair.0)?;
                self.expr(&mut pair.1)?;
            }
            ExprKind::Compare(left, rest) => {
                self.expr(left)?;
                for (_, right) in rest {
                    self.expr(right)?;
                }
            }
            ExprKind::If(choice) => {
                self.expr(&mut choice.test)?;
                self.expr(&mut choice.body)?;
                self.expr(&mut choice.orelse)?;
            }
            ExprKind::Call(call) => {
                self.expr(&mut call.function)?;
                self.exprs(&mut call.args)?;
                for (_, value) in &mut call.keywords {
                    self.expr(value)?;
                }
            }
            ExprKind::Namespace(namespace) => {
                self.expr(&mut namespace.call.function)?;
                self.namespace(namespace);
            }
            ExprKind::Slice(parts) => {
                for part in parts.iter_mut().flatten() {
                    self.expr(part)?;
                }
            }
            ExprKind::Function(make) => self.function(make)?,
            ExprKind::Comprehension(comprehension) => self.comprehension(comprehension)?,
            ExprKind::Generator(make) => self.generator(make)?,
            ExprKind::Format(parts, _) => self.format(parts)?,
            ExprKind::Walrus(pair) => {
                self.expr(&mut pair.1)?;
                self.target(&mut pair.0)?;
            }
            ExprKind::Yield(value) => {
                if let Some(value) = value {
                    self.expr(value)?;
                }
            }
        }
        Ok(())
    }

    fn format(&mut self, parts: &mut [FormatPart]) -> Outcome<()> {
        for part in parts {
            if let FormatPart::Value { value, spec, .. } = part {
                self.expr(value)?;
                if let Some(spec) = spec {
                    self.format(spec)?;
                }
            }
        }
        Ok(())
    }

    fn target(&mut self, target: &mut Target) -> Outcome<()> {
        match &mut target.kind {
            TargetKind::Name(name, slot) => *slot = self.lookup(*name),
            TargetKind::Attribute(value, _) => self.expr(value)?,
            TargetKind::Subscript(pair) => {
                self.expr(&mut pair.0)?;
                self.expr(&mut pair.1)?;
            }
            TargetKind::Sequence(targets, _) => {
                for target in targets {
                    self.target(target)?;
                }
            }
        }
        Ok(())
    }

    fn block(&mut self, block: &mut Block) -> Outcome<()> {
        block.iter_mut().try_for_each(|stmt| self.stmt(stmt))
    }

    fn stmt(&mut self, stmt: &mut Stmt) -> Outcome<()> {
        crate::stack::check_stack().map_err(|error| error.at(self.file, stmt.at))?;
        match &mut stmt.kind {
            StmtKind::Expr(value)
            | StmtKind::Return(Some(value))
            | StmtKind::Raise(Some(value)) => self.expr(value)?,
            StmtKind::Return(None)
            | StmtKind::Raise(None)
            | StmtKind::Break
            | StmtKind::Continue
            | StmtKind::Pass => {}
            StmtKind::Assign(targets, value) => {
                self.expr(value)?;
                for target in targets {
                    self.target(target)?;
                }
            }
            StmtKind::AugAssign(pair, _) => {
                self.expr(&mut pair.1)?;
                self.target(&mut pair.0)?;
            }
            StmtKind::If(branches, orelse) => {
                for (test, body) in branches {
                    self.expr(test)?;
                    self.block(body)?;
                }
                self.block(orelse)?;
            }
            StmtKind::While(parts) => {
                self.expr(&mut parts.0)?;
                self.block(&mut parts.1)?;
                self.block(&mut parts.2)?;
            }
            StmtKind::For(parts) => {
                self.expr(&mut parts.iter)?;
                self.target(&mut parts.target)?;
                self.block(&mut parts.body)?;
                self.block(&mut parts.orelse)?;
            }
            StmtKind::Function(define) => {
                self.exprs(&mut define.decorators)?;
                self.target(&mut define.target)?;
                self.expr(&mut define.function)?;
            }
            StmtKind::Class(class) => self.class(class)?,
            StmtKind::Try(parts) => {
                self.block(&mut parts.body)?;
                for handler in &mut parts.handlers {
                    if let Some(class) = &mut handler.class {
                        self.expr(class)?;
                    }
                    if let Some(target) = &mut handler.target {
                        self.target(target)?;
                    }
                    self.block(&mut handler.body)?;
                }
                self.block(&mut parts.orelse)?;
                self.block(&mut parts.finally)?;
            }
            StmtKind::Assert(parts) => {
                self.expr(&mut parts.0)?;
                if let Some(message) = &mut parts.1 {
                    self.expr(message)?;
                }
            }
            StmtKind::Delete(targets) => {
                for target in targets {
                    self.target(target)?;
                }
            }
            StmtKind::Import(names) => {
                for name in names {
                    self.target(&mut name.target)?;
                }
            }
            StmtKind::ImportFrom(import) => {
                for (_, target) in &mut import.names {
                    self.target(target)?;
                }
            }
            StmtKind::With(with) => {
                for (context, target) in &mut with.items {
                    self.expr(context)?;
                    if let Some(target) = target {
                        self.target(target)?;
                    }
                }
                self.block(&mut with.body)?;
            }
        }
        Ok(())
    }
}

//! Statements.

use std::rc::Rc;

use ruff_python_ast::{self as ast, ExceptHandler, Expr as Node, Stmt as StmtNode};
use ruff_text_size::Ranged;

use crate::ir::{
    Block, Body, ClassDef, DefineFunction, Expr, For, Handler, ImportFrom, ImportName, Slot, Stmt,
    StmtKind, Target, TargetKind, Try, With,
};
use crate::lower::expression::binary;
use crate::lower::lowerer::{Lowerer, Scope, ScopeKind};
use crate::values::Outcome;

impl Lowerer<'_> {
    pub(super) fn block(&mut self, nodes: &[StmtNode]) -> Outcome<Block> {
        let mut block = Vec::with_capacity(nodes.len());
        for node in nodes {
            self.stmt(node, &mut block)?;
        }
        Ok(block.into())
    }

    fn loop_block(&mut self, nodes: &[StmtNode]) -> Outcome<Block> {
        self.scope().loops += 1;
        let block = self.block(nodes);
        self.scope().loops -= 1;
        block
    }

    fn stmt(&mut self, node: &StmtNode, block: &mut Vec<Stmt>) -> Outcome<()> {
        self.deep_enough(node)?;
        let kind = match node {
            // A string as a statement is a comment.
            StmtNode::Expr(statement) if matches!(&*statement.value, Node::StringLiteral(_)) => {
                return Ok(());
            }
            StmtNode::Expr(statement) => StmtKind::Expr(self.expr(&statement.value)?),
            StmtNode::Assign(assign) => {
                let value = self.expr(&assign.value)?;
                let targets = assign
                    .targets
                    .iter()
                    .map(|target| self.target(target))
                    .collect::<Outcome<_>>()?;
                StmtKind::Assign(targets, value)
            }
            StmtNode::AnnAssign(assign) => {
                let target = self.target(&assign.target)?;
                match &assign.value {
                    Some(value) => StmtKind::Assign(Box::new([target]), self.expr(value)?),
                    None => StmtKind::Pass,
                }
            }
            StmtNode::AugAssign(assign) => {
                let value = self.expr(&assign.value)?;
                let target = self.target(&assign.target)?;
                StmtKind::AugAssign(Box::new((target, value)), binary(assign.op))
            }
            StmtNode::Return(value) => {
                if self.scope().kind != ScopeKind::Function {
                    return Err(self.syntax_at(node, "'return' outside function"));
                }
                StmtKind::Return(
                    value
                        .value
                        .as_ref()
                        .map(|value| self.expr(value))
                        .transpose()?,
                )
            }
            StmtNode::If(choice) => self.choice(choice)?,
            StmtNode::While(looping) => StmtKind::While(Box::new((
                self.expr(&looping.test)?,
                self.loop_block(&looping.body)?,
                self.block(&looping.orelse)?,
            ))),
            StmtNode::For(looping) => {
                if looping.is_async {
                    return Err(self.refuse(node, "`async for`", "use a plain `for`"));
                }
                StmtKind::For(Box::new(For {
                    iter: self.expr(&looping.iter)?,
                    target: self.target(&looping.target)?,
                    body: self.loop_block(&looping.body)?,
                    orelse: self.block(&looping.orelse)?,
                }))
            }
            StmtNode::Break(_) | StmtNode::Continue(_) => {
                let is_break = matches!(node, StmtNode::Break(_));
                if self.scope().loops == 0 {
                    let message = if is_break {
                        "'break' outside loop"
                    } else {
                        "'continue' not properly in loop"
                    };
                    return Err(self.syntax_at(node, message));
                }
                if is_break {
                    StmtKind::Break
                } else {
                    StmtKind::Continue
                }
            }
            StmtNode::Pass(_) => StmtKind::Pass,
            StmtNode::FunctionDef(function) => self.define(function)?,
            StmtNode::ClassDef(class) => self.class(class)?,
            StmtNode::Try(attempt) => self.attempt(attempt)?,
            StmtNode::Raise(raise) => {
                if let Some(cause) = &raise.cause {
                    // The cause is evaluated for its errors; messages do not show it.
                    let kind = StmtKind::Expr(self.expr(cause)?);
                    block.push(Stmt {
                        at: cause.range().start().to_u32(),
                        kind,
                    });
                }
                StmtKind::Raise(
                    raise
                        .exc
                        .as_ref()
                        .map(|value| self.expr(value))
                        .transpose()?,
                )
            }
            StmtNode::Assert(assert) => {
                let message = assert
                    .msg
                    .as_ref()
                    .map(|message| self.expr(message))
                    .transpose()?;
                StmtKind::Assert(Box::new((self.expr(&assert.test)?, message)))
            }
            StmtNode::Delete(delete) => StmtKind::Delete(
                delete
                    .targets
                    .iter()
                    .map(|target| self.target(target))
                    .collect::<Outcome<_>>()?,
            ),
            StmtNode::Import(import) => StmtKind::Import(
                import
                    .names
                    .iter()
                    .map(|alias| self.import(alias))
                    .collect::<Outcome<_>>()?,
            ),
            StmtNode::ImportFrom(import) => match self.import_from(import)? {
                Some(kind) => kind,
                None => return Ok(()),
            },
            StmtNode::Global(global) => {
                let ids: Vec<_> = global
                    .names
                    .iter()
                    .map(|name| self.names.id(&name.id))
                    .collect();
                self.scope().names.global.extend(ids);
                return Ok(());
            }
            StmtNode::Nonlocal(nonlocal) => {
                if self.scope().kind != ScopeKind::Function {
                    return Err(
                        self.syntax_at(node, "nonlocal declaration not allowed at module level")
                    );
                }
                for name in &nonlocal.names {
                    let id = self.names.id(&name.id);
                    self.scope()
                        .names
                        .nonlocal
                        .push((id, name.range.start().to_u32()));
                }
                return Ok(());
            }
            StmtNode::With(with) => {
                if with.is_async {
                    return Err(self.refuse(node, "`async with`", "use a plain `with`"));
                }
                let mut items = Vec::with_capacity(with.items.len());
                for item in &with.items {
                    let context = self.expr(&item.context_expr)?;
                    let target = item
                        .optional_vars
                        .as_ref()
                        .map(|target| self.target(target))
                        .transpose()?;
                    items.push((context, target));
                }
                StmtKind::With(Box::new(With {
                    items: items.into(),
                    body: self.block(&with.body)?,
                }))
            }
            StmtNode::Match(_) => {
                return Err(self.refuse(node, "the `match` statement", "use `if` and `elif`"));
            }
            StmtNode::TypeAlias(_) => {
                return Err(self.refuse(node, "the `type` statement", "assign the type to a name"));
            }
            StmtNode::IpyEscapeCommand(_) => return Err(self.syntax_at(node, "invalid syntax")),
        };
        block.push(Stmt {
            at: node.range().start().to_u32(),
            kind,
        });
        Ok(())
    }

    fn choice(&mut self, choice: &ast::StmtIf) -> Outcome<StmtKind> {
        let mut branches = vec![(self.expr(&choice.test)?, self.block(&choice.body)?)];
        let mut orelse: Block = Box::default();
        for clause in &choice.elif_else_clauses {
            match &clause.test {
                Some(test) => branches.push((self.expr(test)?, self.block(&clause.body)?)),
                None => orelse = self.block(&clause.body)?,
            }
        }
        Ok(StmtKind::If(branches.into(), orelse))
    }

    fn name_target(&mut self, name: &ast::Identifier) -> Target {
        let kind = TargetKind::Name(self.bind(&name.id), Slot::Unresolved);
        Target {
            at: name.range.start().to_u32(),
            kind,
        }
    }

    fn define(&mut self, function: &ast::StmtFunctionDef) -> Outcome<StmtKind> {
        if function.is_async {
            return Err(self.refuse(function, "`async def`", "use a plain `def`"));
        }
        if let Some(params) = &function.type_params {
            return Err(self.refuse(&**params, "type parameters", "leave them out"));
        }
        let decorators = function
            .decorator_list
            .iter()
            .map(|node| self.expr(&node.expression))
            .collect::<Outcome<_>>()?;
        let defaults = self.defaults(&function.parameters)?;
        let target = self.name_target(&function.name);
        self.scopes.push(Scope::new(ScopeKind::Function));
        let params = self.params(&function.parameters)?;
        let body = self.block(&function.body)?;
        let mut scope = self.pop_scope();
        if let Some(StmtNode::Expr(first)) = function.body.first()
            && let Node::StringLiteral(doc) = &*first.value
        {
            scope.doc = Some(doc.value.to_str().into());
        }
        let declared = scope
            .names
            .global
            .iter()
            .chain(scope.names.nonlocal.iter().map(|(name, _)| name));
        if let Some(name) = declared
            .into_iter()
            .find(|name| scope.names.bound[..params.count()].contains(name))
        {
            let text = format!("name '{}' is parameter and global", self.name(*name));
            return Err(self.syntax_at(function, &text));
        }
        let name: Rc<str> = function.name.as_str().into();
        let kind = self.function(name, params, Body::Block(body), scope, defaults);
        let function = Expr {
            at: function.name.range.start().to_u32(),
            kind,
        };
        Ok(StmtKind::Function(Box::new(DefineFunction {
            function,
            decorators,
            target,
        })))
    }

    fn class(&mut self, class: &ast::StmtClassDef) -> Outcome<StmtKind> {
        if let Some(decorator) = class.decorator_list.first() {
            return Err(self.refuse(
                decorator,
                "class decorators",
                "leave it out; a struct is made by its fields alone",
            ));
        }
        if let Some(params) = &class.type_params {
            return Err(self.refuse(&**params, "type parameters", "leave them out"));
        }
        if let Some(keyword) = class.keywords().first() {
            return Err(self.refuse(
                keyword,
                "keywords in a class's bases",
                "derive from `Struct` alone",
            ));
        }
        let name: Rc<str> = class.name.as_str().into();
        if class.bases().is_empty() {
            return Err(self.refuse(
                &class.name,
                &format!("class `{name}` without a base"),
                "only structs can be declared: `class X(Struct):`; for other data use a dict or functions",
            ));
        }
        let mut bases = Vec::new();
        for base in class.bases() {
            if matches!(base, Node::Starred(_)) {
                return Err(self.refuse(
                    base,
                    "unpacked base classes",
                    "name the struct to derive from",
                ));
            }
            bases.push(self.expr(base)?);
        }
        let target = self.name_target(&class.name);
        self.scopes.push(Scope::new(ScopeKind::Class));
        let body = self.block(&class.body)?;
        let scope = self.pop_scope();
        Ok(StmtKind::Class(Box::new(ClassDef {
            name,
            bases: bases.into(),
            body,
            scope: scope.names,
            fields: Box::default(),
            target,
        })))
    }

    fn attempt(&mut self, attempt: &ast::StmtTry) -> Outcome<StmtKind> {
        if attempt.is_star {
            return Err(self.refuse(attempt, "`except*`", "use a plain `except`"));
        }
        let body = self.block(&attempt.body)?;
        let mut handlers = Vec::with_capacity(attempt.handlers.len());
        for (index, ExceptHandler::ExceptHandler(handler)) in attempt.handlers.iter().enumerate() {
            if handler.type_.is_none() && index + 1 < attempt.handlers.len() {
                return Err(self.syntax_at(handler, "default 'except:' must be last"));
            }
            let class = handler
                .type_
                .as_ref()
                .map(|class| self.expr(class))
                .transpose()?;
            let target = handler.name.as_ref().map(|name| self.name_target(name));
            let body = self.block(&handler.body)?;
            handlers.push(Handler {
                at: handler.range.start().to_u32(),
                class,
                target,
                body,
            });
        }
        Ok(StmtKind::Try(Box::new(Try {
            body,
            handlers: handlers.into(),
            orelse: self.block(&attempt.orelse)?,
            finally: self.block(&attempt.finalbody)?,
        })))
    }

    fn import(&mut self, alias: &ast::Alias) -> Outcome<ImportName> {
        let module: Rc<str> = alias.name.as_str().into();
        let (name, top_only) = match &alias.asname {
            Some(name) => (name.id.as_str(), false),
            None => (module.split('.').next().unwrap_or_default(), true),
        };
        let kind = TargetKind::Name(self.bind(name), Slot::Unresolved);
        Ok(ImportName {
            module: module.clone(),
            top_only,
            target: Target {
                at: alias.range.start().to_u32(),
                kind,
            },
        })
    }

    /// Lowers an import; returns `None` for imports without effect, for example from `__future__`.
    fn import_from(&mut self, import: &ast::StmtImportFrom) -> Outcome<Option<StmtKind>> {
        if import.level > 0 {
            return Err(self.refuse(
                import,
                "relative imports",
                "use `include('path')` for other files",
            ));
        }
        let module: Rc<str> = import
            .module
            .as_ref()
            .map_or("", |module| module.as_str())
            .into();
        if &*module == "__future__" {
            return Ok(None);
        }
        let mut names = Vec::new();
        let mut star = false;
        for alias in &import.names {
            if alias.name.as_str() == "*" {
                if self.scope().kind != ScopeKind::Top {
                    return Err(self.syntax_at(alias, "import * only allowed at module level"));
                }
                star = true;
                continue;
            }
            let name: Rc<str> = alias.name.as_str().into();
            let target = self.name_target(alias.asname.as_ref().unwrap_or(&alias.name));
            names.push((name, target));
        }
        Ok(Some(StmtKind::ImportFrom(Box::new(ImportFrom {
            module,
            names: names.into(),
            star,
        }))))
    }
}

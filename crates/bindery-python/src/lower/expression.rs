//! Expressions.

use std::rc::Rc;

use num_bigint::BigInt;
use ruff_python_ast::{
    self as ast, BoolOp, CmpOp, ConversionFlag, Expr as Node, FStringPart,
    InterpolatedStringElement, Number, Operator, UnaryOp as NodeUnary,
};
use ruff_text_size::Ranged;

use crate::ir::{
    Body, Call, Clause, Code, Comprehension, ComprehensionKind, Conversion, Expr, ExprKind,
    FormatPart, GeneratorCode, IfExpr, MakeFunction, MakeGenerator, Namespace, Params, Slot,
    Target, TargetKind,
};
use crate::lower::lowerer::offset;
use crate::lower::lowerer::{Lowerer, Scope, ScopeKind};
use crate::operator::{BinaryOp, CompareOp, UnaryOp};
use crate::values::{Outcome, Str, Value};

impl Lowerer<'_> {
    pub(super) fn expr(&mut self, node: &Node) -> Outcome<Expr> {
        self.deep_enough(node)?;
        let kind = match node {
            Node::BooleanLiteral(literal) => ExprKind::Const(Value::Bool(literal.value)),
            Node::NoneLiteral(_) => ExprKind::Const(Value::None),
            Node::EllipsisLiteral(_) => ExprKind::Const(Value::Ellipsis),
            Node::NumberLiteral(literal) => ExprKind::Const(self.number(literal)?),
            Node::StringLiteral(literal) => {
                let origin = self
                    .sources
                    .origin(self.file, node.range().start().to_u32());
                ExprKind::Const(Value::Str(Str::with_origin(
                    literal.value.to_str(),
                    Some(origin),
                )))
            }
            Node::BytesLiteral(literal) => {
                ExprKind::Const(Value::Bytes(literal.value.bytes().collect()))
            }
            Node::FString(text) => self.format_string(text)?,
            Node::Name(name) => ExprKind::Name(self.names.id(&name.id), Slot::Unresolved),
            Node::List(list) => ExprKind::List(self.exprs(&list.elts)?),
            Node::Tuple(tuple) => ExprKind::Tuple(self.exprs(&tuple.elts)?),
            Node::Set(set) => ExprKind::Set(self.exprs(&set.elts)?),
            Node::Dict(dict) => {
                let mut pairs = Vec::with_capacity(dict.items.len());
                for item in &dict.items {
                    let key = item.key.as_ref().map(|key| self.expr(key)).transpose()?;
                    pairs.push((key, self.expr(&item.value)?));
                }
                ExprKind::Dict(pairs.into())
            }
            Node::Starred(starred) => ExprKind::Starred(Box::new(self.expr(&starred.value)?)),
            Node::BoolOp(operation) => {
                let values = self.exprs(&operation.values)?;
                match operation.op {
                    BoolOp::And => ExprKind::And(values),
                    BoolOp::Or => ExprKind::Or(values),
                }
            }
            Node::UnaryOp(operation) => self.unary(operation)?,
            Node::BinOp(operation) => {
                let left = self.expr(&operation.left)?;
                let right = self.expr(&operation.right)?;
                ExprKind::Binary(binary(operation.op), Box::new((left, right)))
            }
            Node::Compare(compare) => {
                let left = self.expr(&compare.left)?;
                let mut rest = Vec::with_capacity(compare.ops.len());
                for (op, right) in compare.ops.iter().zip(&compare.comparators) {
                    rest.push((comparison(*op), self.expr(right)?));
                }
                ExprKind::Compare(Box::new(left), rest.into())
            }
            Node::If(choice) => ExprKind::If(Box::new(IfExpr {
                test: self.expr(&choice.test)?,
                body: self.expr(&choice.body)?,
                orelse: self.expr(&choice.orelse)?,
            })),
            Node::Call(call) => return self.call(call),
            Node::Attribute(attribute) => {
                let value = self.expr(&attribute.value)?;
                let at = attribute.attr.range.start().to_u32();
                let kind = ExprKind::Attribute(Box::new(value), self.names.id(&attribute.attr.id));
                return Ok(Expr { at, kind });
            }
            Node::Subscript(subscript) => ExprKind::Subscript(Box::new((
                self.expr(&subscript.value)?,
                self.expr(&subscript.slice)?,
            ))),
            Node::Slice(slice) => {
                let mut part = |part: &Option<Box<Node>>| {
                    part.as_ref().map(|part| self.expr(part)).transpose()
                };
                ExprKind::Slice(Box::new([
                    part(&slice.lower)?,
                    part(&slice.upper)?,
                    part(&slice.step)?,
                ]))
            }
            Node::Lambda(lambda) => self.lambda(lambda)?,
            Node::ListComp(comp) => self.comprehension(&comp.generators, |this| {
                Ok(ComprehensionKind::List(this.element(&comp.elt)?))
            })?,
            Node::SetComp(comp) => self.comprehension(&comp.generators, |this| {
                Ok(ComprehensionKind::Set(this.element(&comp.elt)?))
            })?,
            Node::DictComp(comp) => {
                let Some(key) = &comp.key else {
                    return Err(self.refuse(
                        node,
                        "`**` in a dict comprehension",
                        "update a dict in a loop",
                    ));
                };
                self.comprehension(&comp.generators, |this| {
                    Ok(ComprehensionKind::Dict(
                        this.expr(key)?,
                        this.expr(&comp.value)?,
                    ))
                })?
            }
            Node::Generator(generator) => self.generator(generator)?,
            Node::Named(named) => {
                let value = self.expr(&named.value)?;
                let Node::Name(name) = &*named.target else {
                    return Err(
                        self.syntax_at(node, "cannot use assignment expressions with this target")
                    );
                };
                let id = self.names.id(&name.id);
                self.statement_scope().bind(id);
                let target = Target {
                    at: name.range.start().to_u32(),
                    kind: TargetKind::Name(id, Slot::Unresolved),
                };
                ExprKind::Walrus(Box::new((target, value)))
            }
            Node::Yield(value) => {
                self.yields(node)?;
                ExprKind::Yield(
                    value
                        .value
                        .as_ref()
                        .map(|value| self.expr(value).map(Box::new))
                        .transpose()?,
                )
            }
            Node::YieldFrom(value) => {
                self.yields(node)?;
                ExprKind::YieldFrom(Box::new(self.expr(&value.value)?))
            }
            Node::Await(_) => {
                return Err(self.refuse(
                    node,
                    "`await`",
                    "job files run from top to bottom; leave it out",
                ));
            }
            Node::TString(_) => {
                return Err(self.refuse(
                    node,
                    "template strings `t'...'`",
                    "use an f-string or `%`",
                ));
            }
            Node::IpyEscapeCommand(_) => return Err(self.syntax_at(node, "invalid syntax")),
        };
        Ok(Expr {
            at: node.range().start().to_u32(),
            kind,
        })
    }

    fn exprs(&mut self, nodes: &[Node]) -> Outcome<Box<[Expr]>> {
        nodes.iter().map(|node| self.expr(node)).collect()
    }

    fn yields(&mut self, node: &Node) -> Outcome<()> {
        if self.scope().kind != ScopeKind::Function {
            return Err(self.syntax_at(node, "'yield' outside function"));
        }
        self.scope().yields = true;
        Ok(())
    }

    fn number(&self, literal: &ast::ExprNumberLiteral) -> Outcome<Value> {
        match &literal.value {
            Number::Float(value) => Ok(Value::Float(*value)),
            Number::Complex { .. } => Err(self.refuse(literal, "complex numbers", "use a float")),
            Number::Int(value) => match value.as_i64() {
                Some(small) => Ok(Value::Int(small)),
                None => {
                    let text = value.to_string().replace('_', "").to_ascii_lowercase();
                    let (digits, radix) = match text.get(..2) {
                        Some("0x") => (&text[2..], 16),
                        Some("0o") => (&text[2..], 8),
                        Some("0b") => (&text[2..], 2),
                        _ => (&text[..], 10),
                    };
                    match BigInt::parse_bytes(digits.as_bytes(), radix) {
                        Some(big) => Ok(Value::from_big(big)),
                        None => Err(self.syntax_at(literal, "invalid integer literal")),
                    }
                }
            },
        }
    }

    fn unary(&mut self, operation: &ast::ExprUnaryOp) -> Outcome<ExprKind> {
        let operand = self.expr(&operation.operand)?;
        let op = match operation.op {
            NodeUnary::Not => return Ok(ExprKind::Not(Box::new(operand))),
            NodeUnary::UAdd => UnaryOp::Plus,
            NodeUnary::USub => UnaryOp::Minus,
            NodeUnary::Invert => UnaryOp::Invert,
        };
        Ok(match (op, &operand.kind) {
            (UnaryOp::Minus, ExprKind::Const(Value::Int(value))) if *value != i64::MIN => {
                ExprKind::Const(Value::Int(-value))
            }
            (UnaryOp::Minus, ExprKind::Const(Value::Float(value))) => {
                ExprKind::Const(Value::Float(-value))
            }
            _ => ExprKind::Unary(op, Box::new(operand)),
        })
    }

    fn call(&mut self, call: &ast::ExprCall) -> Outcome<Expr> {
        let function = self.expr(&call.func)?;
        let mut args = Vec::with_capacity(call.arguments.args.len());
        let mut plain = true;
        for argument in &call.arguments.args {
            plain &= !matches!(argument, Node::Starred(_));
            args.push(self.expr(argument)?);
        }
        let mut keywords: Vec<(Option<Rc<str>>, Expr)> =
            Vec::with_capacity(call.arguments.keywords.len());
        for keyword in &call.arguments.keywords {
            let name = keyword.arg.as_ref().map(|name| {
                let id = self.names.id(&name.id);
                self.name(id)
            });
            if name.is_some() && keywords.iter().any(|(known, _)| *known == name) {
                let text = format!(
                    "keyword argument repeated: {}",
                    name.as_deref().unwrap_or_default()
                );
                return Err(self.syntax_at(keyword, &text));
            }
            plain &= name.is_some();
            let mut value = self.expr(&keyword.value)?;
            if name.is_none() {
                value.at = keyword.range.start().to_u32();
            }
            keywords.push((name, value));
        }
        // A call in a chain of methods gets the position of its method; otherwise all calls of the chain had one position.
        let at = match &function.kind {
            ExprKind::Attribute(..) => function.at,
            _ => call.range().start().to_u32(),
        };
        let call = Call {
            function,
            args: args.into(),
            keywords: keywords.into(),
            plain,
        };
        let sees_names = match &call.function.kind {
            ExprKind::Name(name, _) if call.args.is_empty() && call.keywords.is_empty() => {
                matches!(&**self.names.text(*name), "locals" | "vars")
            }
            _ => false,
        };
        let kind = if sees_names {
            ExprKind::Namespace(Box::new(Namespace {
                call,
                names: Box::default(),
                top: false,
            }))
        } else {
            ExprKind::Call(Box::new(call))
        };
        Ok(Expr { at, kind })
    }

    fn format_string(&mut self, text: &ast::ExprFString) -> Outcome<ExprKind> {
        let mut parts = Vec::new();
        for part in &text.value {
            match part {
                FStringPart::Literal(literal) => {
                    parts.push(FormatPart::Text(literal.as_str().into()))
                }
                FStringPart::FString(fields) => self.format_parts(&fields.elements, &mut parts)?,
            }
        }
        let origin = self.sources.origin(self.file, text.range.start().to_u32());
        Ok(ExprKind::Format(parts.into(), Some(origin.0)))
    }

    fn format_parts(
        &mut self,
        elements: &ast::InterpolatedStringElements,
        parts: &mut Vec<FormatPart>,
    ) -> Outcome<()> {
        for element in elements {
            match element {
                InterpolatedStringElement::Literal(literal) => {
                    parts.push(FormatPart::Text((*literal.value).into()))
                }
                InterpolatedStringElement::Interpolation(field) => {
                    if let Some(debug) = &field.debug_text {
                        parts.push(FormatPart::Text(debug.as_str().into()));
                    }
                    let value = self.expr(&field.expression)?;
                    let conversion = match field.conversion {
                        // `{x=}` shows `repr()` of the value unless a format is given.
                        ConversionFlag::None
                            if field.debug_text.is_some() && field.format_spec.is_none() =>
                        {
                            Conversion::Repr
                        }
                        ConversionFlag::None => Conversion::None,
                        ConversionFlag::Str => Conversion::Str,
                        ConversionFlag::Ascii => Conversion::Ascii,
                        ConversionFlag::Repr => Conversion::Repr,
                    };
                    let spec = match &field.format_spec {
                        None => None,
                        Some(spec) => {
                            let mut inner = Vec::new();
                            self.format_parts(&spec.elements, &mut inner)?;
                            Some(inner.into())
                        }
                    };
                    parts.push(FormatPart::Value {
                        value,
                        conversion,
                        spec,
                    });
                }
            }
        }
        Ok(())
    }

    fn lambda(&mut self, lambda: &ast::ExprLambda) -> Outcome<ExprKind> {
        let none = ast::Parameters::default();
        let parameters = lambda.parameters.as_deref().unwrap_or(&none);
        let defaults = self.defaults(parameters)?;
        self.scopes.push(Scope::new(ScopeKind::Function));
        let params = self.params(parameters)?;
        let body = self.expr(&lambda.body)?;
        let scope = self.pop_scope();
        Ok(self.function(
            "<lambda>".into(),
            params,
            Body::Expr(Box::new(body)),
            scope,
            defaults,
        ))
    }

    pub(super) fn function(
        &mut self,
        name: Rc<str>,
        params: Params,
        body: Body,
        scope: Scope,
        defaults: Box<[(u32, Expr)]>,
    ) -> ExprKind {
        let code = Rc::new(Code {
            name,
            file: self.file,
            params,
            body,
            slots: 0,
            cells: Box::default(),
            captures: Box::default(),
            yields: scope.yields,
            doc: scope.doc,
        });
        ExprKind::Function(Box::new(MakeFunction {
            code,
            defaults,
            scope: scope.names,
        }))
    }

    /// Lowers default values, with the slots they fill; they belong to the enclosing scope.
    pub(super) fn defaults(&mut self, parameters: &ast::Parameters) -> Outcome<Box<[(u32, Expr)]>> {
        let mut defaults = Vec::new();
        for (slot, parameter) in parameters.iter_non_variadic_params().enumerate() {
            if let Some(default) = &parameter.default {
                defaults.push((offset(slot), self.expr(default)?));
            }
        }
        Ok(defaults.into())
    }

    /// Lowers parameters and binds them in the current scope, in the order of their slots.
    pub(super) fn params(&mut self, parameters: &ast::Parameters) -> Outcome<Params> {
        let mut names =
            |list: &mut dyn Iterator<Item = &ast::Parameter>| -> Outcome<Box<[Rc<str>]>> {
                list.map(|parameter| {
                    let id = self.names.id(&parameter.name.id);
                    if self.scope().seen.contains(&id) {
                        let text = format!(
                            "duplicate argument '{}' in function definition",
                            parameter.name.id
                        );
                        return Err(self.syntax_at(parameter, &text));
                    }
                    self.bind(&parameter.name.id);
                    Ok(self.name(id))
                })
                .collect()
            };
        let positional = parameters.posonlyargs.iter().chain(&parameters.args);
        Ok(Params {
            positional: names(&mut positional.map(|param| &param.parameter))?,
            positional_only: parameters.posonlyargs.len(),
            keyword_only: names(&mut parameters.kwonlyargs.iter().map(|param| &param.parameter))?,
            args: !names(&mut parameters.vararg.as_deref().into_iter())?.is_empty(),
            kwargs: !names(&mut parameters.kwarg.as_deref().into_iter())?.is_empty(),
        })
    }

    /// Lowers the clauses of a comprehension and its element, in a scope that excludes the first iterable.
    fn clauses<T>(
        &mut self,
        generators: &[ast::Comprehension],
        inner: impl FnOnce(&mut Self) -> Outcome<T>,
    ) -> Outcome<(Vec<Clause>, T, Scope)> {
        let mut clauses = Vec::with_capacity(generators.len());
        for (index, generator) in generators.iter().enumerate() {
            if generator.is_async {
                return Err(self.refuse(generator, "`async for`", "use a plain `for`"));
            }
            let iter = if index == 0 {
                let iter = self.expr(&generator.iter)?;
                self.scopes.push(Scope::new(ScopeKind::Comprehension));
                iter
            } else {
                self.expr(&generator.iter)?
            };
            let target = self.target(&generator.target)?;
            let conditions = self.exprs(&generator.ifs)?;
            clauses.push(Clause {
                target,
                iter,
                conditions,
            });
        }
        let result = inner(self)?;
        Ok((clauses, result, self.pop_scope()))
    }

    /// Lowers the element of a comprehension.
    fn element(&mut self, node: &Node) -> Outcome<Expr> {
        if matches!(node, Node::Starred(_)) {
            return Err(self.refuse(
                node,
                "`*` in a comprehension",
                "use a second `for`: `[x for l in lists for x in l]`",
            ));
        }
        self.expr(node)
    }

    fn comprehension(
        &mut self,
        generators: &[ast::Comprehension],
        kind: impl FnOnce(&mut Self) -> Outcome<ComprehensionKind>,
    ) -> Outcome<ExprKind> {
        let (clauses, kind, scope) = self.clauses(generators, kind)?;
        Ok(ExprKind::Comprehension(Box::new(Comprehension {
            kind,
            clauses: clauses.into(),
            bound: scope.names.bound,
            slots: Box::default(),
            cells: Box::default(),
        })))
    }

    fn generator(&mut self, generator: &ast::ExprGenerator) -> Outcome<ExprKind> {
        let (mut clauses, element, scope) =
            self.clauses(&generator.generators, |this| this.element(&generator.elt))?;
        let placeholder = Expr {
            at: clauses[0].iter.at,
            kind: ExprKind::Const(Value::None),
        };
        let first = std::mem::replace(&mut clauses[0].iter, placeholder);
        let code = Rc::new(GeneratorCode {
            file: self.file,
            element,
            clauses: clauses.into(),
            slots: 0,
            cells: Box::default(),
            captures: Box::default(),
        });
        Ok(ExprKind::Generator(Box::new(MakeGenerator {
            first,
            code,
            bound: scope.names.bound,
        })))
    }

    pub(super) fn target(&mut self, node: &Node) -> Outcome<Target> {
        self.deep_enough(node)?;
        let kind = match node {
            Node::Name(name) => TargetKind::Name(self.bind(&name.id), Slot::Unresolved),
            Node::Attribute(attribute) => TargetKind::Attribute(
                Box::new(self.expr(&attribute.value)?),
                self.names.id(&attribute.attr.id),
            ),
            Node::Subscript(subscript) => TargetKind::Subscript(Box::new((
                self.expr(&subscript.value)?,
                self.expr(&subscript.slice)?,
            ))),
            Node::List(ast::ExprList { elts, .. }) | Node::Tuple(ast::ExprTuple { elts, .. }) => {
                let mut star = None;
                let mut targets = Vec::with_capacity(elts.len());
                for (index, element) in elts.iter().enumerate() {
                    let element = match element {
                        Node::Starred(starred) => {
                            if star.replace(index).is_some() {
                                return Err(self.syntax_at(
                                    element,
                                    "multiple starred expressions in assignment",
                                ));
                            }
                            &*starred.value
                        }
                        other => other,
                    };
                    targets.push(self.target(element)?);
                }
                TargetKind::Sequence(targets.into(), star)
            }
            Node::Starred(_) => {
                return Err(
                    self.syntax_at(node, "starred assignment target must be in a list or tuple")
                );
            }
            _ => return Err(self.syntax_at(node, "cannot assign to this expression")),
        };
        Ok(Target {
            at: node.range().start().to_u32(),
            kind,
        })
    }
}

pub(super) fn binary(op: Operator) -> BinaryOp {
    match op {
        Operator::Add => BinaryOp::Add,
        Operator::Sub => BinaryOp::Sub,
        Operator::Mult => BinaryOp::Mul,
        Operator::MatMult => BinaryOp::MatMul,
        Operator::Div => BinaryOp::Div,
        Operator::Mod => BinaryOp::Mod,
        Operator::Pow => BinaryOp::Pow,
        Operator::LShift => BinaryOp::LShift,
        Operator::RShift => BinaryOp::RShift,
        Operator::BitOr => BinaryOp::BitOr,
        Operator::BitXor => BinaryOp::BitXor,
        Operator::BitAnd => BinaryOp::BitAnd,
        Operator::FloorDiv => BinaryOp::FloorDiv,
    }
}

fn comparison(op: CmpOp) -> CompareOp {
    match op {
        CmpOp::Eq => CompareOp::Eq,
        CmpOp::NotEq => CompareOp::NotEq,
        CmpOp::Lt => CompareOp::Lt,
        CmpOp::LtE => CompareOp::LtE,
        CmpOp::Gt => CompareOp::Gt,
        CmpOp::GtE => CompareOp::GtE,
        CmpOp::Is => CompareOp::Is,
        CmpOp::IsNot => CompareOp::IsNot,
        CmpOp::In => CompareOp::In,
        CmpOp::NotIn => CompareOp::NotIn,
    }
}

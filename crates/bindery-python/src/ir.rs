//! Lowered program: names are numbers, local variables are slots, positions are offsets.

use std::rc::Rc;

use crate::names::NameId;
use crate::operator::{BinaryOp, CompareOp, UnaryOp};
use crate::source::FileId;
use crate::values::value::Value;

pub(crate) type Block = Box<[Stmt]>;

/// Location of a name's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Slot {
    /// Not resolved yet; used only between lowering and resolving.
    Unresolved,
    /// A slot of the running frame, which holds the value or a cell shared with inner functions.
    Local(u32),
    /// The namespace that all files of a run share, then the built-in names.
    Global,
    /// A name of a class body: its own slot, and the location used while the slot is empty.
    Class(u32, Fallback),
}

/// Location of a name that a class body has not assigned yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fallback {
    Local(u32),
    Global,
}

#[derive(Debug)]
pub(crate) struct Expr {
    pub(crate) at: u32,
    pub(crate) kind: ExprKind,
}

#[derive(Debug)]
pub(crate) enum ExprKind {
    Const(Value),
    Name(NameId, Slot),
    List(Box<[Expr]>),
    Tuple(Box<[Expr]>),
    Set(Box<[Expr]>),
    /// Pairs of keys and values; a value without a key is unpacked.
    Dict(Box<[(Option<Expr>, Expr)]>),
    Starred(Box<Expr>),
    Not(Box<Expr>),
    Unary(UnaryOp, Box<Expr>),
    Binary(BinaryOp, Box<(Expr, Expr)>),
    And(Box<[Expr]>),
    Or(Box<[Expr]>),
    Compare(Box<Expr>, Box<[(CompareOp, Expr)]>),
    If(Box<IfExpr>),
    Call(Box<Call>),
    Namespace(Box<Namespace>),
    Attribute(Box<Expr>, NameId),
    Subscript(Box<(Expr, Expr)>),
    Slice(Box<[Option<Expr>; 3]>),
    Function(Box<MakeFunction>),
    Comprehension(Box<Comprehension>),
    Generator(Box<MakeGenerator>),
    Format(Box<[FormatPart]>, Option<u32>),
    Walrus(Box<(Target, Expr)>),
    Yield(Option<Box<Expr>>),
    YieldFrom(Box<Expr>),
}

/// A call of `locals()` or `vars()`; the result depends on the position of the call.
#[derive(Debug)]
pub(crate) struct Namespace {
    /// The call itself, for a file that redefines the name.
    pub(crate) call: Call,
    /// Names of the enclosing functions and blocks, and their slots.
    pub(crate) names: Box<[(NameId, u32)]>,
    /// Whether the names of the file are included.
    pub(crate) top: bool,
}

#[derive(Debug)]
pub(crate) struct IfExpr {
    pub(crate) test: Expr,
    pub(crate) body: Expr,
    pub(crate) orelse: Expr,
}

#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) function: Expr,
    /// Positional arguments; starred arguments are unpacked.
    pub(crate) args: Box<[Expr]>,
    /// Keyword arguments; a value without a name is unpacked.
    pub(crate) keywords: Box<[(Option<Rc<str>>, Expr)]>,
    /// Whether no argument is unpacked.
    pub(crate) plain: bool,
}

#[derive(Debug)]
pub(crate) enum FormatPart {
    Text(Rc<str>),
    Value {
        value: Expr,
        conversion: Conversion,
        spec: Option<Box<[FormatPart]>>,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Conversion {
    None,
    Str,
    Repr,
    Ascii,
}

/// Code of a function, shared by all functions made from one `def` or `lambda`.
#[derive(Debug)]
pub(crate) struct Code {
    pub(crate) name: Rc<str>,
    pub(crate) file: FileId,
    pub(crate) params: Params,
    pub(crate) body: Body,
    /// Number of slots; parameters come first.
    pub(crate) slots: u32,
    /// Slots that inner functions share.
    pub(crate) cells: Box<[u32]>,
    /// Cells taken from the enclosing frame: the slot there and the slot here.
    pub(crate) captures: Box<[(u32, u32)]>,
    /// Whether the body yields.
    pub(crate) yields: bool,
    /// Docstring.
    pub(crate) doc: Option<Rc<str>>,
}

#[derive(Debug)]
pub(crate) enum Body {
    Block(Block),
    Expr(Box<Expr>),
}

/// Parameters in the order of their slots: positional, keyword-only, `*args`, `**kwargs`.
#[derive(Debug, Default)]
pub(crate) struct Params {
    pub(crate) positional: Box<[Rc<str>]>,
    /// Number of positional parameters that cannot be given by name.
    pub(crate) positional_only: usize,
    pub(crate) keyword_only: Box<[Rc<str>]>,
    pub(crate) args: bool,
    pub(crate) kwargs: bool,
}

impl Params {
    pub(crate) fn count(&self) -> usize {
        self.positional.len()
            + self.keyword_only.len()
            + usize::from(self.args)
            + usize::from(self.kwargs)
    }

    /// Checks whether plain positional arguments fill all parameters.
    pub(crate) fn is_simple(&self) -> bool {
        self.keyword_only.is_empty() && !self.args && !self.kwargs
    }
}

#[derive(Debug)]
pub(crate) struct MakeFunction {
    pub(crate) code: Rc<Code>,
    /// Default values by slot.
    pub(crate) defaults: Box<[(u32, Expr)]>,
    /// Names that the body assigns, or declares `global` or `nonlocal`; used by the resolver.
    pub(crate) scope: ScopeNames,
}

/// Names of a scope, as collected by lowering.
#[derive(Debug, Default)]
pub(crate) struct ScopeNames {
    pub(crate) bound: Vec<NameId>,
    pub(crate) global: Vec<NameId>,
    pub(crate) nonlocal: Vec<(NameId, u32)>,
}

#[derive(Debug)]
pub(crate) struct Comprehension {
    pub(crate) kind: ComprehensionKind,
    pub(crate) clauses: Box<[Clause]>,
    pub(crate) bound: Vec<NameId>,
    /// Slots of the variables, which are emptied at the end, and the slots that inner functions share.
    pub(crate) slots: Box<[u32]>,
    pub(crate) cells: Box<[u32]>,
}

#[derive(Debug)]
pub(crate) enum ComprehensionKind {
    List(Expr),
    Set(Expr),
    Dict(Expr, Expr),
}

#[derive(Debug)]
pub(crate) struct Clause {
    pub(crate) target: Target,
    pub(crate) iter: Expr,
    pub(crate) conditions: Box<[Expr]>,
}

/// A generator expression: the first iterable is evaluated at once, everything else in the generator's frame.
#[derive(Debug)]
pub(crate) struct MakeGenerator {
    pub(crate) first: Expr,
    pub(crate) code: Rc<GeneratorCode>,
    pub(crate) bound: Vec<NameId>,
}

#[derive(Debug)]
pub(crate) struct GeneratorCode {
    pub(crate) file: FileId,
    pub(crate) element: Expr,
    /// Clauses; `iter` of the first clause is not used.
    pub(crate) clauses: Box<[Clause]>,
    pub(crate) slots: u32,
    pub(crate) cells: Box<[u32]>,
    pub(crate) captures: Box<[(u32, u32)]>,
}

#[derive(Debug)]
pub(crate) struct Target {
    pub(crate) at: u32,
    pub(crate) kind: TargetKind,
}

#[derive(Debug)]
pub(crate) enum TargetKind {
    Name(NameId, Slot),
    Attribute(Box<Expr>, NameId),
    Subscript(Box<(Expr, Expr)>),
    /// Targets in order; one target may be starred.
    Sequence(Box<[Target]>, Option<usize>),
}

#[derive(Debug)]
pub(crate) struct Stmt {
    pub(crate) at: u32,
    pub(crate) kind: StmtKind,
}

#[derive(Debug)]
pub(crate) enum StmtKind {
    Expr(Expr),
    Assign(Box<[Target]>, Expr),
    AugAssign(Box<(Target, Expr)>, BinaryOp),
    Return(Option<Expr>),
    If(Box<[(Expr, Block)]>, Block),
    While(Box<(Expr, Block, Block)>),
    For(Box<For>),
    Break,
    Continue,
    Pass,
    Function(Box<DefineFunction>),
    Class(Box<ClassDef>),
    Try(Box<Try>),
    Raise(Option<Expr>),
    Assert(Box<(Expr, Option<Expr>)>),
    Delete(Box<[Target]>),
    Import(Box<[ImportName]>),
    ImportFrom(Box<ImportFrom>),
    With(Box<With>),
}

#[derive(Debug)]
pub(crate) struct For {
    pub(crate) target: Target,
    pub(crate) iter: Expr,
    pub(crate) body: Block,
    pub(crate) orelse: Block,
}

#[derive(Debug)]
pub(crate) struct DefineFunction {
    pub(crate) function: Expr,
    pub(crate) decorators: Box<[Expr]>,
    pub(crate) target: Target,
}

#[derive(Debug)]
pub(crate) struct ClassDef {
    pub(crate) name: Rc<str>,
    pub(crate) bases: Box<[Expr]>,
    pub(crate) body: Block,
    pub(crate) scope: ScopeNames,
    /// Names of the body in order of first assignment, with their slots.
    pub(crate) fields: Box<[(NameId, u32)]>,
    pub(crate) target: Target,
}

#[derive(Debug)]
pub(crate) struct Try {
    pub(crate) body: Block,
    pub(crate) handlers: Box<[Handler]>,
    pub(crate) orelse: Block,
    pub(crate) finally: Block,
}

#[derive(Debug)]
pub(crate) struct Handler {
    pub(crate) at: u32,
    pub(crate) class: Option<Expr>,
    pub(crate) target: Option<Target>,
    pub(crate) body: Block,
}

#[derive(Debug)]
pub(crate) struct ImportName {
    pub(crate) module: Rc<str>,
    /// Whether `import a.b` binds `a` and not `a.b`.
    pub(crate) top_only: bool,
    pub(crate) target: Target,
}

#[derive(Debug)]
pub(crate) struct ImportFrom {
    pub(crate) module: Rc<str>,
    /// Names and targets; empty for `*`.
    pub(crate) names: Box<[(Rc<str>, Target)]>,
    pub(crate) star: bool,
}

#[derive(Debug)]
pub(crate) struct With {
    pub(crate) items: Box<[(Expr, Option<Target>)]>,
    pub(crate) body: Block,
}

/// A file that is ready to run.
#[derive(Debug)]
pub(crate) struct Program {
    pub(crate) file: FileId,
    pub(crate) body: Block,
    /// Slots for comprehension variables and class bodies at the top level.
    pub(crate) slots: u32,
}

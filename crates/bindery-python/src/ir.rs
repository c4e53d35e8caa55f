//! The program as the evaluator sees it: names are numbers, locals are slots, places are offsets.

use std::rc::Rc;

use crate::names::NameId;
use crate::operator::{BinaryOp, CompareOp, UnaryOp};
use crate::source::FileId;
use crate::values::value::Value;

pub(crate) type Block = Box<[Stmt]>;

/// Where a name's value lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Slot {
    /// Not resolved yet; only between lowering and resolving.
    Unresolved,
    /// A slot of the running frame; it holds the value or a cell shared with inner functions.
    Local(u32),
    /// The one namespace that all files of a load share, then the built-ins.
    Global,
    /// A name of a class body: its own slot, and where to look while that is empty.
    Class(u32, Fallback),
}

/// Where a class body looks for a name it has not assigned yet.
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
    /// Pairs; without a key the value is unpacked.
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

/// `locals()` or `vars()`: what they see depends on where they are called.
#[derive(Debug)]
pub(crate) struct Namespace {
    /// The call itself, for a file that gave the name another meaning.
    pub(crate) call: Call,
    /// The names of the functions and blocks around, and their slots.
    pub(crate) names: Box<[(NameId, u32)]>,
    /// Whether the file's own names are seen, too.
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
    /// Positional arguments; a starred one is unpacked.
    pub(crate) args: Box<[Expr]>,
    /// Keyword arguments; without a name the value is unpacked.
    pub(crate) keywords: Box<[(Option<Rc<str>>, Expr)]>,
    /// Whether nothing has to be unpacked.
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

/// A function's text: what all functions made from one `def` or `lambda` share.
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
    /// Cells taken over from the frame that makes the function: its slot there, and here.
    pub(crate) captures: Box<[(u32, u32)]>,
    /// Whether the body yields.
    pub(crate) yields: bool,
    /// The string that the body begins with.
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
    /// How many of them cannot be given by name.
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

    /// Whether plain positional arguments fill it.
    pub(crate) fn is_simple(&self) -> bool {
        self.keyword_only.is_empty() && !self.args && !self.kwargs
    }
}

#[derive(Debug)]
pub(crate) struct MakeFunction {
    pub(crate) code: Rc<Code>,
    /// Defaults by slot.
    pub(crate) defaults: Box<[(u32, Expr)]>,
    /// Names assigned in the body, and declared `global` or `nonlocal`; for the resolver.
    pub(crate) scope: ScopeNames,
}

/// What lowering saw of a scope.
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
    /// Slots of its variables, empty again at its end, and which of them inner functions share.
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

/// A generator expression: the first iterable is evaluated where it stands, the rest in a frame of its own.
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
    /// The first clause's `iter` is never looked at.
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
    /// Targets in order; one of them may be starred.
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
    /// The body's names in order of first assignment, with their slots.
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
    /// Names and targets; `*` has none.
    pub(crate) names: Box<[(Rc<str>, Target)]>,
    pub(crate) star: bool,
}

#[derive(Debug)]
pub(crate) struct With {
    pub(crate) items: Box<[(Expr, Option<Target>)]>,
    pub(crate) body: Block,
}

/// One file, ready to run.
#[derive(Debug)]
pub(crate) struct Program {
    pub(crate) file: FileId,
    pub(crate) body: Block,
    /// Slots for comprehension variables and class bodies at the top level.
    pub(crate) slots: u32,
}

//! Built-in classes.

use crate::values::exception_kind::ExcKind;

/// A built-in class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// `object`.
    Object,
    /// `type`.
    Type,
    /// `NoneType`.
    NoneType,
    /// `bool`.
    Bool,
    /// `int`.
    Int,
    /// `float`.
    Float,
    /// `str`.
    Str,
    /// Common base of the string types of Python 2.
    BaseString,
    /// `bytes`.
    Bytes,
    /// `list`.
    List,
    /// `tuple`.
    Tuple,
    /// `dict`.
    Dict,
    /// `OrderedDict`.
    OrderedDict,
    /// `defaultdict`.
    DefaultDict,
    /// `Counter`.
    Counter,
    /// `set`.
    Set,
    /// `frozenset`.
    FrozenSet,
    /// `range`.
    Range,
    /// `slice`.
    Slice,
    /// `function`.
    Function,
    /// `builtin_function_or_method`.
    BuiltinFunction,
    /// `module`.
    Module,
    /// `generator`.
    Generator,
    /// An iterator class, for example `enumerate`, `zip` or a class of `itertools`, by name.
    Iterator(&'static str),
    /// A class of exceptions.
    Exception(ExcKind),
}

impl Class {
    /// Returns the name of the class.
    pub fn name(self) -> &'static str {
        match self {
            Self::Object => "object",
            Self::Type => "type",
            Self::NoneType => "NoneType",
            Self::Bool => "bool",
            Self::Int => "int",
            Self::Float => "float",
            Self::Str => "str",
            Self::BaseString => "basestring",
            Self::Bytes => "bytes",
            Self::List => "list",
            Self::Tuple => "tuple",
            Self::Dict => "dict",
            Self::OrderedDict => "OrderedDict",
            Self::DefaultDict => "defaultdict",
            Self::Counter => "Counter",
            Self::Set => "set",
            Self::FrozenSet => "frozenset",
            Self::Range => "range",
            Self::Slice => "slice",
            Self::Function => "function",
            Self::BuiltinFunction => "builtin_function_or_method",
            Self::Module => "module",
            Self::Generator => "generator",
            Self::Iterator(name) => name,
            Self::Exception(kind) => kind.name(),
        }
    }
}

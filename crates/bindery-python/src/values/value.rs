//! The values a running program works with.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::fmt;
use std::rc::Rc;

use bindery_core::Origin;
use num_bigint::BigInt;

use crate::args::Args;
use crate::dict::{Dict, Set};
use crate::eval::Vm;
use crate::exception::{ExcKind, Exception, Outcome};
use crate::ir::{BinaryOp, Code, CompareOp};
use crate::iter::{Iter, IterState};

/// Any value. Copying one costs at most a reference count.
#[derive(Clone)]
pub(crate) enum Value {
    None,
    Ellipsis,
    Bool(bool),
    Int(i64),
    /// An integer outside of `i64`; never one inside.
    Big(Rc<BigInt>),
    Float(f64),
    Str(Str),
    Bytes(Rc<[u8]>),
    List(Rc<List>),
    Tuple(Rc<Tuple>),
    Dict(Rc<Dict>),
    Set(Rc<Set>),
    Range(Rc<Range>),
    Slice(Rc<Slice>),
    Function(Rc<Function>),
    Builtin(&'static Builtin),
    Method(Rc<Method>),
    Class(Class),
    Exception(Rc<Exception>),
    Module(Rc<Module>),
    Iter(Rc<Iter>),
    /// What a module or the template bridge brings along.
    Native(Rc<dyn Native>),
    /// A variable shared by functions; only ever in a frame's slot.
    Cell(Rc<SharedCell>),
}

/// A string and, if it comes from a literal, the place of that literal.
#[derive(Clone)]
pub(crate) struct Str {
    text: Rc<str>,
    /// The origin's number plus one; 0 is none.
    origin: u32,
}

impl Str {
    pub(crate) fn new(text: impl Into<Rc<str>>) -> Self {
        Self::with_origin(text, None)
    }

    pub(crate) fn with_origin(text: impl Into<Rc<str>>, origin: Option<Origin>) -> Self {
        Self {
            text: text.into(),
            origin: origin.map_or(0, |origin| origin.0.saturating_add(1)),
        }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    pub(crate) fn shared(&self) -> Rc<str> {
        self.text.clone()
    }

    pub(crate) fn origin(&self) -> Option<Origin> {
        self.origin.checked_sub(1).map(Origin)
    }
}

impl std::ops::Deref for Str {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

/// A list; `sort` and the like empty it while they run.
pub(crate) struct List {
    pub(crate) items: RefCell<Vec<Value>>,
}

impl List {
    pub(crate) fn new(items: Vec<Value>) -> Rc<Self> {
        Rc::new(Self {
            items: RefCell::new(items),
        })
    }
}

impl Drop for List {
    fn drop(&mut self) {
        release(std::mem::take(self.items.get_mut()));
    }
}

/// A tuple, or an instance of a named one.
pub(crate) struct Tuple {
    pub(crate) items: Box<[Value]>,
    pub(crate) class: Option<Rc<crate::modules::collections::NamedTuple>>,
}

impl Drop for Tuple {
    fn drop(&mut self) {
        release(std::mem::take(&mut self.items));
    }
}

/// `range(start, stop, step)` within the machine's integers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Range {
    pub(crate) start: i64,
    pub(crate) stop: i64,
    pub(crate) step: i64,
}

impl Range {
    pub(crate) fn len(self) -> u64 {
        let (low, high) = if self.step > 0 {
            (self.start, self.stop)
        } else {
            (self.stop, self.start)
        };
        if low >= high {
            0
        } else {
            (high.abs_diff(low) - 1) / self.step.unsigned_abs() + 1
        }
    }

    /// The element at `index`, which is below `len`.
    pub(crate) fn get(self, index: u64) -> i64 {
        // The product may leave i64 on the way; the sum is inside again.
        (i128::from(self.start) + i128::from(index) * i128::from(self.step)) as i64
    }
}

pub(crate) struct Slice {
    pub(crate) start: Value,
    pub(crate) stop: Value,
    pub(crate) step: Value,
}

/// A function of the program.
pub(crate) struct Function {
    pub(crate) code: Rc<Code>,
    /// Defaults by parameter slot.
    pub(crate) defaults: Box<[Option<Value>]>,
    pub(crate) cells: Box<[Rc<SharedCell>]>,
    /// What it wraps, and shows the name and description of.
    pub(crate) wraps: Option<Rc<Code>>,
}

impl Function {
    /// The function whose name and description it shows.
    pub(crate) fn shown(&self) -> &Rc<Code> {
        self.wraps.as_ref().unwrap_or(&self.code)
    }
}

impl Drop for Function {
    fn drop(&mut self) {
        release((
            std::mem::take(&mut self.defaults),
            std::mem::take(&mut self.cells),
        ));
    }
}

/// A variable that several functions share; empty before it is assigned.
pub(crate) struct SharedCell(pub(crate) RefCell<Option<Value>>);

impl Drop for SharedCell {
    fn drop(&mut self) {
        if let Some(value) = self.0.get_mut().take() {
            release(value);
        }
    }
}

/// A built-in function.
pub(crate) struct Builtin {
    pub(crate) name: &'static str,
    pub(crate) call: fn(&mut Vm, Args) -> Outcome,
}

/// A method together with what it is called on.
pub(crate) struct Method {
    pub(crate) this: Value,
    pub(crate) name: Rc<str>,
}

impl Drop for Method {
    fn drop(&mut self) {
        release(std::mem::replace(&mut self.this, Value::None));
    }
}

/// A module; its contents are made when it is first imported.
pub(crate) struct Module {
    pub(crate) name: &'static str,
    pub(crate) items: Vec<(&'static str, Value)>,
}

impl Module {
    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.items
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value)
    }
}

/// A built-in class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Class {
    Object,
    Type,
    NoneType,
    Bool,
    Int,
    Float,
    Str,
    /// Python 2's common parent of its string types.
    BaseString,
    Bytes,
    List,
    Tuple,
    Dict,
    OrderedDict,
    DefaultDict,
    Counter,
    Set,
    FrozenSet,
    Range,
    Slice,
    Function,
    BuiltinFunction,
    Module,
    Generator,
    /// `enumerate`, `zip`, `map`, `filter`, `reversed` and those of `itertools`, by name.
    Iterator(&'static str),
    Exception(ExcKind),
}

impl Class {
    pub(crate) fn name(self) -> &'static str {
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

/// An object whose behaviour comes with it. Methods that return `Ok(None)` mean "this type has no such operation".
pub(crate) trait Native: 'static {
    /// The class's name, as error messages give it.
    fn type_name(&self) -> Rc<str>;

    fn as_any(&self) -> &dyn Any;

    fn class(&self) -> Value {
        Value::native(NativeClass(self.type_name()))
    }

    /// Whether `other` is this very object although it is held apart, as classes are.
    fn is(&self, _other: &dyn Native) -> bool {
        false
    }

    /// An attribute that is no method.
    fn attribute(&self, _vm: &mut Vm, _name: &str) -> Outcome<Option<Value>> {
        Ok(None)
    }

    /// Names of methods, for attribute access without a call and for "did you mean".
    fn methods(&self) -> &'static [&'static str] {
        &[]
    }

    /// Calls a method; `Ok(None)` if there is none of that name.
    fn call_method(&self, _vm: &mut Vm, _name: &str, _args: &mut Args) -> Outcome<Option<Value>> {
        Ok(None)
    }

    fn call(&self, _vm: &mut Vm, _args: Args) -> Outcome<Option<Value>> {
        Ok(None)
    }

    fn is_callable(&self) -> bool {
        false
    }

    fn repr(&self, vm: &mut Vm) -> Outcome<String>;

    fn display(&self, vm: &mut Vm) -> Outcome<String> {
        self.repr(vm)
    }

    fn truth(&self) -> bool {
        true
    }

    /// `self == other`; `Ok(None)` leaves it to identity.
    fn equals(&self, _other: &Value) -> Outcome<Option<bool>> {
        Ok(None)
    }

    fn compare(&self, _op: CompareOp, _other: &Value) -> Outcome<Option<bool>> {
        Ok(None)
    }

    /// A hash that agrees with `equals`; `Ok(None)` means by identity.
    fn hash(&self) -> Outcome<Option<u64>> {
        Ok(None)
    }

    fn binary(
        &self,
        _vm: &mut Vm,
        _op: BinaryOp,
        _other: &Value,
        _reflected: bool,
    ) -> Outcome<Option<Value>> {
        Ok(None)
    }

    fn length(&self) -> Outcome<Option<usize>> {
        Ok(None)
    }

    fn item(&self, _vm: &mut Vm, _key: &Value) -> Outcome<Option<Value>> {
        Ok(None)
    }

    fn contains(&self, _vm: &mut Vm, _item: &Value) -> Outcome<Option<bool>> {
        Ok(None)
    }

    fn iterate(&self, _vm: &mut Vm) -> Outcome<Option<IterState>> {
        Ok(None)
    }

    /// For a class: whether `value` is an instance of it.
    fn is_instance(&self, _value: &Value) -> Option<bool> {
        None
    }

    /// How many elements of containers it counts as, by the memory it takes.
    fn weight(&self) -> usize {
        6
    }

    /// Whether `with` accepts it; leaving does nothing.
    fn is_context(&self) -> bool {
        false
    }

    /// `format(value, spec)` for a spec that is not empty.
    fn format(&self, _vm: &mut Vm, _spec: &str) -> Outcome<Option<String>> {
        Ok(None)
    }
}

/// The class of native objects, where it has nothing but a name.
struct NativeClass(Rc<str>);

impl Native for NativeClass {
    fn type_name(&self) -> Rc<str> {
        "type".into()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn class(&self) -> Value {
        Value::Class(Class::Type)
    }

    fn is(&self, other: &dyn Native) -> bool {
        other
            .as_any()
            .downcast_ref::<Self>()
            .is_some_and(|other| self.0 == other.0)
    }

    fn attribute(&self, _vm: &mut Vm, name: &str) -> Outcome<Option<Value>> {
        Ok((name == "__name__").then(|| Value::text(self.0.clone())))
    }

    fn is_instance(&self, value: &Value) -> Option<bool> {
        Some(value.type_name() == self.0)
    }

    fn repr(&self, _vm: &mut Vm) -> Outcome<String> {
        Ok(format!("<class '{}'>", self.0))
    }
}

impl Value {
    pub(crate) fn list(items: Vec<Value>) -> Self {
        Self::List(List::new(items))
    }

    pub(crate) fn tuple(items: impl Into<Box<[Value]>>) -> Self {
        Self::Tuple(Rc::new(Tuple {
            items: items.into(),
            class: None,
        }))
    }

    pub(crate) fn text(text: impl Into<Rc<str>>) -> Self {
        Self::Str(Str::new(text))
    }

    /// How many elements of containers a value that was just made counts as, besides those it holds; none if it is shared
    /// already.
    pub(crate) fn weight(&self) -> usize {
        fn fresh<T: ?Sized>(value: &Rc<T>, weight: usize) -> usize {
            if Rc::strong_count(value) == 1 {
                weight
            } else {
                0
            }
        }
        match self {
            Self::List(value) => fresh(value, 1),
            Self::Tuple(value) => fresh(value, 1),
            Self::Dict(value) => fresh(value, 13),
            Self::Set(value) => fresh(value, 10),
            Self::Range(value) => fresh(value, 1),
            Self::Slice(value) => fresh(value, 3),
            Self::Method(value) => fresh(value, 3),
            Self::Exception(value) => fresh(value, 4),
            Self::Iter(value) => fresh(value, 12),
            Self::Native(value) => fresh(value, value.weight()),
            _ => 0,
        }
    }

    pub(crate) fn native(object: impl Native) -> Self {
        Self::Native(Rc::new(object))
    }

    pub(crate) fn from_big(value: BigInt) -> Self {
        match i64::try_from(&value) {
            Ok(small) => Self::Int(small),
            Err(_) => Self::Big(Rc::new(value)),
        }
    }

    pub(crate) fn as_native<T: 'static>(&self) -> Option<&T> {
        match self {
            Self::Native(object) => object.as_any().downcast_ref(),
            _ => None,
        }
    }

    /// The class's name as error messages give it.
    pub(crate) fn type_name(&self) -> Rc<str> {
        match self {
            Self::Native(object) => object.type_name(),
            Self::Tuple(tuple) => tuple
                .class
                .as_ref()
                .map_or_else(|| "tuple".into(), |class| class.name.clone()),
            other => match other.class() {
                Some(class) => class.name().into(),
                None => "ellipsis".into(),
            },
        }
    }

    /// The built-in class, where there is one.
    pub(crate) fn class(&self) -> Option<Class> {
        Some(match self {
            Self::None => Class::NoneType,
            Self::Bool(_) => Class::Bool,
            Self::Int(_) | Self::Big(_) => Class::Int,
            Self::Float(_) => Class::Float,
            Self::Str(_) => Class::Str,
            Self::Bytes(_) => Class::Bytes,
            Self::List(_) => Class::List,
            Self::Tuple(_) => Class::Tuple,
            Self::Dict(dict) => dict.class(),
            Self::Set(set) if set.frozen => Class::FrozenSet,
            Self::Set(_) => Class::Set,
            Self::Range(_) => Class::Range,
            Self::Slice(_) => Class::Slice,
            Self::Function(_) => Class::Function,
            Self::Builtin(_) | Self::Method(_) => Class::BuiltinFunction,
            Self::Class(_) => Class::Type,
            Self::Exception(exception) => Class::Exception(exception.kind),
            Self::Module(_) => Class::Module,
            Self::Iter(iter) => match iter.name {
                "generator" => Class::Generator,
                name => Class::Iterator(name),
            },
            Self::Ellipsis | Self::Native(_) | Self::Cell(_) => return None,
        })
    }

    /// Python's `is`.
    pub(crate) fn is(&self, other: &Value) -> bool {
        match (self, other) {
            (Self::None, Self::None) | (Self::Ellipsis, Self::Ellipsis) => true,
            (Self::Bool(a), Self::Bool(b)) => a == b,
            // CPython shares small integers and literals; programs that compare numbers by `is` expect equality.
            (Self::Int(a), Self::Int(b)) => a == b,
            (Self::Big(a), Self::Big(b)) => Rc::ptr_eq(a, b),
            (Self::Float(a), Self::Float(b)) => a.to_bits() == b.to_bits(),
            (Self::Str(a), Self::Str(b)) => Rc::ptr_eq(&a.text, &b.text) || a.text == b.text,
            (Self::Bytes(a), Self::Bytes(b)) => Rc::ptr_eq(a, b),
            (Self::List(a), Self::List(b)) => Rc::ptr_eq(a, b),
            (Self::Tuple(a), Self::Tuple(b)) => {
                Rc::ptr_eq(a, b) || (a.items.is_empty() && b.items.is_empty())
            }
            (Self::Dict(a), Self::Dict(b)) => Rc::ptr_eq(a, b),
            (Self::Set(a), Self::Set(b)) => Rc::ptr_eq(a, b),
            (Self::Range(a), Self::Range(b)) => Rc::ptr_eq(a, b),
            (Self::Slice(a), Self::Slice(b)) => Rc::ptr_eq(a, b),
            (Self::Function(a), Self::Function(b)) => Rc::ptr_eq(a, b),
            (Self::Builtin(a), Self::Builtin(b)) => std::ptr::eq(*a, *b),
            (Self::Method(a), Self::Method(b)) => Rc::ptr_eq(a, b),
            (Self::Class(a), Self::Class(b)) => a == b,
            (Self::Exception(a), Self::Exception(b)) => Rc::ptr_eq(a, b),
            (Self::Module(a), Self::Module(b)) => Rc::ptr_eq(a, b),
            (Self::Iter(a), Self::Iter(b)) => Rc::ptr_eq(a, b),
            (Self::Native(a), Self::Native(b)) => {
                std::ptr::addr_eq(Rc::as_ptr(a), Rc::as_ptr(b)) || a.is(&**b)
            }
            _ => false,
        }
    }

    /// The address that stands for the object's identity.
    pub(crate) fn address(&self) -> u64 {
        let address = match self {
            Self::List(value) => Rc::as_ptr(value).addr(),
            Self::Dict(value) => Rc::as_ptr(value).addr(),
            Self::Set(value) => Rc::as_ptr(value).addr(),
            Self::Function(value) => Rc::as_ptr(value).addr(),
            Self::Builtin(value) => std::ptr::from_ref(*value).addr(),
            Self::Method(value) => Rc::as_ptr(value).addr(),
            Self::Exception(value) => Rc::as_ptr(value).addr(),
            Self::Module(value) => Rc::as_ptr(value).addr(),
            Self::Iter(value) => Rc::as_ptr(value).addr(),
            Self::Native(value) => Rc::as_ptr(value).cast::<()>().addr(),
            _ => 0,
        };
        address as u64
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Str(Str::new(text))
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Str(Str::new(text))
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<f64> for Value {
    fn from(value: f64) -> Self {
        Self::Float(value)
    }
}

impl From<usize> for Value {
    fn from(value: usize) -> Self {
        i64::try_from(value).map_or_else(|_| Self::Big(Rc::new(value.into())), Self::Int)
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Str(text) => write!(f, "{:?}", text.as_str()),
            Self::Int(value) => write!(f, "{value}"),
            Self::Float(value) => write!(f, "{value:?}"),
            other => f.write_str(&other.type_name()),
        }
    }
}

/// Containers inside each other this deep are dropped by recursion, deeper ones one after the other.
const PLAIN_DROPS: u32 = 32;

thread_local! {
    static DROPPING: Cell<u32> = const { Cell::new(0) };
    static WAITING: RefCell<Vec<Box<dyn Any>>> = const { RefCell::new(Vec::new()) };
}

/// Drops what a container held. A program may nest containers deeper than any stack, so deep ones wait in a queue.
pub(crate) fn release<T: 'static>(contents: T) {
    // Both are gone only while the thread itself ends.
    let Ok(depth) = DROPPING.try_with(Cell::get) else {
        return;
    };
    if depth >= PLAIN_DROPS {
        let _ = WAITING.try_with(|waiting| waiting.borrow_mut().push(Box::new(contents)));
        return;
    }
    let set = |depth| DROPPING.with(|cell| cell.set(depth));
    set(depth + 1);
    drop(contents);
    if depth == 0 {
        while let Ok(Some(next)) = WAITING.try_with(|waiting| waiting.borrow_mut().pop()) {
            drop(next);
        }
    }
    set(depth);
}

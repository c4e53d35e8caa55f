//! Values of a running program.

use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;

use num_bigint::BigInt;

use crate::source::Origin;
use crate::values::callable::{Builtin, Function, Method, Module, SharedCell};
use crate::values::class::Class;
use crate::values::exception::Exception;
use crate::values::iterator::Iter;
use crate::values::native::Native;
use crate::values::release::release;
use crate::values::table::OrderedTable;

/// Any value. Cloning costs at most a reference count.
#[derive(Clone)]
pub enum Value {
    /// `None`.
    None,
    /// `...`.
    Ellipsis,
    /// A truth value.
    Bool(bool),
    /// An integer within `i64`.
    Int(i64),
    /// An integer outside of `i64`.
    Big(Rc<BigInt>),
    /// A float.
    Float(f64),
    /// A string.
    Str(Str),
    /// A bytes object.
    Bytes(Rc<[u8]>),
    /// A list.
    List(Rc<List>),
    /// A tuple or named tuple.
    Tuple(Rc<Tuple>),
    /// A dict, or an instance of one of its subclasses.
    Dict(Rc<Dict>),
    /// A set or frozen set.
    Set(Rc<Set>),
    /// A range.
    Range(Rc<Range>),
    /// A slice.
    Slice(Rc<Slice>),
    /// A function of the program.
    Function(Rc<Function>),
    /// A built-in function.
    Builtin(&'static Builtin),
    /// A method together with its object.
    Method(Rc<Method>),
    /// A built-in class.
    Class(Class),
    /// An exception.
    Exception(Rc<Exception>),
    /// A module.
    Module(Rc<Module>),
    /// An iterator.
    Iter(Rc<Iter>),
    /// An object whose behaviour is defined by its type.
    Native(Rc<dyn Native>),
    /// A variable shared by functions; used only in the slots of frames.
    Cell(Rc<SharedCell>),
}

/// A string, with the position of its literal if there is one.
#[derive(Clone)]
pub struct Str {
    text: Rc<str>,
    /// Number of the origin plus one; 0 for no origin.
    origin: u32,
}

impl Str {
    /// Makes a string without origin.
    pub fn new(text: impl Into<Rc<str>>) -> Self {
        Self::with_origin(text, None)
    }

    /// Makes a string with the position of its literal.
    pub fn with_origin(text: impl Into<Rc<str>>, origin: Option<Origin>) -> Self {
        Self {
            text: text.into(),
            origin: origin.map_or(0, |origin| origin.0.saturating_add(1)),
        }
    }

    /// Returns the text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns the text as a shared string.
    pub fn shared(&self) -> Rc<str> {
        self.text.clone()
    }

    /// Returns the position of the literal.
    pub fn origin(&self) -> Option<Origin> {
        self.origin.checked_sub(1).map(Origin)
    }
}

impl std::ops::Deref for Str {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

/// A list; `sort` empties it while it runs.
pub struct List {
    pub(crate) items: RefCell<Vec<Value>>,
}

impl List {
    /// Returns the items as they are now.
    pub fn items(&self) -> Vec<Value> {
        self.items.borrow().clone()
    }

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

/// A tuple, or an instance of a named tuple.
pub struct Tuple {
    pub(crate) items: Box<[Value]>,
    pub(crate) class: Option<Rc<NamedTuple>>,
}

impl Tuple {
    /// Returns the items.
    pub fn items(&self) -> &[Value] {
        &self.items
    }
}

impl Drop for Tuple {
    fn drop(&mut self) {
        release(std::mem::take(&mut self.items));
    }
}

/// A class made by `namedtuple`.
pub struct NamedTuple {
    pub(crate) name: Rc<str>,
    pub(crate) fields: Vec<Rc<str>>,
    /// Default values of the last fields.
    pub(crate) defaults: Vec<Value>,
}

/// `range(start, stop, step)` within `i64`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
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

    /// Returns the item at `index`, which must be less than `len`.
    pub(crate) fn get(self, index: u64) -> i64 {
        // The product may exceed i64; the sum does not.
        (i128::from(self.start) + i128::from(index) * i128::from(self.step)) as i64
    }
}

/// A slice: `start:stop:step`.
pub struct Slice {
    pub(crate) start: Value,
    pub(crate) stop: Value,
    pub(crate) step: Value,
}

/// Hash table with values as keys, in order of insertion.
pub type Table<V> = OrderedTable<Value, V>;

/// Kind of a dict.
#[derive(Clone)]
pub enum DictKind {
    /// A dict.
    Plain,
    /// An `OrderedDict`.
    Ordered,
    /// A `defaultdict` with its factory; `None` for no factory.
    Default(Value),
    /// A `Counter`.
    Counter,
    /// Result of `globals()` or `locals()`: readable, and assignable only where an assignment defines a name.
    Names,
}

/// A dict.
pub struct Dict {
    pub(crate) table: RefCell<Table<Value>>,
    pub(crate) kind: DictKind,
}

/// A set or frozen set.
pub struct Set {
    pub(crate) table: RefCell<Table<()>>,
    pub(crate) frozen: bool,
}

impl Value {
    /// Makes a list.
    pub fn list(items: Vec<Value>) -> Self {
        Self::List(List::new(items))
    }

    /// Makes a tuple.
    pub fn tuple(items: impl Into<Box<[Value]>>) -> Self {
        Self::Tuple(Rc::new(Tuple {
            items: items.into(),
            class: None,
        }))
    }

    /// Makes a string.
    pub fn text(text: impl Into<Rc<str>>) -> Self {
        Self::Str(Str::new(text))
    }

    /// Returns the weight of a value that was just made, in elements of a container and without its items; 0 for a shared
    /// value.
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

    /// Makes a value of an object.
    pub fn native(object: impl Native) -> Self {
        Self::Native(Rc::new(object))
    }

    /// Makes an integer.
    pub fn from_big(value: BigInt) -> Self {
        match i64::try_from(&value) {
            Ok(small) => Self::Int(small),
            Err(_) => Self::Big(Rc::new(value)),
        }
    }

    /// Returns the object of type `T` in this value, if there is one.
    pub fn as_native<T: 'static>(&self) -> Option<&T> {
        match self {
            Self::Native(object) => object.as_any().downcast_ref(),
            _ => None,
        }
    }

    /// Returns the name of the class, as error messages print it.
    pub fn type_name(&self) -> Rc<str> {
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

    /// Returns the built-in class.
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
            // CPython shares small integers and literals; programs that compare numbers with `is` expect equality.
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

    /// Returns the address that identifies the object.
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

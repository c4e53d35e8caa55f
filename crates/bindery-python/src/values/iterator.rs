//! States of iterators.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use crate::ir::{Code, GeneratorCode};
use crate::values::exception::Raised;
use crate::values::release::release;
use crate::values::value::{Dict, List, Range, Set, Str, Tuple, Value};
use crate::vm::Frame;

/// An iterator as a value.
pub struct Iter {
    /// Name of the class.
    pub(crate) name: &'static str,
    pub(crate) state: RefCell<IterState>,
    /// Whether a value has been taken.
    pub(crate) begun: Cell<bool>,
}

impl Iter {
    pub(crate) fn value(name: &'static str, state: IterState) -> Value {
        Value::Iter(Rc::new(Self {
            name,
            state: RefCell::new(state),
            begun: Cell::new(false),
        }))
    }

    /// Checks for an unused iterator that was a list in Python 2.
    pub fn is_list_of_python_2(&self) -> bool {
        matches!(self.name, "map" | "filter" | "zip") && !self.begun.get()
    }

    /// Ends the iterator. A template has taken its values, and reading it again is an error.
    pub fn give_away(&self) {
        self.begun.set(true);
        let old = self.state.replace(IterState::GivenAway(self.name));
        drop(old);
    }
}

impl Drop for Iter {
    fn drop(&mut self) {
        release(std::mem::replace(self.state.get_mut(), IterState::Empty));
    }
}

/// State of an iteration over an object, for [`Native::iterate`](crate::Native::iterate).
pub struct Iteration(pub(crate) IterState);

impl Iteration {
    /// Makes an iteration over `values`.
    pub fn over(values: Vec<Value>) -> Self {
        Self(IterState::Values(values.into_iter()))
    }
}

/// State of an iteration.
pub(crate) enum IterState {
    Empty,
    /// The values were taken by a template.
    GivenAway(&'static str),
    List(Rc<List>, usize),
    ListReversed(Rc<List>, usize),
    Tuple(Rc<Tuple>, usize),
    Str(Str, usize),
    Bytes(Rc<[u8]>, usize),
    Range(Range, u64),
    Dict {
        dict: Rc<Dict>,
        part: DictPart,
        position: usize,
        size: usize,
    },
    Set {
        set: Rc<Set>,
        position: usize,
        size: usize,
    },
    /// Values that are known already.
    Values(std::vec::IntoIter<Value>),
    /// Another iterator, which also exists as a value.
    Shared(Rc<Iter>),
    Generator(Box<Generator>),
    Enumerate(Box<IterState>, Value),
    Zip(Vec<IterState>, bool),
    ZipLongest(Vec<Option<IterState>>, Value),
    Map(Value, Vec<IterState>),
    StarMap(Value, Box<IterState>),
    Filter(Value, Box<IterState>, bool),
    TakeWhile(Value, Box<IterState>),
    DropWhile(Option<Value>, Box<IterState>),
    Chain(Box<IterState>, Option<Box<IterState>>),
    Count(Value, Value),
    Cycle {
        source: Option<Box<IterState>>,
        saved: Vec<Value>,
        position: usize,
    },
    Repeat(Value, Option<i64>),
    Slice {
        source: Box<IterState>,
        position: i64,
        start: i64,
        stop: Option<i64>,
        step: i64,
    },
    Accumulate {
        source: Box<IterState>,
        function: Option<Value>,
        total: Option<Value>,
    },
    Pairwise(Box<IterState>, Option<Value>),
    GroupBy {
        source: Box<IterState>,
        key: Option<Value>,
        waiting: Option<(Value, Value)>,
    },
    /// `iter(function, sentinel)`.
    Call(Value, Value),
    /// An iterator of `tee`: the shared state, and the position of this iterator.
    Tee(Rc<RefCell<Tee>>, usize),
}

/// State that the iterators of one `tee` share.
pub(crate) struct Tee {
    pub(crate) source: IterState,
    pub(crate) seen: Vec<Value>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum DictPart {
    Keys,
    Values,
    Items,
}

impl IterState {
    pub(crate) fn dict(dict: Rc<Dict>, part: DictPart) -> Self {
        let size = dict.table.borrow().len();
        Self::Dict {
            dict,
            part,
            position: 0,
            size,
        }
    }
}

/// A generator, which may have run for a while.
pub(crate) enum Generator {
    Expression {
        code: Rc<GeneratorCode>,
        frame: Frame,
        sources: Vec<IterState>,
    },
    Function {
        code: Rc<Code>,
        frame: Option<Frame>,
        values: std::vec::IntoIter<Value>,
        error: Option<Raised>,
    },
}

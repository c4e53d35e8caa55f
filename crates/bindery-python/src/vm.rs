//! State of a running program.

use std::any::Any;
use std::collections::HashMap;
use std::rc::Rc;

use crate::host::Host;
use crate::limits::Budget;
use crate::names::Names;
use crate::source::{FileId, Sources, Spot};
use crate::values::callable::SharedCell;
use crate::values::exception::{Exception, Outcome};
use crate::values::native::Extension;
use crate::values::value::{Dict, Value};

/// A running load: the namespace, the counters, and everything files share.
pub struct Vm {
    /// Counters of what the program uses.
    pub budget: Budget,
    pub(crate) names: Names,
    /// Values by name; the one namespace of all files.
    pub(crate) globals: Vec<Option<Value>>,
    /// What names stand for while the namespace does not have them.
    pub(crate) builtins: Vec<Option<Value>>,
    /// What `globals()` gave; kept like the namespace itself.
    pub(crate) namespace: Option<Rc<Dict>>,
    pub(crate) sources: Sources,
    pub(crate) host: Box<dyn Host>,
    /// Types and modules of the embedding program.
    pub(crate) extension: &'static dyn Extension,
    /// Warnings about the program.
    pub(crate) notes: Vec<Note>,
    pub(crate) modules: HashMap<&'static str, Value>,
    /// Regular expressions compiled lately, by text and flags.
    pub(crate) patterns: HashMap<(Rc<str>, i64), Rc<dyn Any>>,
    /// Functions and includes that are active.
    pub(crate) depth: usize,
    /// Exceptions whose handlers run, innermost last.
    pub(crate) handling: Vec<(Rc<Exception>, Option<Spot>)>,
    /// What the generator that ended last returned, until somebody asks.
    pub(crate) returned: Option<Value>,
    /// Containers whose text is being made.
    pub(crate) writing: Vec<Value>,
}

/// A warning about the program, with its position as an offset.
pub(crate) struct Note {
    pub(crate) message: String,
    pub(crate) spot: Option<Spot>,
    pub(crate) hint: Option<String>,
}

/// One activation: a file's, a function's or a generator's.
pub(crate) struct Frame {
    pub(crate) slots: Vec<Option<Value>>,
    pub(crate) file: FileId,
    /// What the body has yielded, for a generator function.
    pub(crate) yields: Vec<Value>,
}

impl Vm {
    /// Accounts for a value that was just made.
    #[inline]
    pub(crate) fn made(&mut self, value: Value) -> Outcome {
        self.budget.values(value.weight())?;
        Ok(value)
    }
}

impl Frame {
    pub(crate) fn new(slots: u32, file: FileId) -> Self {
        Self {
            slots: vec![None; slots as usize],
            file,
            yields: Vec::new(),
        }
    }

    /// Puts cells into the slots that inner functions share; what a slot holds moves into its cell.
    pub(crate) fn make_cells(&mut self, cells: &[u32]) {
        for slot in cells {
            let slot = &mut self.slots[*slot as usize];
            let value = slot.take();
            *slot = Some(Value::Cell(Rc::new(SharedCell(value.into()))));
        }
    }

    pub(crate) fn get(&self, slot: u32) -> Option<Value> {
        match &self.slots[slot as usize] {
            Some(Value::Cell(cell)) => cell.0.borrow().clone(),
            value => value.clone(),
        }
    }

    pub(crate) fn set(&mut self, slot: u32, value: Option<Value>) {
        match &mut self.slots[slot as usize] {
            Some(Value::Cell(cell)) => {
                // The old value may own a function that owns this cell: let it go only after the cell is free again.
                let old = cell.0.replace(value);
                drop(old);
            }
            slot => *slot = value,
        }
    }
}

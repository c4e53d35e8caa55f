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

/// State of a run: the namespace, the counters, and everything that files share.
pub struct Vm {
    /// Counters of what the program uses.
    pub budget: Budget,
    pub(crate) names: Names,
    /// Values that files assigned, by name; all files share them.
    pub(crate) globals: Vec<Option<Value>>,
    /// Values of names that no file assigned.
    pub(crate) builtins: Vec<Option<Value>>,
    /// Result of `globals()`, kept equal to the namespace.
    pub(crate) namespace: Option<Rc<Dict>>,
    pub(crate) sources: Sources,
    pub(crate) host: Box<dyn Host>,
    /// Types and modules of the embedding program.
    pub(crate) extension: &'static dyn Extension,
    /// Warnings about the program.
    pub(crate) notes: Vec<Note>,
    pub(crate) modules: HashMap<&'static str, Value>,
    /// Compiled regular expressions, by text and flags.
    pub(crate) patterns: HashMap<(Rc<str>, i64), Rc<dyn Any>>,
    /// Number of active functions and includes.
    pub(crate) depth: usize,
    /// Exceptions whose handlers run, innermost last.
    pub(crate) handling: Vec<(Rc<Exception>, Option<Spot>)>,
    /// Return value of the generator that ended last.
    pub(crate) returned: Option<Value>,
    /// Containers whose `repr()` is being written.
    pub(crate) writing: Vec<Value>,
}

/// A warning about the program, with its position as an offset.
pub(crate) struct Note {
    pub(crate) message: String,
    pub(crate) spot: Option<Spot>,
    pub(crate) hint: Option<String>,
}

/// One activation of a file, a function or a generator.
pub(crate) struct Frame {
    pub(crate) slots: Vec<Option<Value>>,
    pub(crate) file: FileId,
    /// Values that the body of a generator function has yielded.
    pub(crate) yields: Vec<Value>,
}

impl Vm {
    /// Charges a value that was just made.
    #[inline]
    pub(crate) fn charge(&mut self, value: Value) -> Outcome {
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

    /// Puts cells into the slots that inner functions share; the value of each slot moves into its cell.
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
                // The old value may own a function that owns this cell, so it is dropped after the cell is free again.
                let old = cell.0.replace(value);
                drop(old);
            }
            slot => *slot = value,
        }
    }
}

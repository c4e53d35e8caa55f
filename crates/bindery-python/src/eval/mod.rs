//! The evaluator: walks the resolved program.

mod call;
mod class;
mod expression;
pub(crate) mod generator;
mod import;
mod operators;
mod statement;
mod subscript;

use std::collections::HashMap;
use std::rc::Rc;

use crate::dict::{Dict, DictKind, Table};
use crate::error::{Error, ErrorKind, Step, StepKind};
use crate::exception::{Cause, Entered, ExcKind, Exception, Outcome, Raised, Spot};
use crate::host::Host;
use crate::ir::{NameId, Names, Program, Slot};
use crate::limits::{Budget, Limits};
use crate::modules::re::Pattern;
use crate::source::{FileId, Sources};
use crate::template::quotients;
use crate::value::{SharedCell, Str, Value};
use crate::{lower, suggest, text};

/// A running load: the namespace, the counters, and everything files share.
pub(crate) struct Vm {
    pub(crate) budget: Budget,
    pub(crate) names: Names,
    /// Values by name; the one namespace of all files.
    globals: Vec<Option<Value>>,
    /// What names stand for while the namespace does not have them.
    builtins: Vec<Option<Value>>,
    /// What `globals()` gave; kept like the namespace itself.
    namespace: Option<Rc<Dict>>,
    pub(crate) sources: Sources,
    pub(crate) host: Host,
    pub(crate) modules: HashMap<&'static str, Value>,
    /// Regular expressions compiled lately, by text and flags.
    pub(crate) patterns: HashMap<(Rc<str>, i64), Rc<Pattern>>,
    /// Functions and includes that are active.
    depth: usize,
    /// Exceptions whose handlers run, innermost last.
    handling: Vec<(Rc<Exception>, Option<Spot>)>,
    /// What the generator that ended last returned, until somebody asks.
    pub(crate) returned: Option<Value>,
    /// Containers whose text is being made.
    pub(crate) writing: Vec<Value>,
}

/// One activation: a file's, a function's or a generator's.
pub(crate) struct Frame {
    pub(crate) slots: Vec<Option<Value>>,
    pub(crate) file: FileId,
    /// What the body has yielded, for a generator function.
    pub(crate) yields: Vec<Value>,
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

    fn get(&self, slot: u32) -> Option<Value> {
        match &self.slots[slot as usize] {
            Some(Value::Cell(cell)) => cell.0.borrow().clone(),
            value => value.clone(),
        }
    }

    fn set(&mut self, slot: u32, value: Option<Value>) {
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

impl Vm {
    pub(crate) fn new(limits: Limits, host: Host) -> Self {
        Self {
            budget: Budget::new(limits),
            names: Names::default(),
            globals: Vec::new(),
            builtins: Vec::new(),
            namespace: None,
            sources: Sources::default(),
            host,
            modules: HashMap::new(),
            patterns: HashMap::new(),
            depth: 0,
            handling: Vec::new(),
            returned: None,
            writing: Vec::new(),
        }
    }

    /// Before each load: what happened on this thread until now is not its doing.
    pub(crate) fn begin(&mut self) {
        self.budget.begin();
        quotients::forget();
    }

    /// The limit on steps.
    pub(crate) fn steps(&self) -> u64 {
        self.budget.limits().steps
    }

    /// Makes `value` what `name` stands for until a program assigns it.
    pub(crate) fn define_builtin(&mut self, name: &str, value: Value) {
        let id = self.names.id(name) as usize;
        if self.builtins.len() <= id {
            self.builtins.resize(id + 1, None);
        }
        self.builtins[id] = Some(value);
    }

    pub(crate) fn has_builtin(&mut self, name: &str) -> bool {
        let id = self.names.id(name) as usize;
        self.builtins.get(id).is_some_and(Option::is_some)
    }

    pub(crate) fn define(&mut self, name: &str, value: Value) {
        let id = self.names.id(name);
        self.set_global(id, Some(value));
    }

    pub(crate) fn lookup(&self, name: &str) -> Option<Value> {
        let id = self.names.known(name)?;
        self.global(id)
    }

    /// Whether a file assigned `name`, and to what.
    pub(crate) fn assigned(&self, name: &str) -> Option<Value> {
        let id = self.names.known(name)?;
        self.globals.get(id as usize).cloned().flatten()
    }

    /// Names that files assigned.
    pub(crate) fn assigned_names(&self) -> Vec<Rc<str>> {
        let set = self
            .globals
            .iter()
            .enumerate()
            .filter(|(_, value)| value.is_some());
        set.map(|(id, _)| {
            self.names
                .text(u32::try_from(id).unwrap_or(u32::MAX))
                .clone()
        })
        .collect()
    }

    fn global(&self, name: NameId) -> Option<Value> {
        let found = self.globals.get(name as usize).and_then(Option::as_ref);
        found
            .or_else(|| self.builtins.get(name as usize).and_then(Option::as_ref))
            .cloned()
    }

    fn set_global(&mut self, name: NameId, value: Option<Value>) {
        let id = name as usize;
        if self.globals.len() <= id {
            self.globals.resize(self.names.len(), None);
        }
        if self.namespace.is_some() {
            self.mirror(name, value.as_ref());
        }
        self.globals[id] = value;
    }

    /// Keeps what `globals()` gave like the namespace.
    #[cold]
    fn mirror(&mut self, name: NameId, value: Option<&Value>) {
        let Some(namespace) = &self.namespace else {
            return;
        };
        let key = Value::Str(Str::new(self.names.text(name).clone()));
        let old = match value {
            Some(value) => namespace.table.borrow_mut().insert(key, value.clone()),
            None => namespace
                .table
                .borrow_mut()
                .remove(&key)
                .map(|gone| gone.map(|(_, value)| value)),
        };
        drop(old);
    }

    /// The namespace as a dict, always the same one: the names of the templates, and what files assigned.
    pub(crate) fn namespace(&mut self) -> Outcome<Rc<Dict>> {
        if let Some(namespace) = &self.namespace {
            return Ok(namespace.clone());
        }
        let mut table = Table::default();
        for id in 0..self.names.len() {
            let id = NameId::try_from(id).unwrap_or(NameId::MAX);
            let assigned = self.globals.get(id as usize).and_then(Option::as_ref);
            let found = assigned.or_else(|| self.beyond_the_language(id)).cloned();
            if let Some(value) = found {
                self.budget.values(3)?;
                let key = Value::Str(Str::new(self.names.text(id).clone()));
                table.insert(key, value)?;
            }
        }
        let namespace = Dict::of_kind(table, DictKind::Names);
        self.namespace = Some(namespace.clone());
        Ok(namespace)
    }

    /// What every file has under a name that is none of the language's own.
    fn beyond_the_language(&self, name: NameId) -> Option<&Value> {
        let builtin = self.builtins.get(name as usize)?.as_ref()?;
        let is_of_the_language = match builtin {
            Value::Builtin(builtin) => builtin.name != "include",
            Value::Class(_) | Value::Ellipsis => true,
            _ => false,
        };
        (!is_of_the_language).then_some(builtin)
    }

    /// What every file has under that name.
    pub(crate) fn given(&self, name: &str) -> Option<Value> {
        let id = self.names.known(name)?;
        self.beyond_the_language(id).cloned()
    }

    /// The names that every file has, without those of the language.
    pub(crate) fn given_names(&self) -> Vec<Rc<str>> {
        (0..self.builtins.len())
            .filter_map(|id| NameId::try_from(id).ok())
            .filter(|id| self.beyond_the_language(*id).is_some())
            .map(|id| self.names.text(id).clone())
            .filter(|name| !name.starts_with('_') && &**name != "include")
            .collect()
    }

    /// Whether files have the names of the job schema.
    pub(crate) fn has_schema(&self) -> bool {
        self.given("MesosJob").is_some()
    }

    /// Whether `dict` is what `globals()` gave.
    pub(crate) fn is_namespace(&self, dict: &Rc<Dict>) -> bool {
        self.namespace
            .as_ref()
            .is_some_and(|namespace| Rc::ptr_eq(namespace, dict))
    }

    /// Parses and runs a text in the shared namespace.
    pub(crate) fn run(&mut self, name: Rc<str>, text: Rc<str>) -> Outcome<()> {
        let file = self.sources.add(name, text.clone());
        let program = lower::program(
            &text,
            file,
            &mut self.names,
            &mut self.sources,
            &self.budget,
        )?;
        self.run_program(&program)
    }

    fn run_program(&mut self, program: &Program) -> Outcome<()> {
        let mut frame = Frame::new(program.slots, program.file);
        self.enter()?;
        let result = self.block(&mut frame, &program.body);
        self.depth -= 1;
        result.map(|_| ())
    }

    /// Counts one more activation; the caller counts it down.
    fn enter(&mut self) -> Outcome<()> {
        crate::limits::check_stack()?;
        if self.depth >= self.budget.limits().depth {
            return Err(self.budget.exceeded(crate::exception::LimitKind::Depth));
        }
        self.depth += 1;
        Ok(())
    }

    fn load(&self, frame: &Frame, name: NameId, slot: Slot) -> Outcome {
        let found = match slot {
            Slot::Local(slot) => frame.get(slot),
            Slot::Global | Slot::Unresolved => self.global(name),
            Slot::Class(slot, fallback) => frame.get(slot).or_else(|| match fallback {
                crate::ir::Fallback::Local(slot) => frame.get(slot),
                crate::ir::Fallback::Global => self.global(name),
            }),
        };
        match found {
            Some(value) => Ok(value),
            None => Err(self.unknown_name(name, slot)),
        }
    }

    #[cold]
    fn unknown_name(&self, name: NameId, slot: Slot) -> Raised {
        let text = self.names.text(name);
        if let Slot::Local(_) = slot {
            let message = format!(
                "cannot access local variable '{text}' where it is not associated with a value"
            );
            return Raised::new(ExcKind::UnboundLocal, message);
        }
        let error = Raised::new(ExcKind::Name, format!("name '{text}' is not defined"));
        if let Some(hint) = crate::builtins::missing_hint(text) {
            return error.hint(hint);
        }
        let known = (0..self.names.len()).filter_map(|id| {
            let id = NameId::try_from(id).ok()?;
            self.global(id).map(|_| &**self.names.text(id))
        });
        match suggest::closest(text, known) {
            Some(close) => error.hint(format!("did you mean `{close}`?")),
            None => error,
        }
    }

    fn store(&mut self, frame: &mut Frame, name: NameId, slot: Slot, value: Option<Value>) {
        match slot {
            Slot::Local(slot) | Slot::Class(slot, _) => frame.set(slot, value),
            Slot::Global | Slot::Unresolved => self.set_global(name, value),
        }
    }

    /// The error that a caller of the loader sees.
    pub(crate) fn explain(&mut self, raised: Raised) -> Error {
        let trace = raised.into_trace();
        let place = |vm: &Vm, (file, at): Spot| vm.sources.place(file, at);
        let mut found = trace.spot.map(|spot| place(self, spot));
        let steps = trace.steps.iter().map(|(entered, spot)| Step {
            what: match entered {
                Entered::Call(name) => StepKind::Call(name.to_string()),
                Entered::Include(path) => StepKind::Include(path.to_string()),
            },
            place: place(self, *spot),
        });
        let steps = steps.collect();
        let error = |kind, class: &str, is_value_error, message, hint| Error {
            kind,
            class: class.to_owned(),
            is_value_error,
            message,
            place: None,
            steps: Vec::new(),
            hint,
        };
        let mut error = match trace.cause {
            Cause::Exception(exception) => {
                if let Some(origin) = exception.origin {
                    found = self.sources.place_of(origin).or(found);
                }
                // Where its text reaches a limit the class says enough.
                let message = text::display_exception(self, &exception).unwrap_or_default();
                let kind = exception.kind;
                error(
                    ErrorKind::Raised,
                    kind.name(),
                    kind.is(ExcKind::Value),
                    message,
                    exception.hint.clone(),
                )
            }
            Cause::Syntax { message, hint } => {
                error(ErrorKind::Syntax, "SyntaxError", false, message, hint)
            }
            Cause::NotSupported { construct, hint } => {
                let message = format!("not supported: {construct}");
                error(
                    ErrorKind::NotSupported,
                    "NotImplementedError",
                    false,
                    message,
                    hint,
                )
            }
            Cause::Limit { message, hint } => {
                error(ErrorKind::Limit, "RuntimeError", false, message, hint)
            }
        };
        error.place = found.map(Box::new);
        error.steps = steps;
        error
    }
}

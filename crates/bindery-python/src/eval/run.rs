//! Runs of programs.

use std::collections::HashMap;
use std::rc::Rc;

use crate::error::{Error, Place, Warning};
use crate::host::Host;
use crate::ir::Program;
use crate::limits::{Budget, LimitKind, Limits};
use crate::lower;
use crate::names::Names;
use crate::source::{Origin, Sources, Spot};
use crate::stack::{self, check_stack};
use crate::stdlib::builtins;
use crate::values::{Extension, Outcome, quotient};
use crate::vm::{Frame, Note, Vm};

impl Vm {
    /// Makes a machine whose programs find the names of the language.
    pub fn new(limits: Limits, host: Box<dyn Host>, extension: &'static dyn Extension) -> Self {
        let mut vm = Self {
            budget: Budget::new(limits, extension),
            names: Names::default(),
            globals: Vec::new(),
            builtins: Vec::new(),
            namespace: None,
            sources: Sources::default(),
            host,
            extension,
            notes: Vec::new(),
            modules: HashMap::new(),
            patterns: HashMap::new(),
            depth: 0,
            handling: Vec::new(),
            returned: None,
            writing: Vec::new(),
        };
        builtins::install(&mut vm);
        vm
    }

    /// Runs a text in memory; `name` is its name in messages.
    ///
    /// # Errors
    ///
    /// The error that ended the program.
    pub fn evaluate(&mut self, name: &str, text: &str) -> Result<(), Error> {
        self.begin();
        let result = self.measured(|vm| vm.run(name.into(), text.into()));
        result.map_err(|raised| self.measured(|vm| vm.explain(raised)))
    }

    /// Runs `work` with the stack measured from here, unless an outer run measures it already.
    ///
    /// Everything that evaluates or compares values belongs into `work`.
    pub fn measured<T>(&mut self, work: impl FnOnce(&mut Self) -> T) -> T {
        stack::measured(self.budget.limits().steps, || work(self))
    }

    /// Starts a run: the extension's work on this thread up to now does not count.
    pub fn begin(&mut self) {
        self.budget.begin();
        quotient::forget();
    }

    /// Returns the number of the position where a call is, for [`Vm::place_of`].
    pub fn origin(&mut self, (file, at): Spot) -> Origin {
        self.sources.origin(file, at)
    }

    /// Returns the position with this number.
    pub fn place_of(&self, origin: Origin) -> Option<Place> {
        self.sources.place_of(origin)
    }

    /// Records a warning about the program, once for each position.
    pub fn note(&mut self, message: String, spot: Option<Spot>, hint: Option<String>) {
        let is_known = self
            .notes
            .iter()
            .any(|note| note.message == message && note.spot == spot);
        if !is_known && self.notes.len() < 1000 {
            self.notes.push(Note {
                message,
                spot,
                hint,
            });
        }
    }

    /// Returns the warnings about the programs that ran, in the order they were found.
    pub fn warnings(&self) -> Vec<Warning> {
        let warning = |note: &Note| Warning {
            message: note.message.clone(),
            place: note.spot.map(|(file, at)| self.sources.place(file, at)),
            hint: note.hint.clone(),
        };
        self.notes.iter().map(warning).collect()
    }

    /// Parses and runs a text in the shared namespace.
    ///
    /// # Errors
    ///
    /// Exceptions of the program, and limits.
    pub fn run(&mut self, name: Rc<str>, text: Rc<str>) -> Outcome<()> {
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

    /// Counts one more activation; the caller decrements the count.
    pub(super) fn enter(&mut self) -> Outcome<()> {
        check_stack()?;
        if self.depth >= self.budget.limits().depth {
            return Err(self.budget.exceeded(LimitKind::Depth).into());
        }
        self.depth += 1;
        Ok(())
    }
}

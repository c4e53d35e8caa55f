//! The namespace that all files of a run share, and the built-in names.

use std::rc::Rc;

use crate::ir::{Fallback, Slot};
use crate::names::NameId;
use crate::stdlib::builtins;
use crate::suggest;
use crate::values::{Dict, DictKind, ExcKind, Outcome, Raised, Str, Table, Value};
use crate::vm::{Frame, Vm};

impl Vm {
    /// Defines the value of `name` for files that do not assign it.
    pub fn define_builtin(&mut self, name: &str, value: Value) {
        let id = self.names.id(name) as usize;
        if self.builtins.len() <= id {
            self.builtins.resize(id + 1, None);
        }
        self.builtins[id] = Some(value);
    }

    /// Checks whether files find `name` without defining or importing it.
    pub fn has_builtin(&mut self, name: &str) -> bool {
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

    /// Returns the value that a file assigned to `name`.
    pub fn assigned(&self, name: &str) -> Option<Value> {
        let id = self.names.known(name)?;
        self.globals.get(id as usize).cloned().flatten()
    }

    /// Returns the names that files assigned.
    pub fn assigned_names(&self) -> Vec<Rc<str>> {
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

    /// Updates the result of `globals()`.
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

    /// Returns the namespace as a dict, which is the same object for each call: names of the extension, and names that files
    /// assigned.
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

    /// Returns a built-in name that is not part of the language.
    fn beyond_the_language(&self, name: NameId) -> Option<&Value> {
        let builtin = self.builtins.get(name as usize)?.as_ref()?;
        let is_of_the_language = match builtin {
            Value::Builtin(builtin) => builtin.name != "include",
            Value::Class(_) | Value::Ellipsis => true,
            _ => false,
        };
        (!is_of_the_language).then_some(builtin)
    }

    /// Returns the value that every file has under this name, if the name is not part of the language.
    pub fn predefined(&self, name: &str) -> Option<Value> {
        let id = self.names.known(name)?;
        self.beyond_the_language(id).cloned()
    }

    /// Returns the names that every file has, without the names of the language.
    pub fn predefined_names(&self) -> Vec<Rc<str>> {
        (0..self.builtins.len())
            .filter_map(|id| NameId::try_from(id).ok())
            .filter(|id| self.beyond_the_language(*id).is_some())
            .map(|id| self.names.text(id).clone())
            .filter(|name| !name.starts_with('_') && &**name != "include")
            .collect()
    }

    /// Checks whether `dict` is the result of `globals()`.
    pub(crate) fn is_namespace(&self, dict: &Rc<Dict>) -> bool {
        self.namespace
            .as_ref()
            .is_some_and(|namespace| Rc::ptr_eq(namespace, dict))
    }

    pub(super) fn load(&self, frame: &Frame, name: NameId, slot: Slot) -> Outcome {
        let found = match slot {
            Slot::Local(slot) => frame.get(slot),
            Slot::Global | Slot::Unresolved => self.global(name),
            Slot::Class(slot, fallback) => frame.get(slot).or_else(|| match fallback {
                Fallback::Local(slot) => frame.get(slot),
                Fallback::Global => self.global(name),
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
        if let Some(hint) = builtins::missing_hint(text) {
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

    pub(super) fn store(
        &mut self,
        frame: &mut Frame,
        name: NameId,
        slot: Slot,
        value: Option<Value>,
    ) {
        match slot {
            Slot::Local(slot) | Slot::Class(slot, _) => frame.set(slot, value),
            Slot::Global | Slot::Unresolved => self.set_global(name, value),
        }
    }
}

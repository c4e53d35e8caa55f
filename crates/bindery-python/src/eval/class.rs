//! Class statements, which declare types of the extension.

use crate::ir::ClassDef;
use crate::values::Outcome;
use crate::vm::{Frame, Vm};

impl Vm {
    pub(super) fn run_class(
        &mut self,
        frame: &mut Frame,
        class: &ClassDef,
        at: u32,
    ) -> Outcome<()> {
        let extension = self.extension;
        let bases = self.eval_items(frame, &class.bases)?;
        let base = extension.base(self, &class.name, &bases).map_err(|error| {
            error.at(frame.file, class.bases.first().map_or(at, |base| base.at))
        })?;
        for (_, slot) in &class.fields {
            frame.slots[*slot as usize] = None;
        }
        self.block(frame, &class.body)?;
        let mut members = Vec::with_capacity(class.fields.len());
        for (name, slot) in &class.fields {
            if let Some(value) = frame.slots[*slot as usize].take() {
                members.push((self.names.text(*name).clone(), value));
            }
        }
        self.budget.values(48 + 4 * members.len())?;
        let spot = (frame.file, at);
        let made = extension
            .declare(self, &class.name, &base, members, spot)
            .map_err(|error| error.at(frame.file, at))?;
        self.assign(frame, &class.target, made)
    }
}

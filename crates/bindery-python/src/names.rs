//! Names of one run and their numbers.

use std::collections::HashMap;
use std::rc::Rc;

/// Number of a name within one run.
pub(crate) type NameId = u32;

/// Names of one run and their numbers.
#[derive(Default)]
pub(crate) struct Names {
    numbers: HashMap<Rc<str>, NameId>,
    texts: Vec<Rc<str>>,
}

impl Names {
    pub(crate) fn id(&mut self, name: &str) -> NameId {
        if let Some(id) = self.numbers.get(name) {
            return *id;
        }
        let text: Rc<str> = name.into();
        let id = NameId::try_from(self.texts.len()).expect("fewer names than bytes of source");
        self.texts.push(text.clone());
        self.numbers.insert(text, id);
        id
    }

    pub(crate) fn known(&self, name: &str) -> Option<NameId> {
        self.numbers.get(name).copied()
    }

    pub(crate) fn text(&self, id: NameId) -> &Rc<str> {
        &self.texts[id as usize]
    }

    pub(crate) fn len(&self) -> usize {
        self.texts.len()
    }
}

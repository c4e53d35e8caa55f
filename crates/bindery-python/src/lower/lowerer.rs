//! State of lowering: names, and the scopes around the current statement.

use std::collections::HashSet;
use std::rc::Rc;

use ruff_text_size::Ranged;

use crate::ir::ScopeNames;
use crate::names::{NameId, Names};
use crate::source::{FileId, Sources};
use crate::stack::check_stack;
use crate::values::{Cause, Outcome, Raised};

pub(super) fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

pub(super) fn syntax(message: impl Into<String>, hint: Option<&str>) -> Raised {
    Raised::from_cause(Cause::Syntax {
        message: message.into(),
        hint: hint.map(str::to_owned),
    })
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum ScopeKind {
    Top,
    Function,
    Class,
    Comprehension,
}

/// Names of the scope that is being lowered.
pub(super) struct Scope {
    pub(super) kind: ScopeKind,
    pub(super) names: ScopeNames,
    /// The bound names again, for fast lookup.
    pub(super) seen: HashSet<NameId>,
    pub(super) yields: bool,
    pub(super) loops: u32,
    /// Docstring of the function.
    pub(super) doc: Option<Rc<str>>,
}

impl Scope {
    pub(super) fn new(kind: ScopeKind) -> Self {
        Self {
            kind,
            names: ScopeNames::default(),
            seen: HashSet::new(),
            yields: false,
            loops: 0,
            doc: None,
        }
    }

    pub(super) fn bind(&mut self, name: NameId) {
        if self.seen.insert(name) {
            self.names.bound.push(name);
        }
    }
}

pub(super) struct Lowerer<'a> {
    pub(super) file: FileId,
    pub(super) names: &'a mut Names,
    pub(super) sources: &'a mut Sources,
    pub(super) scopes: Vec<Scope>,
}

impl Lowerer<'_> {
    pub(super) fn scope(&mut self) -> &mut Scope {
        self.scopes
            .last_mut()
            .expect("the top scope is never popped")
    }

    pub(super) fn pop_scope(&mut self) -> Scope {
        self.scopes
            .pop()
            .expect("each scope is popped where it was pushed")
    }

    /// Returns the innermost scope of statements, in which `:=` binds.
    pub(super) fn statement_scope(&mut self) -> &mut Scope {
        let index = self
            .scopes
            .iter()
            .rposition(|scope| scope.kind != ScopeKind::Comprehension)
            .unwrap_or(0);
        &mut self.scopes[index]
    }

    pub(super) fn bind(&mut self, name: &str) -> NameId {
        let id = self.names.id(name);
        self.scope().bind(id);
        id
    }

    pub(super) fn name(&self, id: NameId) -> Rc<str> {
        self.names.text(id).clone()
    }

    pub(super) fn refuse(&self, node: impl Ranged, construct: &str, hint: &str) -> Raised {
        Raised::not_supported(construct, hint).at(self.file, node.range().start().to_u32())
    }

    pub(super) fn syntax_at(&self, node: impl Ranged, message: &str) -> Raised {
        syntax(message, None).at(self.file, node.range().start().to_u32())
    }

    pub(super) fn deep_enough(&self, node: impl Ranged) -> Outcome<()> {
        check_stack()
            .map_err(|reached| Raised::from(reached).at(self.file, node.range().start().to_u32()))
    }
}

//! Observation of bindings: which scope resolved which ref.

use std::rc::Rc;

use crate::{Origin, Ref, Type, Value};

/// Sees each ref that the scopes of an object resolve; see [`bind_all_observed`](crate::bind_all_observed).
pub trait BindObserver {
    /// Receives one binding of the object at position `object`.
    ///
    /// A text reports each of its distinct refs once, in order of lookup. The refs that a value brings with it follow the ref of the
    /// value. An alternative of a Choice that is not taken reports nothing.
    fn binding(&mut self, object: usize, binding: &RefBinding);
}

/// Ref and the value that a scope frame binds it to.
#[derive(Clone, Debug)]
pub struct RefBinding {
    /// Ref.
    pub reference: Ref,
    /// Position of the text that holds the ref.
    pub origin: Option<Origin>,
    /// Value of the ref, before the refs in it are resolved. Its own position is in [`Value::origin`].
    pub value: Value,
    /// Frame that the value comes from.
    pub frame: ScopeFrame,
}

/// Scope frame of a text.
#[derive(Clone, Debug)]
pub struct ScopeFrame {
    /// Number of frames with higher priority; 0 is the innermost. A struct around the text counts as one frame, followed by the
    /// scopes of the struct.
    pub index: usize,
    /// Kind of the frame.
    pub kind: FrameKind,
}

/// Kind of a scope frame.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum FrameKind {
    /// Mapping, environment or keywords that were bound or put in scope.
    Bindings,
    /// List, map or struct of this type that was bound or put in scope.
    Object(Type),
    /// Struct of this type around the text; the value is one of its fields.
    Enclosing(Type),
    /// Answers of a binder.
    Answers {
        /// Name of the binder.
        binder: Rc<str>,
    },
}

/// Bindings of one interpolation, if it is observed.
pub(crate) struct Trace(Option<Vec<RefBinding>>);

impl Trace {
    /// Creates a trace that records nothing and allocates nothing.
    pub(crate) const fn off() -> Self {
        Trace(None)
    }

    pub(crate) fn on() -> Self {
        Trace(Some(Vec::new()))
    }

    /// Records the binding that `binding` creates. Does not call `binding` unless the trace is on.
    #[inline]
    pub(crate) fn record<E>(
        &mut self,
        binding: impl FnOnce() -> Result<Option<RefBinding>, E>,
    ) -> Result<(), E> {
        if let Some(bindings) = &mut self.0 {
            bindings.extend(binding()?);
        }
        Ok(())
    }

    /// Returns the number of bindings, for [`Trace::truncate`].
    pub(crate) fn len(&self) -> usize {
        self.0.as_ref().map_or(0, Vec::len)
    }

    /// Drops the bindings after the first `len`.
    pub(crate) fn truncate(&mut self, len: usize) {
        if let Some(bindings) = &mut self.0 {
            bindings.truncate(len);
        }
    }

    pub(crate) fn into_bindings(self) -> Vec<RefBinding> {
        self.0.unwrap_or_default()
    }
}

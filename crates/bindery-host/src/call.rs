//! Calls of plugins that are in progress, for the services that plugins use meanwhile.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};

use bindery_diagnostic::{Diagnostic, Kind, Subject};

/// Call of a plugin.
#[derive(Debug, Default)]
pub(crate) struct Call {
    is_for_credential: bool,
    /// Registries whose credentials the plugin requested during the call.
    registries: Mutex<BTreeSet<String>>,
}

impl Call {
    /// Creates a call to a binder, a command or another part.
    pub fn new() -> Arc<Self> {
        Arc::default()
    }

    /// Creates a call to a credential source, which cannot request credentials itself.
    pub fn for_credential() -> Arc<Self> {
        Arc::new(Self {
            is_for_credential: true,
            ..Self::default()
        })
    }

    /// Returns whether the plugin was called as a credential source.
    pub fn is_for_credential(&self) -> bool {
        self.is_for_credential
    }

    /// Records that the plugin requested a credential for a registry.
    pub fn add_registry(&self, registry: &str) {
        lock(&self.registries).insert(registry.to_owned());
    }

    /// Returns the error of the call with its subject, if a refusal can only concern one registry.
    ///
    /// The failure record of the plugin interface has no subject, and messages are not searched.
    pub fn with_subject(&self, error: Diagnostic) -> Diagnostic {
        if error.kind != Kind::Denied || error.subject.is_some() {
            return error;
        }
        let registries = lock(&self.registries);
        let mut registries = registries.iter();
        match (registries.next(), registries.next()) {
            (Some(registry), None) => error.about(Subject::Registry(registry.clone())),
            _ => error,
        }
    }
}

/// Calls in progress in one library, by the thread that the host called it on.
#[derive(Clone, Debug, Default)]
pub(crate) struct ActiveCalls(Arc<Mutex<CallsByThread>>);

type CallsByThread = Vec<(ThreadId, Arc<Call>)>;

impl ActiveCalls {
    /// Adds a call on this thread until the guard is dropped.
    pub fn enter(&self, call: Arc<Call>) -> ActiveCall<'_> {
        lock(&self.0).push((thread::current().id(), call));
        ActiveCall(self)
    }

    /// Returns the call that a service request on this thread belongs to.
    ///
    /// A request on a thread of the plugin belongs to the only call in progress, or to no known call.
    pub fn current(&self) -> Arc<Call> {
        let this = thread::current().id();
        let calls = lock(&self.0);
        let own = calls.iter().rfind(|(thread, _)| *thread == this);
        match (own, &calls[..]) {
            (Some((_, call)), _) => Arc::clone(call),
            (None, [(_, only)]) if !only.is_for_credential => Arc::clone(only),
            _ => Call::new(),
        }
    }
}

/// Guard of a call in [`ActiveCalls`].
pub(crate) struct ActiveCall<'c>(&'c ActiveCalls);

impl Drop for ActiveCall<'_> {
    fn drop(&mut self) {
        let this = thread::current().id();
        let mut calls = lock(&self.0.0);
        if let Some(last) = calls.iter().rposition(|(thread, _)| *thread == this) {
            calls.remove(last);
        }
    }
}

/// Locks a mutex whose data is valid after any panic.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subject_after(registries: &[&str], kind: Kind) -> Option<Subject> {
        let call = Call::new();
        for registry in registries {
            call.add_registry(registry);
        }
        call.with_subject(Diagnostic::new(kind, "m")).subject
    }

    #[test]
    fn a_refusal_concerns_the_only_registry_of_the_call() {
        let registry = Some(Subject::Registry("r:1".to_owned()));
        assert_eq!(subject_after(&["r:1", "r:1"], Kind::Denied), registry);
        assert_eq!(subject_after(&["r:1", "s"], Kind::Denied), None);
        assert_eq!(subject_after(&[], Kind::Denied), None);
        assert_eq!(subject_after(&["r:1"], Kind::NotFound), None);
    }

    #[test]
    fn requests_belong_to_the_call_on_their_thread() {
        let calls = ActiveCalls::default();
        let _binder = calls.enter(Call::new());
        thread::scope(|scope| {
            scope.spawn(|| {
                let foreign = calls.current();
                foreign.add_registry("r");
                let source = calls.enter(Call::for_credential());
                assert!(calls.current().is_for_credential());
                drop(source);
                assert!(!calls.current().is_for_credential());
            });
        });
        let error = Diagnostic::new(Kind::Denied, "m");
        let error = calls.current().with_subject(error);
        assert_eq!(error.subject, Some(Subject::Registry("r".to_owned())));
    }

    #[test]
    fn a_source_does_not_get_requests_of_foreign_threads() {
        let calls = ActiveCalls::default();
        let _source = calls.enter(Call::for_credential());
        let foreign = thread::scope(|scope| {
            let current = scope.spawn(|| calls.current().is_for_credential());
            current.join().unwrap()
        });
        assert!(!foreign);
    }
}

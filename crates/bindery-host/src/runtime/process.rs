//! Plugin in a separate process, started when it is first needed.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bindery_abi::{Answer, Request};
use bindery_diagnostic::Diagnostic;
use once_cell::sync::OnceCell;
use serde_json::Value as Json;

use crate::call::Call;
use crate::discover::inspect::Inspected;
use crate::error::{LibraryError, Reason};
use crate::failure::WireFailure;
use crate::runtime::flag::Flag;
use crate::runtime::program::Program;
use crate::runtime::session::{Session, SessionError};
use crate::services::HostHandle;

/// Plugin that runs in a separate process.
pub(crate) struct Process {
    plugin: Arc<Inspected>,
    program: Program,
    host: HostHandle,
    settings: Json,
    session: OnceCell<Session>,
    /// Set while the process starts.
    is_opening: AtomicBool,
    /// Set during a request.
    is_busy: AtomicBool,
}

impl Process {
    /// Creates the plugin without starting its process.
    pub fn new(plugin: Arc<Inspected>, program: Program, host: HostHandle, settings: Json) -> Self {
        Self {
            plugin,
            program,
            host,
            settings,
            session: OnceCell::new(),
            is_opening: AtomicBool::new(false),
            is_busy: AtomicBool::new(false),
        }
    }

    /// Returns whether the process was started.
    pub fn is_open(&self) -> bool {
        self.session.get().is_some()
    }

    /// Returns whether the process is starting.
    pub fn is_opening(&self) -> bool {
        self.is_opening.load(Ordering::Relaxed)
    }

    /// Starts the process and opens the plugin, unless both are done.
    pub fn open(&self, call: &Call) -> Result<(), LibraryError> {
        self.session(call).map(|_| ())
    }

    /// Binds a batch.
    pub fn bind(
        &self,
        call: &Call,
        requests: Vec<Request>,
    ) -> Result<Vec<Result<Answer, WireFailure>>, Diagnostic> {
        self.with_session(call, |session| session.bind(call, requests))
    }

    /// Calls a method.
    pub fn call(&self, call: &Call, method: &str, input: &Json) -> Result<Json, Diagnostic> {
        self.with_session(call, |session| session.call(call, method, input))
    }

    fn with_session<T>(
        &self,
        call: &Call,
        work: impl FnOnce(&Session) -> Result<T, SessionError>,
    ) -> Result<T, Diagnostic> {
        // A session handles one request at a time. If the binder of the plugin waits for a credential from the plugin's own source, a
        // second process handles that request.
        let result = match Flag::set(&self.is_busy) {
            Some(_busy) => work(
                self.session(call)
                    .map_err(|error| Diagnostic::from(&error))?,
            ),
            None => work(&self.start(call).map_err(|error| Diagnostic::from(&error))?),
        };
        result.map_err(|error| error.into_diagnostic_of(&self.plugin))
    }

    fn session(&self, call: &Call) -> Result<&Session, LibraryError> {
        self.session.get_or_try_init(|| {
            let _opening = Flag::set(&self.is_opening);
            self.start(call)
        })
    }

    fn start(&self, call: &Call) -> Result<Session, LibraryError> {
        let program = self.program.clone();
        let opened = Session::open(
            &self.plugin,
            program,
            self.host.clone(),
            &self.settings,
            call,
        );
        opened.map_err(|error| LibraryError {
            file: self.plugin.file.clone(),
            plugin: Some(self.plugin.description.name.clone()),
            reason: Reason::Open(Box::new(error.into_diagnostic())),
        })
    }
}

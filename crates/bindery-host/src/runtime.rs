//! Running plugins: a library in this process, or a separate process.

use std::sync::Arc;

use bindery_abi::{Answer, Request};
use bindery_diagnostic::Diagnostic;
use serde_json::Value as Json;

use self::library::Library;
use self::process::Process;
use crate::call::Call;
use crate::error::LibraryError;
use crate::failure::WireFailure;

mod child;
mod flag;
pub(crate) mod interrupt;
pub(crate) mod library;
mod library_file;
mod limit;
pub(crate) mod process;
mod process_groups;
pub(crate) mod program;
pub(crate) mod protocol;
pub(crate) mod serve;
mod session;

/// Place where the code of a plugin runs. Nothing outside this module depends on the place.
pub(crate) enum Runtime {
    /// Library, loaded into this process.
    InProcess(Box<Library>),
    /// Separate process, of a program or for an isolated library.
    Subprocess(Box<Process>),
}

impl Runtime {
    /// Returns whether the plugin was opened.
    pub fn is_open(&self) -> bool {
        match self {
            Self::InProcess(library) => library.is_open(),
            Self::Subprocess(process) => process.is_open(),
        }
    }

    /// Returns whether the plugin is being opened.
    pub fn is_opening(&self) -> bool {
        match self {
            Self::InProcess(library) => library.is_opening(),
            Self::Subprocess(process) => process.is_opening(),
        }
    }

    /// Opens the plugin, unless it is open.
    pub fn open(&self) -> Result<(), LibraryError> {
        let call = Call::new();
        match self {
            Self::InProcess(library) => library.open(call),
            Self::Subprocess(process) => process.open(&call),
        }
    }

    /// Binds a batch: returns the answers of the plugin, whose number is not checked.
    pub fn bind(
        &self,
        call: &Arc<Call>,
        requests: Vec<Request>,
    ) -> Result<Vec<Result<Answer, WireFailure>>, Diagnostic> {
        match self {
            Self::InProcess(library) => library.bind(Arc::clone(call), requests),
            Self::Subprocess(process) => process.bind(call, requests),
        }
    }

    /// Calls a method with JSON input and output.
    pub fn call(&self, call: &Arc<Call>, method: &str, input: &Json) -> Result<Json, Diagnostic> {
        match self {
            Self::InProcess(library) => library.call(Arc::clone(call), method, input),
            Self::Subprocess(process) => process.call(call, method, input),
        }
    }
}

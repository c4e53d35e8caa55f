//! One plugin: its description, and the place where it runs.

use std::path::Path;
use std::sync::Arc;

use bindery_abi::{Answer, Request};
use bindery_diagnostic::Diagnostic;
use serde_json::Value as Json;

use crate::call::Call;
use crate::description::Description;
use crate::discover::inspect::{Code, Inspected};
use crate::error::LibraryError;
use crate::failure::{WireFailure, fault};
use crate::runtime::Runtime;
use crate::runtime::interrupt::Work;
use crate::runtime::library::Library;
use crate::runtime::process::Process;
use crate::runtime::program::{Program, ProgramEnvironment};
use crate::services::{HostHandle, Level, PrintsOutput};
use crate::settings::Settings;

/// Plugin that passed the inspection. It is opened when it is first called.
pub struct Plugin {
    inspected: Arc<Inspected>,
    host: HostHandle,
    runtime: Runtime,
}

impl Plugin {
    /// Creates the plugin without opening it.
    pub(crate) fn new(inspected: Inspected, settings: &Settings, host: HostHandle) -> Self {
        let inspected = Arc::new(inspected);
        let input = settings.input.to_json(&inspected.description.name);
        let (plugin, handle) = (Arc::clone(&inspected), host.clone());
        let runtime = match (&inspected.code, &settings.isolate) {
            (Code::Library(header), None) => {
                let header = header.clone();
                let library = Library::new(plugin, header, handle, input, settings.limits);
                Runtime::InProcess(Box::new(library))
            }
            (Code::Library(_), Some(server)) => {
                let file = std::iter::once(inspected.file.clone());
                let program = Program {
                    command: server.iter().cloned().chain(file).collect(),
                    environment: ProgramEnvironment::Inherited,
                    time_limit: settings.limits.time,
                    max_line: settings.limits.answer_bytes,
                };
                Runtime::Subprocess(Box::new(Process::new(plugin, program, handle, input)))
            }
            (Code::Program(program), _) => {
                let process = Process::new(plugin, program.clone(), handle, input);
                Runtime::Subprocess(Box::new(process))
            }
        };
        Self {
            inspected,
            host,
            runtime,
        }
    }

    /// Returns the path of the library or program, absolute and without links.
    pub fn file(&self) -> &Path {
        &self.inspected.file
    }

    /// Returns the description.
    pub fn description(&self) -> &Description {
        &self.inspected.description
    }

    /// Returns the compiler that built the plugin, if the plugin is a library.
    pub fn rustc(&self) -> Option<&str> {
        match &self.inspected.code {
            Code::Library(header) => Some(&header.rustc),
            Code::Program(_) => None,
        }
    }

    /// Returns whether the plugin was opened, which happens with the first call.
    pub fn is_open(&self) -> bool {
        self.runtime.is_open()
    }

    /// Returns whether the plugin is being opened.
    pub(crate) fn is_opening(&self) -> bool {
        self.runtime.is_opening()
    }

    /// Opens the plugin, unless it is open.
    ///
    /// # Errors
    ///
    /// If the library does not fit, or the plugin refuses its settings. The next call tries again.
    pub fn open(&self) -> Result<(), LibraryError> {
        let _work = Work::begin();
        self.runtime.open()
    }

    /// Calls a method with JSON input and output.
    ///
    /// # Errors
    ///
    /// The error of the method; or that the plugin cannot be opened, panicked, or returned invalid JSON.
    pub fn call(&self, method: &str, input: &Json) -> Result<Json, Diagnostic> {
        self.call_as(&Call::new(), method, input)
    }

    /// Calls a method as part of `call`.
    pub(crate) fn call_as(
        &self,
        call: &Arc<Call>,
        method: &str,
        input: &Json,
    ) -> Result<Json, Diagnostic> {
        let _work = Work::begin();
        let result = self.runtime.call(call, method, input);
        result.map_err(|error| call.with_subject(error))
    }

    /// Binds a batch: returns one answer for each request, in order.
    pub(crate) fn bind(
        &self,
        requests: Vec<Request>,
    ) -> Result<Vec<Result<Answer, Diagnostic>>, Diagnostic> {
        let _work = Work::begin();
        let call = Call::new();
        let asked = requests.len();
        let answers = self.runtime.bind(&call, requests);
        let answers = answers.map_err(|error| call.with_subject(error))?;
        if answers.len() != asked {
            let did = format!("gave {} answers to {asked} refs", answers.len());
            return Err(self.fault(&did));
        }
        let convert = |failure| call.with_subject(self.convert(failure));
        let answers = answers.into_iter();
        Ok(answers.map(|answer| answer.map_err(convert)).collect())
    }

    /// Converts an error that the plugin returned.
    pub(crate) fn convert(&self, failure: WireFailure) -> Diagnostic {
        failure.into_diagnostic_of(&self.inspected)
    }

    /// Returns the error of a plugin that violated the plugin interface; `did` continues the sentence "plugin `x`".
    pub(crate) fn fault(&self, did: &str) -> Diagnostic {
        fault(&self.inspected, did, Vec::new())
    }

    /// Makes lines that the plugin prints part of the output until the guard is dropped.
    pub(crate) fn prints_output(&self) -> PrintsOutput {
        self.host.prints_output()
    }

    /// Logs a line about the plugin.
    pub(crate) fn log(&self, level: Level, message: &str) {
        self.host.log(level, message);
    }

    /// Returns the inspected file.
    pub(crate) fn inspected(&self) -> &Inspected {
        &self.inspected
    }

    /// Sets an open plugin in place of the library.
    #[cfg(test)]
    pub(crate) fn set_instance(&self, instance: bindery_abi::InstanceBox) {
        match &self.runtime {
            Runtime::InProcess(library) => library.set_instance(instance),
            Runtime::Subprocess(_) => unreachable!("a scripted plugin is a library"),
        }
    }
}

#[cfg(test)]
mod tests {
    use bindery_abi::stable::{RResult, RStr, RString, RVec, TD_Opaque};
    use bindery_abi::{Failure, Instance, Instance_TO};

    use super::*;
    use crate::scripted::describe;
    use crate::services::NoServices;

    /// Open plugin with fixed results, not built with the author's kit.
    struct Fixed {
        answers: Vec<RResult<Answer, Failure>>,
        output: RResult<RString, Failure>,
    }

    impl Instance for Fixed {
        fn bind(
            &self,
            _requests: RVec<Request>,
        ) -> RResult<RVec<RResult<Answer, Failure>>, Failure> {
            RResult::ROk(self.answers.clone().into())
        }

        fn call(&self, _method: RStr<'_>, _input: RStr<'_>) -> RResult<RString, Failure> {
            self.output.clone()
        }
    }

    fn plugin(fixed: Fixed) -> Plugin {
        let inspected = describe("raw", serde_json::json!({}));
        let host = HostHandle::new(&inspected.description, Arc::new(NoServices), None);
        let plugin = Plugin::new(inspected, &Settings::default(), host);
        plugin.set_instance(Instance_TO::from_value(fixed, TD_Opaque));
        plugin
    }

    #[test]
    fn a_wrong_number_of_answers_is_a_fault() {
        let plugin = plugin(Fixed {
            answers: Vec::new(),
            output: RResult::ROk(RString::new()),
        });
        assert!(plugin.bind(Vec::new()).unwrap().is_empty());
        let request = Request {
            binder: "b".into(),
            address: "b".into(),
            parts: RVec::new(),
            cluster: RString::new(),
        };
        let error = plugin.bind(vec![request]).unwrap_err();
        assert_eq!(error.message, "plugin `raw` gave 0 answers to 1 refs");
        assert_eq!(error.causes, ["in `/raw.so`"]);
        assert!(error.hint.is_some());
    }

    #[test]
    fn results_that_are_not_json_are_not_printed() {
        let plugin = plugin(Fixed {
            answers: Vec::new(),
            output: RResult::ROk("hunter2".into()),
        });
        let error = plugin.call("auth.credential", &Json::Null).unwrap_err();
        assert_eq!(
            error.message,
            "plugin `raw` gave no JSON as the result of `auth.credential`"
        );
        assert!(!format!("{error:?}").contains("hunter2"));
    }
}

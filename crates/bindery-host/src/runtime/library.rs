//! Plugin in a library in this process, loaded when it is first needed.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bindery_abi::stable::{ROption, RResult, RStr, RString, RVec, TD_Opaque};
use bindery_abi::{Answer, Failure, HostServices, HostServices_TO, InstanceBox, Request};
use bindery_diagnostic::Diagnostic;
use once_cell::sync::OnceCell;
use serde_json::Value as Json;

use crate::call::{ActiveCalls, Call};
use crate::discover::inspect::{Inspected, PluginHeader};
use crate::error::{LibraryError, Reason};
use crate::failure::{WireFailure, fault, to_failure};
use crate::runtime::flag::Flag;
use crate::runtime::library_file;
use crate::runtime::limit::run_with_limit;
use crate::services::{HostHandle, Level, parse_input};
use crate::settings::PluginLimits;

/// Plugin that runs in this process.
pub(crate) struct Library {
    plugin: Arc<Inspected>,
    header: PluginHeader,
    host: LibraryHost,
    settings: Json,
    limits: PluginLimits,
    instance: Arc<OnceCell<InstanceBox>>,
    /// Set while the library is loaded and opened.
    is_opening: Arc<AtomicBool>,
    /// Set after a call took too long: its thread is still running, so no other call is made.
    is_hanging: AtomicBool,
}

impl Library {
    /// Creates the plugin without loading its library.
    pub fn new(
        plugin: Arc<Inspected>,
        header: PluginHeader,
        host: HostHandle,
        settings: Json,
        limits: PluginLimits,
    ) -> Self {
        Self {
            plugin,
            header,
            host: LibraryHost {
                host,
                calls: ActiveCalls::default(),
            },
            settings,
            limits,
            instance: Arc::default(),
            is_opening: Arc::default(),
            is_hanging: AtomicBool::new(false),
        }
    }

    /// Returns whether the plugin was opened.
    pub fn is_open(&self) -> bool {
        self.instance.get().is_some()
    }

    /// Returns whether the plugin is being opened.
    pub fn is_opening(&self) -> bool {
        self.is_opening.load(Ordering::Relaxed)
    }

    /// Loads the library and opens the plugin, unless both are done.
    pub fn open(&self, call: Arc<Call>) -> Result<(), LibraryError> {
        self.with_instance(call, |_| ()).unwrap_or_else(|error| {
            Err(LibraryError {
                file: self.plugin.file.clone(),
                plugin: Some(self.plugin.description.name.clone()),
                reason: Reason::Open(Box::new(error)),
            })
        })
    }

    /// Binds a batch.
    pub fn bind(
        &self,
        call: Arc<Call>,
        requests: Vec<Request>,
    ) -> Result<Vec<Result<Answer, WireFailure>>, Diagnostic> {
        let result = self
            .with_instance(call, move |instance| instance.bind(RVec::from(requests)))?
            .map_err(|error| Diagnostic::from(&error))?;
        let answers = match result {
            RResult::ROk(answers) => answers,
            RResult::RErr(failure) => return Err(self.error(failure)),
        };
        let length = |answer: &RResult<Answer, Failure>| match answer {
            RResult::ROk(answer) => {
                answer.value.len() + answer.evidence.as_ref().map_or(0, RString::len)
            }
            RResult::RErr(_) => 0,
        };
        self.check_length(answers.iter().map(length).sum())?;
        let answers = answers.into_iter();
        Ok(answers
            .map(|answer| answer.into_result().map_err(Into::into))
            .collect())
    }

    /// Calls a method.
    pub fn call(&self, call: Arc<Call>, method: &str, input: &Json) -> Result<Json, Diagnostic> {
        let (name, input) = (method.to_owned(), input.to_string());
        let result = self
            .with_instance(call, move |instance| {
                instance.call(name.as_str().into(), input.as_str().into())
            })?
            .map_err(|error| Diagnostic::from(&error))?;
        match result {
            RResult::ROk(output) => {
                self.check_length(output.len())?;
                serde_json::from_str(&output).map_err(|_| {
                    // The text is not part of the message: it may contain a password.
                    self.fault(&format!("gave no JSON as the result of `{method}`"))
                })
            }
            RResult::RErr(failure) => Err(self.error(failure)),
        }
    }

    /// Runs `work` with the open plugin on a thread, within the time limit.
    ///
    /// Opens the plugin on the same thread if necessary: starting a second thread takes longer than many calls.
    fn with_instance<T: Send + 'static>(
        &self,
        call: Arc<Call>,
        work: impl FnOnce(&InstanceBox) -> T + Send + 'static,
    ) -> Result<Result<T, LibraryError>, Diagnostic> {
        if self.is_hanging.load(Ordering::Relaxed) {
            return Err(self.fault("has not finished an earlier call"));
        }
        let calls = self.host.calls.clone();
        let instance = Arc::clone(&self.instance);
        let open = instance.get().is_none().then(|| self.opener());
        let result = run_with_limit(self.limits.time, move || {
            let _call = calls.enter(call);
            let instance = match open {
                Some(open) => instance.get_or_try_init(open)?,
                None => instance.get().expect("an open plugin stays open"),
            };
            Ok(work(instance))
        });
        result.ok_or_else(|| {
            self.is_hanging.store(true, Ordering::Relaxed);
            let limit = self.limits.time.as_secs_f32();
            self.fault(&format!("did not answer within {limit} s"))
        })
    }

    /// Returns a function that loads the library and opens the plugin.
    fn opener(&self) -> impl FnOnce() -> Result<InstanceBox, LibraryError> + Send + 'static {
        let (plugin, header) = (Arc::clone(&self.plugin), self.header.clone());
        let host = HostServices_TO::from_value(self.host.clone(), TD_Opaque);
        let settings = self.settings.to_string();
        let is_opening = Arc::clone(&self.is_opening);
        move || {
            let _opening = Flag::set(&is_opening);
            library_file::open(&plugin, &header, host, &settings)
        }
    }

    /// Refuses an answer over the size limit.
    fn check_length(&self, bytes: usize) -> Result<(), Diagnostic> {
        let limit = self.limits.answer_bytes;
        if bytes <= limit {
            return Ok(());
        }
        let did = format!("gave an answer of {bytes} bytes, more than {limit}");
        Err(self.fault(&did))
    }

    fn error(&self, failure: Failure) -> Diagnostic {
        WireFailure::from(failure).into_diagnostic_of(&self.plugin)
    }

    fn fault(&self, did: &str) -> Diagnostic {
        fault(&self.plugin, did, Vec::new())
    }

    /// Sets an open plugin in place of the library.
    #[cfg(test)]
    pub fn set_instance(&self, instance: InstanceBox) {
        assert!(self.instance.set(instance).is_ok());
    }
}

/// Services for a library, as the function table of the plugin interface.
#[derive(Clone)]
struct LibraryHost {
    host: HostHandle,
    calls: ActiveCalls,
}

fn to_abi<T, U>(
    result: Result<T, Diagnostic>,
    convert: impl FnOnce(T) -> U,
) -> RResult<U, Failure> {
    result.map(convert).map_err(to_failure).into()
}

impl HostServices for LibraryHost {
    fn log(&self, level: u8, message: RStr<'_>) {
        self.host.log(Level::from_number(level), message.as_str());
    }

    fn print(&self, text: RStr<'_>) {
        self.host.print(text.as_str());
    }

    fn progress(&self, task: RStr<'_>, done: u64, total: u64) {
        self.host.progress(task.as_str(), done, total);
    }

    fn cancelled(&self) -> bool {
        self.host.cancelled()
    }

    fn cluster(&self, name: RStr<'_>) -> RResult<RString, Failure> {
        let keys = self.host.cluster(name.as_str());
        to_abi(keys, |keys| keys.to_string().into())
    }

    fn credential(
        &self,
        registry: RStr<'_>,
        repository: RStr<'_>,
        actions: RVec<RString>,
    ) -> RResult<ROption<RString>, Failure> {
        let actions: Vec<_> = actions.iter().map(RString::as_str).collect();
        let credential = self.host.credential(
            &self.calls.current(),
            registry.as_str(),
            repository.as_str(),
            &actions,
        );
        to_abi(credential, |credential| {
            let text = credential.map(|credential| RString::from(credential.to_string()));
            text.into()
        })
    }

    fn cache_folder(&self) -> RResult<RString, Failure> {
        to_abi(self.host.cache_folder(), RString::from)
    }

    fn call(&self, method: RStr<'_>, input: RStr<'_>) -> RResult<RString, Failure> {
        let method = method.as_str();
        let input = parse_input(method, input.as_str());
        let output = input.and_then(|input| self.host.call(method, &input));
        to_abi(output, |output| output.to_string().into())
    }
}

//! Plugin side of the protocol: a library in this process, for a host in another process.

#![allow(
    clippy::result_large_err,
    reason = "the plugin interface has failure records of fixed layout, which are rare"
)]

use std::collections::HashMap;
use std::io::{BufRead, Write};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use bindery_abi::stable::{RNone, ROption, RResult, RStr, RString, RVec, TD_Opaque};
use bindery_abi::{Failure, HostServices, HostServices_TO, InstanceBox, code};
use serde_json::{Value as Json, json};

use crate::discover::inspect::{Code, Inspected, inspect};
use crate::error::{LibraryError, Reason};
use crate::failure::{WireFailure, to_failure};
use crate::runtime::child::TIME_TO_END;
use crate::runtime::protocol::{Message, VERSION, WireAnswer, WireAnswers, WireBatch, WireCall};
use crate::runtime::{library_file, process_groups};
use crate::services::{Level, parse_input};
use crate::text::one_line;

/// Serves the plugin in the library `file` over `input` and `output` until the input ends. Kills this process if a call of the plugin
/// is still running a second later.
///
/// # Errors
///
/// If the file is not a plugin. Later errors are sent over the protocol.
pub fn serve(
    file: &Path,
    input: impl BufRead + Send + 'static,
    output: impl Write + Send + 'static,
) -> Result<(), LibraryError> {
    let absolute = file.canonicalize();
    let absolute = absolute.map_err(|error| LibraryError::of(file, Reason::Unreadable(error)))?;
    let inspected = inspect(file, &absolute)?;
    let (request_sender, requests) = channel();
    let host = RemoteHost {
        shared: Arc::new(Shared {
            output: Mutex::new(Box::new(output)),
            pending: Mutex::default(),
            next_id: AtomicU64::new(1),
        }),
    };
    let shared = Arc::clone(&host.shared);
    let (working, done) = channel::<()>();
    thread::spawn(move || {
        read_lines(input, &shared, &request_sender);
        // Ends the loop over the requests, so that an idle plugin is closed.
        drop(request_sender);
        // A killed host cannot end this process, and the plugin may never finish its call.
        if done.recv_timeout(TIME_TO_END) == Err(RecvTimeoutError::Timeout) {
            process_groups::kill_this();
        }
    });
    handle_requests(&inspected, &host, &requests);
    drop(working);
    Ok(())
}

struct Shared {
    output: Mutex<Box<dyn Write + Send>>,
    /// Receivers of the responses, by the number of the request.
    pending: Mutex<HashMap<u64, Sender<Result<Json, WireFailure>>>>,
    next_id: AtomicU64,
}

/// Host at the other end of the protocol.
#[derive(Clone)]
struct RemoteHost {
    shared: Arc<Shared>,
}

impl Shared {
    fn pending(&self) -> MutexGuard<'_, HashMap<u64, Sender<Result<Json, WireFailure>>>> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reads lines until the host is gone: passes requests on, and hands responses to the waiting threads.
fn read_lines(input: impl BufRead, shared: &Shared, requests: &Sender<Message>) {
    for line in input.split(b'\n') {
        let Some(message) = line
            .ok()
            .and_then(|line| serde_json::from_slice::<Message>(&line).ok())
        else {
            break;
        };
        if message.method.is_some() {
            if requests.send(message).is_err() {
                break;
            }
            continue;
        }
        let receiver = message.id.and_then(|id| shared.pending().remove(&id));
        if let Some(receiver) = receiver {
            let outcome = match message.error {
                Some(failure) => Err(failure),
                None => Ok(message.result.unwrap_or_default()),
            };
            let _ = receiver.send(outcome);
        }
    }
    shared.pending().clear();
}

fn handle_requests(inspected: &Inspected, host: &RemoteHost, requests: &Receiver<Message>) {
    let mut instance = None;
    for request in requests {
        let Some(id) = request.id else { continue };
        let params = request.params.unwrap_or_default();
        let outcome = match (request.method.as_deref(), &instance) {
            (Some("open"), None) => open(inspected, host, &params).map(|opened| {
                instance = Some(opened);
                json!({})
            }),
            (Some("bind"), Some(instance)) => bind(instance, params),
            (Some("call"), Some(instance)) => call(instance, params),
            _ => Err(failure(
                "the host sent a request that is not in the protocol",
            )),
        };
        host.send(&Message::response(id, outcome));
    }
}

fn open(
    inspected: &Inspected,
    host: &RemoteHost,
    params: &Json,
) -> Result<InstanceBox, WireFailure> {
    if params["version"] != VERSION {
        return Err(failure("the host speaks another version of the protocol"));
    }
    let services = HostServices_TO::from_value(host.clone(), TD_Opaque);
    let settings = params["settings"].to_string();
    let Code::Library(header) = &inspected.code else {
        return Err(failure("the plugin is not a library"));
    };
    library_file::open(inspected, header, services, &settings).map_err(|error| match error.reason {
        // The plugin's own error, as from a library in the host's process.
        Reason::Open(error) => (*error).into(),
        _ => WireFailure {
            code: code::INVALID.to_owned(),
            message: error.to_string(),
            causes: error.causes(),
            hint: Some(error.hint()),
        },
    })
}

fn bind(instance: &InstanceBox, params: Json) -> Result<Json, WireFailure> {
    let batch: WireBatch = serde_json::from_value(params)
        .map_err(|_| failure("the host sent a batch of an unknown form"))?;
    let requests: RVec<_> = batch.requests.into_iter().map(Into::into).collect();
    let answers = instance.bind(requests).into_result()?;
    let answers = answers
        .into_iter()
        .map(|answer| WireAnswer::from(answer.into_result().map_err(WireFailure::from)))
        .collect();
    Ok(serde_json::to_value(WireAnswers { answers }).expect("plain data has a JSON form"))
}

fn call(instance: &InstanceBox, params: Json) -> Result<Json, WireFailure> {
    let call: WireCall = serde_json::from_value(params)
        .map_err(|_| failure("the host sent a call of an unknown form"))?;
    let input = call.input.to_string();
    let output = instance.call(call.method.as_str().into(), input.as_str().into());
    let output = output.into_result()?;
    serde_json::from_str(&output).map_err(|_| {
        failure(&format!(
            "the plugin gave no JSON as the result of `{}`",
            call.method
        ))
    })
}

fn failure(message: &str) -> WireFailure {
    WireFailure {
        code: code::FAILED.to_owned(),
        message: message.to_owned(),
        causes: Vec::new(),
        hint: None,
    }
}

impl RemoteHost {
    fn send(&self, message: &Message) {
        let mut output = self
            .shared
            .output
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        // Fails only if the host is gone; then the input ends as well.
        let _ = output
            .write_all(&message.line())
            .and_then(|()| output.flush());
    }

    fn notify(&self, method: &str, params: Json) {
        self.send(&Message::notification(method, params));
    }

    fn request(&self, method: &str, params: Json) -> Result<Json, Failure> {
        let id = self.shared.next_id.fetch_add(1, Ordering::Relaxed);
        let (sender, response) = channel();
        self.shared.pending().insert(id, sender);
        self.send(&Message::request(id, method, params));
        match response.recv() {
            Ok(outcome) => outcome.map_err(Failure::from),
            Err(_) => Err(Failure {
                code: code::CANCELLED.into(),
                message: "the host is gone".into(),
                causes: RVec::new(),
                hint: RNone,
            }),
        }
    }
}

impl HostServices for RemoteHost {
    fn log(&self, level: u8, message: RStr<'_>) {
        let level = Level::from_number(level).word();
        self.notify(
            "log",
            json!({"level": level, "message": one_line(message.as_str())}),
        );
    }

    fn print(&self, text: RStr<'_>) {
        self.notify("print", json!({"text": text.as_str()}));
    }

    fn progress(&self, task: RStr<'_>, done: u64, total: u64) {
        self.notify(
            "progress",
            json!({"task": task.as_str(), "done": done, "total": total}),
        );
    }

    fn cancelled(&self) -> bool {
        // A host that is gone has cancelled all work.
        self.request("cancelled", json!({}))
            .map_or(true, |answer| answer == true)
    }

    fn cluster(&self, name: RStr<'_>) -> RResult<RString, Failure> {
        let keys = self.request("cluster", json!({"name": name.as_str()}));
        keys.map(|keys| RString::from(keys.to_string())).into()
    }

    fn credential(
        &self,
        registry: RStr<'_>,
        repository: RStr<'_>,
        actions: RVec<RString>,
    ) -> RResult<ROption<RString>, Failure> {
        let actions: Vec<&str> = actions.iter().map(RString::as_str).collect();
        let credential = self.request(
            "credential",
            json!({"registry": registry.as_str(), "repository": repository.as_str(), "actions": actions}),
        );
        let read = |credential: Json| match credential {
            Json::Null => RNone,
            credential => ROption::RSome(RString::from(credential.to_string())),
        };
        credential.map(read).into()
    }

    fn cache_folder(&self) -> RResult<RString, Failure> {
        let folder = self.request("cache_folder", json!({}));
        folder
            .map(|folder| RString::from(folder.as_str().unwrap_or_default()))
            .into()
    }

    fn call(&self, method: RStr<'_>, input: RStr<'_>) -> RResult<RString, Failure> {
        let input = parse_input(method.as_str(), input.as_str()).map_err(to_failure);
        let called = input.and_then(|input| {
            self.request("call", json!({"method": method.as_str(), "input": input}))
        });
        called
            .map(|result| RString::from(result.to_string()))
            .into()
    }
}

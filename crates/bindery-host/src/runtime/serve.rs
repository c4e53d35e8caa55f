//! The other side of the protocol: a library, loaded in this process, for a host in another.

#![allow(
    clippy::result_large_err,
    reason = "failures are those of the boundary, whose layout is fixed, and are rare"
)]

use std::{
    collections::HashMap,
    io::{BufRead, Write},
    path::Path,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
        mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    },
    thread,
};

use bindery_abi::{
    Failure, HostServices, HostServices_TO, InstanceBox, code, level,
    stable::{RNone, ROption, RResult, RStr, RString, RVec, TD_Opaque},
};
use serde_json::{Value as Json, json};

use crate::{
    LibraryError, Reason,
    discover::inspect::{Inspected, Origin, inspect},
    error::one_line,
    failure,
    runtime::library,
    runtime::process::{self, TIME_TO_END},
    runtime::protocol::{Answered, Answers, Batch, Call, Message, Told, VERSION},
    services::input_of,
};

/// Serves the plugin in the library `file` over `input` and `output` until the input ends. If the plugin is still at work a second
/// after that, this process is killed.
///
/// # Errors
///
/// If the file is no plugin. What goes wrong later is told over the protocol.
pub fn serve(
    file: &Path,
    input: impl BufRead + Send + 'static,
    output: impl Write + Send + 'static,
) -> Result<(), LibraryError> {
    let whole = file.canonicalize();
    let whole = whole.map_err(|error| LibraryError::of(file, Reason::Unreadable(error)))?;
    let inspected = inspect(file, &whole)?;
    let (asked, questions) = channel();
    let link = Link {
        shared: Arc::new(Shared {
            output: Mutex::new(Box::new(output)),
            waiting: Mutex::default(),
            next: AtomicU64::new(1),
        }),
    };
    let shared = Arc::clone(&link.shared);
    let (at_work, done) = channel::<()>();
    thread::spawn(move || {
        hear(input, &shared, &asked);
        // Nothing is asked any more, so that a plugin that is idle is closed.
        drop(asked);
        // A host that was killed could not end this process, which the plugin might keep at work for ever.
        if done.recv_timeout(TIME_TO_END) == Err(RecvTimeoutError::Timeout) {
            process::end_this();
        }
    });
    answer_all(&inspected, &link, &questions);
    drop(at_work);
    Ok(())
}

struct Shared {
    output: Mutex<Box<dyn Write + Send>>,
    /// Who waits for the answer with this number.
    waiting: Mutex<HashMap<u64, Sender<Result<Json, Told>>>>,
    next: AtomicU64,
}

/// The way to the host.
#[derive(Clone)]
struct Link {
    shared: Arc<Shared>,
}

/// Sorts lines into questions and answers. When the host is gone nobody waits any more.
fn hear(input: impl BufRead, shared: &Shared, asked: &Sender<Message>) {
    for line in input.split(b'\n') {
        let Some(message) = line
            .ok()
            .and_then(|line| serde_json::from_slice::<Message>(&line).ok())
        else {
            break;
        };
        if message.method.is_some() {
            if asked.send(message).is_err() {
                break;
            }
            continue;
        }
        let mut waiting = shared
            .waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(waits) = message.id.and_then(|id| waiting.remove(&id)) {
            let outcome = match message.error {
                Some(told) => Err(told),
                None => Ok(message.result.unwrap_or_default()),
            };
            let _ = waits.send(outcome);
        }
    }
    let mut waiting = shared
        .waiting
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    waiting.clear();
}

fn answer_all(inspected: &Inspected, link: &Link, questions: &Receiver<Message>) {
    let mut instance = None;
    for question in questions {
        let Some(id) = question.id else { continue };
        let params = question.params.unwrap_or_default();
        let outcome = match (question.method.as_deref(), &instance) {
            (Some("open"), None) => open(inspected, link, &params).map(|opened| {
                instance = Some(opened);
                json!({})
            }),
            (Some("bind"), Some(instance)) => bind(instance, params),
            (Some("call"), Some(instance)) => call(instance, params),
            _ => Err(told("the host asked for what is not in the protocol")),
        };
        link.send(&Message::answer(id, outcome));
    }
}

fn open(inspected: &Inspected, link: &Link, params: &Json) -> Result<InstanceBox, Told> {
    if params["version"] != VERSION {
        return Err(told("the host speaks another version of the protocol"));
    }
    let host = HostServices_TO::from_value(link.clone(), TD_Opaque);
    let settings = params["settings"].to_string();
    let Origin::Library(library) = &inspected.origin else {
        return Err(told("this is no library"));
    };
    library::open(inspected, library, host, &settings).map_err(|error| match error.reason {
        // In the plugin's own words, as they would be told of a library in the host's process.
        Reason::Open(said) => failure::to_plugin(*said).into(),
        _ => Told {
            code: code::INVALID.to_owned(),
            message: error.to_string(),
            causes: error.causes(),
            hint: Some(error.hint()),
        },
    })
}

fn bind(instance: &InstanceBox, params: Json) -> Result<Json, Told> {
    let batch: Batch = serde_json::from_value(params)
        .map_err(|_| told("the host asked to bind in an unknown form"))?;
    let requests: RVec<_> = batch.requests.into_iter().map(Into::into).collect();
    let answers = instance.bind(requests).into_result()?;
    let answers = answers
        .into_iter()
        .map(|answer| Answered::from(answer.into_result()))
        .collect();
    Ok(serde_json::to_value(Answers { answers }).expect("plain data is always JSON"))
}

fn call(instance: &InstanceBox, params: Json) -> Result<Json, Told> {
    let call: Call = serde_json::from_value(params)
        .map_err(|_| told("the host made a call of an unknown form"))?;
    let input = call.input.to_string();
    let output = instance.call(call.method.as_str().into(), input.as_str().into());
    let output = output.into_result()?;
    serde_json::from_str(&output).map_err(|_| {
        told(&format!(
            "the plugin gave no JSON as the result of `{}`",
            call.method
        ))
    })
}

fn told(message: &str) -> Told {
    Told {
        code: code::FAILED.to_owned(),
        message: message.to_owned(),
        causes: Vec::new(),
        hint: None,
    }
}

impl Link {
    fn send(&self, message: &Message) {
        let mut output = self
            .shared
            .output
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        // If the host is gone, the input ends as well.
        let _ = output
            .write_all(&message.line())
            .and_then(|()| output.flush());
    }

    fn tell(&self, method: &str, params: Json) {
        self.send(&Message::tell(method, params));
    }

    fn ask(&self, method: &str, params: Json) -> Result<Json, Failure> {
        let id = self.shared.next.fetch_add(1, Ordering::Relaxed);
        let (tell, answered) = channel();
        self.shared
            .waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(id, tell);
        self.send(&Message::ask(id, method, params));
        match answered.recv() {
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

impl HostServices for Link {
    fn log(&self, level: u8, message: RStr<'_>) {
        let word = match level {
            level::DEBUG => "debug",
            level::INFO => "info",
            level::WARN => "warn",
            _ => "error",
        };
        self.tell(
            "log",
            json!({"level": word, "message": one_line(message.as_str())}),
        );
    }

    fn print(&self, text: RStr<'_>) {
        self.tell("print", json!({"text": text.as_str()}));
    }

    fn progress(&self, task: RStr<'_>, done: u64, total: u64) {
        self.tell(
            "progress",
            json!({"task": task.as_str(), "done": done, "total": total}),
        );
    }

    fn cancelled(&self) -> bool {
        // A host that is gone wants nothing any more.
        self.ask("cancelled", json!({}))
            .map_or(true, |answer| answer == true)
    }

    fn cluster(&self, name: RStr<'_>) -> RResult<RString, Failure> {
        let keys = self.ask("cluster", json!({"name": name.as_str()}));
        keys.map(|keys| RString::from(keys.to_string())).into()
    }

    fn credential(
        &self,
        registry: RStr<'_>,
        repository: RStr<'_>,
        actions: RVec<RString>,
    ) -> RResult<ROption<RString>, Failure> {
        let actions: Vec<&str> = actions.iter().map(RString::as_str).collect();
        let found = self.ask(
            "credential",
            json!({"registry": registry.as_str(), "repository": repository.as_str(), "actions": actions}),
        );
        let read = |found: Json| match found {
            Json::Null => RNone,
            found => ROption::RSome(RString::from(found.to_string())),
        };
        found.map(read).into()
    }

    fn cache_folder(&self) -> RResult<RString, Failure> {
        let folder = self.ask("cache_folder", json!({}));
        folder
            .map(|folder| RString::from(folder.as_str().unwrap_or_default()))
            .into()
    }

    fn call(&self, method: RStr<'_>, input: RStr<'_>) -> RResult<RString, Failure> {
        let input = input_of(method.as_str(), input.as_str()).map_err(failure::to_plugin);
        let called = input
            .and_then(|input| self.ask("call", json!({"method": method.as_str(), "input": input})));
        called
            .map(|result| RString::from(result.to_string()))
            .into()
    }
}

//! Session with a plugin process: requests in both directions, one request of the host at a time.

use std::io;
use std::sync::mpsc::RecvTimeoutError;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use bindery_abi::{Answer, Request};
use bindery_diagnostic::{Diagnostic, Kind};
use serde_json::{Value as Json, json};

use crate::call::Call;
use crate::discover::inspect::Inspected;
use crate::failure::WireFailure;
use crate::runtime::child::{ChildProcess, Event, TIME_TO_END};
use crate::runtime::program::Program;
use crate::runtime::protocol::{Message, VERSION, WireAnswers, WireRequest};
use crate::services::{HostHandle, Level};
use crate::text::one_line;

/// Open plugin in a separate process.
pub(crate) struct Session {
    plugin: Arc<Inspected>,
    host: HostHandle,
    program: Program,
    connection: Mutex<Connection>,
}

/// Running process and the state of the session.
struct Connection {
    child: ChildProcess,
    next_id: u64,
    /// Error that ended the session.
    end: Option<Diagnostic>,
}

/// Error of a request.
pub(crate) enum SessionError {
    /// The plugin returned an error.
    Plugin(WireFailure),
    /// The session ended, or could not begin.
    Ended(Diagnostic),
}

impl SessionError {
    /// Converts the error of a call.
    pub fn into_diagnostic_of(self, plugin: &Inspected) -> Diagnostic {
        match self {
            Self::Plugin(failure) => failure.into_diagnostic_of(plugin),
            Self::Ended(error) => error,
        }
    }

    /// Converts the error of opening the plugin.
    pub fn into_diagnostic(self) -> Diagnostic {
        match self {
            Self::Plugin(failure) => failure.into_diagnostic(),
            Self::Ended(error) => error,
        }
    }
}

impl Session {
    /// Starts the process and opens the plugin with `settings`.
    pub fn open(
        plugin: &Arc<Inspected>,
        program: Program,
        host: HostHandle,
        settings: &Json,
        call: &Call,
    ) -> Result<Self, SessionError> {
        let child = ChildProcess::start(&program).map_err(|error| {
            let path = program.command[0].display();
            SessionError::Ended(
                Diagnostic::new(Kind::Failed, format!("`{path}` cannot be started"))
                    .cause(&error)
                    .hint(start_hint(&error)),
            )
        })?;
        let session = Self {
            plugin: Arc::clone(plugin),
            host,
            program,
            connection: Mutex::new(Connection {
                child,
                next_id: 1,
                end: None,
            }),
        };
        let name = &plugin.description.name;
        let params = json!({"version": VERSION, "plugin": name, "settings": settings});
        session.request(call, "open", params)?;
        Ok(session)
    }

    /// Sends a batch; returns one answer for each request, in order, unless the plugin violates the protocol.
    pub fn bind(
        &self,
        call: &Call,
        requests: Vec<Request>,
    ) -> Result<Vec<Result<Answer, WireFailure>>, SessionError> {
        let requests: Vec<_> = requests.into_iter().map(WireRequest::from).collect();
        let result = self.request(call, "bind", json!({"requests": requests}))?;
        let answers = serde_json::from_value::<WireAnswers>(result).map_err(|_| {
            self.connection()
                .fail(&self.plugin, "answered `bind` in an unknown form")
        })?;
        Ok(answers.answers.into_iter().map(Into::into).collect())
    }

    /// Calls a method of the plugin.
    pub fn call(&self, call: &Call, method: &str, input: &Json) -> Result<Json, SessionError> {
        self.request(call, "call", json!({"method": method, "input": input}))
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        self.connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends a request, serves the requests of the plugin meanwhile, and returns the result.
    fn request(&self, call: &Call, method: &str, params: Json) -> Result<Json, SessionError> {
        let plugin = &*self.plugin;
        let mut connection = self.connection();
        if let Some(end) = &connection.end {
            return Err(SessionError::Ended(end.clone()));
        }
        let id = connection.next_id;
        connection.next_id += 1;
        let mut deadline = Instant::now() + self.program.time_limit;
        let mut has_exited = false;
        connection.child.send(&Message::request(id, method, params));
        loop {
            let line = match connection.child.next_event(deadline) {
                Ok(Event::Line(line)) => line,
                Ok(Event::Exit) => {
                    has_exited = true;
                    deadline = deadline.min(Instant::now() + TIME_TO_END);
                    continue;
                }
                Err(RecvTimeoutError::Timeout) if has_exited => {
                    return Err(connection.fail_early_end(plugin, method));
                }
                Ok(Event::LineTooLong) => {
                    let limit = self.program.max_line;
                    let did = format!("wrote a line of more than {limit} bytes");
                    return Err(connection.fail(plugin, &did));
                }
                Ok(Event::OutputEnd) | Err(RecvTimeoutError::Disconnected) => {
                    return Err(connection.fail_early_end(plugin, method));
                }
                Err(RecvTimeoutError::Timeout) => {
                    let limit = self.program.time_limit.as_secs_f32();
                    let did = format!("did not answer `{method}` within {limit} s");
                    return Err(connection.fail(plugin, &did));
                }
            };
            let Ok(message) = serde_json::from_slice::<Message>(&line) else {
                // The line is not part of the message: it may contain a password.
                return Err(connection.fail(plugin, "wrote a line that is not of the protocol"));
            };
            match (message.method, message.id) {
                (Some(method), id) => {
                    let params = message.params.unwrap_or_default();
                    let outcome = serve(&self.host, call, &method, &params);
                    if let Some(id) = id {
                        let response = Message::response(id, outcome.map_err(Into::into));
                        connection.child.send(&response);
                    }
                }
                (None, Some(answered)) if answered == id => {
                    return match (message.result, message.error) {
                        (_, Some(failure)) => Err(SessionError::Plugin(failure)),
                        (Some(result), None) => Ok(result),
                        (None, None) => {
                            let did = format!("answered `{method}` with neither result nor error");
                            Err(connection.fail(plugin, &did))
                        }
                    };
                }
                _ => {
                    return Err(connection.fail(plugin, "answered a request that does not exist"));
                }
            }
        }
    }
}

impl Connection {
    /// Kills the process and ends the session with an error; `did` continues the sentence "plugin `x`".
    fn fail(&mut self, plugin: &Inspected, did: &str) -> SessionError {
        self.child.stop();
        self.end(plugin, did)
    }

    /// Ends the session after the process ended during a request.
    fn fail_early_end(&mut self, plugin: &Inspected, method: &str) -> SessionError {
        let status = self.child.stop();
        let how = status.unwrap_or_else(|| "its output was closed".to_owned());
        self.end(plugin, &format!("ended during `{method}`: {how}"))
    }

    fn end(&mut self, plugin: &Inspected, did: &str) -> SessionError {
        let name = &plugin.description.name;
        let error = Diagnostic {
            causes: self.child.stderr_causes(),
            ..Diagnostic::new(Kind::Failed, format!("plugin `{name}` {did}"))
        };
        self.end = Some(error.clone());
        SessionError::Ended(error)
    }
}

impl Drop for Session {
    /// Closes standard input, serves the last notifications, and kills the process if it does not end in time.
    fn drop(&mut self) {
        let host = self.host.clone();
        let mut connection = self.connection();
        connection.child.close_input();
        if connection.end.is_some() {
            return;
        }
        let deadline = Instant::now() + TIME_TO_END;
        while let Ok(event @ (Event::Line(_) | Event::Exit)) = connection.child.next_event(deadline)
        {
            let Event::Line(line) = event else { continue };
            if let Ok(message) = serde_json::from_slice::<Message>(&line)
                && let (Some(method), None) = (message.method, message.id)
            {
                let params = message.params.unwrap_or_default();
                let _ = serve(&host, &Call::new(), &method, &params);
            }
        }
        connection.child.stop();
    }
}

/// Serves a request or a notification of the plugin.
fn serve(host: &HostHandle, call: &Call, method: &str, params: &Json) -> Result<Json, Diagnostic> {
    let text = |name: &str| params[name].as_str().unwrap_or_default();
    match method {
        "log" => host.log(Level::from_word(text("level")), text("message")),
        "print" => host.print(text("text")),
        "progress" => {
            let number = |name: &str| params[name].as_u64().unwrap_or_default();
            host.progress(text("task"), number("done"), number("total"));
        }
        "cancelled" => return Ok(host.cancelled().into()),
        "cluster" => return host.cluster(text("name")),
        "cache_folder" => return host.cache_folder().map(Json::from),
        "credential" => {
            let actions = params["actions"].as_array().into_iter().flatten();
            let actions: Vec<_> = actions.filter_map(Json::as_str).collect();
            let credential =
                host.credential(call, text("registry"), text("repository"), &actions)?;
            return Ok(credential.unwrap_or_default());
        }
        "call" => return host.call(text("method"), &params["input"]),
        unknown => {
            let message = format!("the host has no request `{}`", one_line(unknown));
            return Err(Diagnostic::new(Kind::Invalid, message));
        }
    }
    Ok(Json::Null)
}

/// Returns advice for a program that exists and cannot be started.
fn start_hint(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::PermissionDenied => "make it executable: `chmod +x`",
        io::ErrorKind::NotFound => "install the interpreter that its first line names",
        _ => "name its interpreter in its first line, as in `#!/bin/sh`, if it is a script",
    }
}

//! A plugin in a process of its own, spoken to over its standard input and output.

#![allow(
    clippy::result_large_err,
    reason = "failures are those of the boundary, whose layout is fixed, and are rare"
)]

use std::{
    io::{self, BufRead, BufReader, Read, Write},
    os::unix::process::{CommandExt, ExitStatusExt},
    path::PathBuf,
    process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, ExitStatus, Stdio},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicI32, Ordering},
        mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel, sync_channel},
    },
    thread,
    time::{Duration, Instant},
};

use bindery_abi::{
    Answer, Failure, HostServices, Instance, Request, code, level,
    stable::{RNone, RResult, RSome, RStr, RString, RVec},
};
use rustix::process::{
    Pid, Signal, WaitId, WaitIdOptions, getpgrp, getpid, kill_current_process_group, kill_process,
    kill_process_group, waitid,
};
use serde_json::{Value as Json, json};

use crate::{
    error::one_line,
    runtime::protocol::{Answers, Asked, Message, VERSION},
    services::Bridge,
};

/// What is started, and what it may take.
#[derive(Clone, Debug)]
pub struct Program {
    /// The program and its arguments; the program is a path.
    pub command: Vec<PathBuf>,
    /// Its environment.
    pub environment: Environment,
    /// How long one request may take.
    pub time_limit: Duration,
    /// The most bytes of one line that it may write.
    pub longest_line: usize,
}

/// What a program sees of this one's environment.
#[derive(Clone, Debug)]
pub enum Environment {
    /// All of it, and the working folder: it stands for a part of this program.
    Same,
    /// These variables alone; its working folder is the root.
    Only(Vec<(String, String)>),
}

/// How much of what it says on standard error is kept, for when it fails.
const KEPT_STDERR: usize = 2000;

/// The signal that nobody escapes.
const SIGKILL: i32 = 9;

/// How long it may take to end once its standard input is closed.
pub(crate) const TIME_TO_END: Duration = Duration::from_secs(1);

/// How many lines wait to be looked at.
const WAITING_LINES: usize = 16;

/// A plugin that runs in a process of its own. One request at a time.
pub(crate) struct Process {
    name: String,
    bridge: Bridge,
    program: Program,
    running: Mutex<Running>,
}

/// All processes that were started and not ended yet, as the numbers of the groups that they lead; 0 is none. Without a lock,
/// since the handler of a signal looks here.
static GROUPS: [AtomicI32; 256] = [const { AtomicI32::new(0) }; 256];

struct Running {
    child: Child,
    /// Its own group, in which its children are as well; `None` once that was ended.
    group: Option<Pid>,
    /// Lines for it; a thread writes them, so that neither side waits for the other with both pipes full.
    to: Option<Sender<Vec<u8>>>,
    from: Receiver<Heard>,
    stderr: Arc<Mutex<Vec<u8>>>,
    /// Closed when there is no more of it.
    stderr_ends: Receiver<()>,
    next: u64,
    /// Why there is no use in asking any more.
    ended: Option<Failure>,
}

/// What came from its standard output.
enum Heard {
    Line(Vec<u8>),
    TooLong,
    End,
    /// It has ended; its children may hold its output open, and what it wrote may still be on the way.
    Gone,
}

impl Process {
    /// Starts the program and opens the plugin in it with `settings`.
    pub(crate) fn open(
        name: &str,
        program: Program,
        bridge: Bridge,
        settings: &Json,
    ) -> Result<Self, Failure> {
        let running = Running::start(&program).map_err(|error| {
            let path = program.command[0].display();
            Failure {
                hint: RSome(hint_to_start(&error).into()),
                ..failure(
                    format!("`{path}` cannot be started"),
                    vec![error.to_string()],
                )
            }
        })?;
        let process = Self {
            name: name.to_owned(),
            bridge,
            program,
            running: Mutex::new(running),
        };
        process.ask(
            "open",
            json!({"version": VERSION, "plugin": name, "settings": settings}),
        )?;
        Ok(process)
    }

    fn running(&self) -> MutexGuard<'_, Running> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks, serves what is asked in return, and gives the result.
    fn ask(&self, method: &str, params: Json) -> Result<Json, Failure> {
        let mut running = self.running();
        if let Some(ended) = &running.ended {
            return Err(ended.clone());
        }
        let id = running.next;
        running.next += 1;
        let mut deadline = Instant::now() + self.program.time_limit;
        let mut is_gone = false;
        running.send(&Message::ask(id, method, params));
        loop {
            let line = match running.hear(deadline) {
                Ok(Heard::Line(line)) => line,
                Ok(Heard::Gone) => {
                    is_gone = true;
                    deadline = deadline.min(Instant::now() + TIME_TO_END);
                    continue;
                }
                Err(RecvTimeoutError::Timeout) if is_gone => {
                    return Err(running.ended_early(&self.name, method));
                }
                Ok(Heard::TooLong) => {
                    let limit = self.program.longest_line;
                    let what = format!("wrote a line of more than {limit} bytes");
                    return Err(running.give_up(&self.name, what));
                }
                Ok(Heard::End) | Err(RecvTimeoutError::Disconnected) => {
                    return Err(running.ended_early(&self.name, method));
                }
                Err(RecvTimeoutError::Timeout) => {
                    let limit = self.program.time_limit.as_secs_f32();
                    let what = format!("did not answer `{method}` within {limit} s");
                    return Err(running.give_up(&self.name, what));
                }
            };
            let Ok(message) = serde_json::from_slice::<Message>(&line) else {
                // What the line is stays unsaid: it may hold a password.
                let what = "wrote a line that is not of the protocol".to_owned();
                return Err(running.give_up(&self.name, what));
            };
            match (message.method, message.id) {
                (Some(method), id) => {
                    let params = message.params.unwrap_or_default();
                    let outcome = serve(&self.bridge, &method, &params);
                    if let Some(id) = id {
                        running.send(&Message::answer(id, outcome.map_err(Into::into)));
                    }
                }
                (None, Some(answered)) if answered == id => {
                    return match (message.result, message.error) {
                        (_, Some(told)) => Err(told.into()),
                        (Some(result), None) => Ok(result),
                        (None, None) => {
                            let what = format!("answered `{method}` with neither result nor error");
                            Err(running.give_up(&self.name, what))
                        }
                    };
                }
                _ => {
                    let what = "answered what was not asked".to_owned();
                    return Err(running.give_up(&self.name, what));
                }
            }
        }
    }
}

impl Instance for Process {
    fn bind(&self, requests: RVec<Request>) -> RResult<RVec<RResult<Answer, Failure>>, Failure> {
        let asked: Vec<Asked> = requests.into_iter().map(Asked::from).collect();
        let answers = self
            .ask("bind", json!({"requests": asked}))
            .and_then(|result| {
                serde_json::from_value::<Answers>(result).map_err(|_| {
                    self.running()
                        .give_up(&self.name, "answered `bind` in an unknown form".to_owned())
                })
            });
        let read = |answers: Answers| {
            let answers = answers.answers.into_iter();
            answers
                .map(|answered| RResult::from(Result::<Answer, Failure>::from(answered)))
                .collect::<RVec<_>>()
        };
        answers.map(read).into()
    }

    fn call(&self, method: RStr<'_>, input: RStr<'_>) -> RResult<RString, Failure> {
        let input: Json = serde_json::from_str(&input).unwrap_or_default();
        let called = self.ask("call", json!({"method": method.as_str(), "input": input}));
        called
            .map(|result| RString::from(result.to_string()))
            .into()
    }
}

impl Running {
    fn start(program: &Program) -> io::Result<Self> {
        let mut command = Command::new(&program.command[0]);
        command.args(&program.command[1..]);
        if let Environment::Only(variables) = &program.environment {
            let variables = variables.iter().map(|(name, value)| (name, value));
            command.env_clear().envs(variables).current_dir("/");
        }
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0);
        let mut child = command.spawn()?;
        let group = Pid::from_child(&child);
        if !replace(0, group.as_raw_pid()) {
            let _ = kill_process_group(group, Signal::KILL);
            let _ = child.wait();
            return Err(io::Error::other("too many programs of plugins run"));
        }
        let (to, lines) = channel();
        let (heard, from) = sync_channel(WAITING_LINES);
        let stderr = Arc::default();
        let pipes = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let (Some(stdin), Some(stdout), Some(errors)) = pipes else {
            unreachable!("all three were asked for");
        };
        thread::spawn(move || write(stdin, &lines));
        let longest = program.longest_line;
        let gone = heard.clone();
        thread::spawn(move || read(stdout, longest, &heard));
        thread::spawn(move || {
            // It stays to be waited for by who ends it.
            let ends = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
            if waitid(WaitId::Pid(group), ends).is_ok() {
                let _ = gone.send(Heard::Gone);
            }
        });
        let kept = Arc::clone(&stderr);
        let (open, stderr_ends) = channel();
        thread::spawn(move || {
            keep(errors, &kept);
            drop(open);
        });
        Ok(Self {
            child,
            group: Some(group),
            to: Some(to),
            from,
            stderr,
            stderr_ends,
            next: 1,
            ended: None,
        })
    }

    /// What comes next from its standard output. When the time is over nothing does, also where something waits: it may never end.
    fn hear(&self, deadline: Instant) -> Result<Heard, RecvTimeoutError> {
        match deadline.saturating_duration_since(Instant::now()) {
            Duration::ZERO => Err(RecvTimeoutError::Timeout),
            left => self.from.recv_timeout(left),
        }
    }

    fn send(&self, message: &Message) {
        if let Some(to) = &self.to {
            // If nobody takes it, the process has ended, which the reader tells.
            let _ = to.send(message.line());
        }
    }

    /// The failure for a plugin that did this, with which nothing can be done any more.
    fn give_up(&mut self, name: &str, did: String) -> Failure {
        self.stop();
        self.end(name, did)
    }

    /// The failure for a plugin whose output ended when nobody wanted it to.
    fn ended_early(&mut self, name: &str, method: &str) -> Failure {
        let how = match self.stop() {
            Some(status) if status.signal() != Some(SIGKILL) => format!("{status}"),
            _ => "its output was closed".to_owned(),
        };
        self.end(
            name,
            format!("ended while it was asked to `{method}`: {how}"),
        )
    }

    /// Ends it, if it has not ended itself, and its children: what is ending already ends as it would have.
    fn stop(&mut self) -> Option<ExitStatus> {
        if let Some(group) = self.group.take() {
            // Before it is waited for: the number is nobody else's until then.
            let _ = kill_process_group(group, Signal::KILL);
            replace(group.as_raw_pid(), 0);
        }
        self.child.wait().ok()
    }

    fn end(&mut self, name: &str, did: String) -> Failure {
        // Children that it left may hold it open; what they say is not waited for.
        let _ = self.stderr_ends.recv_timeout(TIME_TO_END);
        let said = self.stderr.lock().unwrap_or_else(PoisonError::into_inner);
        let said = String::from_utf8_lossy(&said);
        let last: Vec<_> = said
            .lines()
            .rev()
            .filter(|line| !line.trim().is_empty())
            .take(3)
            .collect();
        let causes = last
            .into_iter()
            .rev()
            .map(|line| format!("it said: {}", one_line(line)))
            .collect();
        let ended = failure(format!("plugin `{name}` {did}"), causes);
        self.ended = Some(ended.clone());
        ended
    }
}

impl Drop for Process {
    /// Closes its input, which tells it to end, hears what it still has to tell, and makes sure that it ends.
    fn drop(&mut self) {
        let bridge = self.bridge.clone();
        let mut running = self.running();
        running.to = None;
        if running.ended.is_some() {
            return;
        }
        let deadline = Instant::now() + TIME_TO_END;
        while let Ok(heard @ (Heard::Line(_) | Heard::Gone)) = running.hear(deadline) {
            let Heard::Line(line) = heard else { continue };
            if let Ok(message) = serde_json::from_slice::<Message>(&line)
                && let (Some(method), None) = (message.method, message.id)
            {
                let _ = serve(&bridge, &method, &message.params.unwrap_or_default());
            }
        }
        running.stop();
    }
}

/// Puts one number in the place of another in the list of groups, if that is there.
fn replace(old: i32, new: i32) -> bool {
    let mut groups = GROUPS.iter();
    groups.any(|group| {
        let replaced = group.compare_exchange(old, new, Ordering::SeqCst, Ordering::SeqCst);
        replaced.is_ok()
    })
}

/// Ends all processes of plugins and their children. The handler of a signal may call it.
pub(crate) fn end_all() {
    let groups = GROUPS.iter();
    for group in groups.filter_map(|group| Pid::from_raw(group.load(Ordering::SeqCst))) {
        let _ = kill_process_group(group, Signal::KILL);
    }
}

/// Ends this process, and its children if it was started as that of a plugin.
pub(crate) fn end_this() {
    let _ = match getpgrp() == getpid() {
        true => kill_current_process_group(Signal::KILL),
        false => kill_process(getpid(), Signal::KILL),
    };
}

/// What the plugin asked of the host, or told it.
fn serve(host: &Bridge, method: &str, params: &Json) -> Result<Json, Failure> {
    let text = |name: &str| params[name].as_str().unwrap_or_default();
    let json = |text: &str| serde_json::from_str(text).unwrap_or_default();
    match method {
        "log" => {
            let level = match text("level") {
                "debug" => level::DEBUG,
                "info" => level::INFO,
                "warn" => level::WARN,
                _ => level::ERROR,
            };
            host.log(level, text("message").into());
        }
        "print" => host.print(text("text").into()),
        "progress" => {
            let number = |name: &str| params[name].as_u64().unwrap_or_default();
            host.progress(text("task").into(), number("done"), number("total"));
        }
        "cancelled" => return Ok(host.cancelled().into()),
        "cluster" => {
            return host
                .cluster(text("name").into())
                .into_result()
                .map(|it| json(&it));
        }
        "cache_folder" => {
            return host
                .cache_folder()
                .into_result()
                .map(|it| it.as_str().into());
        }
        "credential" => {
            let actions = params["actions"].as_array().into_iter().flatten();
            let actions = actions.filter_map(|action| Some(RString::from(action.as_str()?)));
            let found = host.credential(
                text("registry").into(),
                text("repository").into(),
                actions.collect::<RVec<_>>(),
            );
            return found
                .into_result()
                .map(|found| found.into_option().map_or(Json::Null, |it| json(&it)));
        }
        "call" => {
            let input = params["input"].to_string();
            return host
                .call(text("method").into(), input.as_str().into())
                .into_result()
                .map(|it| json(&it));
        }
        other => {
            let message = format!("there is no `{}` to ask the host for", one_line(other));
            return Err(Failure {
                code: code::INVALID.into(),
                ..failure(message, Vec::new())
            });
        }
    }
    Ok(Json::Null)
}

fn failure(message: String, causes: Vec<String>) -> Failure {
    Failure {
        code: code::FAILED.into(),
        message: message.into(),
        causes: causes.into_iter().map(Into::into).collect::<RVec<_>>(),
        hint: RNone,
    }
}

/// What to do about a program that was found and cannot be started.
fn hint_to_start(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::PermissionDenied => "let it be run: `chmod +x`",
        io::ErrorKind::NotFound => "the interpreter that its first line names is not there",
        _ => "let its first line name its interpreter, as in `#!/bin/sh`, if it is a script",
    }
}

fn write(mut stdin: ChildStdin, lines: &Receiver<Vec<u8>>) {
    for line in lines {
        if stdin.write_all(&line).and_then(|()| stdin.flush()).is_err() {
            return;
        }
    }
}

fn read(stdout: ChildStdout, longest: usize, heard: &SyncSender<Heard>) {
    let mut stdout = BufReader::new(stdout);
    loop {
        let mut line = Vec::new();
        let mut limited = (&mut stdout).take(longest as u64 + 1);
        let told = match limited.read_until(b'\n', &mut line) {
            Ok(1..) if line.last() == Some(&b'\n') => Heard::Line(line),
            Ok(_) if line.len() > longest => Heard::TooLong,
            _ => Heard::End,
        };
        let goes_on = matches!(told, Heard::Line(_));
        if heard.send(told).is_err() || !goes_on {
            return;
        }
    }
}

/// Keeps the end of what it says on standard error.
fn keep(mut errors: ChildStderr, kept: &Mutex<Vec<u8>>) {
    let mut chunk = [0; 4096];
    while let Ok(read @ 1..) = errors.read(&mut chunk) {
        let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.extend_from_slice(&chunk[..read]);
        let extra = kept.len().saturating_sub(KEPT_STDERR);
        kept.drain(..extra);
    }
}

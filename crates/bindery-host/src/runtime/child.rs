//! Plugin processes: start, lines in both directions, end.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};

use crate::runtime::process_groups;
use crate::runtime::program::{Program, ProgramEnvironment};
use crate::runtime::protocol::Message;
use crate::text::one_line;

/// Time for a process to end after its standard input is closed.
pub(crate) const TIME_TO_END: Duration = Duration::from_secs(1);

/// Number of bytes of standard error that are kept for an error.
const STDERR_TAIL: usize = 2000;

/// Number of lines of standard error that are causes of an error.
const STDERR_CAUSES: usize = 3;

/// Signal with which [`ChildProcess::stop`] ends a process.
const SIGKILL: i32 = 9;

/// Capacity of the queue of received lines.
const LINE_QUEUE: usize = 16;

/// Running plugin process, the leader of its own process group.
pub(crate) struct ChildProcess {
    child: Child,
    /// Process group, which includes the children of the process; `None` after it was killed.
    group: Option<Pid>,
    /// Lines to send. A thread writes them, so that the two sides cannot wait for each other with both pipes full.
    lines: Option<Sender<Vec<u8>>>,
    events: Receiver<Event>,
    stderr: Arc<Mutex<Vec<u8>>>,
    /// Closed at the end of standard error.
    stderr_end: Receiver<()>,
}

/// Event of a plugin process.
pub(crate) enum Event {
    /// Line from standard output, with its line break.
    Line(Vec<u8>),
    /// Line over the length limit.
    LineTooLong,
    /// End of standard output.
    OutputEnd,
    /// End of the process. Its children may keep the output open, and lines may still be in the pipe.
    Exit,
}

impl ChildProcess {
    /// Starts a program.
    pub fn start(program: &Program) -> io::Result<Self> {
        let mut command = Command::new(&program.command[0]);
        command.args(&program.command[1..]);
        if let ProgramEnvironment::Only(variables) = &program.environment {
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
        if !process_groups::add(group) {
            let _ = kill_process_group(group, Signal::KILL);
            let _ = child.wait();
            return Err(io::Error::other("too many plugin processes are running"));
        }
        let (lines, lines_to_write) = channel();
        let (event_sender, events) = sync_channel(LINE_QUEUE);
        let stderr = Arc::default();
        let pipes = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let (Some(stdin), Some(stdout), Some(errors)) = pipes else {
            unreachable!("all three pipes were requested");
        };
        thread::spawn(move || write_lines(stdin, &lines_to_write));
        let max_line = program.max_line;
        let exit_sender = event_sender.clone();
        thread::spawn(move || read_lines(stdout, max_line, &event_sender));
        thread::spawn(move || {
            // Does not reap the process: `stop` needs its number.
            let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
            if waitid(WaitId::Pid(group), options).is_ok() {
                let _ = exit_sender.send(Event::Exit);
            }
        });
        let tail = Arc::clone(&stderr);
        let (open, stderr_end) = channel();
        thread::spawn(move || {
            keep_tail(errors, &tail);
            drop(open);
        });
        Ok(Self {
            child,
            group: Some(group),
            lines: Some(lines),
            events,
            stderr,
            stderr_end,
        })
    }

    /// Returns the next event. After the deadline returns none, even if one is waiting: a process may write without end.
    pub fn next_event(&self, deadline: Instant) -> Result<Event, RecvTimeoutError> {
        match deadline.saturating_duration_since(Instant::now()) {
            Duration::ZERO => Err(RecvTimeoutError::Timeout),
            left => self.events.recv_timeout(left),
        }
    }

    /// Sends a message.
    pub fn send(&self, message: &Message) {
        if let Some(lines) = &self.lines {
            // Fails only after the end of the process, which is an event.
            let _ = lines.send(message.line());
        }
    }

    /// Closes standard input, which asks the process to end.
    pub fn close_input(&mut self) {
        self.lines = None;
    }

    /// Kills the process and its children. Returns how the process ended, unless it was killed here.
    pub fn stop(&mut self) -> Option<String> {
        if let Some(group) = self.group.take() {
            // Before the process is reaped: until then the number cannot belong to another process.
            let _ = kill_process_group(group, Signal::KILL);
            process_groups::remove(group);
        }
        let status = self.child.wait().ok()?;
        (status.signal() != Some(SIGKILL)).then(|| status.to_string())
    }

    /// Returns the last lines of standard error as causes.
    pub fn stderr_causes(&self) -> Vec<String> {
        // Children of the process may keep standard error open, so the end is not awaited forever.
        let _ = self.stderr_end.recv_timeout(TIME_TO_END);
        let tail = self.stderr.lock().unwrap_or_else(PoisonError::into_inner);
        let text = String::from_utf8_lossy(&tail);
        let lines = text.lines().filter(|line| !line.trim().is_empty());
        let mut causes: Vec<_> = lines
            .rev()
            .take(STDERR_CAUSES)
            .map(|line| format!("its standard error: {}", one_line(line)))
            .collect();
        causes.reverse();
        causes
    }
}

fn write_lines(mut stdin: ChildStdin, lines: &Receiver<Vec<u8>>) {
    for line in lines {
        if stdin.write_all(&line).and_then(|()| stdin.flush()).is_err() {
            return;
        }
    }
}

fn read_lines(stdout: ChildStdout, max_line: usize, events: &SyncSender<Event>) {
    let mut stdout = BufReader::new(stdout);
    loop {
        let mut line = Vec::new();
        let mut limited = (&mut stdout).take(max_line as u64 + 1);
        let event = match limited.read_until(b'\n', &mut line) {
            Ok(1..) if line.last() == Some(&b'\n') => Event::Line(line),
            Ok(_) if line.len() > max_line => Event::LineTooLong,
            _ => Event::OutputEnd,
        };
        let is_line = matches!(event, Event::Line(_));
        if events.send(event).is_err() || !is_line {
            return;
        }
    }
}

/// Reads standard error to its end and keeps the last bytes.
fn keep_tail(mut errors: ChildStderr, tail: &Mutex<Vec<u8>>) {
    let mut chunk = [0; 4096];
    while let Ok(read @ 1..) = errors.read(&mut chunk) {
        let mut tail = tail.lock().unwrap_or_else(PoisonError::into_inner);
        tail.extend_from_slice(&chunk[..read]);
        let extra = tail.len().saturating_sub(STDERR_TAIL);
        tail.drain(..extra);
    }
}

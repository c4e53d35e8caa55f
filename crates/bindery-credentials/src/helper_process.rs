//! Process of one credential helper.

use std::io::{self, Read, Write};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use crate::error::HelperError;

/// Maximum size of each output of a helper, in bytes.
const MAX_OUTPUT: usize = 256 << 10;

/// Interval between checks whether a helper that closed its outputs has exited.
const EXIT_CHECK: Duration = Duration::from_millis(5);

/// Outputs and exit status of a helper.
pub(crate) struct Output {
    pub(crate) status: ExitStatus,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: Vec<u8>,
}

/// Runs `program get` with `server` on standard input.
///
/// The process has exited when this function returns; processes that it started may still run.
pub(crate) fn run(
    program: &Path,
    server: &str,
    time_limit: Duration,
) -> Result<Output, HelperError> {
    let deadline = Instant::now() + time_limit;
    let start = |error| HelperError::Start(Arc::new(error));
    let mut child = Command::new(program)
        .arg("get")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(start)?;
    let output = communicate(&mut child, server, deadline).map_err(|abort| match abort {
        Abort::Timeout => HelperError::Timeout(time_limit),
        Abort::TooLong => HelperError::TooLong(MAX_OUTPUT),
        Abort::System(error) => start(error),
    });
    if output.is_err() {
        // A process that has exited meanwhile cannot be killed.
        let _ = child.kill();
        let _ = child.wait();
    }
    output
}

/// Reason to kill a helper.
enum Abort {
    Timeout,
    TooLong,
    System(io::Error),
}

fn communicate(child: &mut Child, server: &str, deadline: Instant) -> Result<Output, Abort> {
    let (sender, receiver) = channel();
    // One thread per output, so that a full pipe never blocks the helper. The threads end with the outputs, perhaps after this function.
    if let Some(stream) = child.stdout.take() {
        read_in_thread(stream, 0, sender.clone()).map_err(Abort::System)?;
    }
    if let Some(stream) = child.stderr.take() {
        read_in_thread(stream, 1, sender).map_err(Abort::System)?;
    }
    if let Some(mut stream) = child.stdin.take() {
        // The name fits into a pipe, so the write does not block. A helper may exit without reading it.
        let _ = stream.write_all(server.as_bytes());
    }
    let mut outputs = [None, None];
    while outputs.iter().any(Option::is_none) {
        let left = deadline.saturating_duration_since(Instant::now());
        match receiver.recv_timeout(left) {
            Ok((_, bytes)) if bytes.len() > MAX_OUTPUT => return Err(Abort::TooLong),
            Ok((index, bytes)) => outputs[index] = Some(bytes),
            Err(_) => return Err(Abort::Timeout),
        }
    }
    let [stdout, stderr] = outputs.map(Option::unwrap_or_default);
    // The standard library cannot wait for a process with a time limit. A helper that closed both outputs exits soon.
    loop {
        match child.try_wait().map_err(Abort::System)? {
            Some(status) => {
                return Ok(Output {
                    status,
                    stdout,
                    stderr,
                });
            }
            None if Instant::now() >= deadline => return Err(Abort::Timeout),
            None => thread::park_timeout(EXIT_CHECK),
        }
    }
}

/// Reads a stream on its own thread up to its end or the size limit, and sends the bytes with `index`.
fn read_in_thread(
    stream: impl Read + Send + 'static,
    index: usize,
    sender: Sender<(usize, Vec<u8>)>,
) -> io::Result<()> {
    let read = move || {
        let mut bytes = Vec::new();
        // After an error, the bytes before it are the output.
        let _ = stream.take(MAX_OUTPUT as u64 + 1).read_to_end(&mut bytes);
        let _ = sender.send((index, bytes));
    };
    thread::Builder::new().spawn(read).map(drop)
}

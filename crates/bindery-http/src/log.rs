//! Request log.

use std::collections::HashSet;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// Importance of a log line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Progress of a request.
    Info,
    /// Problem that the user should know, although the request continues.
    Warn,
}

/// Receiver of log lines, which contain no secrets: one for each request, and one for each warning of a server. The default discards
/// the lines.
#[derive(Clone, Default)]
pub struct Log {
    sink: Option<Arc<Sink>>,
    logged: Arc<Mutex<HashSet<String>>>,
}

type Sink = dyn Fn(Level, &str) + Send + Sync;

impl Log {
    /// Creates a log that passes its lines to `sink`.
    pub fn new(sink: impl Fn(Level, &str) + Send + Sync + 'static) -> Self {
        Self {
            sink: Some(Arc::new(sink)),
            logged: Arc::default(),
        }
    }

    /// Logs a line.
    pub fn log(&self, level: Level, line: &str) {
        if let Some(sink) = &self.sink {
            sink(level, line);
        }
    }

    /// Logs a line unless it was logged before, by this log or a clone.
    pub(crate) fn log_once(&self, level: Level, line: String) {
        let mut logged = self.logged.lock().unwrap_or_else(PoisonError::into_inner);
        if !logged.contains(&line) {
            self.log(level, &line);
            logged.insert(line);
        }
    }
}

impl fmt::Debug for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Log").finish_non_exhaustive()
    }
}

//! Who is told what happens on the way.

use std::collections::HashSet;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// How much a line of the log matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// For whoever wants to follow what happens.
    Info,
    /// For everybody: something to look at, although work goes on.
    Warn,
}

/// Takes lines without secrets, one for each request and one for each warning of a server. The default tells nobody.
#[derive(Clone, Default)]
pub struct Log {
    sink: Option<Arc<Sink>>,
    told: Arc<Mutex<HashSet<String>>>,
}

type Sink = dyn Fn(Level, &str) + Send + Sync;

impl Log {
    /// A log that hands its lines to `sink`.
    pub fn new(sink: impl Fn(Level, &str) + Send + Sync + 'static) -> Self {
        Self {
            sink: Some(Arc::new(sink)),
            told: Arc::default(),
        }
    }

    /// Tells something.
    pub fn tell(&self, level: Level, line: &str) {
        if let Some(sink) = &self.sink {
            sink(level, line);
        }
    }

    /// Tells something that need not be heard twice; clones count as the same log.
    pub(crate) fn tell_once(&self, level: Level, line: String) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if !told.contains(&line) {
            self.tell(level, &line);
            told.insert(line);
        }
    }
}

impl fmt::Debug for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Log").finish_non_exhaustive()
    }
}

//! Programs that are started for plugins.

use std::path::PathBuf;
use std::time::Duration;

/// Command of a plugin's process, and its limits.
#[derive(Clone, Debug)]
pub(crate) struct Program {
    /// Path of the program, and its arguments.
    pub command: Vec<PathBuf>,
    /// Environment of the process.
    pub environment: ProgramEnvironment,
    /// Time limit of one request.
    pub time_limit: Duration,
    /// Maximum length of a line from the process, in bytes.
    pub max_line: usize,
}

/// Environment of a plugin's process.
#[derive(Clone, Debug)]
pub(crate) enum ProgramEnvironment {
    /// Environment and working folder of this process, for the process that runs a library.
    Inherited,
    /// Only these variables; the working folder is the root.
    Only(Vec<(String, String)>),
}

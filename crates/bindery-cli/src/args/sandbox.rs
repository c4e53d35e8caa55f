//! Permissions of job files.

use std::path::PathBuf;

use clap::Args;

/// Permissions of a job file beyond the user's name and the files below its own folder.
#[derive(Args)]
pub struct Sandbox {
    /// Let the file read an environment variable; repeatable
    #[arg(long, value_name = "NAME")]
    pub allow_env: Vec<String>,
    /// Let the file read a file or folder; repeatable
    #[arg(long, value_name = "PATH")]
    pub allow_read: Vec<PathBuf>,
}

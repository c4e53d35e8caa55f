//! Job file of the `aurora` commands.

use std::path::PathBuf;

use bindery_diagnostic::{Diagnostics, Kind};
use bindery_lockfile::RecallPolicy;
use bindery_render::{BinderSource, Binding, Input, LockFile, LockSource};
use clap::Args;

use crate::args::Sandbox;

/// Job file and its bindings.
#[derive(Args)]
pub struct Source {
    /// Job file
    #[arg(value_name = "CONFIG_FILE")]
    file: PathBuf,
    /// Bind a ref to a text; repeatable, the last binding of a ref wins
    #[arg(long = "bind", value_name = "VAR=VALUE")]
    pub bindings: Vec<Binding>,
    /// Read the file as JSON: one job, or `{"jobs": [...]}`
    #[arg(long)]
    read_json: bool,
    #[command(flatten)]
    pub sandbox: Sandbox,
}

impl Source {
    /// Returns the job file.
    pub fn input(&self) -> Input {
        if self.read_json {
            Input::Json(self.file.clone())
        } else {
            Input::File(self.file.clone())
        }
    }

    /// Returns the lock file next to the job file, in front of `binders`.
    pub fn lock<'s>(&self, binders: &'s dyn BinderSource) -> Result<LockSource<'s>, Diagnostics> {
        let lock = LockFile::next_to(&self.file)?;
        Ok(LockSource::new(&lock, RecallPolicy::Known, binders))
    }
}

/// Puts `heading` before each message, as the original client does, and gives every error the same kind: the original client has one exit
/// code for all of them.
pub fn with_heading(heading: &str, kind: Kind, errors: Diagnostics) -> Diagnostics {
    errors.map(|mut error| {
        error.message = format!("{heading}: {}", error.message);
        error.kind = kind;
        error
    })
}

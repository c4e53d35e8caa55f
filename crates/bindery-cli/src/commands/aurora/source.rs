//! A job file and what the command line binds in it, as every verb that takes a configuration has them.

use std::path::PathBuf;
use std::rc::Rc;

use bindery_core::Value;
use bindery_diagnostic::{Diagnostics, Kind};
use bindery_job::Schema;
use bindery_lockfile::Policy;
use clap::Args;

use crate::binding::Binding;
use crate::context::Context;
use crate::job_file::{Loaded, Sandbox};
use crate::lock::Lock;

/// A configuration.
#[derive(Args)]
pub struct Source {
    /// Job file
    #[arg(value_name = "CONFIG_FILE")]
    file: PathBuf,
    /// Bind a ref before all else; may be repeated, and the last one wins
    #[arg(long = "bind", value_name = "VAR=VALUE")]
    bindings: Vec<Binding>,
    /// The file is JSON: one job, or `{"jobs": [...]}`
    #[arg(long)]
    read_json: bool,
    #[command(flatten)]
    sandbox: Sandbox,
}

impl Source {
    /// Reads the file.
    pub fn load(&self, schema: &Rc<Schema>, context: &Context<'_>) -> Result<Loaded, Diagnostics> {
        if self.read_json {
            Loaded::read_json(&self.file, schema)
        } else {
            Loaded::evaluate(&self.file, context.prelude(schema)?, &self.sandbox, context)
        }
    }

    /// The lock file beside the file.
    pub fn lock(&self) -> Result<Lock, Diagnostics> {
        Lock::beside(&self.file, Policy::Known)
    }

    /// The tables that bind what the command line binds, in order.
    pub fn bindings(&self) -> Vec<Value> {
        self.bindings.iter().map(Binding::to_value).collect()
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

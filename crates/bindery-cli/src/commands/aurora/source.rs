//! A job file and what the command line binds in it, as every verb that takes a configuration has them.

use std::{path::PathBuf, rc::Rc};

use bindery_core::Value;
use bindery_job::Schema;
use bindery_lockfile::Policy;
use clap::Args;

use crate::{
    binding::Binding,
    context::Context,
    exit::ExitStatus,
    job_file::{Loaded, Sandbox},
    lock::Lock,
    report::Failures,
};

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
    pub fn load(&self, schema: &Rc<Schema>, context: &Context<'_>) -> Result<Loaded, Failures> {
        if self.read_json {
            Loaded::read_json(&self.file, schema)
        } else {
            Loaded::evaluate(&self.file, context.prelude(schema)?, &self.sandbox, context)
        }
    }

    /// The lock file beside the file.
    pub fn lock(&self) -> Result<Lock, Failures> {
        Lock::beside(&self.file, Policy::Known)
    }

    /// The tables that bind what the command line binds, in order.
    pub fn bindings(&self) -> Vec<Value> {
        self.bindings.iter().map(Binding::to_value).collect()
    }
}

/// As the original heads what keeps it from loading a configuration; whatever it was, the code is one and the same.
pub fn headed(heading: &str, status: ExitStatus, failures: Failures) -> Failures {
    failures.map(|mut failure| {
        failure.message = format!("{heading}: {}", failure.message);
        failure.status = status;
        failure
    })
}

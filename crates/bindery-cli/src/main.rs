//! The `bindery` command: parse, run, print what went wrong once, and end with a code that tells its kind.

#![deny(missing_docs)]
#![forbid(unsafe_code)]

mod binding;
mod commands;
mod configuration;
mod context;
mod environment;
mod exit;
mod job_file;
#[cfg(test)]
mod manual;
mod output;
mod plugins;
mod registry;
mod report;
mod services;
mod unbound;

use std::process::ExitCode;

use clap::Parser;

use crate::{commands::Bindery, exit::ExitStatus};

fn main() -> ExitCode {
    let bindery = match Bindery::try_parse() {
        Ok(bindery) => bindery,
        // Help and the version come this way as well, for standard output.
        Err(error) => {
            let status = if error.use_stderr() {
                ExitStatus::InvalidCommand
            } else {
                ExitStatus::Success
            };
            let _ = error.print();
            return status.into();
        }
    };
    match bindery.run() {
        Ok(()) => ExitStatus::Success.into(),
        Err(failures) => {
            failures.print();
            failures.status().into()
        }
    }
}

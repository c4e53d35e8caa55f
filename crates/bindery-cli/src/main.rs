//! The `bindery` command: parse, run, print what went wrong once, and end with a code that tells its kind.

#![deny(missing_docs)]
#![forbid(unsafe_code)]

mod binding;
mod caching;
mod commands;
mod configuration;
mod context;
mod environment;
mod exit;
mod job_file;
mod lock;
mod locking;
#[cfg(test)]
mod manual;
mod network;
mod output;
mod pass;
mod plugin_option;
mod plugins;
mod registry;
mod report;
mod services;
mod target;
mod text_file;
mod unbound;

use std::{env, ffi::OsString, path::Path, process::ExitCode};

use clap::Parser;

use crate::{commands::Bindery, exit::ExitStatus};

fn main() -> ExitCode {
    let arguments = arguments(env::args_os().collect());
    let bindery = match Bindery::try_parse_from(&arguments) {
        Ok(bindery) => bindery,
        // Help and the version come this way as well, for standard output.
        Err(error) => {
            let status = if !error.use_stderr() {
                ExitStatus::Success
            } else if arguments.get(1).is_some_and(|first| first == "aurora") {
                ExitStatus::AuroraUsage
            } else {
                ExitStatus::InvalidCommand
            };
            let _ = error.print();
            return status.into();
        }
    };
    output::shield();
    match bindery.run() {
        Ok(status) => status.into(),
        Err(failures) => {
            failures.print();
            failures.status().into()
        }
    }
}

/// The command line; called by the name `aurora` the program takes the original's.
fn arguments(mut given: Vec<OsString>) -> Vec<OsString> {
    let name = given.first().map(Path::new).and_then(Path::file_name);
    if name.is_some_and(|name| name == "aurora") {
        if given.len() == 2 && given[1] == "--version" {
            return vec!["aurora".into(), "--version".into()];
        }
        given.splice(..1, ["bindery".into(), "aurora".into()]);
    }
    given
}

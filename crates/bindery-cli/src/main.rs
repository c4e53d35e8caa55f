//! The `bindery` command: parses the command line, runs the command, prints errors once and exits with their code.

#![deny(missing_docs)]
#![forbid(unsafe_code)]

mod args;
mod commands;
mod configuration;
mod environment;
mod exit;
mod installation;
mod invocation;
#[cfg(test)]
mod manual;
mod output;
mod plugin_binders;
mod plugin_commands;
mod plugins;
mod registry;
mod report;
mod run;
mod services;
mod session;
mod stack;
mod target;
mod version;

use std::env;
use std::process::ExitCode;

fn main() -> ExitCode {
    run::run(env::args_os().collect())
}

//! The `bindery` command: parse, run, print what went wrong once, and end with a code that tells its kind.

#![deny(missing_docs)]
#![forbid(unsafe_code)]

mod args;
mod binders;
mod commands;
mod configuration;
mod context;
mod environment;
mod exit;
#[cfg(test)]
mod manual;
mod network;
mod output;
mod plugins;
mod registry;
mod report;
mod run;
mod services;
mod stack;
mod target;

use std::env;
use std::process::ExitCode;

fn main() -> ExitCode {
    run::run(env::args_os().collect())
}

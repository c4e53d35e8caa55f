//! The `bindery` command: parse, run, print what went wrong once, and end with a code that tells its kind.

#![deny(missing_docs)]
#![forbid(unsafe_code)]

mod answers;
mod binding;
mod caching;
mod commands;
mod configuration;
mod context;
mod environment;
mod exit;
mod fixture;
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
mod regular_file;
mod report;
mod run;
mod services;
mod target;
mod text_file;
mod unbound;

use std::env;
use std::process::ExitCode;

fn main() -> ExitCode {
    run::run(env::args_os().collect())
}

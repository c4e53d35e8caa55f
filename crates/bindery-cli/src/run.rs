//! Run of the program, from the command line to the exit status, with the steps that plugins take part in.
//!
//! The descriptions of plugins are read before the command line is parsed, since plugins define options and commands. Reading a description
//! does not load the plugin; errors of plugins are reported by the first command that uses plugins.

use std::ffi::OsString;
use std::process::ExitCode;

use bindery_diagnostic::{Diagnostic, Diagnostics, Kind};
use bindery_host::{Description, Plugin, PluginSet, Run, RunError};

use crate::args::EarlyArguments;
use crate::exit::ExitStatus;
use crate::installation::Installation;
use crate::invocation::{CommandLine, Invocation};
use crate::report::{report_or_exit, report_plugin_error, warn};
use crate::session::Session;
use crate::{commands, output};

/// Runs the command line of the process and reports its errors.
pub fn run(words: Vec<OsString>) -> ExitCode {
    let line = CommandLine::new(words);
    let status = if line.needs_no_plugins() {
        run_without_plugins(&line)
    } else {
        run_with_plugins(line)
    };
    status.unwrap_or_else(|status| status).into()
}

/// Runs a line that no plugin takes part in. An error is the exit status after a report.
fn run_without_plugins(line: &CommandLine) -> Result<ExitStatus, ExitStatus> {
    let Invocation {
        options,
        plugin_options,
        mode,
        command,
        ..
    } = Invocation::parse(line, &[])?;
    let installation = Installation::new(&options, commands::is_taken);
    let session = Session::open(installation, mode, plugin_options);
    report_or_exit(command.run(&session))
}

/// Runs a line with the plugins that take part in it. An error is the exit status after a report.
fn run_with_plugins(mut line: CommandLine) -> Result<ExitStatus, ExitStatus> {
    let early = EarlyArguments::read(&line.arguments);
    let installation = Installation::new(&early.options, commands::is_taken);
    let plugins = installation.plugins().ok();
    // The `plugin` commands work if a plugin is broken, and run no code of plugins before the command.
    let is_plugin_command = !line.is_aurora && early.noun.is_some_and(|noun| noun == "plugin");
    let participants = plugins.filter(|_| !is_plugin_command);
    let takes_part = participants.is_some();
    if let Some(plugins) = participants {
        line.arguments = before_dispatch(plugins, &line)?;
    }
    let descriptions: Vec<&Description> = plugins
        .iter()
        .flat_map(|plugins| plugins.iter().map(Plugin::description))
        .collect();
    let Invocation {
        options,
        plugin_options,
        mode,
        command,
        words,
    } = Invocation::parse(&line, &descriptions)?;
    let installation = if options == early.options {
        installation
    } else {
        // An option was abbreviated, or a plugin has changed it.
        Installation::new(&options, commands::is_taken)
    };
    let session = Session::open(installation, mode, plugin_options);

    let run = Run {
        program: line.program().to_owned(),
        command: words,
        arguments: line
            .arguments
            .iter()
            .map(|argument| argument.to_string_lossy().into())
            .collect(),
    };
    let plugins = if takes_part {
        session.plugins().ok()
    } else {
        None
    };
    if let Some(plugins) = plugins {
        let result = plugins.before_execution(&run);
        result.map_err(|error| report_run_error("before execution", &error))?;
    }
    let status = report_or_exit(command.run(&session)).unwrap_or_else(|status| status);
    let errors = plugins.map(|plugins| plugins.after_execution(&run, status.code()));
    for error in errors.into_iter().flatten() {
        let message = format!("Error executing post-execution plugin: {error}");
        warn(&message, error.error.hint.as_deref().unwrap_or_default());
    }
    Ok(status)
}

/// Returns the arguments as plugins change them before the line is parsed. An error is the exit status after a report.
fn before_dispatch(plugins: &PluginSet, line: &CommandLine) -> Result<Vec<OsString>, ExitStatus> {
    if !plugins.takes_part_in("before_dispatch") {
        return Ok(line.arguments.clone());
    }
    output::shield();
    let text = |argument: &OsString| {
        argument.clone().into_string().map_err(|argument| {
            let message = format!("the argument {argument:?} is not UTF-8");
            Diagnostic::new(Kind::Usage, message)
                .hint("name files in UTF-8: a plugin reads all arguments")
        })
    };
    let texts = line.arguments.iter().map(text);
    let texts = texts.collect::<Result<Vec<_>, Diagnostic>>();
    let texts = report_or_exit(texts.map_err(Diagnostics::from))?;
    let changed = plugins.before_dispatch(line.program(), texts);
    let changed = changed.map_err(|error| report_run_error("before dispatch", &error))?;
    Ok(changed.into_iter().map(OsString::from).collect())
}

/// Prints the error of a plugin that ended the run at `step`, and returns the exit status of the run.
fn report_run_error(step: &str, error: &RunError) -> ExitStatus {
    let message = format!("Error in configuration plugin {step}: {error}");
    let cause = format!("plugin `{}` ended the run", error.plugin);
    report_plugin_error(error, message, Some(cause))
}

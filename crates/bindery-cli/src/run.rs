//! One run: from what was typed to the exit code, with the part that plugins have in it.
//!
//! The descriptions of plugins are read before the command line is parsed, since they say which options and commands there are.
//! That opens none of them; what is wrong with any is told by the command that needs them.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;

use bindery_diagnostic::{Diagnostic, Diagnostics, Kind};
use bindery_host::{CommandArguments, OptionDescription, Plugins, Run, Stopped};
use clap::{ArgMatches, FromArgMatches};
use serde_json::{Map, Value};

use crate::commands::{self, Bindery};
use crate::context::{Context, Options};
use crate::exit::ExitStatus;
use crate::output;
use crate::report::{print_errors, report_or_exit, warn};

/// Whose command line it is, and what was typed behind the program's name.
struct Line {
    is_aurora: bool,
    arguments: Vec<OsString>,
}

impl Line {
    /// Called by the name `aurora` the program takes the original's command line, as it does behind the word `aurora`.
    fn new(mut given: Vec<OsString>) -> Self {
        let name = given.first().map(Path::new).and_then(Path::file_name);
        let is_named = name.is_some_and(|name| name == "aurora");
        let is_word = given.get(1).is_some_and(|first| first == "aurora");
        let skipped = if !is_named && is_word { 2 } else { 1 };
        Self {
            is_aurora: is_named || is_word,
            arguments: given.split_off(skipped.min(given.len())),
        }
    }

    fn program(&self) -> &'static str {
        if self.is_aurora { "aurora" } else { "bindery" }
    }

    /// As the parser takes it.
    fn whole(&self) -> Vec<OsString> {
        let words: &[&str] = match self.is_aurora {
            true if self.arguments.len() == 1 && self.arguments[0] == "--version" => &["aurora"],
            true => &["bindery", "aurora"],
            false => &["bindery"],
        };
        let words = words.iter().map(OsString::from);
        words.chain(self.arguments.iter().cloned()).collect()
    }

    /// Whether the program answers without looking for plugins: its version, and its part as a plugin's process.
    fn is_bare(&self) -> bool {
        let first: Vec<_> = self.arguments.iter().take(2).collect();
        match first[..] {
            [] => true,
            [only] => only == "--version" || only == "-V",
            [first, second, ..] => !self.is_aurora && first == "plugin" && second == "serve",
        }
    }
}

/// Runs the command that was typed, and tells what went wrong, once.
pub fn run(given: Vec<OsString>) -> ExitCode {
    let line = Line::new(given);
    let ended = if line.is_bare() {
        parse(&line, None).and_then(|matches| {
            let options = options(&matches);
            let context = Context::new(&options);
            output::shield();
            let command = report_or_exit(Command::of(&matches, &context))?;
            report_or_exit(command.run(&context))
        })
    } else {
        with_plugins(line)
    };
    ended.unwrap_or_else(|status| status).into()
}

/// A run with the part that plugins have in it; the error is what was told already.
fn with_plugins(mut line: Line) -> Result<ExitStatus, ExitStatus> {
    let typed = Options::typed(&line.arguments);
    let context = Context::new(&typed.options);
    // What is wrong with plugins is told by who needs them.
    let found = context.found().ok();
    // What looks at plugins has to work when one of them is broken, and runs none of their code.
    let takes_part =
        found.filter(|_| line.is_aurora || typed.noun.is_none_or(|noun| noun != "plugin"));
    if let Some(plugins) = takes_part {
        line.arguments = before_dispatch(plugins, &line)?;
    }
    let takes_part = takes_part.is_some();
    let matches = parse(&line, found)?;
    output::shield();
    let given = found
        .map(|found| given(&matches, found))
        .unwrap_or_default();
    let options = options(&matches);
    let mut context = match options == typed.options {
        true => context,
        // An abbreviation, or a plugin that has changed it.
        false => Context::new(&options),
    };
    context.give_plugins(given);
    let command = report_or_exit(Command::of(&matches, &context))?;

    let run = Run {
        program: line.program().to_owned(),
        command: command_of(&matches, line.is_aurora),
        arguments: line
            .arguments
            .iter()
            .map(|it| it.to_string_lossy().into())
            .collect(),
    };
    let plugins = match takes_part {
        true => context.plugins().ok(),
        false => None,
    };
    if let Some(plugins) = plugins {
        let passed = plugins.before_execution(&run);
        passed.map_err(|stopped| report_stopped_run("before execution", &stopped))?;
    }
    let status = report_or_exit(command.run(&context)).unwrap_or_else(|status| status);
    for stopped in plugins.map_or_else(Vec::new, |it| it.after_execution(&run, status.code())) {
        let message = format!("Error executing post-execution plugin: {stopped}");
        warn(&message, stopped.error.hint.as_deref().unwrap_or_default());
    }
    Ok(status)
}

fn before_dispatch(plugins: &Plugins, line: &Line) -> Result<Vec<OsString>, ExitStatus> {
    if !plugins.takes("before_dispatch") {
        return Ok(line.arguments.clone());
    }
    output::shield();
    let text = |argument: &OsString| {
        argument.clone().into_string().map_err(|argument| {
            let message = format!("the argument {argument:?} is not UTF-8");
            Diagnostic::new(Kind::Usage, message)
                .hint("a plugin wants to see all arguments; name files in UTF-8")
        })
    };
    let texts = line.arguments.iter().map(text);
    let texts = texts.collect::<Result<Vec<_>, Diagnostic>>();
    let texts = report_or_exit(texts.map_err(Diagnostics::from))?;
    let left = plugins.before_dispatch(line.program(), texts);
    let left = left.map_err(|stopped| report_stopped_run("before dispatch", &stopped))?;
    Ok(left.into_iter().map(OsString::from).collect())
}

/// The command line, parsed; help and the version come as errors, for standard output.
fn parse(line: &Line, plugins: Option<&Plugins>) -> Result<ArgMatches, ExitStatus> {
    let whole = line.whole();
    let command = commands::command(plugins, whole.get(1).map(OsString::as_os_str));
    command.try_get_matches_from(whole).map_err(|error| {
        if error.use_stderr() || !output::is_shielded() {
            let _ = error.print();
        } else {
            let _ = output::print(&error.render().to_string());
        }
        if !error.use_stderr() {
            ExitStatus::Success
        } else if line.is_aurora {
            ExitStatus::AuroraUsage
        } else {
            ExitStatus::InvalidCommand
        }
    })
}

fn options(matches: &ArgMatches) -> Options {
    Options::from_arg_matches(matches).expect("the command line has these options")
}

/// What was given of the options of plugins.
fn given(matches: &ArgMatches, plugins: &Plugins) -> BTreeMap<String, Map<String, Value>> {
    let mut given = BTreeMap::new();
    for plugin in plugins.iter().map(|plugin| plugin.description()) {
        let options = given_of(matches, &plugin.name, &plugin.options);
        if !options.is_empty() {
            given.insert(plugin.name.clone(), options.into_iter().collect());
        }
    }
    given
}

/// What was given of these options, which stand in the command line for this plugin.
fn given_of(
    matches: &ArgMatches,
    plugin: &str,
    options: &[OptionDescription],
) -> BTreeMap<String, Value> {
    let given = options.iter().filter_map(|option| {
        let id = commands::option_id(plugin, &option.name);
        let value = match option.value {
            Some(_) => Value::from(matches.get_one::<String>(&id)?.as_str()),
            None => Value::from(matches.get_flag(&id).then_some(true)?),
        };
        Some((option.name.clone(), value))
    });
    given.collect()
}

/// The words that name the command.
fn command_of(matches: &ArgMatches, is_aurora: bool) -> String {
    let mut words = Vec::new();
    let mut at = matches;
    while let Some((word, below)) = at.subcommand() {
        words.push(word);
        at = below;
    }
    words[usize::from(is_aurora).min(words.len())..].join(" ")
}

/// What was asked for.
enum Command {
    Own(Box<Bindery>),
    Plugin {
        plugin: String,
        command: String,
        called: CommandArguments,
    },
}

impl Command {
    /// The command of these words. What it needs plugins to be told is said to `context`.
    fn of(matches: &ArgMatches, context: &Context<'_>) -> Result<Self, Diagnostics> {
        if let Some(command) = Self::of_plugin(matches, context) {
            return Ok(command);
        }
        let bindery = Bindery::from_arg_matches(matches)
            .map_err(|error| Diagnostic::new(Kind::Usage, error.to_string()))?;
        bindery.prepare(context);
        Ok(Self::Own(Box::new(bindery)))
    }

    fn of_plugin(matches: &ArgMatches, context: &Context<'_>) -> Option<Self> {
        let (noun, below) = matches.subcommand()?;
        let (name, called) = below.subcommand()?;
        let plugin = context.found().ok()?.get(noun)?;
        if commands::has_noun(noun) {
            return None;
        }
        let mut commands = plugin.description().commands.iter();
        let command = commands.find(|command| command.name == name)?;
        let texts = command.arguments.iter().filter_map(|argument| {
            let texts = called.get_many::<String>(&commands::argument_id(&argument.name))?;
            let texts = texts.cloned();
            Some((argument.name.clone(), texts.collect()))
        });
        Some(Self::Plugin {
            plugin: noun.to_owned(),
            command: name.to_owned(),
            called: CommandArguments {
                arguments: texts.collect(),
                options: given_of(called, "", &command.options),
            },
        })
    }

    fn run(&self, context: &Context<'_>) -> Result<ExitStatus, Diagnostics> {
        let (name, command, called) = match self {
            Self::Own(bindery) => return bindery.run(context),
            Self::Plugin {
                plugin,
                command,
                called,
            } => (plugin, command, called),
        };
        let plugin = context.plugins()?.get(name).ok_or_else(|| {
            let message = format!("there is no plugin `{name}`");
            Diagnostic::new(Kind::NotFound, message)
        })?;
        let ended = plugin.run_command(command, called);
        if let Some(failures) = context.output_error() {
            return Err(failures);
        }
        match ended {
            Ok(0) => Ok(ExitStatus::Success),
            Ok(code) => Ok(ExitStatus::Plugin(code)),
            Err(stopped) => Ok(report_stopped(&stopped, stopped.to_string(), None)),
        }
    }
}

/// Prints the error of a plugin that ended the run at `step`, and returns the exit status of the run.
fn report_stopped_run(step: &str, stopped: &Stopped) -> ExitStatus {
    let message = format!("Error in configuration plugin {step}: {stopped}");
    let cause = format!("plugin `{}` ended the run", stopped.plugin);
    report_stopped(stopped, message, Some(cause))
}

/// Prints the error of a plugin with `message` and, after its causes, `cause`. Returns the exit code that the plugin chose, or the one
/// for the kind of its error.
fn report_stopped(stopped: &Stopped, message: String, cause: Option<String>) -> ExitStatus {
    let error = &stopped.error;
    let mut diagnostic = Diagnostic::new(error.kind, message);
    diagnostic.causes.clone_from(&error.causes);
    diagnostic.causes.extend(cause);
    diagnostic.hint.clone_from(&error.hint);
    let status = match stopped.code {
        Some(code) => ExitStatus::Plugin(code),
        None => diagnostic.kind.into(),
    };
    print_errors(&diagnostic.into());
    status
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str) -> Line {
        Line::new(text.split(' ').map(OsString::from).collect())
    }

    #[test]
    fn the_original_is_spoken_by_name_and_by_word() {
        for (typed, program, whole) in [
            ("bindery render f", "bindery", "bindery render f"),
            (
                "/bin/aurora job inspect",
                "aurora",
                "bindery aurora job inspect",
            ),
            (
                "bindery aurora job inspect",
                "aurora",
                "bindery aurora job inspect",
            ),
            ("aurora --version", "aurora", "aurora --version"),
            ("aurora", "aurora", "bindery aurora"),
        ] {
            let line = line(typed);
            let found = line.whole().join(std::ffi::OsStr::new(" "));
            assert_eq!(
                (line.program(), found.to_str()),
                (program, Some(whole)),
                "{typed}"
            );
        }
    }

    #[test]
    fn some_lines_look_for_no_plugins() {
        for (typed, expected) in [
            ("bindery", true),
            ("bindery --version", true),
            ("bindery plugin serve f", true),
            ("bindery plugin list", false),
            ("aurora plugin serve", false),
            ("bindery --help", false),
        ] {
            assert_eq!(line(typed).is_bare(), expected, "{typed}");
        }
    }
}

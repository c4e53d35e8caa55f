//! Command line of a run, parsed.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;

use bindery_diagnostic::{Diagnostic, Diagnostics, Kind};
use bindery_host::{CommandArguments, Description, OptionDescription, OptionValue};
use clap::{ArgMatches, FromArgMatches};

use crate::args::Options;
use crate::commands::{self, Bindery};
use crate::exit::ExitStatus;
use crate::output;
use crate::plugin_commands::{argument_id, option_id};
use crate::report::{report_or_exit, report_plugin_error};
use crate::session::{Mode, PluginOptions, Session};

/// Arguments of the process, and the program whose syntax they have.
pub struct CommandLine {
    /// The arguments have the syntax of the Aurora client.
    pub is_aurora: bool,
    /// Arguments after the name of the program.
    pub arguments: Vec<OsString>,
}

impl CommandLine {
    /// Takes the arguments of a process. They have the syntax of the Aurora client if the program is called by the name `aurora`, or if the
    /// first word is `aurora`.
    pub fn new(mut words: Vec<OsString>) -> Self {
        let name = words.first().map(Path::new).and_then(Path::file_name);
        let is_name = name.is_some_and(|name| name == "aurora");
        let is_word = words.get(1).is_some_and(|first| first == "aurora");
        let skipped = if !is_name && is_word { 2 } else { 1 };
        Self {
            is_aurora: is_name || is_word,
            arguments: words.split_off(skipped.min(words.len())),
        }
    }

    /// Returns the name of the program whose syntax the arguments have.
    pub fn program(&self) -> &'static str {
        if self.is_aurora { "aurora" } else { "bindery" }
    }

    /// Returns the words for the parser.
    fn parser_words(&self) -> Vec<OsString> {
        let is_version = self.arguments.len() == 1 && self.arguments[0] == "--version";
        let words: &[&str] = if self.is_aurora && is_version {
            &["aurora"]
        } else if self.is_aurora {
            &["bindery", "aurora"]
        } else {
            &["bindery"]
        };
        let words = words.iter().map(OsString::from);
        words.chain(self.arguments.iter().cloned()).collect()
    }

    /// Returns true if the program needs no plugins to run the line: to print its version, and as the process of a plugin.
    pub fn needs_no_plugins(&self) -> bool {
        let first: Vec<_> = self.arguments.iter().take(2).collect();
        match first[..] {
            [] => true,
            [only] => only == "--version" || only == "-V",
            [first, second, ..] => !self.is_aurora && first == "plugin" && second == "serve",
        }
    }
}

/// Parsed command line.
pub struct Invocation {
    /// Global options.
    pub options: Options,
    /// Options that plugins define.
    pub plugin_options: PluginOptions,
    /// Mode of the run, which follows from the command.
    pub mode: Mode,
    /// The command.
    pub command: Command,
    /// Words that name the command, as in `image resolve`.
    pub words: String,
}

/// Command of a run.
pub enum Command {
    /// Command of the program itself.
    Own(Box<Bindery>),
    /// Command of a plugin.
    Plugin {
        plugin: String,
        command: String,
        arguments: CommandArguments,
    },
}

impl Invocation {
    /// Parses a command line with the options and commands of `plugins`.
    ///
    /// # Errors
    ///
    /// The exit status, after the help, the version or a usage error was printed.
    pub fn parse(line: &CommandLine, plugins: &[&Description]) -> Result<Self, ExitStatus> {
        let words = line.parser_words();
        let parser = commands::command(plugins, words.get(1).map(OsString::as_os_str));
        let matches = parser
            .try_get_matches_from(words)
            .map_err(|error| print_parser_error(&error, line.is_aurora))?;
        output::shield();
        let command = report_or_exit(Command::from_matches(&matches, plugins))?;
        Ok(Self {
            options: Options::from_arg_matches(&matches)
                .expect("the parser has the global options"),
            plugin_options: plugin_options(&matches, plugins),
            mode: command.mode(),
            command,
            words: command_words(&matches, line.is_aurora),
        })
    }
}

/// Prints the help, the version or a usage error, and returns the exit status.
fn print_parser_error(error: &clap::Error, is_aurora: bool) -> ExitStatus {
    if error.use_stderr() || !output::is_shielded() {
        let _ = error.print();
    } else {
        let _ = output::print(&error.render().to_string());
    }
    if !error.use_stderr() {
        ExitStatus::Success
    } else if is_aurora {
        ExitStatus::AuroraUsage
    } else {
        ExitStatus::InvalidCommand
    }
}

/// Returns the options of all plugins.
fn plugin_options(matches: &ArgMatches, plugins: &[&Description]) -> PluginOptions {
    let options = plugins.iter().map(|plugin| {
        let options = option_values(matches, &plugin.name, &plugin.options);
        (plugin.name.clone(), options)
    });
    let has_options = |(_, options): &(_, BTreeMap<_, _>)| !options.is_empty();
    options.filter(has_options).collect()
}

/// Returns the values of `options`, which the parser has under the name of `plugin`.
fn option_values(
    matches: &ArgMatches,
    plugin: &str,
    options: &[OptionDescription],
) -> BTreeMap<String, OptionValue> {
    let values = options.iter().filter_map(|option| {
        let id = option_id(plugin, &option.name);
        let value = match option.value {
            Some(_) => OptionValue::Text(matches.get_one::<String>(&id)?.clone()),
            None => matches.get_flag(&id).then_some(OptionValue::Flag)?,
        };
        Some((option.name.clone(), value))
    });
    values.collect()
}

/// Returns the words that name the command.
fn command_words(matches: &ArgMatches, is_aurora: bool) -> String {
    let mut words = Vec::new();
    let mut at = matches;
    while let Some((word, below)) = at.subcommand() {
        words.push(word);
        at = below;
    }
    words[usize::from(is_aurora).min(words.len())..].join(" ")
}

impl Command {
    fn from_matches(matches: &ArgMatches, plugins: &[&Description]) -> Result<Self, Diagnostics> {
        if let Some(command) = Self::of_plugin(matches, plugins) {
            return Ok(command);
        }
        let own = Bindery::from_arg_matches(matches)
            .map_err(|error| Diagnostic::new(Kind::Usage, error.to_string()))?;
        Ok(Self::Own(Box::new(own)))
    }

    fn of_plugin(matches: &ArgMatches, plugins: &[&Description]) -> Option<Self> {
        let (noun, below) = matches.subcommand()?;
        if commands::has_noun(noun) {
            return None;
        }
        let (name, matches) = below.subcommand()?;
        let plugin = plugins.iter().find(|plugin| plugin.name == noun)?;
        let mut commands = plugin.commands.iter();
        let command = commands.find(|command| command.name == name)?;
        let arguments = command.arguments.iter().filter_map(|argument| {
            let texts = matches.get_many::<String>(&argument_id(&argument.name))?;
            let texts = texts.cloned();
            Some((argument.name.clone(), texts.collect()))
        });
        Some(Self::Plugin {
            plugin: noun.to_owned(),
            command: name.to_owned(),
            arguments: CommandArguments {
                arguments: arguments.collect(),
                options: option_values(matches, "", &command.options),
            },
        })
    }

    fn mode(&self) -> Mode {
        match self {
            Self::Own(bindery) => bindery.mode(),
            Self::Plugin { .. } => Mode::default(),
        }
    }

    /// Runs the command. The errors of a plugin's command are printed, since the plugin chooses its exit code.
    pub fn run(&self, session: &Session<'_>) -> Result<ExitStatus, Diagnostics> {
        let (name, command, arguments) = match self {
            Self::Own(bindery) => return bindery.run(session),
            Self::Plugin {
                plugin,
                command,
                arguments,
            } => (plugin, command, arguments),
        };
        let plugin = session.plugins()?.get(name).ok_or_else(|| {
            let message = format!("there is no plugin `{name}`");
            Diagnostic::new(Kind::NotFound, message)
        })?;
        let result = plugin.run_command(command, arguments);
        if let Some(errors) = session.output_error() {
            return Err(errors);
        }
        Ok(match result {
            Ok(0) => ExitStatus::Success,
            Ok(code) => ExitStatus::Plugin(code),
            Err(error) => report_plugin_error(&error, error.to_string(), None),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;

    use super::*;

    fn line(text: &str) -> CommandLine {
        CommandLine::new(text.split(' ').map(OsString::from).collect())
    }

    #[test]
    fn aurora_is_a_name_of_the_program_and_a_first_word() {
        for (typed, program, words) in [
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
            let words_of_line = line.parser_words().join(OsStr::new(" "));
            assert_eq!(
                (line.program(), words_of_line.to_str()),
                (program, Some(words)),
                "{typed}"
            );
        }
    }

    #[test]
    fn some_lines_need_no_plugins() {
        for (typed, expected) in [
            ("bindery", true),
            ("bindery --version", true),
            ("bindery plugin serve f", true),
            ("bindery plugin list", false),
            ("aurora plugin serve", false),
            ("bindery --help", false),
        ] {
            assert_eq!(line(typed).needs_no_plugins(), expected, "{typed}");
        }
    }

    #[test]
    fn early_and_full_parsing_read_the_same_options() {
        let words = [
            "render",
            "-vv",
            "f",
            "--plugin-dir",
            "a",
            "--config=c",
            "--plugin-dir=b",
        ];
        let words: Vec<OsString> = words.iter().map(OsString::from).collect();
        let whole = [OsString::from("bindery")]
            .into_iter()
            .chain(words.iter().cloned());
        let matches = commands::command(&[], None)
            .try_get_matches_from(whole)
            .unwrap();
        let options = Options::from_arg_matches(&matches).unwrap();
        assert_eq!(options.plugin_dir.len(), 2);
        assert_eq!(crate::args::EarlyArguments::read(&words).options, options);
    }
}

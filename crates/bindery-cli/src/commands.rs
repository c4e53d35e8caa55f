//! Commands of the program, one file per verb. The doc comments are the help texts and the reference page.

pub mod aurora;
pub mod auth;
pub mod cluster;
pub mod eval;
pub mod image;
pub mod lock;
pub mod plugin;
pub mod render;
pub mod status;
pub mod test;
pub mod update;

use std::collections::BTreeSet;
use std::ffi::OsStr;

use bindery_diagnostic::Diagnostics;
use bindery_host::{Description, NameKind};
use clap::{Args, Subcommand};
use once_cell::sync::Lazy;

use crate::args::Options;
use crate::exit::ExitStatus;
use crate::plugin_commands::add_plugin;
use crate::session::{Mode, Session};
use crate::stack::with_large_stack;
use crate::version::version;

/// Command of the program. [`command`] has the words and the texts.
#[derive(Subcommand)]
pub enum Bindery {
    Render(render::Render),
    Eval(eval::Eval),
    Lock(lock::Lock),
    Update(update::Update),
    Status(status::Status),
    Test(test::Test),
    #[command(subcommand)]
    Image(image::Image),
    #[command(subcommand)]
    Plugin(plugin::Plugin),
    #[command(subcommand)]
    Cluster(cluster::Cluster),
    #[command(subcommand)]
    Auth(auth::Auth),
    #[command(subcommand)]
    Aurora(aurora::Aurora),
}

/// Adds the arguments, verbs and help of a command to its word.
type Fill = fn(clap::Command) -> clap::Command;

/// Words of [`Bindery`], in the order of the reference page.
const WORDS: [(&str, Fill); 11] = [
    ("render", render::Render::augment_args),
    ("eval", eval::Eval::augment_args),
    ("lock", lock::Lock::augment_args),
    ("update", update::Update::augment_args),
    ("status", status::Status::augment_args),
    ("test", test::Test::augment_args),
    ("image", add_verbs::<image::Image>),
    ("plugin", add_verbs::<plugin::Plugin>),
    ("cluster", add_verbs::<cluster::Cluster>),
    ("auth", add_verbs::<auth::Auth>),
    ("aurora", add_verbs::<aurora::Aurora>),
];

fn add_verbs<V: Subcommand>(noun: clap::Command) -> clap::Command {
    V::augment_subcommands(noun)
        .subcommand_required(true)
        .arg_required_else_help(true)
}

impl Bindery {
    /// Returns the mode of a run of the command.
    pub fn mode(&self) -> Mode {
        match self {
            Self::Render(command) => command.mode(),
            Self::Lock(_) | Self::Update(_) => Mode {
                record: true,
                ..Mode::default()
            },
            Self::Test(_) => Mode {
                offline: true,
                ..Mode::default()
            },
            Self::Plugin(command) => command.mode(),
            Self::Eval(_)
            | Self::Status(_)
            | Self::Image(_)
            | Self::Cluster(_)
            | Self::Auth(_)
            | Self::Aurora(_) => Mode::default(),
        }
    }

    /// Runs the command.
    pub fn run(&self, session: &Session<'_>) -> Result<ExitStatus, Diagnostics> {
        let success = |()| ExitStatus::Success;
        let result = match self {
            Self::Render(command) => with_large_stack(|| command.run(session)).map(success),
            Self::Eval(command) => with_large_stack(|| command.run(session)).map(success),
            Self::Lock(command) => with_large_stack(|| command.run(session)).map(success),
            Self::Update(command) => with_large_stack(|| command.run(session)).map(success),
            Self::Status(command) => with_large_stack(|| command.run(session)),
            Self::Test(command) => with_large_stack(|| command.run(session)),
            Self::Aurora(command) => with_large_stack(|| command.run(session)).map(success),
            // The other commands evaluate no file, and a thread would take a part of their short time.
            Self::Image(command) => command.run(session).map(success),
            Self::Plugin(command) => command.run(session).map(success),
            Self::Cluster(command) => command.run(session).map(success),
            Self::Auth(command) => command.run(session).map(success),
        };
        result.map_err(|errors| errors.map(|error| session.explain_refusal(error)))
    }
}

/// Returns the parser of the whole command line, with the options and commands of `plugins`.
///
/// If `first`, the first word of the line, is a command or asks for the version, the other commands have only their names: building all of
/// them would take a good part of the time of a short command.
pub fn command(plugins: &[&Description], first: Option<&OsStr>) -> clap::Command {
    let needs_one = first.is_some_and(|first| {
        first == "--version" || first == "-V" || WORDS.iter().any(|(word, _)| first == *word)
    });
    let words = WORDS.iter().map(|(word, fill)| {
        let command = clap::Command::new(*word);
        if needs_one && first.is_some_and(|first| first != *word) {
            command
        } else {
            fill(command)
        }
    });
    let command = Options::augment_args(clap::Command::new("bindery"))
        // `Options` sets its own comment as the text.
        .about("Render job configs with every mutable reference bound to an immutable one")
        .version(version())
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommands(words);
    plugins
        .iter()
        .fold(command, |command, plugin| add_plugin(command, plugin))
}

/// Returns true if the program has this first word.
pub fn has_noun(name: &str) -> bool {
    name == "help" || WORDS.iter().any(|(word, _)| *word == name)
}

/// Long options of the program.
struct OptionNames {
    /// Options of any command.
    all: BTreeSet<String>,
    /// Global options.
    global: BTreeSet<String>,
}

/// Constant table, built when the first plugin with an option is found.
static OPTION_NAMES: Lazy<OptionNames> = Lazy::new(|| {
    fn collect(command: &clap::Command, names: &mut BTreeSet<String>) {
        let options = command.get_arguments().filter_map(clap::Arg::get_long);
        names.extend(options.map(str::to_owned));
        command
            .get_subcommands()
            .for_each(|below| collect(below, names));
    }
    let command = command(&[], None);
    let global = command
        .get_arguments()
        .filter(|argument| argument.is_global_set());
    let mut all = BTreeSet::new();
    collect(&command, &mut all);
    OptionNames {
        all,
        global: global
            .filter_map(|argument| argument.get_long().map(str::to_owned))
            .collect(),
    }
});

/// Returns true if the program itself uses a name, so that no plugin can have the name.
pub fn is_taken(kind: NameKind, name: &str) -> bool {
    match kind {
        NameKind::Noun => has_noun(name),
        _ if ["help", "version"].contains(&name) => true,
        NameKind::Option => OPTION_NAMES.all.contains(name),
        NameKind::CommandOption => OPTION_NAMES.global.contains(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_has_the_word_that_selects_it() {
        let helps = |command: clap::Command| {
            let all = command.get_subcommands().cloned();
            all.map(|mut command| {
                (
                    command.get_name().to_owned(),
                    command.render_long_help().to_string(),
                )
            })
            .collect::<Vec<_>>()
        };
        let derived = Bindery::augment_subcommands(clap::Command::new("bindery"));
        assert_eq!(helps(command(&[], None)), helps(derived));
    }

    #[test]
    fn parser_of_one_command_has_the_help_of_the_whole_parser() {
        let help = |word: &str, first: Option<&str>| {
            let mut command = command(&[], first.map(OsStr::new));
            command.build();
            let command = command.find_subcommand_mut(word);
            command
                .expect("the parser has every word")
                .render_long_help()
                .to_string()
        };
        for (word, _) in WORDS {
            assert_eq!(help(word, Some(word)), help(word, None), "{word}");
        }
        assert_eq!(help("lock", Some("no-such")), help("lock", None));
    }
}

//! The commands, one file per verb; their doc comments are the manual.

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

use std::ffi::OsStr;

use bindery_diagnostic::Diagnostics;
use bindery_host::{
    ArgumentDescription, CommandDescription, Description, OptionDescription, Plugins, Provision,
};
use clap::{Arg, ArgAction, Args, Subcommand};

use crate::context::{Context, Options};
use crate::exit::ExitStatus;
use crate::stack::with_large_stack;

/// A command of Bindery's own; [`command`] has its words.
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

/// What says of a word's command all but the word.
type Fill = fn(clap::Command) -> clap::Command;

/// The words of [`Bindery`], in the order of the manual.
const WORDS: [(&str, Fill); 11] = [
    ("render", render::Render::augment_args),
    ("eval", eval::Eval::augment_args),
    ("lock", lock::Lock::augment_args),
    ("update", update::Update::augment_args),
    ("status", status::Status::augment_args),
    ("test", test::Test::augment_args),
    ("image", verbs::<image::Image>),
    ("plugin", verbs::<plugin::Plugin>),
    ("cluster", verbs::<cluster::Cluster>),
    ("auth", verbs::<auth::Auth>),
    ("aurora", verbs::<aurora::Aurora>),
];

/// The noun that stands before these verbs.
fn verbs<V: Subcommand>(noun: clap::Command) -> clap::Command {
    V::augment_subcommands(noun)
        .subcommand_required(true)
        .arg_required_else_help(true)
}

impl Bindery {
    /// Says what plugins have to know of the command; to be called before they are asked for anything.
    pub fn prepare(&self, context: &Context<'_>) {
        match self {
            Self::Render(command) => command.prepare(context),
            Self::Lock(_) | Self::Update(_) => context.record(),
            _ => {}
        }
    }

    /// Runs the command that was asked for.
    pub fn run(&self, context: &Context<'_>) -> Result<ExitStatus, Diagnostics> {
        let done = |()| ExitStatus::Success;
        let result = match self {
            Self::Render(command) => with_large_stack(|| command.run(context)).map(done),
            Self::Eval(command) => with_large_stack(|| command.run(context)).map(done),
            Self::Lock(command) => with_large_stack(|| command.run(context)).map(done),
            Self::Update(command) => with_large_stack(|| command.run(context)).map(done),
            Self::Status(command) => with_large_stack(|| command.run(context)),
            Self::Test(command) => with_large_stack(|| command.run(context)),
            Self::Aurora(command) => with_large_stack(|| command.run(context)).map(done),
            // These evaluate no file, and a thread takes a part of the time in which they answer.
            Self::Image(command) => command.run(context).map(done),
            Self::Plugin(command) => command.run(context).map(done),
            Self::Cluster(command) => command.run(context).map(done),
            Self::Auth(command) => command.run(context).map(done),
        };
        result.map_err(|errors| errors.map(|error| context.explain_refusal(error)))
    }
}

/// The whole command line: with the options of every command, and with the options and commands that plugins add.
///
/// Where the first word says which command is meant, the others need no more than their names, and to make the rest of them
/// would take a good part of the time in which a small command answers.
pub fn command(plugins: Option<&Plugins>, first: Option<&OsStr>) -> clap::Command {
    let is_known = WORDS
        .iter()
        .any(|(word, _)| first.is_some_and(|it| it == *word));
    let words = WORDS.iter().map(|(word, fill)| {
        let command = clap::Command::new(*word);
        match first {
            Some(first) if is_known && first != *word => command,
            _ => fill(command),
        }
    });
    let mut command = Options::augment_args(clap::Command::new("bindery"))
        // The options come with a text about themselves.
        .about("Render job configs, and bind every mutable reference in them to an immutable one")
        .version(env!("CARGO_PKG_VERSION"))
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommands(words);
    for plugin in plugins.into_iter().flat_map(Plugins::iter) {
        let plugin = plugin.description();
        let heading = format!("Options of plugin `{}`", plugin.name);
        let arguments = plugin.options.iter().map(|option| {
            argument(&plugin.name, option)
                .help_heading(heading.clone())
                .global(true)
        });
        command = command.args(arguments);
        if !plugin.commands.is_empty() {
            command = command.subcommand(noun(plugin));
        }
    }
    command
}

/// The commands of a plugin below its name.
fn noun(plugin: &Description) -> clap::Command {
    let verb = |verb: &CommandDescription| {
        let place = |argument: &ArgumentDescription| {
            let place = Arg::new(argument_id(&argument.name))
                .value_name(argument.name.clone())
                .help(argument.help.clone())
                .required(argument.required);
            match argument.repeated {
                true => place.num_args(1..),
                false => place,
            }
        };
        clap::Command::new(verb.name.clone())
            .about(verb.about.clone())
            .args(verb.arguments.iter().map(place))
            .args(verb.options.iter().map(|option| argument("", option)))
    };
    let has_help = plugin.commands.iter().any(|verb| verb.name == "help");
    clap::Command::new(plugin.name.clone())
        .disable_help_subcommand(has_help)
        .about(format!("Commands of plugin `{}`", plugin.name))
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommands(plugin.commands.iter().map(verb))
}

fn argument(plugin: &str, option: &OptionDescription) -> Arg {
    let argument = Arg::new(option_id(plugin, &option.name))
        .long(option.name.clone())
        .help(option.help.clone());
    match &option.value {
        Some(value) => argument.value_name(value.clone()),
        None => argument.action(ArgAction::SetTrue),
    }
}

/// Under which name the parser keeps an option of a plugin; the options of a command are those of no plugin.
pub fn option_id(plugin: &str, option: &str) -> String {
    format!("{plugin}:{option}")
}

/// Under which name the parser keeps an argument of a plugin's command: none that an option or a command of ours has.
pub fn argument_id(argument: &str) -> String {
    format!("<{argument}>")
}

thread_local! {
    /// The command line without plugins, for the question whether it has a name.
    static OWN: clap::Command = command(None, None);
}

/// Whether Bindery itself has this noun or verb.
pub fn has_noun(name: &str) -> bool {
    name == "help" || WORDS.iter().any(|(word, _)| *word == name)
}

/// Whether a name is in use, so that no plugin can have it.
pub fn taken(kind: Provision, name: &str) -> bool {
    let has = |command: &clap::Command, global: bool| {
        let mut options = command.get_arguments();
        options.any(|it| it.get_long() == Some(name) && (!global || it.is_global_set()))
    };
    fn below(command: &clap::Command, has: &dyn Fn(&clap::Command) -> bool) -> bool {
        has(command) || command.get_subcommands().any(|it| below(it, has))
    }
    match kind {
        Provision::Noun => has_noun(name),
        _ if ["help", "version"].contains(&name) => true,
        Provision::Option => OWN.with(|own| below(own, &|it| has(it, false))),
        Provision::CommandOption => OWN.with(|own| has(own, true)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn commands_of_plugins_may_have_names_that_the_parser_has() {
        let argument = |name: &str| json!({"name": name, "required": true});
        let arguments: Vec<_> = ["help", "config", "jobs", "version"].map(argument).into();
        let description = json!({
            "name": "site", "version": "1.0.0", "abi": 1,
            "commands": [{"name": "help", "arguments": arguments}],
        });
        let description: Description = serde_json::from_value(description).unwrap();
        let mut command = command(None, None).subcommand(noun(&description));
        let line = ["bindery", "site", "help", "a", "b", "c", "d"];
        let matches = command.try_get_matches_from_mut(line).unwrap();
        let (_, site) = matches.subcommand().unwrap();
        let (verb, given) = site.subcommand().unwrap();
        let config = given.get_one::<String>(&argument_id("config"));
        assert_eq!((verb, config.map(String::as_str)), ("help", Some("b")));
    }

    #[test]
    fn every_command_is_made_under_the_word_it_is_read_by() {
        let helps = |command: clap::Command| {
            let all = command.get_subcommands().cloned();
            all.map(|mut it| (it.get_name().to_owned(), it.render_long_help().to_string()))
                .collect::<Vec<_>>()
        };
        let derived = Bindery::augment_subcommands(clap::Command::new("bindery"));
        assert_eq!(helps(command(None, None)), helps(derived));
    }

    #[test]
    fn a_command_alone_is_as_among_all() {
        let help = |word: &str, first: Option<&str>| {
            let mut command = command(None, first.map(OsStr::new));
            command.build();
            let command = command.find_subcommand_mut(word);
            command.expect("it is there").render_long_help().to_string()
        };
        for (word, _) in WORDS {
            assert_eq!(help(word, Some(word)), help(word, None), "{word}");
        }
        assert_eq!(help("lock", Some("no-such")), help("lock", None));
    }
}

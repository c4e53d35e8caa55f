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

use bindery_host::{
    ArgumentDescription, CommandDescription, Description, OptionDescription, Plugins, Provision,
};
use clap::{Arg, ArgAction, Args, CommandFactory, Parser, Subcommand};

use crate::{
    context::{Context, Options},
    exit::ExitStatus,
    report::Failures,
};

/// Render job configs, and bind every mutable reference in them to an immutable one
#[derive(Parser)]
#[command(
    name = "bindery",
    version,
    arg_required_else_help = true,
    propagate_version = false
)]
pub struct Bindery {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
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

impl Bindery {
    /// Says what plugins have to know of the command; to be called before they are asked for anything.
    pub fn prepare(&self, context: &Context<'_>) {
        match &self.command {
            Command::Render(command) => command.prepare(context),
            Command::Lock(_) | Command::Update(_) => context.record(),
            _ => {}
        }
    }

    /// Runs the command that was asked for.
    pub fn run(&self, context: &Context<'_>) -> Result<ExitStatus, Failures> {
        let done = |()| ExitStatus::Success;
        let result = match &self.command {
            Command::Render(command) => command.run(context).map(done),
            Command::Eval(command) => command.run(context).map(done),
            Command::Lock(command) => command.run(context).map(done),
            Command::Update(command) => command.run(context).map(done),
            Command::Status(command) => command.run(context),
            Command::Test(command) => command.run(context),
            Command::Image(command) => command.run(context).map(done),
            Command::Plugin(command) => command.run(context).map(done),
            Command::Cluster(command) => command.run(context).map(done),
            Command::Auth(command) => command.run(context).map(done),
            Command::Aurora(command) => command.run(context).map(done),
        };
        result.map_err(|failures| failures.map(|failure| context.explain_refusal(failure)))
    }
}

/// The whole command line: with the options of every command, and with the options and commands that plugins add.
pub fn command(plugins: Option<&Plugins>) -> clap::Command {
    let bindery = Bindery::command();
    // The options come with a text about themselves.
    let about = bindery.get_about().cloned();
    let mut command = Options::augment_args(bindery).about(about.unwrap_or_default());
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
            let place = Arg::new(argument.name.clone())
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
    clap::Command::new(plugin.name.clone())
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

thread_local! {
    /// The command line without plugins, for the question whether it has a name.
    static OWN: clap::Command = command(None);
}

/// Whether Bindery itself has this noun or verb.
pub fn has_noun(name: &str) -> bool {
    name == "help" || OWN.with(|own| own.find_subcommand(name).is_some())
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

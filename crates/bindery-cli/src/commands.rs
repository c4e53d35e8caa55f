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
pub mod update;

use bindery_loader::on_large_stack;
use clap::{Parser, Subcommand};

use crate::{
    context::{Context, Options},
    exit::ExitStatus,
    report::{Failure, Failures},
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
    #[command(flatten)]
    options: Options,
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
    /// Runs the command that was asked for.
    pub fn run(&self) -> Result<ExitStatus, Failures> {
        let context = Context::new(&self.options);
        let done = |()| ExitStatus::Success;
        let result = match &self.command {
            Command::Render(command) => with_room(|| command.run(&context)).map(done),
            Command::Eval(command) => with_room(|| command.run(&context)).map(done),
            Command::Lock(command) => with_room(|| command.run(&context)).map(done),
            Command::Update(command) => with_room(|| command.run(&context)).map(done),
            Command::Status(command) => with_room(|| command.run(&context)),
            Command::Image(command) => command.run(&context).map(done),
            Command::Plugin(command) => command.run(&context).map(done),
            Command::Cluster(command) => command.run(&context).map(done),
            Command::Auth(command) => command.run(&context).map(done),
            Command::Aurora(command) => with_room(|| command.run(&context)).map(done),
        };
        result.map_err(|failures| failures.map(|failure| context.explain_refusal(failure)))
    }
}

/// Runs what evaluates job files where the deepest of them have room.
fn with_room<T: Send>(work: impl FnOnce() -> Result<T, Failures> + Send) -> Result<T, Failures> {
    on_large_stack(work).unwrap_or_else(|error| {
        let message = "the system gives no thread to evaluate files on";
        Err(Failure::new(ExitStatus::Internal, message)
            .cause(error)
            .into())
    })
}

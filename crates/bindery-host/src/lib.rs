//! Finds, checks and loads plugins, presents them as binders, and serves their requests.
//!
//! [`Plugins::find`] reads what the libraries on a [`SearchPath`] say of themselves; none is loaded until something is asked
//! of it. From then on there are [binders](Plugins::binders), [cluster traits](Plugins::trait_declarations),
//! [credentials](Plugins::credential), [names for job files](Plugins::definitions), [commands](Plugin::run_command), and steps
//! of a run, from [`Plugins::before_dispatch`] on. What plugins ask for in return is the caller's to give: [`Services`].
//!
//! A plugin is somebody else's code in our process. A file that would end the process when it is loaded is refused from its
//! bytes; panics are caught on both sides of every call; answers are checked for number and form. Each such trouble is an
//! error that names file, plugin, reason and what to do. [`check()`] does all of that for one file.
//!
//! Call plugins from plain threads, never from an async task: a plugin may run a runtime of its own and block on it.

#![deny(missing_docs)]

mod auth;
mod binder;
mod check;
mod clash;
mod credential;
mod definition;
mod description;
mod error;
mod failure;
mod guard;
mod hook;
mod interrupt;
#[cfg(test)]
mod later;
mod library;
mod limit;
mod mechanism;
mod object_file;
mod plugin;
mod plugins;
mod process;
mod protocol;
mod provision;
mod run;
#[cfg(test)]
mod scripted;
mod search;
mod serve;
mod services;
mod trust;

pub use auth::{AuthAnswer, AuthEntry, AuthStep, RegistryPattern, RegistryPatternError};
pub use binder::PluginBinder;
pub use check::check;
pub use clash::Provision;
pub use description::{BinderDescription, Description, is_name};
pub use error::{LibraryError, Reason};
pub use hook::{ApiCall, PreHooksStopped, Refusal};
pub use interrupt::{Work, is_interrupted};
pub use mechanism::AuthModule;
pub use plugin::Plugin;
pub use plugins::{Plugins, Problem, ProgramEntry, Settings};
pub use process::{Environment, Program};
pub use provision::{
    ArgumentDescription, CommandDescription, Defined, DefinitionDescription, FieldDescription,
    HookDescription, MechanismDescription, OptionDescription,
};
pub use run::{CommandArguments, Run, Stopped};
pub use search::SearchPath;
pub use serve::serve;
pub use services::{Level, NoServices, Services};

pub use bindery_abi::ABI_REVISION;
/// A trait, as plugins declare it and [`Services::cluster`] gets it.
pub use bindery_cluster::Trait;

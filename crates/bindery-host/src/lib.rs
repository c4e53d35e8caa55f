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

mod check;
mod credential_json;
mod description;
mod discover;
mod error;
mod failure;
#[cfg(test)]
mod forward_compatibility;
mod plugin;
mod plugin_set;
mod provide;
mod runtime;
#[cfg(test)]
mod scripted;
mod services;

pub use check::check;
pub use description::{
    ArgumentDescription, CommandDescription, Defined, DefinitionDescription, FieldDescription,
    HookDescription, MechanismDescription, OptionDescription,
};
pub use discover::inspect::{BinderDescription, Description, is_name};
pub use discover::names::Provision;
pub use discover::search::SearchPath;
pub use error::{LibraryError, Reason};
pub use plugin::Plugin;
pub use plugin_set::{Plugins, Problem, ProgramEntry, Settings};
pub use provide::binder::PluginBinder;
pub use provide::credentials::{
    AuthAnswer, AuthEntry, AuthStep, RegistryPattern, RegistryPatternError,
};
pub use provide::hooks::{ApiCall, PreHooksStopped, Refusal};
pub use provide::lifecycle::{CommandArguments, Run, Stopped};
pub use provide::mechanism::AuthModule;
pub use runtime::interrupt::{Work, is_interrupted};
pub use runtime::process::{Environment, Program};
pub use runtime::serve::serve;
pub use services::{Level, NoServices, Services};

pub use bindery_abi::ABI_REVISION;
/// A trait, as plugins declare it and [`Services::cluster`] gets it.
pub use bindery_cluster::Trait;

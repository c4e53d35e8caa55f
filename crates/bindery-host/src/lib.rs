//! Host of plugins: finds and inspects plugins, runs them, and offers services to them.
//!
//! [`PluginSet::find`] reads the descriptions of the plugins on a [`SearchPath`]; a plugin is opened when it is first called. A set has
//! [binders](PluginSet::binders), [cluster traits](PluginSet::trait_declarations), [credentials](PluginSet::credential),
//! [definitions for job files](PluginSet::definitions), [commands](Plugin::run_command), and steps of a run, from
//! [`PluginSet::before_dispatch`] on. The program offers [`Services`] to plugins.
//!
//! A plugin is foreign code. The host refuses a library that would end the process when it is loaded, catches panics on both sides of
//! every call, and checks number and form of all answers. Each problem is an error with file, plugin, reason and hint. [`check()`] runs
//! all checks on one file.
//!
//! Modules: `discover` reads files and runs nothing; `runtime` runs a plugin in this process or in another, and no other module depends
//! on the place; `provide` has the parts that plugins provide.
//!
//! Call plugins from plain threads, never from an async task: a plugin may run its own runtime and block on it.

#![deny(missing_docs)]

mod call;
mod check;
mod credential_json;
mod description;
mod discover;
mod error;
mod failure;
#[cfg(test)]
mod forward_compatibility;
mod guard;
mod plugin;
mod plugin_set;
mod problem;
mod provide;
mod registry_pattern;
mod runtime;
#[cfg(test)]
mod scripted;
mod services;
mod settings;
mod text;
mod type_notation;

pub use check::check;
pub use description::{
    ArgumentDescription, BinderDescription, CommandDescription, DefinitionContent,
    DefinitionDescription, Description, FieldDescription, HookDescription, MechanismDescription,
    OptionDescription,
};
pub use discover::search::SearchPath;
pub use discover::validate::is_name;
pub use error::{LibraryError, Reason};
pub use plugin::Plugin;
pub use plugin_set::PluginSet;
pub use problem::PluginProblem;
pub use provide::binder::PluginBinder;
pub use provide::commands::{CommandArguments, RunError};
pub use provide::credentials::{CredentialStep, StepResult};
pub use provide::hooks::{ApiCall, PreHooksStopped, Refusal};
pub use provide::lifecycle::Run;
pub use provide::mechanism::AuthModule;
pub use registry_pattern::{RegistryPattern, RegistryPatternError};
pub use runtime::interrupt::{Work, is_interrupted};
pub use runtime::serve::serve;
pub use services::{Level, NoServices, Services};
pub use settings::{
    AuthEntry, NameKind, OptionValue, PluginInput, PluginLimits, ProgramEntry, ReservedNames,
    Selection, Settings,
};

pub use bindery_abi::ABI_REVISION;
/// Cluster trait, as plugins declare it and [`Services::cluster`] receives it.
pub use bindery_cluster::Trait;

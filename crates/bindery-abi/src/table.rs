//! Function tables: the exports of a plugin, an open plugin, and the services of the host.
//!
//! Every function catches its panics; a panic that leaves a table ends the process.

use abi_stable::{
    StableAbi, declare_root_module_statics,
    library::RootModule,
    package_version_strings, sabi_trait,
    sabi_types::VersionStrings,
    std_types::{RBox, ROption, RResult, RStr, RString, RVec},
};

use crate::{Answer, Failure, Request};

/// Levels of [`HostServices::log`].
pub mod level {
    /// For the author of the plugin.
    pub const DEBUG: u8 = 0;
    /// For users who follow the progress.
    pub const INFO: u8 = 1;
    /// A problem that a user should know, although the work continues.
    pub const WARN: u8 = 2;
    /// A failure, which is also returned.
    pub const ERROR: u8 = 3;
}

/// Services of the host for a plugin. They may be used from any thread, also concurrently, until the instance is dropped.
#[sabi_trait]
pub trait HostServices: Clone + Send + Sync {
    /// Writes to the user's log, at one of the levels in [`level`].
    fn log(&self, level: u8, message: RStr<'_>);
    /// Writes a line for the user: to the output while a command of the plugin runs, and otherwise never to the output.
    fn print(&self, text: RStr<'_>);
    /// Reports that `done` of `total` (0: unknown) units of `task` are done; equal numbers end the task.
    fn progress(&self, task: RStr<'_>, done: u64, total: u64);
    /// Returns whether the user ended the program; long work should ask regularly.
    fn cancelled(&self) -> bool;
    /// Returns the keys of the cluster with this name as a JSON object, with the defaults of declared traits.
    fn cluster(&self, name: RStr<'_>) -> RResult<RString, Failure>;
    /// Returns a credential for these actions (`pull`, `push`) as JSON, if one is found: `{"username": .., "password": ..}`,
    /// `{"identity_token": ..}` for a registry's token server, or `{"registry_token": ..}` for the registry.
    fn credential(
        &self,
        registry: RStr<'_>,
        repository: RStr<'_>,
        actions: RVec<RString>,
    ) -> RResult<ROption<RString>, Failure>;
    /// Returns a folder for files that the plugin can fetch again; it exists and is private to the user.
    fn cache_folder(&self) -> RResult<RString, Failure>;
    /// Every other service: JSON in, JSON out, as in [`Instance::call`]. An unknown method is a failure with
    /// [`code::INVALID`](crate::code::INVALID) that names the method. All names belong to Bindery.
    ///
    /// `host.about` accepts any input and returns `{"version", "methods"}`: the version of Bindery as a string, and the name of
    /// every method of this host.
    #[sabi(last_prefix_field)]
    fn call(&self, method: RStr<'_>, input: RStr<'_>) -> RResult<RString, Failure>;
}

/// Services of the host, as a plugin owns them.
pub type HostBox = HostServices_TO<'static, RBox<()>>;

/// Open plugin. The host calls it from any thread, also concurrently. Dropping it closes the plugin; no thread of the plugin runs
/// after that.
#[sabi_trait]
pub trait Instance: Send + Sync {
    /// Answers every request, in the order of the requests.
    fn bind(&self, requests: RVec<Request>) -> RResult<RVec<RResult<Answer, Failure>>, Failure>;
    /// Every other ability: JSON in, JSON out. An unknown method is a failure with [`code::INVALID`](crate::code::INVALID) that
    /// names the method. Names of methods with a dot belong to Bindery.
    ///
    /// `auth.credential` has the input `{"source", "config", "registry", "repository", "actions"}` and returns a credential like
    /// [`HostServices::credential`], or `null`. The repository is empty for a registry as a whole. `binder.review` has the input
    /// `{"binder", "recalled"}` and returns a failure or `null` for each. `command.run` has the input `{"command", "arguments",
    /// "options"}` and returns `{"code"}`. `lifecycle.before_dispatch`, `lifecycle.before_execution` and
    /// `lifecycle.after_execution` have the input `{"run", "arguments", "code"}` and return `{"arguments"}`. Commands and steps
    /// may return `{"error"}` instead, a failure with the member `exit`. `hook.call` has the input `{"hook", "event", "call"}`,
    /// with `answer` or `error`, and returns whether the call is allowed.
    #[sabi(last_prefix_field)]
    fn call(&self, method: RStr<'_>, input: RStr<'_>) -> RResult<RString, Failure>;
}

/// Open plugin, as the host owns it.
pub type InstanceBox = Instance_TO<'static, RBox<()>>;

/// Exports of a library.
#[repr(C)]
#[derive(StableAbi)]
#[sabi(kind(Prefix(prefix_ref = PluginModule_Ref)))]
#[sabi(missing_field(panic))]
pub struct PluginModule {
    /// Returns the description: the JSON text that is also in the file.
    pub describe: extern "C" fn() -> RString,
    /// Opens the plugin with `{"config", "registries", "limits", "network", "options", "record"}`, described at `open` in the
    /// plugin protocol.
    #[sabi(last_prefix_field)]
    pub open: extern "C" fn(HostBox, RStr<'_>) -> RResult<InstanceBox, Failure>,
}

impl RootModule for PluginModule_Ref {
    declare_root_module_statics! {PluginModule_Ref}
    const BASE_NAME: &'static str = "bindery_plugin";
    const NAME: &'static str = "bindery_plugin";
    const VERSION_STRINGS: VersionStrings = package_version_strings!();
}

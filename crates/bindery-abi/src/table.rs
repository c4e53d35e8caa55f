//! The function tables: what a plugin exports, what it opens to, what the host offers.
//!
//! Every function catches its own panics; one that left a table would end the process.

use abi_stable::{
    StableAbi, declare_root_module_statics,
    library::RootModule,
    package_version_strings, sabi_trait,
    sabi_types::VersionStrings,
    std_types::{RBox, ROption, RResult, RStr, RString, RVec},
};

use crate::{Answer, Failure, Request};

/// The levels of [`HostServices::log`].
pub mod level {
    /// For the author of the plugin.
    pub const DEBUG: u8 = 0;
    /// For whoever wants to follow what happens.
    pub const INFO: u8 = 1;
    /// Something a user should look at, although work goes on.
    pub const WARN: u8 = 2;
    /// Something went wrong; the failure that follows from it is returned as well.
    pub const ERROR: u8 = 3;
}

/// What the host does for a plugin. May be used from any thread, also by several at a time, until the instance is dropped.
#[sabi_trait]
pub trait HostServices: Clone + Send + Sync {
    /// Says something to the user's log, at one of the levels in [`level`].
    fn log(&self, level: u8, message: RStr<'_>);
    /// Writes a line for the user: among the output while a command of the plugin runs, else never there.
    fn print(&self, text: RStr<'_>);
    /// Shows that `done` of `total` (0: unknown) units of `task` are done; equal numbers end it.
    fn progress(&self, task: RStr<'_>, done: u64, total: u64);
    /// Whether the user wants the program to end; long work should ask now and then.
    fn cancelled(&self) -> bool;
    /// The keys of the cluster with this name as a JSON object, defaults of declared traits filled in.
    fn cluster(&self, name: RStr<'_>) -> RResult<RString, Failure>;
    /// A credential for these actions (`pull`, `push`) as JSON, if anybody has one: `{"username": .., "password": ..}`,
    /// `{"identity_token": ..}` for a registry's token server, or `{"registry_token": ..}` for the registry itself.
    fn credential(
        &self,
        registry: RStr<'_>,
        repository: RStr<'_>,
        actions: RVec<RString>,
    ) -> RResult<ROption<RString>, Failure>;
    /// A folder of the plugin's own for what can be fetched again; it exists and is private to the user.
    fn cache_folder(&self) -> RResult<RString, Failure>;
    /// Every other service: JSON in, JSON out, as in [`Instance::call`]. A method that this host does not have is a failure
    /// with [`code::INVALID`](crate::code::INVALID) that names it. All names belong to Bindery.
    ///
    /// `host.about` takes anything and gives `{"version", "methods"}`: the version of Bindery as text, and the name of every
    /// method that this host has.
    #[sabi(last_prefix_field)]
    fn call(&self, method: RStr<'_>, input: RStr<'_>) -> RResult<RString, Failure>;
}

/// The services of the host, as a plugin holds them.
pub type HostBox = HostServices_TO<'static, RBox<()>>;

/// An open plugin. The host calls it from any thread, also from several at a time. Dropping it closes it; no thread of the
/// plugin outlives that.
#[sabi_trait]
pub trait Instance: Send + Sync {
    /// Answers every request, in the order given.
    fn bind(&self, requests: RVec<Request>) -> RResult<RVec<RResult<Answer, Failure>>, Failure>;
    /// Every other ability: JSON in, JSON out. A method that the plugin does not have is a failure with
    /// [`code::INVALID`](crate::code::INVALID) that names it. Names of methods with a dot belong to Bindery.
    ///
    /// `auth.credential` takes `{"source", "config", "registry", "repository", "actions"}` and gives a credential as
    /// [`HostServices::credential`] does, or `null`. The repository is empty where a registry as a whole is meant.
    /// `binder.review` takes `{"binder", "recalled"}` and gives a failure or `null` for each.
    /// `command.run` takes `{"command", "arguments", "options"}` and gives `{"code"}`. `lifecycle.before_dispatch`,
    /// `lifecycle.before_execution` and `lifecycle.after_execution` take `{"run", "arguments", "code"}` and give `{"arguments"}`.
    /// Both may give `{"error"}` instead, a failure with the member `exit`. `hook.call` takes `{"hook", "event", "call"}`, with
    /// `answer` or `error`, and gives whether the call may be made.
    #[sabi(last_prefix_field)]
    fn call(&self, method: RStr<'_>, input: RStr<'_>) -> RResult<RString, Failure>;
}

/// An open plugin, as the host holds it.
pub type InstanceBox = Instance_TO<'static, RBox<()>>;

/// What a library exports.
#[repr(C)]
#[derive(StableAbi)]
#[sabi(kind(Prefix(prefix_ref = PluginModule_Ref)))]
#[sabi(missing_field(panic))]
pub struct PluginModule {
    /// The description: the same JSON text as in the file.
    pub describe: extern "C" fn() -> RString,
    /// Opens the plugin with `{"config", "registries", "limits", "network", "options", "record"}`, which `open` of the plugin protocol
    /// explains.
    #[sabi(last_prefix_field)]
    pub open: extern "C" fn(HostBox, RStr<'_>) -> RResult<InstanceBox, Failure>,
}

impl RootModule for PluginModule_Ref {
    declare_root_module_statics! {PluginModule_Ref}
    const BASE_NAME: &'static str = "bindery_plugin";
    const NAME: &'static str = "bindery_plugin";
    const VERSION_STRINGS: VersionStrings = package_version_strings!();
}

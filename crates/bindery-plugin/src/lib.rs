//! Author kit for Bindery plugins.
//!
//! A plugin is a `cdylib` that depends on this crate and declares its parts:
//!
//! ```
//! use bindery_plugin::{Answer, BindError, Binder, Host, Match, export_plugin};
//!
//! /// Binds `{{greeting[language]}}` to a greeting in that language.
//! struct Greeting;
//!
//! impl Binder for Greeting {
//!     const NAME: &'static str = "greeting";
//!     const PATTERN: &'static str = "greeting[*]";
//!
//!     fn bind(&self, _host: &Host, found: &Match) -> Result<Answer, BindError> {
//!         match found.index(0) {
//!             "en" => Ok(Answer::text("hello")),
//!             other => Err(BindError::not_found(format!("no greeting in `{other}`")).hint("known languages: en")),
//!         }
//!     }
//! }
//!
//! export_plugin! { name: "greeting", binders: [Greeting] }
//! # fn main() {}
//! ```
//!
//! Besides [binders](Binder) a plugin may have:
//!
//! - as data, [cluster traits](Trait), [names for job files](Definition) and [options](Opt) of every command;
//! - [commands](Command), [steps](Lifecycle) of every run, and [hooks](ApiHook) for calls to a scheduler;
//! - [sources of credentials](AuthSource), and [methods](Method) for other abilities.
//!
//! [`export_plugin!`] lists the parts; [`Setup`] has the settings of a part, and values that parts share. The list is stored in the file of
//! the library, so that a host reads it without loading the library.
//!
//! [`Host`] has the services of the host. A plugin reads no credential files and no cluster files, and never writes to the terminal. A
//! plugin has a separate copy of the standard library and of every crate: the `log` or `tracing` subscriber, the panic hook and the runtime of
//! the host do not exist in it. It logs through the host, and a binder that needs a runtime owns one.
//!
//! A panic becomes an error that names the plugin. The host refuses a library built with `panic = "abort"`. [`testing`] calls a plugin
//! without a library.

#![deny(missing_docs)]

mod auth;
mod binder;
mod command;
mod credential;
mod declaration;
mod describe;
mod error;
mod export;
mod guard;
mod hook;
mod host;
mod lifecycle;
mod method;
mod schema;
mod setup;
pub mod testing;
mod traits;

pub use auth::{AuthSource, CredentialQuery};
pub use binder::{Answer, Binder, Match};
pub use command::{Argument, Arguments, Command, Opt};
pub use credential::{Credential, Exposed};
pub use error::{BindError, BindErrorKind, Error};
pub use hook::{ApiCall, ApiHook, HOOKED_METHODS};
pub use host::{About, Cluster, Host};
pub use lifecycle::{Lifecycle, Run, Step};
pub use method::Method;
pub use schema::{Data, Definition, Member, Type};
pub use setup::Setup;
pub use traits::{Field, Trait};

/// JSON values, the form of open-ended data between plugin and host.
pub use serde_json::{Map, Value as Json, json};

/// Serde, for `#[derive(Deserialize)]` without another dependency: add `#[serde(crate = "bindery_plugin::serde")]`.
pub use serde;

/// Items of the expansion of `export_plugin!`, not for direct use.
#[doc(hidden)]
pub mod exported {
    pub use bindery_abi::{
        Card, Failure, HostBox, InstanceBox, PluginModule_Ref,
        stable::{
            __call_root_module_loader, CheckTypeLayout, LibHeader, RResult, RStr, RString,
            RootModuleResult,
        },
    };

    pub use crate::declaration::{
        AuthDeclaration, BinderDeclaration, CommandDeclaration, Description, HookDeclaration,
    };
    pub use crate::export::{Parts, describe, module, open};
}

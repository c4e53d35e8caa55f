//! What the author of a Bindery plugin imports.
//!
//! A plugin is a `cdylib` that depends on this crate and says what it provides:
//!
//! ```
//! use bindery_plugin::{Answer, BindError, Binder, Host, Match, export_plugin};
//!
//! /// Binds `{{greeting[language]}}` to a word of welcome.
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
//! Besides [binders](Binder) a plugin may provide:
//!
//! - as data, [cluster traits](Trait), [names for job files](Definition) and [options](Opt) of every command;
//! - [commands](Command) of its own, and parts that take part in every run: its [life cycle](Lifecycle), and
//!   [hooks](ApiHook) around calls to a scheduler;
//! - [sources of credentials](AuthSource), and [methods](Method) for all else.
//!
//! [`export_plugin!`] lists them all; a plugin whose parts need settings or share a connection reads on at [`Setup`]. What it
//! lists stands in the library's file, so that a host knows it without opening the library.
//!
//! What the host does for a plugin is [`Host`]. A plugin never looks for credentials or clusters itself, and never writes
//! to the terminal. It has a standard library of its own: a `log` or `tracing` subscriber, a panic hook or a runtime of the
//! host's is not there, so log through the host, and keep a runtime, if you need one, inside your binder.
//!
//! A panic is caught here and becomes an error that names the plugin, as long as the library is not built with
//! `panic = "abort"`, which the host refuses. [`testing`] calls a plugin without a library.

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

/// JSON, as it crosses to and from the host.
pub use serde_json::{Map, Value as Json, json};

/// For `#[derive(Deserialize)]` without a dependency of one's own: add `#[serde(crate = "bindery_plugin::serde")]`.
pub use serde;

/// What `export_plugin!` expands to; nothing here is for authors.
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

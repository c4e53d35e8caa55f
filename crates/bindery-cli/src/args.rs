//! Options that several commands share.

mod cache;
mod inputs;
mod lock;
mod plugin_option;
mod sandbox;

pub use cache::CacheOptions;
pub use inputs::{Inputs, LockedInputs};
pub use lock::LockOptions;
pub use plugin_option::PluginOption;
pub use sandbox::Sandbox;

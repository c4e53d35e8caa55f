//! Options that several commands share.

mod cache;
mod inputs;
mod lock;
mod options;
mod plugin_option;
mod sandbox;

pub use inputs::{Inputs, LockedInputs};
pub use lock::LockOptions;
pub use options::{EarlyArguments, Options};
pub use sandbox::Sandbox;

//! Options of the Aurora client's hooks.

use clap::Args;

/// Options that the Aurora client's hooks add to every verb.
#[derive(Args)]
pub struct HookOptions {
    /// Ignored; for compatibility with the Aurora client
    #[arg(long, value_name = "HOOKS")]
    skip_hooks: Option<String>,
}

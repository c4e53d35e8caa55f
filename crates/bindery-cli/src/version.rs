//! Version of the program.

use bindery_host::ABI_REVISION;

/// Returns the version, the commit with its date, and the version of the plugin interface, as in `0.1.0 (f52675e 2026-11-30) abi 1`. The
/// commit is missing in a build without a git repository.
pub fn version() -> String {
    format!("{} abi {ABI_REVISION}", env!("BINDERY_VERSION"))
}

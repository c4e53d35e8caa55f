//! Binder sources: a lock file in front of binders, a recorder of binders, and a recording.

mod lock;
mod record;
mod replay;

pub use lock::LockSource;
pub use record::RecordSource;
pub use replay::{FIXTURE_FILE_NAME, ReplaySource};

//! Rendering of job files: load, select, bind, check.
//!
//! A [`Renderer`] reads a job file, asks binders for the refs in the selected jobs, and returns the jobs as plain data that a target
//! encodes. The binders come from a [`BinderSource`]: plugins, a [`LockSource`] in front of plugins, a [`ReplaySource`], or a closure.
//!
//! Prints nothing and knows no exit code: errors, warnings and answers are values. Reads job files, lock files and fixtures; writes no
//! file by itself. Knows nothing of plugins, registries or the network.
//!
//! ```
#![doc = include_str!("../examples/closure.rs")]
//! ```
//!
//! Start at [`Renderer::new`].

#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod answers;
mod binder_source;
mod binding;
mod closure_binder;
mod entry_writer;
mod error;
mod input;
mod load;
mod lock_file;
mod prelude;
mod program;
mod regular_file;
mod renderer;
mod selected_jobs;
mod sources;
mod text;
mod unbound;

pub use answers::KeyedAnswer;
pub use binder_source::{BinderSource, FixedBinders};
pub use bindery_job::Selection;
pub use bindery_loader::Options as LoaderOptions;
pub use binding::Binding;
pub use closure_binder::{ClosureBinder, binder_fn};
pub use entry_writer::{EntryWriter, unused_entries};
pub use error::RenderError;
pub use input::Input;
pub use load::LoadedFile;
pub use lock_file::{LOCK_FILE_NAME, LockFile};
pub use prelude::{Definitions, Prelude, StockNames};
pub use program::{Print, Program};
pub use regular_file::read_regular_file;
pub use renderer::{Rendered, RenderedText, Renderer};
pub use sources::{FIXTURE_FILE_NAME, LockSource, RecordSource, ReplaySource};

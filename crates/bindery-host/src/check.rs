//! Full check of one library.

use std::path::Path;
use std::sync::Arc;

use crate::description::Description;
use crate::discover::inspect::inspect;
use crate::discover::trust::Trust;
use crate::error::{LibraryError, Reason};
use crate::plugin::Plugin;
use crate::services::{HostHandle, NoServices};
use crate::settings::Settings;

/// Checks a library as far as possible without calling a part of the plugin: inspects the file, loads the library, compares the function
/// tables, opens the plugin with its settings, and closes it.
///
/// The inspection comes first, so a library that would end the process, or that another user could have written, is not loaded.
///
/// # Errors
///
/// The first problem; [`LibraryError::line`] includes a hint.
pub fn check(path: &Path, settings: &Settings) -> Result<Description, LibraryError> {
    let unreadable = |error| LibraryError::of(path, Reason::Unreadable(error));
    let file = path.canonicalize().map_err(unreadable)?;
    let inspected = inspect(path, &file)?;
    let trusted = Trust::new().check(&file).map_err(unreadable)?;
    trusted.map_err(|objection| LibraryError::of(path, Reason::Untrusted(objection)))?;
    let description = inspected.description.clone();
    let host = HostHandle::new(&description, Arc::new(NoServices), None);
    Plugin::new(inspected, settings, host).open()?;
    Ok(description)
}

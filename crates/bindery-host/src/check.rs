//! A thorough look at one library.

use std::{
    path::Path,
    sync::{Arc, Weak},
};

use crate::{
    Description, LibraryError, NoServices, Plugin, Reason, Settings, discover::inspect::inspect,
    discover::trust::Trust, services::Bridge,
};

/// Looks at a library as thoroughly as one can without asking it anything: reads its file, loads it, compares the tables, opens
/// the plugin with its settings and closes it again.
///
/// What can be seen in the file is looked at before anything is loaded, so that a library that would end the process is not, nor
/// one that somebody else could have written.
///
/// # Errors
///
/// What is wrong; [`LibraryError::line`] tells it with what to do.
pub fn check(path: &Path, settings: &Settings) -> Result<Description, LibraryError> {
    let unreadable = |error| LibraryError::of(path, Reason::Unreadable(error));
    let file = path.canonicalize().map_err(unreadable)?;
    let inspected = inspect(path, &file)?;
    let trusted = Trust::new().check(&file).map_err(unreadable)?;
    trusted.map_err(|why| LibraryError::of(path, Reason::Untrusted(why)))?;
    let description = inspected.description.clone();
    let bridge = Bridge::new(&description, Arc::new(NoServices), Weak::new());
    Plugin::new(inspected, settings, bridge).open()?;
    Ok(description)
}

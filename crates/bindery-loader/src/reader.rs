//! Reading of source files, which the loader leaves to its caller.

use std::path::{Path, PathBuf};

use bindery_python::ReadError;

/// Reads files for a load; the loader itself does no IO and decides which paths are asked for.
pub trait SourceReader {
    /// The bytes of the file at `path`.
    ///
    /// # Errors
    ///
    /// [`ReadError::NotFound`] when there is no such file, else what the system said.
    fn read(&self, path: &Path) -> Result<Vec<u8>, ReadError>;

    /// `path` as an absolute one without links and `..`, so that a link cannot lead out of the allowed folders.
    ///
    /// # Errors
    ///
    /// As [`SourceReader::read`].
    fn canonical(&self, path: &Path) -> Result<PathBuf, ReadError>;

    /// Whether `path` is a folder.
    fn is_folder(&self, path: &Path) -> bool;
}

/// A reader without files, for texts in memory.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoFiles;

impl SourceReader for NoFiles {
    fn read(&self, _path: &Path) -> Result<Vec<u8>, ReadError> {
        Err(ReadError::NotFound)
    }

    fn canonical(&self, _path: &Path) -> Result<PathBuf, ReadError> {
        Err(ReadError::NotFound)
    }

    fn is_folder(&self, _path: &Path) -> bool {
        false
    }
}

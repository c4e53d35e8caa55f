//! Reading of source files, which the loader leaves to its caller.

use std::path::{Path, PathBuf};

use bindery_python::ReadError;

/// Reads files for a load. The loader itself performs no IO, and decides which paths are requested.
pub trait SourceReader {
    /// Returns the bytes of the file at `path`.
    ///
    /// # Errors
    ///
    /// [`ReadError::NotFound`] if the file does not exist, else the error of the operating system.
    fn read(&self, path: &Path) -> Result<Vec<u8>, ReadError>;

    /// Returns `path` as an absolute path without links and `..`, so that a link cannot lead out of the allowed folders.
    ///
    /// # Errors
    ///
    /// As [`SourceReader::read`].
    fn canonical(&self, path: &Path) -> Result<PathBuf, ReadError>;

    /// Checks whether `path` is a folder.
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

//! Lock file on disk.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use bindery_diagnostic::{Diagnostic, Diagnostics, Kind, Place, Quote};
use bindery_lockfile::Lockfile;

use crate::regular_file::read_regular_file;

/// Name of the lock file in the folder of a job file.
pub const LOCK_FILE_NAME: &str = "bindery.lock";

/// Maximum size of a lock file in bytes; 100,000 entries need about 85 MiB.
const MAX_SIZE: u64 = 256 << 20;

/// Lock file that was read from disk. A file that does not exist has no entries.
#[derive(Clone)]
pub struct LockFile {
    path: PathBuf,
    /// Text of the file; `None` if the file does not exist.
    text: Option<String>,
    lockfile: Rc<Lockfile>,
}

impl LockFile {
    /// Reads the file at `path`.
    ///
    /// # Errors
    ///
    /// If the file cannot be read or is not a valid lock file.
    pub fn read(path: PathBuf) -> Result<Self, Diagnostics> {
        let text = read(&path).map_err(|error| {
            let message = format!("cannot read the lock file `{}`", path.display());
            Diagnostic::new(Kind::Invalid, message).cause(error)
        })?;
        let lockfile = match &text {
            None => Lockfile::default(),
            Some(text) => Lockfile::parse(text).map_err(|error| {
                let mut place = Place::new(&path, Some((error.line, 1)));
                if let Some(line) = text.lines().nth(error.line - 1) {
                    place = place.with_quote(Quote { line, at: 0 });
                }
                Diagnostic::new(Kind::Invalid, error.to_string())
                    .at_place(place)
                    .hint(error.problem.hint())
            })?,
        };
        Ok(Self {
            path,
            text,
            lockfile: Rc::new(lockfile),
        })
    }

    /// Reads the lock file in the folder of `file`.
    ///
    /// # Errors
    ///
    /// Same as [`LockFile::read`].
    pub fn next_to(file: &Path) -> Result<Self, Diagnostics> {
        Self::read(file.with_file_name(LOCK_FILE_NAME))
    }

    /// Returns the file with other entries, which are not on disk yet.
    pub fn with_entries(&self, lockfile: Lockfile) -> Self {
        Self {
            lockfile: Rc::new(lockfile),
            ..self.clone()
        }
    }

    /// Returns true if the file was on disk.
    pub fn exists(&self) -> bool {
        self.text.is_some()
    }

    /// Returns the path of the file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the entries.
    pub fn lockfile(&self) -> &Rc<Lockfile> {
        &self.lockfile
    }

    /// Replaces the file on disk with one that has these entries. Does nothing if the text of the file would not change.
    ///
    /// `write` writes a whole file or fails without a trace. Takes turns with other processes that replace a lock file in the same folder.
    ///
    /// # Errors
    ///
    /// If another process has changed the file since it was read, or the file cannot be written.
    pub fn replace(
        &self,
        lockfile: &Lockfile,
        write: impl FnOnce(&Path, &[u8]) -> Result<(), Diagnostics>,
    ) -> Result<(), Diagnostics> {
        let text = lockfile.to_text();
        if self.text.as_ref() == Some(&text) || (self.text.is_none() && lockfile.is_empty()) {
            return Ok(());
        }
        let failed = |message: String| Diagnostic::new(Kind::Internal, message);
        let folder = match self.path.parent() {
            Some(folder) if folder != Path::new("") => folder,
            _ => Path::new("."),
        };
        // The folder is locked, since the file is replaced. Closing the folder ends the lock.
        let _turn = File::open(folder)
            .and_then(|folder| folder.lock().map(|()| folder))
            .map_err(|error| {
                failed(format!("cannot lock the folder `{}`", folder.display())).cause(error)
            })?;
        let current = read(&self.path).map_err(|error| {
            failed(format!("cannot read `{}`", self.path.display())).cause(error)
        })?;
        if current != self.text {
            let message = format!(
                "another process has changed `{}` in the meantime",
                self.path.display()
            );
            return Err(failed(message).hint("run the command again").into());
        }
        write(&self.path, text.as_bytes())
    }
}

/// Reads the text of a file; `None` if the file does not exist.
fn read(path: &Path) -> io::Result<Option<String>> {
    let bytes = read_regular_file(path, MAX_SIZE)?;
    bytes
        .map(|bytes| String::from_utf8(bytes).map_err(io::Error::other))
        .transpose()
}

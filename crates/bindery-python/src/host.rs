//! Interface to files, environment variables, the user and the clock.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::rc::Rc;

/// Access to files, environment variables, the user's name and the clock.
///
/// The evaluator performs no input or output. A host decides how each question is answered, and may record it.
pub trait Host {
    /// Reads a file for `open(path)`.
    ///
    /// # Errors
    ///
    /// [`Unreadable`] if the file does not exist or the program must not read it.
    fn read(&mut self, path: &str) -> Result<Vec<u8>, Unreadable>;

    /// Returns what `path` names, or `None` if the program must not see it.
    fn file_kind(&self, path: &str) -> Option<FileKind>;

    /// Finds and reads the file that `include(path)` names.
    ///
    /// # Errors
    ///
    /// [`IncludeError`] if the file does not exist or is running already.
    fn find_include(&mut self, path: &str) -> Result<Include, IncludeError>;

    /// Records that `file`, whose decoded text is `text`, starts to run.
    fn begin_include(&mut self, file: &Include, text: &Rc<str>);

    /// Records that the file that started last has ended.
    fn end_include(&mut self);

    /// Returns the name of the top file, for `sys.argv`.
    fn script(&self) -> Rc<str>;

    /// Returns the value of an environment variable, or `None` if it is unset or not allowed.
    fn variable(&mut self, name: &str) -> Option<String>;

    /// Returns all environment variables that the program may see.
    fn variables(&mut self) -> BTreeMap<String, String>;

    /// Returns the name of the user, if it is known.
    fn user(&mut self) -> Option<String>;

    /// Returns the time in seconds since 1970, if the program may see it.
    fn now(&mut self) -> Option<i64>;

    /// Prints text that the program wrote to one of its streams.
    fn print(&mut self, text: &str);
}

/// A file that `include()` names.
#[derive(Clone, Debug)]
pub struct Include {
    /// Path in the words of the program.
    pub given: String,
    /// Name of the file in messages.
    pub name: Rc<str>,
    /// Path from the including file's folder.
    pub path: PathBuf,
    /// Absolute path without links.
    pub canonical: PathBuf,
    /// Contents.
    pub bytes: Vec<u8>,
}

/// Kind of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// A regular file.
    File,
    /// A folder.
    Folder,
}

/// Error of [`Host::find_include`].
#[derive(Clone, Debug)]
pub enum IncludeError {
    /// The running text is not a file, so includes have no folder to start from.
    NoFolder,
    /// The file cannot be read.
    Unreadable(Unreadable),
    /// The file is running already; the names of the running files, outermost first, and of the file itself.
    Cycle(Vec<Rc<str>>),
}

/// Why the program cannot read a file.
#[derive(Clone, Debug)]
pub enum Unreadable {
    /// The file is outside of the folders the program may read.
    Outside,
    /// Reading failed.
    Failed(ReadError),
}

/// Why a file could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// The file does not exist.
    #[error("No such file or directory")]
    NotFound,
    /// The path names a folder.
    #[error("Is a directory")]
    IsFolder,
    /// The operating system refused access.
    #[error("Permission denied")]
    Denied,
    /// Any other error, in the words of the operating system.
    #[error("{0}")]
    Failed(String),
}

/// A host without files, variables, user and clock; printed text is discarded.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoHost;

impl Host for NoHost {
    fn read(&mut self, _path: &str) -> Result<Vec<u8>, Unreadable> {
        Err(Unreadable::Failed(ReadError::NotFound))
    }

    fn file_kind(&self, _path: &str) -> Option<FileKind> {
        None
    }

    fn find_include(&mut self, _path: &str) -> Result<Include, IncludeError> {
        Err(IncludeError::NoFolder)
    }

    fn begin_include(&mut self, _file: &Include, _text: &Rc<str>) {}

    fn end_include(&mut self) {}

    fn script(&self) -> Rc<str> {
        "".into()
    }

    fn variable(&mut self, _name: &str) -> Option<String> {
        None
    }

    fn variables(&mut self) -> BTreeMap<String, String> {
        BTreeMap::new()
    }

    fn user(&mut self) -> Option<String> {
        None
    }

    fn now(&mut self) -> Option<i64> {
        None
    }

    fn print(&mut self, _text: &str) {}
}

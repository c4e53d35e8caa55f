//! Programs, evaluated by the loader under test.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use bindery_core::{Definition, Error};
use bindery_loader::{Loader, Namespace, Options, ReadError, SourceReader};

/// A file to evaluate, with the names it finds without importing them.
pub(crate) struct Program<'a> {
    /// Relative paths are below this folder.
    pub(crate) folder: &'a Path,
    /// The file, relative to the folder.
    pub(crate) file: String,
    /// Names beside those of the language.
    pub(crate) prelude: Vec<(Rc<str>, Definition)>,
}

impl Program<'_> {
    /// Runs it as the user `vagrant`, as the reference was, with nothing of the environment.
    pub(crate) fn load(self) -> Result<Namespace, Raised> {
        let options = Options {
            user: Some("vagrant".to_owned()),
            ..Options::default()
        };
        let files = Files {
            folder: self.folder.to_owned(),
        };
        let mut loader = Loader::new(self.prelude, options, Box::new(files));
        loader.load(&self.file).map_err(Raised::from)
    }
}

/// Files of the real file system; the working folder is the suite's, whatever the process's is.
struct Files {
    folder: PathBuf,
}

impl SourceReader for Files {
    fn read(&self, path: &Path) -> Result<Vec<u8>, ReadError> {
        fs::read(self.folder.join(path)).map_err(why)
    }

    fn canonical(&self, path: &Path) -> Result<PathBuf, ReadError> {
        self.folder.join(path).canonicalize().map_err(why)
    }

    fn is_folder(&self, path: &Path) -> bool {
        self.folder.join(path).is_dir()
    }
}

fn why(error: io::Error) -> ReadError {
    match error.kind() {
        io::ErrorKind::NotFound => ReadError::NotFound,
        io::ErrorKind::IsADirectory => ReadError::IsFolder,
        io::ErrorKind::PermissionDenied => ReadError::Denied,
        _ => ReadError::Failed(error.to_string()),
    }
}

/// An exception that ended a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Raised {
    /// The name of its class, as in `ValueError`.
    pub(crate) class: String,
    /// What it says.
    pub(crate) message: String,
}

impl Raised {
    pub(crate) fn new(class: &str, message: impl Into<String>) -> Self {
        Self {
            class: class.to_owned(),
            message: message.into(),
        }
    }
}

impl From<Error> for Raised {
    fn from(error: Error) -> Self {
        Self::new(error.kind().class_name(), error.message())
    }
}

impl From<bindery_loader::Error> for Raised {
    fn from(error: bindery_loader::Error) -> Self {
        Self::new(&error.class, error.message)
    }
}

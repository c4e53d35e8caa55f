//! Evaluation of programs by the loader under test.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use bindery_core::{Definition, Error};
use bindery_loader::{Loader, Namespace, Options, ReadError, SourceReader};

/// File to evaluate, with the names that it can use without an import.
pub(crate) struct Program<'a> {
    /// Folder of relative paths.
    pub(crate) folder: &'a Path,
    /// Path of the file, relative to the folder.
    pub(crate) file: String,
    /// Names besides the names of the language.
    pub(crate) prelude: Vec<(Rc<str>, Definition)>,
}

impl Program<'_> {
    /// Runs the file as the user `vagrant`, like the reference, with an empty environment.
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

/// Files of the real file system, with the suite's folder as the working folder.
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

/// Exception that ended a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Raised {
    /// Name of the class, as in `ValueError`.
    pub(crate) class: String,
    /// Message of the exception.
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

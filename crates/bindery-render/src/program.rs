//! Evaluation of a file, with errors and warnings at their places.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use bindery_core::{Origin, PartProblem};
use bindery_diagnostic::{Diagnostic, Kind, Place, Quote};
use bindery_loader::{Error, Loader, Namespace, Options, ReadError, SourceReader};

use crate::input::Input;
use crate::prelude::Definitions;

/// Receiver of the text that programs print.
pub type Print = Rc<dyn Fn(&str)>;

/// File in Python syntax and its evaluator.
pub struct Program {
    input: Input,
    loader: Loader,
}

impl Program {
    /// Creates a program that finds `names` besides the names of Python and of the template language, and prints to `print`.
    ///
    /// # Panics
    ///
    /// If `input` is JSON.
    pub fn new(input: &Input, names: Definitions, options: Options, print: Print) -> Self {
        assert!(
            !matches!(input, Input::Json(_)),
            "JSON has no program to evaluate"
        );
        let mut loader = Loader::new(names, options, Box::new(Files));
        loader.on_print(move |text| print(text));
        Self {
            input: input.clone(),
            loader,
        }
    }

    /// Evaluates the file.
    ///
    /// # Errors
    ///
    /// The error of the program; [`Program::diagnostic`] gives it a place in a file.
    pub fn run(&mut self) -> Result<Namespace, Error> {
        match &self.input {
            Input::File(file) | Input::Json(file) => self.loader.load(file),
            Input::Text { name, text } => self.loader.evaluate(name, text),
        }
    }

    /// Returns the warnings of the evaluation so far, in order.
    pub fn warnings(&self) -> Vec<Diagnostic> {
        let warning = |warning: bindery_loader::Warning| {
            let mut diagnostic = Diagnostic::new(Kind::Invalid, warning.message);
            diagnostic.hint = warning.hint;
            match &warning.place {
                Some(place) => diagnostic.at_place(self.resolve(place)),
                None => diagnostic,
            }
        };
        self.loader.warnings().into_iter().map(warning).collect()
    }

    /// Returns the file and position of a literal or a constructor call.
    pub fn place(&self, origin: Origin) -> Option<Place> {
        Some(self.resolve(&self.loader.place(origin)?))
    }

    /// Returns an error of this program with its place and the calls that led to it.
    pub fn diagnostic(&self, error: &Error) -> Diagnostic {
        let mut diagnostic = Diagnostic::new(Kind::Invalid, error.to_string());
        diagnostic = match &error.place {
            Some(place) => diagnostic.at_place(self.resolve(place)),
            None => diagnostic.at(self.input.file(), None),
        };
        for step in &error.steps {
            diagnostic = diagnostic.cause(step);
        }
        diagnostic.hint.clone_from(&error.hint);
        diagnostic
    }

    /// Returns a note about a part of an object as a warning.
    pub fn note(&self, note: &PartProblem) -> Diagnostic {
        warning_of_note(note, note.origin.and_then(|origin| self.place(origin)))
    }

    /// Returns a place of the loader, which names files relative to the folder of the top file.
    fn resolve(&self, place: &bindery_loader::Place) -> Place {
        let folder = self.input.file().parent().unwrap_or(Path::new(""));
        let (line, column) = (place.line as usize, place.column as usize);
        Place::new(folder.join(&place.file), Some((line, column)))
            .with_quote(Quote::of_column(&place.text, column))
    }
}

/// Returns a note about a part of an object as a warning at `place`.
pub(crate) fn warning_of_note(note: &PartProblem, place: Option<Place>) -> Diagnostic {
    let message = if note.path.is_empty() {
        note.message.clone()
    } else {
        format!("`{}`: {}", note.path, note.message)
    };
    let mut warning = Diagnostic::new(Kind::Invalid, message);
    warning.hint.clone_from(&note.hint);
    match place {
        Some(place) => warning.at_place(place),
        None => warning,
    }
}

/// Files of this machine.
struct Files;

impl SourceReader for Files {
    fn read(&self, path: &Path) -> Result<Vec<u8>, ReadError> {
        fs::read(path).map_err(|error| read_error(&error))
    }

    fn canonical(&self, path: &Path) -> Result<PathBuf, ReadError> {
        path.canonicalize().map_err(|error| read_error(&error))
    }

    fn is_folder(&self, path: &Path) -> bool {
        path.is_dir()
    }
}

fn read_error(error: &io::Error) -> ReadError {
    match error.kind() {
        io::ErrorKind::NotFound => ReadError::NotFound,
        io::ErrorKind::IsADirectory => ReadError::IsFolder,
        io::ErrorKind::PermissionDenied => ReadError::Denied,
        _ => ReadError::Failed(error.to_string()),
    }
}

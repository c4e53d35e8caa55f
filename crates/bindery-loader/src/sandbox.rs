//! Sandbox of a load: files below the root folder, allowed variables, a fixed clock.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use bindery_python::{FileKind, Host, Include, IncludeError, ReadError, Unreadable, normalize};

use crate::reader::SourceReader;

/// Limits and permissions of a load.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Limits of the program.
    pub limits: bindery_python::Limits,
    /// Name of the local user: `getpass.getuser()`, and the variables `USER` and `LOGNAME`.
    pub user: Option<String>,
    /// Environment variables that the program may see, with their values.
    pub environment: BTreeMap<String, String>,
    /// Files and folders outside of the top file's folder that the program may read.
    pub readable: Vec<PathBuf>,
    /// Time in seconds since 1970; without it, reading the clock is an error.
    pub source_date_epoch: Option<i64>,
}

/// Everything a load has read; together with the text it determines the result.
#[derive(Clone, Debug, Default)]
pub struct Inputs {
    /// Source texts; each key is the including file, a NUL, and the text given to `include`.
    pub loadables: Vec<(String, Rc<str>)>,
    /// Files read by `open()`, relative to the top file's folder if they are below it.
    pub files: BTreeSet<String>,
    /// Environment variables that were read; `None` for a variable that counted as unset.
    pub environment: BTreeMap<String, Option<String>>,
    /// Whether the user's name was read.
    pub user: bool,
    /// Whether the clock was read.
    pub clock: bool,
}

/// State of a load: its [`Options`], and what was read so far.
pub(crate) struct Sandbox {
    pub(crate) options: Options,
    pub(crate) reader: Box<dyn SourceReader>,
    pub(crate) print_to: Box<dyn FnMut(&str)>,
    pub(crate) inputs: Inputs,
    /// Folder of the top file, as given and without links.
    root: Option<(PathBuf, PathBuf)>,
    /// Files that are running, innermost last: as given and without links.
    pub(crate) running: Vec<(PathBuf, PathBuf)>,
}

impl Sandbox {
    pub(crate) fn new(
        options: Options,
        reader: Box<dyn SourceReader>,
        print_to: Box<dyn FnMut(&str)>,
    ) -> Self {
        Self {
            options,
            reader,
            print_to,
            inputs: Inputs::default(),
            root: None,
            running: Vec::new(),
        }
    }

    /// Makes `path` the top file: its folder is the root.
    pub(crate) fn start(&mut self, path: &Path) -> Result<(PathBuf, PathBuf), ReadError> {
        let canonical = self.reader.canonical(path)?;
        let folder = path.parent().unwrap_or(Path::new("")).to_path_buf();
        let canonical_folder = canonical.parent().unwrap_or(Path::new("")).to_path_buf();
        self.root = Some((folder, canonical_folder));
        Ok((path.to_path_buf(), canonical))
    }

    /// Starts the top file, and returns its name in messages.
    pub(crate) fn begin(&mut self, top: (PathBuf, PathBuf), given: &str, text: Rc<str>) -> Rc<str> {
        self.inputs.loadables.push((format!("\0{given}"), text));
        let shown = self.display_name(&top.0);
        self.running.push(top);
        shown
    }

    /// Returns `path` for messages: relative to the root folder if it is below it.
    pub(crate) fn display_name(&self, path: &Path) -> Rc<str> {
        let relative = self
            .root
            .as_ref()
            .and_then(|(folder, _)| path.strip_prefix(folder).ok());
        normalize(relative.unwrap_or(path)).to_string_lossy().into()
    }

    /// Returns the file that `open(path)` reads. A relative path begins at the root folder, because the working folder must not
    /// matter.
    pub(crate) fn resolve(&self, path: &str) -> PathBuf {
        match &self.root {
            Some((folder, _)) => folder.join(path),
            None => PathBuf::from(path),
        }
    }

    /// Returns the path without links if the program may read the file; other files count as missing.
    pub(crate) fn permitted(&self, path: &Path) -> Result<PathBuf, Unreadable> {
        let Some((folder, canonical_root)) = &self.root else {
            return Err(Unreadable::Failed(ReadError::NotFound));
        };
        // The text of the path is checked first, so that a program cannot find out whether a file outside exists.
        let plain = normalize(path);
        let allowed = |path: &Path| {
            self.options
                .readable
                .iter()
                .any(|allowed| path.starts_with(allowed))
        };
        // The empty folder is a prefix of every path, absolute paths and paths that lead upwards included.
        let below = |rest: &Path| !rest.is_absolute() && !rest.starts_with("..");
        let inside = plain.strip_prefix(normalize(folder)).is_ok_and(below)
            || plain.starts_with(canonical_root);
        if !inside && !allowed(&plain) {
            return Err(Unreadable::Outside);
        }
        let canonical = self.reader.canonical(path).map_err(Unreadable::Failed)?;
        let readable = canonical.starts_with(canonical_root)
            || allowed(&canonical)
            || self.options.readable.iter().any(|allowed| {
                self.reader
                    .canonical(allowed)
                    .is_ok_and(|allowed| canonical.starts_with(allowed))
            });
        if readable {
            Ok(canonical)
        } else {
            Err(Unreadable::Outside)
        }
    }

    /// Reads a file for the program.
    fn read_path(&self, path: &Path) -> Result<(PathBuf, Vec<u8>), Unreadable> {
        let canonical = self.permitted(path)?;
        if self.reader.is_folder(&canonical) {
            return Err(Unreadable::Failed(ReadError::IsFolder));
        }
        let bytes = self.reader.read(&canonical).map_err(Unreadable::Failed)?;
        Ok((canonical, bytes))
    }

    /// Returns all variables that the program may see.
    pub(crate) fn variables(&self) -> BTreeMap<String, String> {
        let mut all = self.options.environment.clone();
        if let Some(user) = &self.options.user {
            for name in ["USER", "LOGNAME"] {
                all.entry(name.to_owned()).or_insert_with(|| user.clone());
            }
        }
        all
    }
}

/// The sandbox of a load, shared between the loader and its programs.
#[derive(Clone)]
pub(crate) struct SharedSandbox(pub(crate) Rc<RefCell<Sandbox>>);

impl Host for SharedSandbox {
    fn read(&mut self, path: &str) -> Result<Vec<u8>, Unreadable> {
        let mut sandbox = self.0.borrow_mut();
        let resolved = sandbox.resolve(path);
        let (_, bytes) = sandbox.read_path(&resolved)?;
        let shown = sandbox.display_name(&resolved);
        sandbox.inputs.files.insert(shown.to_string());
        Ok(bytes)
    }

    fn file_kind(&self, path: &str) -> Option<FileKind> {
        let sandbox = self.0.borrow();
        let canonical = sandbox.permitted(&sandbox.resolve(path)).ok()?;
        Some(if sandbox.reader.is_folder(&canonical) {
            FileKind::Folder
        } else {
            FileKind::File
        })
    }

    fn find_include(&mut self, given: &str) -> Result<Include, IncludeError> {
        let sandbox = self.0.borrow();
        let Some((from, _)) = sandbox.running.last() else {
            return Err(IncludeError::NoFolder);
        };
        let path = from.parent().unwrap_or(Path::new("")).join(given);
        let (canonical, bytes) = sandbox.read_path(&path).map_err(IncludeError::Unreadable)?;
        let name = sandbox.display_name(&path);
        if sandbox.running.iter().any(|(_, known)| *known == canonical) {
            let running = sandbox.running.iter();
            let chain = running.map(|(path, _)| sandbox.display_name(path));
            return Err(IncludeError::Cycle(chain.chain([name]).collect()));
        }
        Ok(Include {
            given: given.to_owned(),
            name,
            path,
            canonical,
            bytes,
        })
    }

    fn begin_include(&mut self, file: &Include, text: &Rc<str>) {
        let mut sandbox = self.0.borrow_mut();
        let from = sandbox.running.last().map(|(path, _)| path.display());
        let key = format!(
            "{}\0{}",
            from.map(|from| from.to_string()).unwrap_or_default(),
            file.given
        );
        sandbox.inputs.loadables.push((key, text.clone()));
        sandbox
            .running
            .push((file.path.clone(), file.canonical.clone()));
    }

    fn end_include(&mut self) {
        self.0.borrow_mut().running.pop();
    }

    fn script(&self) -> Rc<str> {
        let sandbox = self.0.borrow();
        let top = sandbox.running.first();
        top.map(|(path, _)| sandbox.display_name(path))
            .unwrap_or_default()
    }

    fn variable(&mut self, name: &str) -> Option<String> {
        let mut sandbox = self.0.borrow_mut();
        let user = matches!(name, "USER" | "LOGNAME")
            .then(|| sandbox.options.user.clone())
            .flatten();
        let value = sandbox.options.environment.get(name).cloned().or(user);
        sandbox
            .inputs
            .environment
            .insert(name.to_owned(), value.clone());
        value
    }

    fn variables(&mut self) -> BTreeMap<String, String> {
        let mut sandbox = self.0.borrow_mut();
        let all = sandbox.variables();
        for (name, value) in &all {
            sandbox
                .inputs
                .environment
                .insert(name.clone(), Some(value.clone()));
        }
        all
    }

    fn user(&mut self) -> Option<String> {
        let mut sandbox = self.0.borrow_mut();
        sandbox.inputs.user = true;
        sandbox.options.user.clone()
    }

    fn now(&mut self) -> Option<i64> {
        let mut sandbox = self.0.borrow_mut();
        sandbox.inputs.clock = true;
        sandbox.options.source_date_epoch
    }

    fn print(&mut self, text: &str) {
        (self.0.borrow_mut().print_to)(text);
    }
}

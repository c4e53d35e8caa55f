//! The world outside of a program, as far as it is let in: files under the root folder, allowed variables, a fixed clock.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};
use std::rc::Rc;

use crate::exception::{ExcKind, Outcome, Raised, Spot};
use crate::source::{ReadError, SourceReader};
use crate::value::Value;

/// What a load may see besides its own text.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Bounds on what the program may use.
    pub limits: crate::Limits,
    /// Name of the local user: `getpass.getuser()`, and the variables `USER` and `LOGNAME`.
    pub user: Option<String>,
    /// Environment variables the program may see, with their values.
    pub environment: BTreeMap<String, String>,
    /// Files and folders outside of the top file's folder that it may read.
    pub readable: Vec<PathBuf>,
    /// The time, in seconds since 1970; without it asking for the time is an error.
    pub source_date_epoch: Option<i64>,
}

/// What a load has read; with the text it is all its outcome depends on.
#[derive(Clone, Debug, Default)]
pub struct Inputs {
    /// Sources by where they were included from and how: `from`, a NUL, the text given to `include`.
    pub loadables: Vec<(String, Rc<str>)>,
    /// Files read by `open()`, relative to the top file's folder where they are below it.
    pub files: BTreeSet<String>,
    /// Environment variables asked for, with what they counted as.
    pub environment: BTreeMap<String, Option<String>>,
    /// Whether the user's name was asked for.
    pub user: bool,
    /// Whether the clock was asked for.
    pub clock: bool,
}

/// A load's own view of [`Options`], and what it has made of them.
pub(crate) struct Host {
    pub(crate) options: Options,
    pub(crate) reader: Box<dyn SourceReader>,
    pub(crate) talk: Box<dyn FnMut(&str)>,
    pub(crate) inputs: Inputs,
    pub(crate) diagnostics: Vec<(String, Option<Spot>, Option<String>)>,
    /// The top file's folder, as given and without links.
    root: Option<(PathBuf, PathBuf)>,
    /// Files that are running, innermost last: as given, and without links.
    pub(crate) running: Vec<(PathBuf, PathBuf)>,
}

impl Host {
    pub(crate) fn new(
        options: Options,
        reader: Box<dyn SourceReader>,
        talk: Box<dyn FnMut(&str)>,
    ) -> Self {
        Self {
            options,
            reader,
            talk,
            inputs: Inputs::default(),
            diagnostics: Vec::new(),
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

    /// `path` as shown in messages: relative to the root folder where it is below it.
    pub(crate) fn shown(&self, path: &Path) -> Rc<str> {
        let relative = self
            .root
            .as_ref()
            .and_then(|(folder, _)| path.strip_prefix(folder).ok());
        normal(relative.unwrap_or(path)).to_string_lossy().into()
    }

    /// The path a program means when it says `path` to `open()`: relative ones begin at the root folder, since the working
    /// folder must not matter.
    pub(crate) fn resolve(&self, path: &str) -> PathBuf {
        match &self.root {
            Some((folder, _)) => folder.join(path),
            None => PathBuf::from(path),
        }
    }

    /// The path without links, if the program may read it; everything else counts as missing.
    pub(crate) fn permitted(&self, path: &Path) -> Result<PathBuf, Missing> {
        let Some((folder, canonical_root)) = &self.root else {
            return Err(Missing::No(ReadError::NotFound));
        };
        // Whether a file outside exists is nobody's business, so the text of the path is looked at first.
        let plain = normal(path);
        let allowed = |path: &Path| {
            self.options
                .readable
                .iter()
                .any(|allowed| path.starts_with(allowed))
        };
        // The empty folder is the start of every path, of absolute ones and those that lead up as well.
        let below = |rest: &Path| !rest.is_absolute() && !rest.starts_with("..");
        let inside = plain.strip_prefix(normal(folder)).is_ok_and(below)
            || plain.starts_with(canonical_root);
        if !inside && !allowed(&plain) {
            return Err(Missing::Outside);
        }
        let canonical = self.reader.canonical(path).map_err(Missing::No)?;
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
            Err(Missing::Outside)
        }
    }

    /// Reads a file for the program.
    pub(crate) fn read(&mut self, path: &Path) -> Result<(PathBuf, Vec<u8>), Missing> {
        let canonical = self.permitted(path)?;
        if self.reader.is_folder(&canonical) {
            return Err(Missing::No(ReadError::IsFolder));
        }
        let bytes = self.reader.read(&canonical).map_err(Missing::No)?;
        Ok((canonical, bytes))
    }

    /// Value of an environment variable; one that is not allowed counts as unset, and that is noted.
    pub(crate) fn variable(&mut self, name: &str, spot: Option<Spot>) -> Option<String> {
        let user = matches!(name, "USER" | "LOGNAME")
            .then(|| self.options.user.clone())
            .flatten();
        let value = self.options.environment.get(name).cloned().or(user);
        self.inputs
            .environment
            .insert(name.to_owned(), value.clone());
        if value.is_none() {
            self.note(
                format!("environment variable `{name}` counts as unset"),
                spot,
                Some(format!("`--allow-env {name}` lets the file see it")),
            );
        }
        value
    }

    /// All variables that the program may see.
    pub(crate) fn variables(&self) -> BTreeMap<String, String> {
        let mut all = self.options.environment.clone();
        if let Some(user) = &self.options.user {
            for name in ["USER", "LOGNAME"] {
                all.entry(name.to_owned()).or_insert_with(|| user.clone());
            }
        }
        all
    }

    pub(crate) fn user(&mut self) -> Outcome<String> {
        self.inputs.user = true;
        self.options.user.clone().ok_or_else(|| {
            Raised::new(ExcKind::Os, "No username set in the environment")
                .hint("set LOGNAME or USER")
        })
    }

    /// The time in seconds since 1970.
    pub(crate) fn now(&mut self) -> Outcome<i64> {
        self.inputs.clock = true;
        self.options.source_date_epoch.ok_or_else(|| {
            Raised::not_supported(
                "the clock",
                "the same file must always give the same jobs; set SOURCE_DATE_EPOCH to the time it should see",
            )
        })
    }

    /// Notes something worth saying, once.
    pub(crate) fn note(&mut self, message: String, spot: Option<Spot>, hint: Option<String>) {
        if !self
            .diagnostics
            .iter()
            .any(|(known, at, _)| *known == message && *at == spot)
            && self.diagnostics.len() < 1000
        {
            self.diagnostics.push((message, spot, hint));
        }
    }
}

/// Why a file is not there for the program.
pub(crate) enum Missing {
    /// It lies outside of what the program may read.
    Outside,
    No(ReadError),
}

impl Missing {
    /// The exception Python would raise, for `path` as the program gave it.
    pub(crate) fn raise(self, path: &str) -> Raised {
        let (kind, number, hint) = match &self {
            Self::Outside => {
                let hint = format!(
                    "files outside of the top file's folder count as missing; `--allow-read {path}` makes this one readable"
                );
                (ExcKind::FileNotFound, 2, Some(hint))
            }
            Self::No(ReadError::NotFound) => (ExcKind::FileNotFound, 2, None),
            Self::No(ReadError::IsFolder) => (ExcKind::IsADirectory, 21, None),
            Self::No(ReadError::Denied) => (ExcKind::Permission, 13, None),
            Self::No(ReadError::Failed(_)) => (ExcKind::Os, 5, None),
        };
        let text = match self {
            Self::Outside => ReadError::NotFound.to_string(),
            Self::No(error) => error.to_string(),
        };
        let error = Raised::with_args(
            kind,
            vec![Value::Int(number), Value::from(text), Value::from(path)],
        );
        match hint {
            Some(hint) => error.hint(hint),
            None => error,
        }
    }
}

/// `path` without `.` and without `..` where that can be told from the text.
pub(crate) fn normal(path: &Path) -> PathBuf {
    let mut parts = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => match parts.components().next_back() {
                Some(Component::Normal(_)) => {
                    parts.pop();
                }
                Some(Component::RootDir) => {}
                _ => parts.push(".."),
            },
            other => parts.push(other),
        }
    }
    parts
}

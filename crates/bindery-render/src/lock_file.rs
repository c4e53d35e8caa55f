//! `bindery.lock` on disk: where it lies, how it is used, how it is replaced.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use bindery_core::Binder;
use bindery_diagnostic::{Diagnostic, Diagnostics, Kind, Place, Quote};
use bindery_lockfile::{Lockfile, Policy, Recalling};
use clap::Args;

use crate::answers::Answers;
use crate::context::Context;
use crate::fixture::Replay;
use crate::{output, regular_file};

/// Name of the file beside the top file.
const FILE_NAME: &str = "bindery.lock";

/// The most bytes of it. A hundred thousand entries have a third of that.
const LONGEST: u64 = 256 << 20;

/// What a verb that binds does with the lock file.
#[derive(Args)]
pub struct LockOptions {
    /// Every ref has to have an entry in the lock file; no binder is asked
    #[arg(long, help_heading = "Lock file")]
    locked: bool,
    /// Make no connection: the lock file and caches have to do
    #[arg(long, help_heading = "Lock file")]
    offline: bool,
    /// Both --locked and --offline
    #[arg(long, help_heading = "Lock file")]
    frozen: bool,
    /// Take all answers from this fixture, which `bindery plugin record` wrote; no plugin is looked for, and nobody is asked
    #[arg(
        long,
        value_name = "FIXTURE",
        help_heading = "Lock file",
        conflicts_with_all = ["locked", "frozen", "lockfile"]
    )]
    replay: Option<PathBuf>,
    #[command(flatten)]
    place: LockPlace,
}

/// Where the lock file lies.
#[derive(Args)]
pub struct LockPlace {
    /// The lock file, instead of `bindery.lock` beside FILE
    #[arg(long, value_name = "FILE", help_heading = "Lock file")]
    lockfile: Option<PathBuf>,
}

impl LockOptions {
    /// Says to `context` whether connections may be made.
    pub fn prepare(&self, context: &Context<'_>) {
        if self.offline || self.frozen {
            context.stay_offline();
        }
    }

    /// Who answers the refs of `file`, as the command line says. A lock that is not there is an empty one, unless it is needed.
    pub fn open(&self, file: &Path) -> Result<Box<dyn Answers>, Diagnostics> {
        if let Some(fixture) = &self.replay {
            return Ok(Box::new(Replay::open(fixture)?));
        }
        let path = self.place.of(file);
        if self.locked || self.frozen {
            let lock = Lock::open(path, Policy::Locked)?;
            if lock.text.is_none() {
                let path = lock.path.display();
                let message = format!("there is no lock file `{path}`");
                return Err(Diagnostic::new(Kind::Invalid, message)
                    .hint(format!("`bindery lock {}` writes it", file.display()))
                    .into());
            }
            return Ok(Box::new(lock));
        }
        Ok(Box::new(Lock::open(path, Policy::Known)?))
    }
}

impl LockPlace {
    /// The path of the lock of `file`.
    pub fn of(&self, file: &Path) -> PathBuf {
        match &self.lockfile {
            Some(path) => path.clone(),
            None => file.with_file_name(FILE_NAME),
        }
    }
}

/// A lock file that was read, and how it is used.
pub struct Lock {
    path: PathBuf,
    /// What was read; `None` if there is no such file.
    text: Option<String>,
    lockfile: Rc<Lockfile>,
    policy: Policy,
}

impl Lock {
    /// Reads the file at `path`; one that is not there is empty.
    pub fn open(path: PathBuf, policy: Policy) -> Result<Self, Diagnostics> {
        let text = read(&path).map_err(|error| {
            let message = format!("cannot read the lock file `{}`", path.display());
            Diagnostic::new(Kind::Invalid, message).cause(error)
        })?;
        let lockfile = match &text {
            None => Lockfile::default(),
            Some(text) => Lockfile::parse(text).map_err(|error| {
                let line = text.lines().nth(error.line - 1);
                let mut place = Place::new(&path, Some((error.line, 1)));
                if let Some(line) = line {
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
            policy,
        })
    }

    /// The lock beside `file`.
    pub fn beside(file: &Path, policy: Policy) -> Result<Self, Diagnostics> {
        Self::open(file.with_file_name(FILE_NAME), policy)
    }

    /// The same file with other entries, which are not written yet.
    pub fn with(&self, lockfile: Lockfile, policy: Policy) -> Self {
        Self {
            path: self.path.clone(),
            text: self.text.clone(),
            lockfile: Rc::new(lockfile),
            policy,
        }
    }

    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its entries.
    pub fn lockfile(&self) -> &Lockfile {
        &self.lockfile
    }

    /// Replaces the file by one with these entries, whole or not at all; it is left alone if nothing changes.
    ///
    /// What somebody else has written since this one was read is not overwritten.
    pub fn replace(&self, lockfile: &Lockfile) -> Result<(), Diagnostics> {
        let text = lockfile.to_text();
        if self.text.as_ref() == Some(&text) || (self.text.is_none() && lockfile.is_empty()) {
            return Ok(());
        }
        let failure = |message: String| Diagnostic::new(Kind::Internal, message);
        let folder = match self.path.parent() {
            Some(folder) if folder != Path::new("") => folder,
            _ => Path::new("."),
        };
        // Other processes that write here wait; the lock ends with this file's life. The folder, since the file is replaced.
        let _turn = File::open(folder)
            .and_then(|folder| folder.lock().map(|()| folder))
            .map_err(|error| {
                failure(format!(
                    "cannot take the turn to write in `{}`",
                    folder.display()
                ))
                .cause(error)
            })?;
        let now = read(&self.path).map_err(|error| {
            failure(format!("cannot read `{}`", self.path.display())).cause(error)
        })?;
        if now != self.text {
            let message = format!("`{}` was changed meanwhile", self.path.display());
            return Err(failure(message).hint("run the command again").into());
        }
        output::write_file(&self.path, text.as_bytes())
    }
}

impl Answers for Lock {
    /// The binders of plugins, with the file in front of them.
    fn binders(
        &self,
        cluster: Option<&str>,
        context: &Context<'_>,
    ) -> Result<Vec<Box<dyn Binder>>, Diagnostics> {
        let name: Rc<str> = self.path.display().to_string().into();
        let recalling = |binder| -> Box<dyn Binder> {
            let (lockfile, name) = (Rc::clone(&self.lockfile), Rc::clone(&name));
            let policy = self.policy.clone();
            Box::new(Recalling::new(binder, cluster, lockfile, name, policy))
        };
        Ok(context
            .binders(cluster)?
            .into_iter()
            .map(recalling)
            .collect())
    }
}

/// The text of a file; `None` if there is none.
fn read(path: &Path) -> io::Result<Option<String>> {
    let bytes = regular_file::read(path, LONGEST)?;
    bytes
        .map(|bytes| String::from_utf8(bytes).map_err(io::Error::other))
        .transpose()
}

//! Job files as commands read them: from disk, in a sandbox, with errors at their places.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use bindery_core::{Definition, Error, Origin, Problem, Value, json};
use bindery_diagnostic::{Diagnostic, Diagnostics, Kind, Place, Quote};
use bindery_job::{Finished, Job, JobFile, JobProblem, Schema, SelectError, Selection};
use bindery_loader::{Limits, Loader, Options, ReadError, SourceReader, on_large_stack};
use clap::Args;

use crate::context::Context;
use crate::report::warn;

/// What a file may see of this machine besides the user's name and the files below its own folder.
#[derive(Args)]
pub struct Sandbox {
    /// Let the file see this environment variable; may be repeated
    #[arg(long, value_name = "NAME")]
    allow_env: Vec<String>,
    /// Let the file read this file or folder; may be repeated
    #[arg(long, value_name = "PATH")]
    allow_read: Vec<PathBuf>,
}

/// Runs a command where the deepest of job files have room.
pub fn with_room<T: Send>(
    run: impl FnOnce() -> Result<T, Diagnostics> + Send,
) -> Result<T, Diagnostics> {
    on_large_stack(run).unwrap_or_else(|error| {
        let message = "the system gives no thread to evaluate files on";
        Err(Diagnostic::new(Kind::Internal, message).cause(error).into())
    })
}

/// A file that was read, and what it defines.
pub struct Loaded {
    file: PathBuf,
    loader: Option<Loader>,
    jobs: Option<Value>,
}

impl Loaded {
    /// Evaluates a program; what it warns of is printed.
    pub fn evaluate(
        file: &Path,
        prelude: Vec<(Rc<str>, Definition)>,
        sandbox: &Sandbox,
        context: &Context<'_>,
    ) -> Result<Self, Diagnostics> {
        let mut loader = loader(prelude, sandbox, context)?;
        let loaded = loader.load(file);
        warn_of(&loader, file);
        let namespace = loaded.map_err(|error| load_failure(file, &error))?;
        Ok(Self {
            file: file.to_owned(),
            jobs: namespace.get("jobs"),
            loader: Some(loader),
        })
    }

    /// Reads jobs from JSON.
    pub fn read_json(file: &Path, schema: &Schema) -> Result<Self, Diagnostics> {
        let invalid = |message: String| Diagnostic::new(Kind::Invalid, message);
        let text = read_text(file)?;
        let document = json::parse(&text).map_err(|error| {
            invalid(error.message.to_owned()).at(file, Some((error.line, error.column)))
        })?;
        let jobs = schema
            .jobs_from_json(&document)
            .map_err(|error| invalid(error.message().to_owned()).at(file, None))?;
        Ok(Self {
            file: file.to_owned(),
            loader: None,
            jobs: Some(jobs),
        })
    }

    /// The jobs that are selected, with these bindings.
    pub fn jobs(
        &self,
        schema: &Schema,
        bindings: &[Value],
        selection: &Selection,
    ) -> Result<Vec<Job>, Diagnostics> {
        JobFile::new(schema, self.jobs.as_ref(), bindings)
            .and_then(|jobs| jobs.select(selection))
            .map_err(|error| self.select_failure(error))
    }

    /// The one job that is selected, with these bindings.
    pub fn job(
        &self,
        schema: &Schema,
        bindings: &[Value],
        selection: &Selection,
    ) -> Result<Job, Diagnostics> {
        JobFile::new(schema, self.jobs.as_ref(), bindings)
            .and_then(|jobs| jobs.pick(selection))
            .map(|(_, job)| job)
            .map_err(|error| self.select_failure(error))
    }

    /// Whether the file has no jobs at all.
    pub fn defines_no_jobs(&self) -> bool {
        match &self.jobs {
            None => true,
            Some(Value::List(jobs) | Value::Tuple(jobs)) => jobs.is_empty(),
            Some(_) => false,
        }
    }

    fn select_failure(&self, error: SelectError) -> Diagnostics {
        if let SelectError::Template(error) = error {
            return self.template_failure(&error).into();
        }
        let failure = Diagnostic::new(Kind::Invalid, error.to_string()).at(&self.file, None);
        Diagnostics::from(match error {
            SelectError::NoJobs | SelectError::NotJobs { .. } => failure.hint(
                "set `jobs` to a list of `Job(…)` or `Service(…)`; `list(…)` makes one of what can be gone through",
            ),
            _ => failure,
        })
    }

    /// The file that was read.
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// Where something stood, if it stood in a file.
    pub fn place(&self, origin: Origin) -> Option<Place> {
        Some(report_place(
            &self.file,
            &self.loader.as_ref()?.place(origin)?,
        ))
    }

    /// Prints what is worth saying of the job `path`.
    pub fn warn_of_job(&self, path: &str, finished: &Finished) {
        for note in &finished.notes {
            let place = note.origin.and_then(|origin| self.place(origin));
            warn_of_note(place, note);
        }
        for warning in &finished.warnings {
            let file = self.file.display();
            let part = warning.path();
            warn(
                &format!("{file}: job `{path}`, field `{part}`: {warning}"),
                &warning.hint(),
            );
        }
    }

    /// The error for a template that cannot be evaluated.
    pub fn template_failure(&self, error: &Error) -> Diagnostic {
        let mut failure = Diagnostic::new(Kind::Invalid, error.message());
        failure.hint = error.hint().map(str::to_owned);
        match error.origin().and_then(|origin| self.place(origin)) {
            Some(place) => failure.at_place(place),
            None => failure.at(&self.file, None),
        }
    }

    /// The error for what keeps the job `path` from being bound.
    pub fn problem_failure(&self, path: &str, problem: &JobProblem) -> Diagnostic {
        let (field, origin, hint) = match problem {
            JobProblem::Part(part) => (&*part.path, part.origin, part.hint.clone()),
            JobProblem::Invalid(invalid) => (
                invalid.path(),
                invalid.origin(),
                invalid.hint().map(str::to_owned),
            ),
            JobProblem::Unbound { first, .. } => (
                &*first.path,
                first.origin,
                Some(format!(
                    "`--bind {}=VALUE` binds it; `bindery plugin list` shows what binders claim",
                    first.reference.address()
                )),
            ),
        };
        let mut failure = Diagnostic::new(Kind::Invalid, problem.to_string());
        failure = match origin.and_then(|origin| self.place(origin)) {
            Some(place) => failure.at_place(place),
            None => failure.at(&self.file, None),
        };
        let more = match problem {
            JobProblem::Unbound { more: 1.., .. } => ", and in further fields",
            _ => "",
        };
        failure.hint = hint;
        failure.cause(if field.is_empty() {
            format!("in job `{path}`")
        } else {
            format!("in job `{path}`, field `{field}`{more}")
        })
    }
}

/// Whether job files find this name already, be it of Python or of the template language.
pub fn is_of_language(name: &str) -> bool {
    Loader::new(Vec::new(), Options::default(), Box::new(Files)).defines(name)
}

/// A loader for one program in its sandbox; what the program prints is for standard error.
pub fn loader(
    prelude: Vec<(Rc<str>, Definition)>,
    sandbox: &Sandbox,
    context: &Context<'_>,
) -> Result<Loader, Diagnostics> {
    let environment = context.environment();
    let options = Options {
        limits: limits(&context.configuration()?.limits),
        user: environment.user(),
        environment: environment.variables(&sandbox.allow_env),
        readable: sandbox.allow_read.clone(),
        source_date_epoch: environment.source_date_epoch().map_err(|text| {
            Diagnostic::new(
                Kind::Invalid,
                format!("SOURCE_DATE_EPOCH is `{text}`, which is no number of seconds"),
            )
        })?,
    };
    let mut loader = Loader::new(prelude, options, Box::new(Files));
    loader.on_print(|text| {
        // If nobody listens there is nobody to tell.
        let _ = io::stderr().lock().write_all(text.as_bytes());
    });
    Ok(loader)
}

/// The evaluator's bounds, as the `[limits]` table sets them.
fn limits(configured: &BTreeMap<String, u64>) -> Limits {
    let mut limits = Limits::default();
    for (name, limit) in configured {
        let size = usize::try_from(*limit).unwrap_or(usize::MAX);
        match name.as_str() {
            "source" => limits.source = size,
            "nesting" => limits.nesting = size,
            "chain" => limits.chain = size,
            "steps" => limits.steps = *limit,
            "depth" => limits.depth = size,
            "string" => limits.string = size,
            "text" => limits.text = size,
            "output" => limits.output = size,
            "values" => limits.values = size,
            // The others are for requests and plugins.
            _ => {}
        }
    }
    limits
}

/// Prints what is worth saying of a part of an object.
pub fn warn_of_note(place: Option<Place>, note: &Problem) {
    let place = place.map(|place| format!("{place}: "));
    let part = if note.path.is_empty() {
        String::new()
    } else {
        format!("`{}`: ", note.path)
    };
    let message = format!("{}{part}{}", place.unwrap_or_default(), note.message);
    warn(&message, note.hint.as_deref().unwrap_or_default());
}

/// Prints what is worth saying of a file, whether it came to its end or not.
pub fn warn_of(loader: &Loader, file: &Path) {
    for diagnostic in loader.diagnostics() {
        let place = diagnostic.place.map(|place| {
            let file = beside(file, &place.file);
            format!("{}:{}:{}: ", file.display(), place.line, place.column)
        });
        let message = format!("{}{}", place.unwrap_or_default(), diagnostic.message);
        warn(&message, diagnostic.hint.as_deref().unwrap_or_default());
    }
}

/// The error for a program that did not come to its end.
pub fn load_failure(file: &Path, error: &bindery_loader::Error) -> Diagnostic {
    let mut failure = Diagnostic::new(Kind::Invalid, error.to_string());
    failure = match &error.place {
        Some(place) => failure.at_place(report_place(file, place)),
        None => failure.at(file, None),
    };
    for step in &error.steps {
        failure = failure.cause(step);
    }
    failure.hint.clone_from(&error.hint);
    failure
}

/// A place in or below the folder of the file `top`, as errors show it.
pub fn report_place(top: &Path, place: &bindery_loader::Place) -> Place {
    let position = (place.line as usize, place.column as usize);
    let line = Quote::of_column(&place.text, position.1);
    Place::new(beside(top, &place.file), Some(position)).with_quote(line)
}

/// A file that the loader names relative to the folder of the top file.
fn beside(top: &Path, file: &str) -> PathBuf {
    top.parent().unwrap_or(Path::new("")).join(file)
}

/// A file's text.
pub fn read_text(file: &Path) -> Result<String, Diagnostics> {
    let invalid =
        |message: &str| Diagnostic::new(Kind::Invalid, format!("{message} `{}`", file.display()));
    let bytes = fs::read(file).map_err(|error| invalid("cannot read").cause(error))?;
    String::from_utf8(bytes).map_err(|error| {
        invalid("this is no UTF-8 text:")
            .cause(error.utf8_error())
            .into()
    })
}

/// The files of this machine.
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

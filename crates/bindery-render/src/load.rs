//! Loaded job files: their jobs, and errors at their places.

use std::path::Path;

use bindery_core::{Error, Origin, Value, json};
use bindery_diagnostic::{Diagnostic, Diagnostics, Kind, Place};
use bindery_job::{Finished, Job, JobFile, JobProblem, Schema, SelectError, Selection};

use crate::binding::Binding;
use crate::error::RenderError;
use crate::input::Input;
use crate::program::{Program, warning_of_note};
use crate::regular_file::read_text;

/// Job file that was read and evaluated.
pub struct LoadedFile {
    input: Input,
    /// Evaluator that knows the places of literals; `None` for JSON.
    program: Option<Program>,
    jobs: Option<Value>,
    /// Warnings of the evaluation, in order.
    pub warnings: Vec<Diagnostic>,
}

impl LoadedFile {
    /// Runs `program` and takes its variable `jobs`.
    pub(crate) fn evaluate(input: &Input, mut program: Program) -> Result<Self, RenderError> {
        let result = program.run();
        let warnings = program.warnings();
        let namespace = match result {
            Ok(namespace) => namespace,
            Err(error) => {
                return Err(RenderError::from(program.diagnostic(&error)).after(warnings));
            }
        };
        Ok(Self {
            input: input.clone(),
            jobs: namespace.get("jobs"),
            program: Some(program),
            warnings,
        })
    }

    /// Reads jobs from the JSON file `file`.
    pub(crate) fn read_json(
        input: &Input,
        file: &Path,
        schema: &Schema,
    ) -> Result<Self, RenderError> {
        let text = read_text(file)?;
        let document = json::parse(&text).map_err(|error| {
            let position = Some((error.line, error.column));
            Diagnostic::new(Kind::Invalid, error.message).at(file, position)
        })?;
        let jobs = schema
            .jobs_from_json(&document)
            .map_err(|error| Diagnostic::new(Kind::Invalid, error.message()).at(file, None))?;
        Ok(Self {
            input: input.clone(),
            program: None,
            jobs: Some(jobs),
            warnings: Vec::new(),
        })
    }

    /// Returns the selected jobs, bound to `bindings`.
    ///
    /// # Errors
    ///
    /// If the file defines no jobs, or `selection` matches none.
    pub fn select(
        &self,
        schema: &Schema,
        bindings: &[Binding],
        selection: &Selection,
    ) -> Result<Vec<Job>, Diagnostics> {
        self.job_file(schema, bindings)
            .and_then(|jobs| jobs.select(selection))
            .map_err(|error| self.select_error(error).into())
    }

    /// Returns the selected job, bound to `bindings`.
    ///
    /// # Errors
    ///
    /// If `selection` does not match exactly one job.
    pub fn pick(
        &self,
        schema: &Schema,
        bindings: &[Binding],
        selection: &Selection,
    ) -> Result<Job, Diagnostics> {
        self.job_file(schema, bindings)
            .and_then(|jobs| jobs.pick(selection))
            .map(|(_, job)| job)
            .map_err(|error| self.select_error(error).into())
    }

    fn job_file(&self, schema: &Schema, bindings: &[Binding]) -> Result<JobFile, SelectError> {
        let bindings: Vec<Value> = bindings.iter().map(Binding::to_value).collect();
        JobFile::new(schema, self.jobs.as_ref(), &bindings)
    }

    /// Returns true if the file defines no jobs at all.
    pub fn defines_no_jobs(&self) -> bool {
        match &self.jobs {
            None => true,
            Some(Value::List(jobs) | Value::Tuple(jobs)) => jobs.is_empty(),
            Some(_) => false,
        }
    }

    /// Returns the file, as error messages name it.
    pub fn file(&self) -> &Path {
        self.input.file()
    }

    /// Returns the file and position of a literal or a constructor call; `None` for jobs of a JSON file.
    pub fn place(&self, origin: Origin) -> Option<Place> {
        self.program.as_ref()?.place(origin)
    }

    /// Returns the error for a template that cannot be evaluated.
    pub fn template_error(&self, error: &Error) -> Diagnostic {
        let mut diagnostic = Diagnostic::new(Kind::Invalid, error.message());
        diagnostic.hint = error.hint().map(str::to_owned);
        self.at(diagnostic, error.origin())
    }

    /// Returns the warnings about the job `path`.
    pub(crate) fn warnings_of_job(&self, path: &str, finished: &Finished) -> Vec<Diagnostic> {
        let note = |note: &bindery_core::PartProblem| {
            let place = note.origin.and_then(|origin| self.place(origin));
            warning_of_note(note, place)
        };
        let warning = |warning: &bindery_job::Warning| {
            let message = format!("job `{path}`, field `{}`: {warning}", warning.path());
            Diagnostic::new(Kind::Invalid, message)
                .at(self.file(), None)
                .hint(warning.hint())
        };
        let notes = finished.notes.iter().map(note);
        notes.chain(finished.warnings.iter().map(warning)).collect()
    }

    /// Returns the error for a problem of the job `path`.
    pub(crate) fn job_error(&self, path: &str, problem: &JobProblem) -> Diagnostic {
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
        let more = match problem {
            JobProblem::Unbound { more: 1.., .. } => ", and in further fields",
            _ => "",
        };
        let mut diagnostic = Diagnostic::new(Kind::Invalid, problem.to_string());
        diagnostic.hint = hint;
        self.at(diagnostic, origin).cause(if field.is_empty() {
            format!("in job `{path}`")
        } else {
            format!("in job `{path}`, field `{field}`{more}")
        })
    }

    fn select_error(&self, error: SelectError) -> Diagnostic {
        if let SelectError::Template(error) = error {
            return self.template_error(&error);
        }
        let diagnostic = Diagnostic::new(Kind::Invalid, error.to_string()).at(self.file(), None);
        match error {
            SelectError::NoJobs | SelectError::NotJobs { .. } => diagnostic.hint(
                "set `jobs` to a list of `Job(…)` or `Service(…)`; `list(…)` converts other iterables",
            ),
            _ => diagnostic,
        }
    }

    /// Returns the diagnostic at the place of `origin`, or at the file.
    fn at(&self, diagnostic: Diagnostic, origin: Option<Origin>) -> Diagnostic {
        match origin.and_then(|origin| self.place(origin)) {
            Some(place) => diagnostic.at_place(place),
            None => diagnostic.at(self.file(), None),
        }
    }
}

//! Rendering of job files and texts.

use std::fmt;
use std::path::Path;
use std::rc::Rc;

use bindery_diagnostic::{Diagnostic, Kind};
use bindery_job::{BoundJob, Job, Selection, Tiers};
use bindery_loader::Options as LoaderOptions;

use crate::answers::KeyedAnswer;
use crate::binder_source::BinderSource;
use crate::binding::Binding;
use crate::error::RenderError;
use crate::input::Input;
use crate::load::LoadedFile;
use crate::prelude::Prelude;
use crate::program::{Print, Program};
use crate::selected_jobs::SelectedJobs;
use crate::text;

/// Renders job files: load, select, bind, check.
///
/// Writes to no terminal and to no file; warnings and answers are part of the result.
#[derive(Clone)]
pub struct Renderer<'r> {
    /// Limits and permissions of job files.
    pub loader: LoaderOptions,
    /// Names that job files use without importing them.
    pub prelude: Prelude<'r>,
    /// Receiver of the text that job files print.
    pub print: Print,
    /// Tiers of the scheduler. Without tiers, a job keeps the tier and `production` of its file.
    pub tiers: Option<Tiers>,
    /// Source of the binders.
    pub binders: &'r dyn BinderSource,
}

/// Result of rendering a job file.
#[derive(Debug)]
pub struct Rendered {
    /// The jobs, in the order of the file.
    pub jobs: Vec<BoundJob>,
    /// Answers of binders, sorted by cluster, then in the order of the bind pass.
    pub answers: Vec<KeyedAnswer>,
    /// Warnings, in order.
    pub warnings: Vec<Diagnostic>,
}

/// Result of rendering a text.
#[derive(Debug)]
pub struct RenderedText {
    /// The text.
    pub text: String,
    /// Answers of binders, in the order of the bind pass.
    pub answers: Vec<KeyedAnswer>,
}

impl<'r> Renderer<'r> {
    /// Creates a renderer with default limits, no permissions beyond the folder of the job file, and the names of the job schema.
    /// Printed text is discarded.
    pub fn new(binders: &'r dyn BinderSource) -> Self {
        Self {
            loader: LoaderOptions::default(),
            prelude: Prelude::default(),
            print: Rc::new(|_| ()),
            tiers: None,
            binders,
        }
    }

    /// Returns the selected jobs with every ref bound, except refs that only the scheduler can bind.
    ///
    /// # Errors
    ///
    /// If the file cannot be loaded, `selection` matches no job, or a job is invalid or has a ref that cannot be bound. The errors of all
    /// jobs are reported together.
    pub fn jobs(
        &self,
        input: &Input,
        selection: &Selection,
        bindings: &[Binding],
    ) -> Result<Rendered, RenderError> {
        let mut loaded = self.load(input)?;
        let mut warnings = std::mem::take(&mut loaded.warnings);
        let selected = match loaded.select(self.prelude.schema(), bindings, selection) {
            Ok(jobs) => jobs,
            Err(errors) => return Err(RenderError::from(errors).after(warnings)),
        };
        warnings.extend(shadowed_bindings(bindings, &selected));
        match self.bind(&loaded, selected) {
            Ok(mut rendered) => {
                warnings.append(&mut rendered.warnings);
                Ok(Rendered {
                    warnings,
                    ..rendered
                })
            }
            Err(error) => Err(error.after(warnings)),
        }
    }

    /// Reads and evaluates a job file.
    ///
    /// # Errors
    ///
    /// If the file cannot be read or its evaluation fails.
    pub fn load(&self, input: &Input) -> Result<LoadedFile, RenderError> {
        if let Input::Json(file) = input {
            return LoadedFile::read_json(input, file, self.prelude.schema());
        }
        let names = self.prelude.definitions()?.clone();
        let print = Rc::clone(&self.print);
        let program = Program::new(input, names, self.loader.clone(), print);
        LoadedFile::evaluate(input, program)
    }

    /// Binds and checks jobs of a loaded file. The warnings of the result are about the jobs, without the warnings of `loaded`.
    ///
    /// # Errors
    ///
    /// If a job is invalid or has a ref that cannot be bound. The errors of all jobs are reported together.
    pub fn bind(&self, loaded: &LoadedFile, jobs: Vec<Job>) -> Result<Rendered, RenderError> {
        let mut answered = SelectedJobs::new(loaded, jobs)?.bind(self.binders)?;
        let answers = answered.take_answers();
        let finished = answered.finish(self.prelude.schema(), self.tiers.as_ref());
        match finished.jobs {
            Ok(jobs) => Ok(Rendered {
                jobs,
                answers,
                warnings: finished.warnings,
            }),
            Err(errors) => Err(RenderError {
                warnings: finished.warnings,
                errors,
            }),
        }
    }

    /// Asks binders for the refs of all jobs and returns the warnings of the evaluation. Checks no job, and ignores errors of binders: for a
    /// source that records both.
    ///
    /// # Errors
    ///
    /// If the file cannot be loaded or defines no jobs.
    pub fn ask(&self, input: &Input, bindings: &[Binding]) -> Result<Vec<Diagnostic>, RenderError> {
        let mut loaded = self.load(input)?;
        let warnings = std::mem::take(&mut loaded.warnings);
        let asked = loaded
            .select(self.prelude.schema(), bindings, &Selection::default())
            .and_then(|jobs| SelectedJobs::new(&loaded, jobs)?.bind(self.binders));
        match asked {
            Ok(_) => Ok(warnings),
            Err(errors) => Err(RenderError::from(errors).after(warnings)),
        }
    }

    /// Returns the text of `file` with the refs bound that `bindings` or a binder claims. Every other byte is unchanged.
    ///
    /// # Errors
    ///
    /// If the file cannot be read, or a binder could not answer a ref.
    pub fn text(
        &self,
        file: &Path,
        cluster: Option<&str>,
        bindings: &[Binding],
    ) -> Result<RenderedText, RenderError> {
        let bound = text::bind(file, cluster, bindings, self.binders)?;
        Ok(RenderedText {
            text: bound.text,
            answers: KeyedAnswer::of_cluster(cluster, bound.answers).collect(),
        })
    }

    /// Asks binders for the refs of a text and ignores errors of binders: for a source that records both.
    ///
    /// # Errors
    ///
    /// If the file cannot be read.
    pub fn ask_text(
        &self,
        file: &Path,
        cluster: Option<&str>,
        bindings: &[Binding],
    ) -> Result<(), RenderError> {
        text::ask(file, cluster, bindings, self.binders)?;
        Ok(())
    }
}

impl fmt::Debug for Renderer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Renderer")
            .field("loader", &self.loader)
            .finish_non_exhaustive()
    }
}

/// Returns a warning for each binding without effect: a field of a job wins over a binding of the same name.
fn shadowed_bindings(bindings: &[Binding], jobs: &[Job]) -> Vec<Diagnostic> {
    let shadowed = bindings.iter().map(Binding::reference);
    let shadowed = shadowed.filter(|reference| jobs.iter().any(|job| job.shadows(reference)));
    let warning = |reference: bindery_core::Ref| {
        let address = reference.address();
        let message = format!("binding `{address}` does not change a job with a field `{address}`");
        Diagnostic::new(Kind::Invalid, message)
            .hint("use a ref of another name in the file, as in `{{my_role}}`, and bind that name")
    };
    shadowed.map(warning).collect()
}

//! Targets: the formats that schedulers read, and reports of the fields that a format cannot express.

use bindery_diagnostic::{Diagnostic, Kind};

use crate::{BoundJob, JobKey};

/// Format of a scheduler.
///
/// A whole target, with its test:
///
/// ```
#[doc = include_str!("../tests/target.rs")]
/// ```
// The example is a test file, which cargo runs as well.
#[allow(clippy::test_attr_in_doctest)]
pub trait Target {
    /// Returns the name of the target, as in `aurora`.
    fn name(&self) -> &'static str;

    /// Encodes jobs as one document. Equal jobs and options have equal bytes.
    ///
    /// # Errors
    ///
    /// Fails if the target cannot express a job at all, or refuses a value, for example a name that is too long. A field that the target
    /// cannot express is not an error but a [`Loss`] of the document.
    fn encode(&self, jobs: &[BoundJob], options: &EncodeOptions) -> Result<Document, Unsupported>;
}

/// Options of every target. The settings of one target are fields of the type that implements [`Target`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EncodeOptions {
    /// Whether the report has a row for every field of the schema, including exact fields and fields at their defaults.
    pub all_fields: bool,
}

/// Encoded jobs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Bytes of the document.
    pub bytes: Vec<u8>,
    /// Loss report: a row for each field, in the order of jobs and of the schema.
    pub losses: Vec<Loss>,
}

/// Row of a loss report: a field of a job, and the target's verdict on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loss {
    /// Key of the job.
    pub job: JobKey,
    /// Path of the field, as in `task.processes[0].max_failures`.
    pub field: String,
    /// Value of the field as JSON; `None` for a field that the job does not have.
    pub value: Option<String>,
    /// Verdict.
    pub verdict: Verdict,
    /// Path of the target's field that has the value, as in `spec.backoffLimit`.
    pub wrote: Option<String>,
}

/// Verdict of a target on a field with the value that the job has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The target does the same.
    Exact,
    /// The target does something similar.
    Approximate {
        /// Difference between the two.
        why: String,
        /// Advice for a job that needs the original behavior.
        instead: Option<String>,
    },
    /// The target has nothing similar, and nothing was written.
    Impossible {
        /// Reason.
        why: String,
        /// Advice for a job that needs the original behavior.
        instead: Option<String>,
    },
    /// The site has to decide, and nothing was written.
    Decision {
        /// Reason.
        why: String,
        /// Configuration key or option that has the decision.
        setting: String,
    },
    /// The field is absent or has its default, and the target needs nothing for it.
    Default,
}

impl Verdict {
    /// Returns the name of the verdict in reports.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Approximate { .. } => "approx",
            Self::Impossible { .. } => "impossible",
            Self::Decision { .. } => "decision",
            Self::Default => "default",
        }
    }

    /// Returns whether the field loses something.
    pub fn is_loss(&self) -> bool {
        !matches!(self, Self::Exact | Self::Default)
    }
}

impl Loss {
    /// Creates a row for a field of the job, with the value that the job has.
    pub fn new(job: &BoundJob, field: impl Into<String>, verdict: Verdict) -> Self {
        let field = field.into();
        Self {
            job: job.key.clone(),
            value: job.value(&field),
            field,
            verdict,
            wrote: None,
        }
    }

    /// Returns the row with the path of the target's field.
    #[must_use]
    pub fn wrote(mut self, path: impl Into<String>) -> Self {
        self.wrote = Some(path.into());
        self
    }
}

/// Error for jobs that a target cannot encode.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Unsupported {
    /// The target writes one job to a document.
    #[error("target `{target}` writes one job, and {count} jobs match")]
    JobCount {
        /// Name of the target.
        target: &'static str,
        /// Number of jobs.
        count: usize,
    },
    /// The target refuses a value.
    #[error("a value does not fit target `{target}`")]
    Value {
        /// Name of the target.
        target: &'static str,
        /// Key of the job.
        job: Box<JobKey>,
        /// Message of the target, with the path of the value.
        message: String,
        /// Advice.
        hint: Option<String>,
    },
    /// The target cannot run the job at all.
    #[error("target `{target}` cannot run job `{job}`")]
    Job {
        /// Name of the target.
        target: &'static str,
        /// Key of the job.
        job: Box<JobKey>,
        /// Reasons, one row each.
        losses: Vec<Loss>,
    },
    /// The document could not be written.
    #[error("target `{target}` could not write the document")]
    Write {
        /// Name of the target.
        target: &'static str,
        /// Message of the writer.
        message: String,
    },
}

impl Unsupported {
    /// Returns the kind of the error.
    pub fn kind(&self) -> Kind {
        match self {
            Self::JobCount { .. } => Kind::Usage,
            Self::Value { .. } | Self::Job { .. } => Kind::Invalid,
            Self::Write { .. } => Kind::Internal,
        }
    }

    /// Returns advice for the user.
    pub fn hint(&self) -> Option<&str> {
        match self {
            Self::JobCount { .. } => {
                Some("name the job by its key, as in `west/www-data/prod/hello`")
            }
            Self::Value { hint, .. } => hint.as_deref(),
            Self::Job { .. } | Self::Write { .. } => None,
        }
    }
}

impl From<Unsupported> for Diagnostic {
    fn from(error: Unsupported) -> Self {
        let mut diagnostic = Diagnostic::new(error.kind(), error.to_string());
        diagnostic.hint = error.hint().map(str::to_owned);
        match error {
            Unsupported::JobCount { .. } => diagnostic,
            Unsupported::Value { job, message, .. } => {
                diagnostic.cause(message).cause(format!("in job `{job}`"))
            }
            Unsupported::Job { losses, .. } => {
                losses
                    .iter()
                    .fold(diagnostic, |diagnostic, loss| match &loss.verdict {
                        Verdict::Impossible { why, .. } | Verdict::Decision { why, .. } => {
                            diagnostic.cause(format!("`{}`: {why}", loss.field))
                        }
                        _ => diagnostic,
                    })
            }
            Unsupported::Write { message, .. } => diagnostic.cause(message),
        }
    }
}

/// Target `json`: the document `{"jobs": […]}` in the names of the schema, which `--read-json` reads.
#[derive(Clone, Copy, Debug)]
pub struct JsonTarget;

impl Target for JsonTarget {
    fn name(&self) -> &'static str {
        "json"
    }

    fn encode(&self, jobs: &[BoundJob], _: &EncodeOptions) -> Result<Document, Unsupported> {
        let document = BoundJob::document(jobs).map_err(|error| Unsupported::Write {
            target: self.name(),
            message: error.message().to_owned(),
        })?;
        Ok(Document {
            bytes: document.into_bytes(),
            losses: Vec::new(),
        })
    }
}

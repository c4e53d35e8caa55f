//! The jobs of a file, and the choice among them.

use bindery_core::{Error, Object, Value};

use crate::{Job, JobKey, Schema};

/// The jobs that a file defines, each with the bindings given on the command line.
pub struct JobFile {
    jobs: Vec<Job>,
}

/// Which jobs are wanted; an absent part matches everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// Name of the cluster.
    pub cluster: Option<String>,
    /// The role.
    pub role: Option<String>,
    /// The environment.
    pub environment: Option<String>,
    /// Name of the job.
    pub name: Option<String>,
}

impl From<JobKey> for Selection {
    fn from(key: JobKey) -> Self {
        Selection {
            cluster: Some(key.cluster),
            role: Some(key.role),
            environment: Some(key.environment),
            name: Some(key.name),
        }
    }
}

/// Why no job was selected.
#[derive(Debug, thiserror::Error)]
pub enum SelectError {
    /// `jobs` is missing or empty.
    #[error("No job defined in this config!")]
    NoJobs,
    /// `jobs` holds something else than jobs, or is no list.
    #[error("`jobs` must be a list of Job objects, not {found}")]
    NotJobs {
        /// Type name of what was found.
        found: String,
    },
    /// One job is wanted, there are several, and none is named.
    #[error("Configuration has multiple jobs but no job name specified!")]
    NoName,
    /// Nothing matches.
    #[error("Could not find job {wanted}\n{candidates}")]
    NotFound {
        /// What was asked for, `*` for absent parts.
        wanted: String,
        /// The jobs there are, as the original lists them.
        candidates: String,
    },
    /// One job is wanted and several match.
    #[error("Multiple jobs match, please disambiguate by specifying a job key.\n{candidates}")]
    Several {
        /// The jobs there are, as the original lists them.
        candidates: String,
    },
    /// A binding is no scope, or a field that decides the choice cannot be evaluated.
    #[error(transparent)]
    Template(#[from] Error),
}

impl JobFile {
    /// The jobs in a file's `jobs` variable, `bindings` bound to each; later bindings win.
    ///
    /// # Errors
    ///
    /// If the variable is missing, empty, or no list of jobs.
    pub fn new(
        schema: &Schema,
        variable: Option<&Value>,
        bindings: &[Value],
    ) -> Result<Self, SelectError> {
        let items = match variable {
            None => return Err(SelectError::NoJobs),
            Some(Value::List(items) | Value::Tuple(items)) if items.is_empty() => {
                return Err(SelectError::NoJobs);
            }
            Some(Value::List(items) | Value::Tuple(items)) => items,
            Some(other) => {
                return Err(SelectError::NotJobs {
                    found: other.type_name().to_owned(),
                });
            }
        };
        let job_type = schema.job();
        let jobs = items
            .iter()
            .map(|item| match item {
                Value::Object(object) if object.ty().same(&job_type) => {
                    Ok(Job::new(object.bind(bindings, &[])?))
                }
                other => Err(SelectError::NotJobs {
                    found: format!("a list with a {}", other.type_name()),
                }),
            })
            .collect::<Result<_, SelectError>>()?;
        Ok(JobFile { jobs })
    }

    /// The jobs that match, in the file's order; at least one. Only the parts of their keys are evaluated.
    ///
    /// # Errors
    ///
    /// If none matches.
    pub fn select(&self, selection: &Selection) -> Result<Vec<Job>, SelectError> {
        let matching = self.matching(selection)?;
        Ok(matching.into_iter().map(|(_, job)| job.clone()).collect())
    }

    /// The one job that matches, and its position in the file; without a name the file's only job.
    ///
    /// # Errors
    ///
    /// If none or several match, or if there are several jobs and none is named.
    pub fn pick(&self, selection: &Selection) -> Result<(usize, Job), SelectError> {
        if selection.name.is_none() {
            return match &self.jobs[..] {
                [job] => Ok((0, job.clone())),
                _ => Err(SelectError::NoName),
            };
        }
        match self.matching(selection)?[..] {
            [(at, job)] => Ok((at, job.clone())),
            _ => Err(SelectError::Several {
                candidates: self.candidates()?,
            }),
        }
    }

    fn matching(&self, selection: &Selection) -> Result<Vec<(usize, &Job)>, SelectError> {
        let mut matching = Vec::new();
        for (at, job) in self.jobs.iter().enumerate() {
            if job.matches(selection)? {
                matching.push((at, job));
            }
        }
        if matching.is_empty() {
            let mut candidates = String::new();
            for job in &self.jobs {
                if job.object().field("environment").is_none() {
                    candidates += &format!(
                        "Job {} in configuration file doesn't specify an environment\n",
                        job.path()?
                    );
                }
            }
            return Err(SelectError::NotFound {
                wanted: shown(selection),
                candidates: candidates + &self.candidates()?,
            });
        }
        Ok(matching)
    }

    fn candidates(&self) -> Result<String, Error> {
        let mut lines = vec!["Candidates are:".to_owned()];
        for job in &self.jobs {
            lines.push(format!("  {}", job.path()?));
        }
        Ok(lines.join("\n"))
    }
}

fn shown(selection: &Selection) -> String {
    [
        &selection.cluster,
        &selection.role,
        &selection.environment,
        &selection.name,
    ]
    .map(|part| part.as_deref().unwrap_or("*").to_owned())
    .join("/")
}

/// Reads `Job` objects from JSON: one job, or `{"jobs": [...]}`.
fn from_json(schema: &Schema, document: &Value) -> Result<Value, Error> {
    let jobs = match document.entry("jobs") {
        Some(Value::List(jobs)) => jobs.to_vec(),
        _ => vec![document.clone()],
    };
    let job_type = schema.job();
    let jobs = jobs
        .iter()
        .map(|job| {
            Ok(Value::Object(job_type.construct(
                std::slice::from_ref(job),
                &[],
                None,
            )?))
        })
        .collect::<Result<Vec<_>, Error>>()?;
    Ok(Value::List(jobs.into()))
}

impl Schema {
    /// The value of `jobs` that a JSON document stands for: `{"jobs": [{…}, …]}` or one bare job object. Unknown keys are
    /// errors, refs inside texts work.
    ///
    /// # Errors
    ///
    /// Those of making a job from its data.
    pub fn jobs_from_json(&self, document: &Value) -> Result<Value, Error> {
        from_json(self, document)
    }
}

/// The interpolated text of one of a job's fields; `None` where it has no value.
pub(crate) fn text_of(job: &Object, field: &str) -> Result<Option<String>, Error> {
    match job.attribute(field)? {
        Some(value) => Ok(Some(value.display()?)),
        None => Ok(None),
    }
}

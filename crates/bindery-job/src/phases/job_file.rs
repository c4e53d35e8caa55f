//! Jobs of a file, and selection among them.

use bindery_core::{Error, Value};

use crate::phases::job::Job;
use crate::{Schema, Selection};

/// Jobs of a file, each with the bindings of the command line.
pub struct JobFile {
    jobs: Vec<Job>,
}

/// Error for a file without jobs, or a selection without a result.
#[derive(Debug, thiserror::Error)]
pub enum SelectError {
    /// `jobs` is missing or empty.
    #[error("No job defined in this config!")]
    NoJobs,
    /// `jobs` is not a list, or one of its elements is not a job.
    #[error("`jobs` must be a list of Job objects, not {found}")]
    NotJobs {
        /// Type name of the value.
        found: String,
    },
    /// The file has several jobs and the selection has no name.
    #[error("Configuration has multiple jobs but no job name specified!")]
    NoName,
    /// No job matches.
    #[error("Could not find job {wanted}\n{candidates}")]
    NotFound {
        /// Selection, with `*` for absent parts.
        wanted: String,
        /// List of all jobs in the form of the original.
        candidates: String,
    },
    /// Several jobs match and one is needed.
    #[error("Multiple jobs match, please disambiguate by specifying a job key.\n{candidates}")]
    Several {
        /// List of all jobs in the form of the original.
        candidates: String,
    },
    /// A binding is not a valid scope, or a part of a key cannot be evaluated.
    #[error(transparent)]
    Template(#[from] Error),
}

impl JobFile {
    /// Returns the jobs in a file's variable `jobs`, each with `bindings`; a later binding wins over an earlier one.
    ///
    /// # Errors
    ///
    /// Fails if the variable is missing, empty, or not a list of jobs.
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

    /// Returns the jobs that match, in the order of the file; at least one. Evaluates only the parts of their keys.
    ///
    /// # Errors
    ///
    /// Fails if no job matches.
    pub fn select(&self, selection: &Selection) -> Result<Vec<Job>, SelectError> {
        let matching = self.matching(selection)?;
        Ok(matching.into_iter().map(|(_, job)| job.clone()).collect())
    }

    /// Returns the only job that matches, with its index in the file; for a selection without a name, the only job of the file.
    ///
    /// # Errors
    ///
    /// Fails if no job or several jobs match, or if the file has several jobs and the selection has no name.
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
                wanted: selection.to_string(),
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

//! A job on its way from a file to a bound job.

use std::rc::Rc;

use bindery_core::{Component, Error, Object, OpenRef, Problem, Ref, Value, json};

use crate::Selection;
use crate::select::text_of;

/// A job object with its bindings.
#[derive(Clone, Debug)]
pub struct Job {
    object: Object,
}

/// A job in which nothing is open but what the scheduler binds.
#[derive(Clone, Debug)]
pub struct BoundJob {
    object: Object,
}

/// What keeps a job from being bound.
#[derive(Clone, Debug, thiserror::Error)]
pub enum JobProblem {
    /// A part cannot be evaluated, lacks a value, or has one that its type cannot hold.
    #[error("{}", .0.message)]
    Part(Problem),
    /// A ref that neither the file, nor a binder, nor the scheduler binds.
    #[error("nothing binds ref `{}`", first.reference.address())]
    Unbound {
        /// The first part that holds it.
        first: OpenRef,
        /// How many more do.
        more: usize,
    },
}

impl Job {
    pub(crate) fn new(object: Object) -> Self {
        Job { object }
    }

    /// The job object.
    pub fn object(&self) -> &Object {
        &self.object
    }

    /// The same job with what binders answered.
    #[must_use]
    pub fn with_object(&self, object: Object) -> Self {
        Job { object }
    }

    /// The interpolated cluster; `None` where the job has none.
    ///
    /// # Errors
    ///
    /// Those of interpolating the field.
    pub fn cluster(&self) -> Result<Option<String>, Error> {
        text_of(&self.object, "cluster")
    }

    /// `cluster/role/environment/name`, with `{MISSING}` for what the job does not say.
    ///
    /// # Errors
    ///
    /// Those of interpolating these fields.
    pub fn path(&self) -> Result<String, Error> {
        let mut parts = Vec::with_capacity(4);
        for field in ["cluster", "role", "environment", "name"] {
            parts.push(text_of(&self.object, field)?.unwrap_or_else(|| "{MISSING}".to_owned()));
        }
        Ok(parts.join("/"))
    }

    /// Whether the job answers a ref by a field of its own, so that binding the ref has no effect on it (Q09).
    pub fn shadows(&self, reference: &Ref) -> bool {
        self.object.find(reference).is_ok()
    }

    pub(crate) fn matches(&self, selection: &Selection) -> Result<bool, Error> {
        for (field, wanted) in [
            ("name", &selection.name),
            ("cluster", &selection.cluster),
            ("role", &selection.role),
            ("environment", &selection.environment),
        ] {
            if wanted.is_some() && text_of(&self.object, field)? != *wanted {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The job with the refs bound that older files use for its own fields: `mesos.role` and `thermos.user` for `{{role}}`,
    /// `mesos.cluster` for `{{cluster}}`.
    ///
    /// # Errors
    ///
    /// None in practice: the bindings are valid.
    pub fn with_compatible_refs(&self) -> Result<Job, Error> {
        let bindings: Vec<Value> = [
            ("mesos.role", "{{role}}"),
            ("mesos.cluster", "{{cluster}}"),
            ("thermos.user", "{{role}}"),
        ]
        .into_iter()
        .map(|(address, text)| Value::map([(address, Value::string(text))]))
        .collect();
        Ok(Job::new(self.object.bind(&bindings, &[])?))
    }

    /// The bound job; all that keeps it from being one is reported together.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with a part, and every ref that stays open; at least one problem.
    pub fn finish(&self) -> Result<BoundJob, Vec<JobProblem>> {
        let diagnosis = self.object.diagnose();
        let mut problems: Vec<JobProblem> = Vec::new();
        let mut unbound: Vec<(OpenRef, usize)> = Vec::new();
        problems.extend(diagnosis.problems.into_iter().map(JobProblem::Part));
        for open in diagnosis.open {
            if is_deferred(&open.reference) {
                // Only texts can wait for the scheduler.
                problems.extend(open.check.map(|message| {
                    JobProblem::Part(Problem {
                        path: open.path,
                        message,
                        origin: open.origin,
                        hint: None,
                    })
                }));
            } else if let Some((_, more)) = unbound
                .iter_mut()
                .find(|(first, _)| first.reference == open.reference)
            {
                *more += 1;
            } else {
                unbound.push((open, 0));
            }
        }
        problems.extend(
            unbound
                .into_iter()
                .map(|(first, more)| JobProblem::Unbound { first, more }),
        );
        if !problems.is_empty() {
            return Err(problems);
        }
        match self.object.interpolate() {
            Ok((object, _)) => Ok(BoundJob { object }),
            Err(error) => Err(vec![error.into()]),
        }
    }
}

impl From<Error> for JobProblem {
    fn from(error: Error) -> Self {
        JobProblem::Part(Problem {
            path: error.path(),
            message: error.message().to_owned(),
            origin: error.origin(),
            hint: error.hint().map(str::to_owned),
        })
    }
}

impl BoundJob {
    /// The interpolated job object.
    pub fn object(&self) -> &Object {
        &self.object
    }

    /// The job's plain data, in the order of the schema.
    ///
    /// # Errors
    ///
    /// None for a job that was bound.
    pub fn data(&self) -> Result<Value, Error> {
        self.object.get()
    }

    /// The document `{"jobs": […]}`, which `--read-json` reads again; its bytes depend on the jobs alone.
    ///
    /// # Errors
    ///
    /// None for jobs that were bound.
    pub fn document(jobs: &[BoundJob]) -> Result<String, Error> {
        let data = jobs
            .iter()
            .map(BoundJob::data)
            .collect::<Result<Vec<_>, _>>()?;
        let style = json::Style {
            indent: Some(2),
            sort_keys: false,
        };
        let document = Value::map([("jobs", Value::List(Rc::from(data)))]);
        Ok(json::write(&document, style)? + "\n")
    }
}

/// Whether the scheduler binds a ref when the task runs: `mesos.instance`, `mesos.hostname`, `thermos.task_id`, and whatever
/// begins with `thermos.ports` and has at least one more part.
pub fn is_deferred(reference: &Ref) -> bool {
    let parts: Vec<Component<'_>> = reference.components().take(3).collect();
    use Component::Dereference as Name;
    matches!(
        parts[..],
        [Name("mesos"), Name("instance" | "hostname")]
            | [Name("thermos"), Name("task_id")]
            | [Name("thermos"), Name("ports"), _]
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_scheduler_binds_is_deferred() {
        let deferred = |address| is_deferred(&Ref::from_address(address).unwrap());
        for address in [
            "mesos.instance",
            "mesos.hostname",
            "thermos.task_id",
            "thermos.ports[http]",
            "thermos.ports.http",
            "thermos.ports[a].b",
        ] {
            assert!(deferred(address), "{address}");
        }
        for address in [
            "mesos",
            "mesos.user",
            "mesos.instance.x",
            "thermos.ports",
            "thermos[ports]",
        ] {
            assert!(!deferred(address), "{address}");
        }
    }
}

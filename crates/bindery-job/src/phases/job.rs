//! A job on its way from a file to a bound job.

use bindery_core::{Component, Error, Object, OpenRef, Origin, Problem, Ref, Value};

use crate::phases::invalid::place;
use crate::phases::job_file::text_of;
use crate::{BoundJob, InvalidJob, Schema, Selection, Tiers, Warning};

/// A job object with its bindings.
#[derive(Clone, Debug)]
pub struct Job {
    object: Object,
}

/// What keeps a job from being bound.
#[derive(Clone, Debug, thiserror::Error)]
pub enum JobProblem {
    /// A part cannot be evaluated, lacks a value, or has one that its type cannot hold.
    #[error("{}", .0.message)]
    Part(Problem),
    /// What the original refuses the job for.
    #[error("{0}")]
    Invalid(InvalidJob),
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

    /// The same job with these keys and values behind those of its `metadata`; a pair that stands there already is not added again.
    ///
    /// # Errors
    ///
    /// Those of interpolating the field.
    pub fn with_metadata(&self, schema: &Schema, pairs: &[(String, String)]) -> Result<Job, Error> {
        if pairs.is_empty() {
            return Ok(self.clone());
        }
        let held = self.object.attribute("metadata")?;
        let mut known: Vec<(String, String)> = Vec::new();
        for entry in held.iter().flat_map(Object::items) {
            let text = |field| text_of(entry, field);
            if let (Some(key), Some(value)) = (text("key")?, text("value")?) {
                known.push((key, value));
            }
        }
        let ty = schema.own("Metadata");
        let mut added = Vec::new();
        for pair in pairs {
            if known.contains(pair) {
                continue;
            }
            known.push(pair.clone());
            let fields = [("key", &pair.0), ("value", &pair.1)];
            let fields = fields.map(|(name, text)| (name.into(), Value::string(text.as_str())));
            added.push(Value::Object(ty.construct(&[], &fields, None)?));
        }
        if added.is_empty() {
            return Ok(self.clone());
        }
        let list = match self.object.field("metadata") {
            Some(list) => Value::Object(list.extended(&added)?),
            None => Value::List(added.into()),
        };
        Ok(Job::new(self.object.with(&[("metadata".into(), list)])?))
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

    /// Where the job's name stood, else where the job was made.
    pub fn origin(&self) -> Option<Origin> {
        let name = self.object.field("name").and_then(place);
        name.or_else(|| place(&self.object))
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

    /// The parts that cannot be evaluated or lack a value; where there are any, no binder can be asked for the rest.
    pub fn wrong_parts(&self) -> Vec<JobProblem> {
        let problems = self.object.diagnose().problems;
        problems.into_iter().map(JobProblem::Part).collect()
    }

    /// The bound job; all that keeps it from being one is reported together.
    ///
    /// What is wrong with types and refs is found everywhere at once. A job whose types and refs are right goes through the phases of
    /// the original, whose first refusal is the only problem. With `tiers` it gets a tier as the original's jobs do.
    pub fn finish(&self, schema: &Schema, tiers: Option<&Tiers>) -> Finished {
        let diagnosis = self.object.diagnose();
        let mut finished = Finished {
            notes: diagnosis.notes,
            warnings: Vec::new(),
            job: Err(Vec::new()),
        };
        let problems = problems(diagnosis.problems, diagnosis.open);
        finished.job = if problems.is_empty() {
            self.go_through(schema, tiers, &mut finished.warnings)
                .map_err(|invalid| vec![JobProblem::Invalid(invalid)])
        } else {
            Err(problems)
        };
        finished
    }

    fn go_through(
        &self,
        schema: &Schema,
        tiers: Option<&Tiers>,
        warnings: &mut Vec<Warning>,
    ) -> Result<BoundJob, InvalidJob> {
        self.validate()?;
        let mut job = self.interpolate()?;
        job.check_configuration(warnings)?;
        if let Some(tiers) = tiers {
            job.fill_in(tiers)?;
        }
        let job = job.convert(schema)?;
        warnings.extend(job.digest_beside_tag());
        Ok(job)
    }
}

/// What became of a job.
#[derive(Debug)]
pub struct Finished {
    /// The bound job, or everything that keeps it from being one; at least one problem.
    pub job: Result<BoundJob, Vec<JobProblem>>,
    /// What is allowed and hardly meant.
    pub warnings: Vec<Warning>,
    /// Parts of the job that lose something on the way.
    pub notes: Vec<Problem>,
}

/// Parts that are wrong, and refs that nobody binds, each with the number of places.
fn problems(parts: Vec<Problem>, open: Vec<OpenRef>) -> Vec<JobProblem> {
    let mut problems: Vec<JobProblem> = parts.into_iter().map(JobProblem::Part).collect();
    let mut unbound: Vec<(OpenRef, usize)> = Vec::new();
    for open in open {
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
    let unbound = unbound.into_iter();
    problems.extend(unbound.map(|(first, more)| JobProblem::Unbound { first, more }));
    problems
}

impl From<Error> for JobProblem {
    fn from(error: Error) -> Self {
        JobProblem::Invalid(error.into())
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
    use bindery_core::Type;

    use super::*;

    #[test]
    fn metadata_is_added_behind_what_is_there_and_once() {
        let schema = Schema::new();
        let pairs = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
            let pairs = pairs.iter();
            pairs
                .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
                .collect()
        };
        let added = [("a", "x"), ("b", "y"), ("b", "y"), ("a", "{{name}}")];
        let check = |given: Option<Value>, expected: &[(&str, &str)]| {
            let mut fields = vec![("name".into(), Value::string("job"))];
            fields.extend(given.map(|given| ("metadata".into(), given)));
            let job = Job::new(schema.job().construct(&[], &fields, None).unwrap());
            let job = job.with_metadata(&schema, &pairs(&added)).unwrap();
            let held = job.object.attribute("metadata").unwrap().unwrap();
            let texts = |entry: &Object| {
                let text = |field| text_of(entry, field).unwrap().unwrap();
                (text("key"), text("value"))
            };
            let found: Vec<_> = held.items().iter().map(texts).collect();
            assert_eq!(found, pairs(expected));
        };
        let all = [("a", "x"), ("b", "y"), ("a", "job")];
        check(None, &all);
        check(Some(Value::Empty), &all);
        let entry =
            |value| Value::map([("key", Value::string("b")), ("value", Value::string(value))]);
        let list = Value::List([entry("{{own}}"), entry("y")].into());
        let own = schema.own("Metadata");
        let bound = Type::list(own).construct(&[list], &[], None).unwrap();
        let bound = bound.bind(&[Value::map([("own", Value::string("z"))])], &[]);
        check(
            Some(Value::Object(bound.unwrap())),
            &[("b", "z"), ("b", "y"), ("a", "x"), ("a", "job")],
        );
    }

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

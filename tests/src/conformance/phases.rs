//! Phases of one job in the suite `aurora`.

use std::rc::Rc;

use bindery_cluster::Clusters;
use bindery_core::{Binder, Error, Object, bind_all};
use bindery_job::{InvalidJob, Job, Schema, Warning};
use bindery_target_aurora::thrift::{Struct, named};
use bindery_target_aurora::{job_configuration, job_update_settings};

use super::docker::Docker;
use super::evaluate::Raised;
use super::json::Json;

/// Phases of one job, up to the first error.
struct Phases<'a> {
    case: &'a Json,
    schema: &'a Schema,
    clusters: Rc<Clusters>,
    members: Vec<(&'static str, Json)>,
}

impl Phases<'_> {
    /// Runs every phase in the order of the reference. An error names its phase.
    fn run(&mut self, job: &Job) -> Result<(), Json> {
        let key = job.path().map_err(|error| raised_in("bind", error))?;
        self.add("key", Json::String(key));
        job.validate()
            .map_err(|error| raised_in("validate_job", error))?;
        let job = job
            .with_compatible_refs()
            .map_err(|error| raised_in("bind", error))?;
        let refs = open_refs(job.object()).map_err(|error| raised_in("validate_job", error))?;
        self.add("refs_before_helpers", refs);
        let job = self.bind(&job)?;
        let refs = open_refs(job.object()).map_err(|error| raised_in("helpers", error))?;
        self.add("refs_after_helpers", refs);

        let whole = job
            .interpolate()
            .map_err(|error| raised_in("validate_config", error))?;
        let mut warnings = Vec::new();
        let checked = whole.check_configuration(&mut warnings);
        let lines: Vec<Json> = warnings
            .iter()
            .flat_map(Warning::original)
            .map(Json::String)
            .collect();
        if !lines.is_empty() {
            self.add("warnings", Json::Array(lines));
        }
        checked.map_err(|error| raised_in("validate_config", error))?;

        let check = job
            .object()
            .check()
            .map_err(|error| raised_in("check", error))?;
        let result = [
            ("ok", Json::Boolean(check.ok())),
            ("message", Json::string(check.message())),
        ];
        self.add("check", Json::object(result));

        let ports = whole.ports().map_err(|error| raised_in("ports", error))?;
        let ports = ports.into_iter().map(Json::String).collect();
        self.add("ports", Json::Array(ports));

        let bound = whole.convert(self.schema).map_err(|error| {
            // The reference prints its opinion of a limit, and then fails with an error of its language.
            if error
                .message()
                .ends_with("is not a valid limit value, must be integer")
            {
                self.add("stdout", Json::String(format!("{}\n", error.message())));
            }
            raised_in("convert", error)
        })?;
        let configuration = job_configuration(&bound, USER).expect("the numbers are small");
        self.add("job_configuration", to_golden(&configuration));
        match bound.update.settings(&self.instances()) {
            Ok(settings) => {
                let settings = job_update_settings(&settings).expect("the numbers are small");
                self.add("update_settings", to_golden(&settings));
            }
            Err(error) => {
                let raised = Raised::new("UpdaterConfig.Error", error.to_string());
                self.add("update_settings_error", raised_as(&raised, "update"));
            }
        }
        Ok(())
    }

    fn add(&mut self, key: &'static str, value: Json) {
        self.members.push((key, value));
    }

    /// Binds the job with the binders of the case.
    fn bind(&mut self, job: &Job) -> Result<Job, Json> {
        let helpers = match self.case.get("helpers") {
            None => vec!["docker"],
            Some(names) => names.items().iter().filter_map(Json::as_str).collect(),
        };
        let cluster = job.cluster().map_err(|error| raised_in("helpers", error))?;
        let binders: Vec<Box<dyn Binder>> = helpers
            .iter()
            .filter(|name| **name == "docker")
            .map(|_| -> Box<dyn Binder> {
                let cluster = cluster.clone().unwrap_or_default();
                Box::new(Docker::of(Rc::clone(&self.clusters), cluster))
            })
            .collect();
        let mut bound = bind_all(&[job.object().clone()], &binders);
        if let Some(error) = bound.errors.first() {
            let raised = Raised::new("DockerClientException", error.source.message.clone());
            return Err(raised_as(&raised, "helpers"));
        }
        let answers: Vec<(String, Json)> = bound
            .answers
            .iter()
            .map(|answer| {
                let parts: Vec<&str> = answer.address.components().map(|c| c.value()).collect();
                let value = answer.answer.value.as_str().unwrap_or_default();
                let to_golden = [
                    ("source", Json::String(parts[2..].join(":"))),
                    ("value", Json::string(value)),
                ];
                (answer.address.address().to_owned(), Json::object(to_golden))
            })
            .collect();
        if !answers.is_empty() {
            self.add(
                "bound_by_helpers",
                Json::Object(answers.into_iter().collect()),
            );
        }
        let object = bound.objects.remove(0);
        let object = object.map_err(|error| raised_in("helpers", error))?;
        Ok(job.with_object(object))
    }

    /// Returns the instances that the case updates.
    fn instances(&self) -> Vec<i64> {
        let given = self.case.get("update_instances");
        let numbers = given.map_or(&[][..], Json::items).iter();
        numbers
            .filter_map(|number| match number {
                Json::Integer(digits) => digits.parse().ok(),
                _ => None,
            })
            .collect()
    }
}

/// User of the reference.
const USER: &str = "vagrant";

/// Returns the outcome of one job as the goldens write it.
pub(super) fn job(case: &Json, schema: &Schema, clusters: &Rc<Clusters>, job: &Job) -> Json {
    let mut phases = Phases {
        case,
        schema,
        clusters: Rc::clone(clusters),
        members: Vec::new(),
    };
    if let Err(error) = phases.run(job) {
        phases.add("error", error);
    }
    object(phases.members)
}

/// Returns a thrift struct as the goldens write it: the data of Aurora's executor is JSON, not a string.
fn to_golden(value: &Struct) -> Json {
    let mut json = Json::parse(&named::write(value)).expect("the named form is JSON");
    if let Some(executor) = json.at_mut(&["taskConfig", "executorConfig"])
        && executor.get("name").and_then(Json::as_str) == Some("AuroraExecutor")
        && let Some(data) = executor.get("data").and_then(Json::as_str)
    {
        let data = Json::parse(data).expect("the executor's data is JSON");
        if let Json::Object(members) = executor {
            members.insert("data".to_owned(), data);
        }
    }
    json
}

/// Returns the unbound refs of the whole job, sorted.
fn open_refs(whole: &Object) -> Result<Json, Error> {
    let (_, unbound) = whole.interpolate()?;
    let mut refs: Vec<String> = unbound
        .iter()
        .map(|open| open.reference.to_string())
        .collect();
    refs.sort();
    refs.dedup();
    Ok(Json::Array(refs.into_iter().map(Json::String).collect()))
}

/// Returns an error as the goldens write it.
fn raised_in(phase: &str, error: impl Into<Raised>) -> Json {
    raised_as(&error.into(), phase)
}

impl From<InvalidJob> for Raised {
    fn from(error: InvalidJob) -> Self {
        Self::new("AuroraConfig.InvalidConfig", error.message())
    }
}

/// Returns an exception of a phase as the goldens write it.
pub(super) fn raised_as(raised: &Raised, phase: &str) -> Json {
    Json::object([
        ("class", Json::string(&*raised.class)),
        ("message", Json::string(&*raised.message)),
        ("phase", Json::string(phase)),
    ])
}

/// Returns an object with these members.
pub(super) fn object(members: Vec<(&str, Json)>) -> Json {
    Json::Object(
        members
            .into_iter()
            .map(|(key, value)| (key.to_owned(), value))
            .collect(),
    )
}

//! Bound job and its JSON forms.

use std::collections::BTreeSet;
use std::rc::Rc;

use bindery_core::{Error, Value, json};

use crate::{
    Announcer, Constraint, Container, CronCollisionPolicy, HealthCheck, HealthChecker,
    HttpLifecycle, JobKey, PartitionPolicy, SlaPolicy, Task, Text, UpdateConfig, Warning,
};

/// Job in which nothing is open except deferred refs, as plain data for targets.
///
/// Has every field of Aurora's schema. A field that the job file does not set has the schema's default.
#[derive(Clone, Debug)]
pub struct BoundJob {
    /// Key: cluster, role, environment and name.
    pub key: JobKey,
    /// Number of instances.
    pub instances: i64,
    /// Whether the scheduler starts an instance again after it ended.
    pub service: bool,
    /// Deprecated form of a tier that is not preempted.
    pub production: bool,
    /// Priority within the role; a job with a greater one may preempt others.
    pub priority: i64,
    /// Number of failures of an instance with which the job fails; negative: no number of failures fails it.
    pub max_task_failures: i64,
    /// Name of the tier.
    pub tier: Option<Text>,
    /// Address of the people who are responsible for the job.
    pub contact: Option<Text>,
    /// Schedule in cron's syntax.
    pub cron_schedule: Option<Text>,
    /// Scheduler's action when the last run has not ended.
    pub cron_collision_policy: CronCollisionPolicy,
    /// Task of each instance.
    pub task: Task,
    /// Names of the ports that the scheduler allocates for each instance.
    pub ports: BTreeSet<String>,
    /// Announcement in ZooKeeper.
    pub announce: Option<Announcer>,
    /// Health check as the file has it.
    pub health_check: Option<HealthCheck>,
    /// Requests that ask an instance to end.
    pub lifecycle: Option<HttpLifecycle>,
    /// Machines where instances may run, in the order of the file.
    pub constraints: Vec<Constraint>,
    /// Container of the task.
    pub container: Container,
    /// Keys and values, in the order of the file, each pair once; keys may repeat.
    pub metadata: Vec<(Text, Text)>,
    /// Scheduler's action for instances on a machine that it cannot reach.
    pub partition_policy: Option<PartitionPolicy>,
    /// Number of instances that keep running during maintenance.
    pub sla_policy: Option<SlaPolicy>,
    /// Program that runs the task.
    pub executor: Executor,
    /// Update of the job.
    pub update: UpdateConfig,
    /// Names and addresses of links. Aurora's client ignores them.
    pub task_links: Vec<(Text, Text)>,
    /// Whether the client's hooks run for the job.
    pub enable_hooks: bool,
    /// Warnings of the checks that the job passed.
    pub warnings: Vec<Warning>,
    /// Whole job in the names and the order of the schema.
    pub(crate) data: Value,
}

/// Program that runs the task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Executor {
    /// Aurora's own executor, which runs the processes of the task.
    Aurora,
    /// Another executor. Aurora does not pass the task to it.
    Custom {
        /// Name that the scheduler knows.
        name: Text,
        /// Data that the executor receives.
        data: Text,
    },
}

impl BoundJob {
    /// Returns the health check that Aurora's executor runs: the command line if there is one, otherwise HTTP if the job has a port
    /// named `health`.
    pub fn health_checker(&self) -> Option<HealthChecker<'_>> {
        let check = self.health_check.as_ref()?;
        if let Some(shell) = &check.shell {
            return Some(HealthChecker::Shell(shell));
        }
        let http = check.http.as_ref()?;
        self.ports
            .contains("health")
            .then_some(HealthChecker::Http(http))
    }

    /// Returns the whole job in the names and the order of the schema.
    pub fn data(&self) -> &Value {
        &self.data
    }

    /// Returns the value of a field as JSON, or `None` if the job does not have the field.
    ///
    /// `path` has the form of paths in messages and reports: `task.processes[0].max_failures`, `constraints[host]`.
    pub fn value(&self, path: &str) -> Option<String> {
        let mut value = &self.data;
        let mut rest = path;
        while !rest.is_empty() {
            let (step, after) = match rest.strip_prefix('[') {
                Some(inner) => inner.split_once(']')?,
                None => rest.split_at(rest.find(['.', '[']).unwrap_or(rest.len())),
            };
            value = match value {
                Value::List(items) | Value::Tuple(items) => {
                    items.get(step.parse::<usize>().ok()?)?
                }
                fields => fields.entry(step)?,
            };
            rest = after.strip_prefix('.').unwrap_or(after);
        }
        json::write(value, json::Style::default()).ok()
    }

    /// Returns the job as JSON on one line, without the fields in `omitted`. Equal jobs have equal bytes.
    ///
    /// # Errors
    ///
    /// None for jobs that were bound.
    pub fn to_json(&self, omitted: &[&str]) -> Result<String, Error> {
        let is_kept = |name: &Value| !name.as_str().is_some_and(|name| omitted.contains(&name));
        let data = match &self.data {
            Value::Map(fields) if !omitted.is_empty() => Value::Map(
                fields
                    .iter()
                    .filter(|(name, _)| is_kept(name))
                    .cloned()
                    .collect(),
            ),
            data => data.clone(),
        };
        json::write(&data, json::Style::default())
    }

    /// Returns the document `{"jobs": […]}`, which `--read-json` reads. Equal jobs have equal bytes.
    ///
    /// # Errors
    ///
    /// None for jobs that were bound.
    pub fn document<'j>(jobs: impl IntoIterator<Item = &'j BoundJob>) -> Result<String, Error> {
        let data: Rc<[Value]> = jobs.into_iter().map(|job| job.data.clone()).collect();
        let style = json::Style {
            indent: Some(2),
            sort_keys: false,
        };
        let document = Value::map([("jobs", Value::List(data))]);
        Ok(json::write(&document, style)? + "\n")
    }
}

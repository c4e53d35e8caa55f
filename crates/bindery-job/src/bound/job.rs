//! The bound job as plain data: what a target encodes.

use std::collections::BTreeSet;
use std::rc::Rc;

use bindery_core::{Error, Value, json};

use crate::schema::types::AURORA_EXECUTOR_NAME;
use crate::{JobKey, Warning};

/// A job in which nothing is open but what the scheduler binds, as plain data.
///
/// Texts may hold refs that the scheduler binds ([`is_deferred`](crate::is_deferred)); they stand there as in the file.
#[derive(Clone, Debug)]
pub struct BoundJob {
    /// What names it.
    pub key: JobKey,
    /// How many instances run.
    pub instances: i64,
    /// Whether the scheduler keeps it running.
    pub service: bool,
    /// Deprecated word for a tier that is not preempted.
    pub production: bool,
    /// Higher ones come first within a role.
    pub priority: i64,
    /// Failures of an instance after which the job fails; negative: never.
    pub max_task_failures: i64,
    /// Name of the tier.
    pub tier: Option<String>,
    /// Whom to write to.
    pub contact: Option<String>,
    /// When it runs, in cron's syntax.
    pub cron_schedule: Option<String>,
    /// What happens if it runs still when it should start.
    pub cron_collision_policy: CronCollisionPolicy,
    /// What one instance uses.
    pub resources: Resources,
    /// Names of the ports to allocate.
    pub ports: BTreeSet<String>,
    /// Where instances may run, in the order given.
    pub constraints: Vec<Constraint>,
    /// What the task runs in.
    pub container: Container,
    /// Keys and values, in the order given, each pair once; keys may repeat.
    pub metadata: Vec<(String, String)>,
    /// What happens to instances on agents that are cut off.
    pub partition_policy: Option<PartitionPolicy>,
    /// How many instances have to stay up during maintenance.
    pub sla_policy: Option<SlaPolicy>,
    /// What runs the task, and what it is told.
    pub executor: Executor,
    /// How the job is updated.
    pub update: UpdateConfig,
    /// The task's own names and orders, for people.
    pub(crate) data: Value,
}

/// What the scheduler does when a cron job's last run has not ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CronCollisionPolicy {
    /// End the last run.
    KillExisting,
    /// Skip the new run.
    CancelNew,
    /// Let both run.
    RunOverlap,
}

/// What one instance uses.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Resources {
    /// Cores.
    pub cpu: f64,
    /// Memory in MiB, rounded down.
    pub ram_mb: i64,
    /// Disk in MiB, rounded down.
    pub disk_mb: i64,
    /// Graphics processors.
    pub gpu: i64,
}

/// A bound on where instances run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Constraint {
    /// The attribute of agents that it looks at.
    pub attribute: String,
    /// What it asks of the attribute.
    pub rule: ConstraintRule,
}

/// What a constraint asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConstraintRule {
    /// So many instances at most on agents of one value.
    Limit(i64),
    /// One of these values, or, negated, none of them.
    Value {
        /// Whether it is none of them.
        negated: bool,
        /// The values.
        values: BTreeSet<String>,
    },
}

/// What a task runs in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Container {
    /// The job names none.
    None,
    /// The Docker containerizer.
    Docker {
        /// The image, as Docker names it.
        image: String,
        /// Names and values for the Docker command line, in order.
        parameters: Vec<(String, String)>,
    },
    /// The Mesos containerizer.
    Mesos {
        /// The image; without one the task sees the agent's files.
        image: Option<Image>,
        /// What is mounted, in order.
        volumes: Vec<Volume>,
    },
}

/// An image of the Mesos containerizer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Image {
    /// The agent joins both with a colon.
    Docker {
        /// Repository, with the registry's host if it is not the agent's default.
        name: String,
        /// Tag.
        tag: String,
    },
    /// App Container image.
    Appc {
        /// Name.
        name: String,
        /// Identity, as in `sha512-…`.
        image_id: String,
    },
}

/// A folder of the agent in a container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Volume {
    /// Path in the container.
    pub container_path: String,
    /// Path on the agent.
    pub host_path: String,
    /// Whether the task may write to it.
    pub writable: bool,
}

/// What happens to instances on agents that are cut off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PartitionPolicy {
    /// Whether they are started elsewhere.
    pub reschedule: bool,
    /// After how many seconds.
    pub delay_secs: i64,
}

/// How many instances have to stay up during maintenance.
#[derive(Clone, Debug, PartialEq)]
pub enum SlaPolicy {
    /// A part of all.
    Percentage {
        /// From 0 to 100.
        percentage: f64,
        /// For how many seconds they have to have run.
        duration_secs: i64,
    },
    /// A number.
    Count {
        /// How many.
        count: i64,
        /// For how many seconds they have to have run.
        duration_secs: i64,
    },
    /// Whatever a service says.
    Coordinator {
        /// Where it is asked.
        url: String,
        /// The key of its answer.
        status_key: String,
    },
}

/// What runs the task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Executor {
    /// Name, as the scheduler knows it.
    pub name: String,
    /// What it is told; for Aurora's own the job as JSON, whose bytes depend on the job alone.
    pub data: String,
}

/// How a job is updated, as its file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpdateConfig {
    /// Instances at a time.
    pub batch_size: i64,
    /// Seconds that an instance has to run to count as updated.
    pub watch_secs: i64,
    /// Failures of one instance that are borne.
    pub max_per_shard_failures: i64,
    /// Failed instances that are borne.
    pub max_total_failures: i64,
    /// Whether a failed update is undone.
    pub rollback_on_failure: bool,
    /// Whether a batch has to end before the next begins.
    pub wait_for_batch_completion: bool,
    /// Seconds without a pulse after which the update stops.
    pub pulse_interval_secs: Option<i64>,
    /// Whether the SLA policy is kept to.
    pub sla_aware: bool,
    /// The order in which instances are taken, where the file names one.
    pub strategy: Option<UpdateStrategy>,
}

/// The order in which instances are updated; sizes count instances.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UpdateStrategy {
    /// As many at a time, each followed by the next.
    Queue {
        /// How many.
        size: i64,
    },
    /// As many at a time, all of which have to end before the next begin.
    Batch {
        /// How many.
        size: i64,
        /// Whether the update stops after each batch.
        pause: bool,
    },
    /// Batches of given sizes.
    VariableBatch {
        /// How many in each.
        sizes: Vec<i64>,
        /// Whether the update stops after each batch.
        pause: bool,
    },
}

impl Executor {
    /// Whether it is Aurora's own, whose data is the job as JSON.
    pub fn is_auroras_own(&self) -> bool {
        self.name == AURORA_EXECUTOR_NAME
    }
}

impl BoundJob {
    /// A digest in the name of a `DockerImage` beside a tag that is not the rest of it.
    pub(crate) fn digest_beside_tag(&self) -> Option<Warning> {
        let Container::Mesos {
            image: Some(Image::Docker { name, tag }),
            ..
        } = &self.container
        else {
            return None;
        };
        let is_pinned = name.ends_with("@sha256")
            && tag.len() == 64
            && tag.bytes().all(|b| b.is_ascii_hexdigit());
        (name.contains('@') && !is_pinned).then(|| Warning::DigestBesideTag {
            name: name.clone(),
            tag: tag.clone(),
        })
    }

    /// The job's whole data, in the order of the schema.
    pub fn data(&self) -> &Value {
        &self.data
    }

    /// The document `{"jobs": […]}`, which `--read-json` reads again; its bytes depend on the jobs alone.
    ///
    /// # Errors
    ///
    /// None for jobs that were bound.
    pub fn document(jobs: &[&BoundJob]) -> Result<String, Error> {
        let data: Rc<[Value]> = jobs.iter().map(|job| job.data.clone()).collect();
        let style = json::Style {
            indent: Some(2),
            sort_keys: false,
        };
        let document = Value::map([("jobs", Value::List(data))]);
        Ok(json::write(&document, style)? + "\n")
    }
}

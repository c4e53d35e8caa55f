//! `JobConfiguration` of a bound job.

use bindery_job::{
    BoundJob, Constraint, ConstraintRule, Container, CronCollisionPolicy, MesosImage, SlaPolicy,
    Text, Volume,
};

use crate::executor::executor_config;
use crate::thrift::{ShapeError, Struct, Value, table as t};

/// Returns the `JobConfiguration` of a job. `user` is the name of the requesting user, which is not the role.
///
/// Sets are sorted and fields are in the order of their ids, so equal jobs give equal values.
///
/// # Errors
///
/// Fails for a number that does not fit its type in the interface.
pub fn job_configuration(job: &BoundJob, user: &str) -> Result<Struct, ShapeError> {
    let policy = match job.cron_collision_policy {
        CronCollisionPolicy::KillExisting => "KILL_EXISTING",
        CronCollisionPolicy::CancelNew => "CANCEL_NEW",
        CronCollisionPolicy::RunOverlap => "RUN_OVERLAP",
    };
    Struct::new(&t::JobConfiguration)
        .with("key", key(job)?)?
        .with("owner", owner(user)?)?
        .with_some("cronSchedule", optional(&job.cron_schedule))?
        .with("cronCollisionPolicy", policy)?
        .with("taskConfig", task(job, user)?)?
        .with("instanceCount", job.instances)
}

fn key(job: &BoundJob) -> Result<Struct, ShapeError> {
    Struct::new(&t::JobKey)
        .with("role", &*job.key.role)?
        .with("environment", &*job.key.environment)?
        .with("name", &*job.key.name)
}

fn owner(user: &str) -> Result<Struct, ShapeError> {
    Struct::new(&t::Identity).with("user", user)
}

fn task(job: &BoundJob, user: &str) -> Result<Struct, ShapeError> {
    let partition_policy = job.partition_policy.map(|policy| {
        Struct::new(&t::PartitionPolicy)
            .with("reschedule", policy.reschedule)?
            .with("delaySecs", policy.delay_secs)
    });
    Struct::new(&t::TaskConfig)
        .with("job", key(job)?)?
        .with("owner", owner(user)?)?
        .with("isService", job.service)?
        .with("priority", job.priority)?
        .with("maxTaskFailures", job.max_task_failures)?
        .with("production", job.production)?
        .with_some("tier", optional(&job.tier))?
        .with("resources", resources(job)?)?
        .with("constraints", each(&job.constraints, constraint)?)?
        .with("taskLinks", Value::Map(Vec::new()))?
        .with_some("contactEmail", optional(&job.contact))?
        .with("executorConfig", executor_config(job)?)?
        .with("metadata", each(&job.metadata, metadata)?)?
        .with_some("partitionPolicy", partition_policy.transpose()?)?
        .with_some(
            "slaPolicy",
            job.sla_policy.as_ref().map(sla_policy).transpose()?,
        )?
        .with("container", container(&job.container)?)
}

fn optional(text: &Option<Text>) -> Option<&str> {
    text.as_ref().map(Text::as_str)
}

/// Encodes each item as a struct of a list. A field of a set type turns the list into a set.
fn each<T>(
    items: &[T],
    encode: impl Fn(&T) -> Result<Struct, ShapeError>,
) -> Result<Value, ShapeError> {
    let encoded = items.iter().map(|item| encode(item).map(Value::Struct));
    Ok(Value::List(encoded.collect::<Result<_, _>>()?))
}

fn resources(job: &BoundJob) -> Result<Value, ShapeError> {
    let one = |name: &str, value: Value| {
        Struct::new(&t::Resource)
            .with(name, value)
            .map(Value::Struct)
    };
    let used = &job.task.resources;
    let mut resources = vec![
        one("numCpus", used.cpu.into())?,
        one("ramMb", used.ram_mib().into())?,
        one("diskMb", used.disk_mib().into())?,
    ];
    if used.gpu != 0 {
        resources.push(one("numGpus", used.gpu.into())?);
    }
    for port in &job.ports {
        resources.push(one("namedPort", port.as_str().into())?);
    }
    Ok(Value::List(resources))
}

fn constraint(constraint: &Constraint) -> Result<Struct, ShapeError> {
    let rule = match &constraint.rule {
        ConstraintRule::Limit(limit) => Struct::new(&t::TaskConstraint).with(
            "limit",
            Struct::new(&t::LimitConstraint).with("limit", *limit)?,
        )?,
        ConstraintRule::Value { negated, values } => Struct::new(&t::TaskConstraint).with(
            "value",
            Struct::new(&t::ValueConstraint)
                .with("negated", *negated)?
                .with(
                    "values",
                    Value::List(values.iter().map(|value| value.as_str().into()).collect()),
                )?,
        )?,
    };
    Struct::new(&t::Constraint)
        .with("name", &*constraint.attribute)?
        .with("constraint", rule)
}

fn metadata((key, value): &(Text, Text)) -> Result<Struct, ShapeError> {
    Struct::new(&t::Metadata)
        .with("key", key.as_str())?
        .with("value", value.as_str())
}

fn sla_policy(policy: &SlaPolicy) -> Result<Struct, ShapeError> {
    let (name, policy) = match policy {
        SlaPolicy::Percentage {
            percentage,
            duration_secs,
        } => (
            "percentageSlaPolicy",
            Struct::new(&t::PercentageSlaPolicy)
                .with("percentage", *percentage)?
                .with("durationSecs", *duration_secs)?,
        ),
        SlaPolicy::Count {
            count,
            duration_secs,
        } => (
            "countSlaPolicy",
            Struct::new(&t::CountSlaPolicy)
                .with("count", *count)?
                .with("durationSecs", *duration_secs)?,
        ),
        SlaPolicy::Coordinator { url, status_key } => (
            "coordinatorSlaPolicy",
            Struct::new(&t::CoordinatorSlaPolicy)
                .with("coordinatorUrl", url.as_str())?
                .with("statusKey", status_key.as_str())?,
        ),
    };
    Struct::new(&t::SlaPolicy).with(name, policy)
}

fn container(container: &Container) -> Result<Struct, ShapeError> {
    match container {
        Container::None => {
            Struct::new(&t::Container).with("mesos", Struct::new(&t::MesosContainer))
        }
        Container::Docker { image, parameters } => {
            let parameters = each(parameters, |(name, value)| {
                Struct::new(&t::DockerParameter)
                    .with("name", name.as_str())?
                    .with("value", value.as_str())
            })?;
            let docker = Struct::new(&t::DockerContainer)
                .with("image", image.as_str())?
                .with("parameters", parameters)?;
            Struct::new(&t::Container).with("docker", docker)
        }
        Container::Mesos {
            image: mesos_image,
            volumes,
        } => {
            let mesos = Struct::new(&t::MesosContainer)
                .with_some("image", mesos_image.as_ref().map(image).transpose()?)?
                .with("volumes", each(volumes, volume)?)?;
            Struct::new(&t::Container).with("mesos", mesos)
        }
    }
}

fn image(image: &MesosImage) -> Result<Struct, ShapeError> {
    match image {
        MesosImage::Docker { name, tag } => Struct::new(&t::Image).with(
            "docker",
            Struct::new(&t::DockerImage)
                .with("name", name.as_str())?
                .with("tag", tag.as_str())?,
        ),
        MesosImage::Appc { name, image_id } => Struct::new(&t::Image).with(
            "appc",
            Struct::new(&t::AppcImage)
                .with("name", name.as_str())?
                .with("imageId", image_id.as_str())?,
        ),
    }
}

fn volume(volume: &Volume) -> Result<Struct, ShapeError> {
    Struct::new(&t::Volume)
        .with("containerPath", volume.container_path.as_str())?
        .with("hostPath", volume.host_path.as_str())?
        .with("mode", if volume.writable { "RW" } else { "RO" })
}

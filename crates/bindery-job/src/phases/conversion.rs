//! From the fields of an interpolated job to plain data, in the order in which the original reads them.

use std::collections::BTreeSet;

use bindery_core::{Object, Text, Type, Value, json, repr};

use crate::phases::checks::InterpolatedJob;
use crate::phases::fields::{Fields, number_in, short};
use crate::schema::types::AURORA_EXECUTOR_NAME;
use crate::{
    BoundJob, Constraint, ConstraintRule, Container, CronCollisionPolicy, Executor, Image,
    InvalidJob, JobKey, PartitionPolicy, Resources, Schema, SlaPolicy, UpdateConfig,
    UpdateStrategy, Volume,
};

pub(crate) fn bound(
    job: &InterpolatedJob,
    schema: &Schema,
    ports: BTreeSet<String>,
) -> Result<BoundJob, InvalidJob> {
    let fields = Fields::of(job.whole(), "");
    let key = JobKey {
        role: job.identifier("role")?,
        environment: job.identifier("environment")?,
        name: job.identifier("name")?,
        cluster: fields.text("cluster")?,
    };
    let production = fields.boolean("production")?;
    let service = fields.boolean("service")?;
    let max_task_failures = fields.short("max_task_failures")?;
    let priority = fields.short("priority")?;
    let contact = fields.optional_text("contact")?;
    let tier = fields.optional_text("tier")?;
    let partition_policy = partition_policy(&fields)?;
    let sla_policy = sla_policy(&fields)?;
    let metadata = metadata(&fields)?;
    let resources = resources(&fields)?;
    let constraints = constraints(&fields)?;
    let container = container(&fields)?;
    job.check_whole()?;
    let data = ordered(job.whole(), schema)?;
    Ok(BoundJob {
        key,
        production,
        service,
        max_task_failures,
        priority,
        contact,
        tier,
        partition_policy,
        sla_policy,
        metadata,
        resources,
        ports,
        constraints,
        container,
        executor: executor(&fields, &data)?,
        cron_schedule: fields.optional_text("cron_schedule")?,
        cron_collision_policy: cron_collision_policy(&fields)?,
        instances: fields.short("instances")?,
        update: update(&fields)?,
        data,
    })
}

fn partition_policy(job: &Fields<'_>) -> Result<Option<PartitionPolicy>, InvalidJob> {
    let Some(policy) = job.inner("partition_policy") else {
        return Ok(None);
    };
    Ok(Some(PartitionPolicy {
        reschedule: policy.boolean("reschedule")?,
        delay_secs: policy.integer("delay_secs")?,
    }))
}

fn sla_policy(job: &Fields<'_>) -> Result<Option<SlaPolicy>, InvalidJob> {
    let Some(policy) = job.inner("sla_policy") else {
        return Ok(None);
    };
    Ok(Some(match policy.object().ty().name() {
        "PercentageSlaPolicy" => SlaPolicy::Percentage {
            percentage: policy.float("percentage")?,
            duration_secs: policy.integer("duration_secs")?,
        },
        "CountSlaPolicy" => SlaPolicy::Count {
            count: policy.integer("count")?,
            duration_secs: policy.integer("duration_secs")?,
        },
        _ => SlaPolicy::Coordinator {
            url: policy.text("coordinator_url")?,
            status_key: policy.text("status_key")?,
        },
    }))
}

fn metadata(job: &Fields<'_>) -> Result<Vec<(String, String)>, InvalidJob> {
    job.check("metadata")?;
    let mut pairs = Vec::new();
    for entry in job.each("metadata") {
        let pair = (entry.text("key")?, entry.text("value")?);
        if !pairs.contains(&pair) {
            pairs.push(pair);
        }
    }
    Ok(pairs)
}

const MB: i64 = 1 << 20;

fn resources(job: &Fields<'_>) -> Result<Resources, InvalidJob> {
    let task = job.required_inner("task")?;
    let Some(resources) = task.inner("resources") else {
        return Err(task
            .refuse("resources", "Task must specify resources!")
            .with_hint("as in `resources = Resources(cpu = 1, ram = 64 * MB, disk = 64 * MB)`"));
    };
    let (ram, disk) = (resources.integer("ram")?, resources.integer("disk")?);
    if ram == 0 || disk == 0 {
        return Err(task.refuse(
            "resources",
            format_args!("Must specify ram and disk resources, got ram:{ram} disk:{disk}"),
        ));
    }
    let cpu = resources.float("cpu")?;
    let (ram_mb, disk_mb) = (ram.div_euclid(MB), disk.div_euclid(MB));
    // Not a number is not positive either.
    if !(cpu > 0.0 && ram_mb > 0 && disk_mb > 0) {
        let cpu = repr::float(cpu);
        return Err(task.refuse(
            "resources",
            format_args!(
                "Task has invalid resources.  cpu/ramMb/diskMb must all be positive: cpu:{cpu} ramMb:{ram_mb} diskMb:{disk_mb}"
            ),
        ));
    }
    Ok(Resources {
        cpu,
        ram_mb,
        disk_mb,
        gpu: resources.integer("gpu")?,
    })
}

fn constraints(job: &Fields<'_>) -> Result<Vec<Constraint>, InvalidJob> {
    let mut constraints = Vec::new();
    for (attribute, text) in job.texts("constraints")? {
        let rule = match text.strip_prefix("limit:") {
            Some(limit) => {
                let within = |error: InvalidJob| {
                    error.within(
                        &format!("constraints[{attribute}]"),
                        job.value_under("constraints", &attribute),
                    )
                };
                let limit = number_in(limit).ok_or_else(|| {
                    within(InvalidJob::bare(format!(
                        "{text} is not a valid limit value, must be integer"
                    )))
                    .with_hint("as in `{'host': 'limit:2'}`")
                })?;
                ConstraintRule::Limit(short(&limit).ok_or_else(|| {
                    within(InvalidJob::configuration(format_args!(
                        "{} does not fit in 32 bits",
                        limit
                    )))
                })?)
            }
            None => {
                let (negated, values) = match text.strip_prefix('!') {
                    Some(values) => (true, values),
                    None => (false, &*text),
                };
                ConstraintRule::Value {
                    negated,
                    values: values.split(',').map(str::to_owned).collect(),
                }
            }
        };
        constraints.push(Constraint { attribute, rule });
    }
    Ok(constraints)
}

fn container(job: &Fields<'_>) -> Result<Container, InvalidJob> {
    let Some(container) = job.inner("container") else {
        return Ok(Container::None);
    };
    match container.object().ty().name() {
        "Docker" => docker(&container),
        "Mesos" => mesos(&container),
        _ => match container.inner("docker") {
            Some(container) => docker(&container),
            None => Err(job
                .refuse(
                    "container",
                    "If a container is specified it must set one type.",
                )
                .with_hint("write `Docker(image = …)` or `Mesos(image = …)`")),
        },
    }
}

fn docker(container: &Fields<'_>) -> Result<Container, InvalidJob> {
    Ok(Container::Docker {
        image: container.text("image")?,
        parameters: container
            .each("parameters")
            .map(|parameter| Ok((parameter.text("name")?, parameter.text("value")?)))
            .collect::<Result<_, InvalidJob>>()?,
    })
}

fn mesos(container: &Fields<'_>) -> Result<Container, InvalidJob> {
    let image = match container.inner("image") {
        None => None,
        Some(image) if image.object().ty().name() == "DockerImage" => Some(Image::Docker {
            name: image.text("name")?,
            tag: image.text("tag")?,
        }),
        Some(image) => Some(Image::Appc {
            name: image.text("name")?,
            image_id: image.text("image_id")?,
        }),
    };
    let volumes = container
        .each("volumes")
        .map(|volume| {
            let container_path = volume.text("container_path")?;
            let host_path = volume.text("host_path")?;
            let writable = match &*volume.required("mode")?.display()? {
                "RW" => true,
                "RO" => false,
                other => {
                    return Err(volume.refuse("mode", format_args!("Invalid Mode type: {other}")));
                }
            };
            Ok(Volume {
                container_path,
                host_path,
                writable,
            })
        })
        .collect::<Result<_, InvalidJob>>()?;
    Ok(Container::Mesos { image, volumes })
}

/// What Aurora's executor is told is the job without what only the scheduler reads: a change of these must not restart a task.
const NOT_FOR_THE_EXECUTOR: [&str; 2] = ["update_config", "instances"];

fn executor(job: &Fields<'_>, data: &Value) -> Result<Executor, InvalidJob> {
    let executor = job.required_inner("executor_config")?;
    let name = executor.text("name")?;
    if name != AURORA_EXECUTOR_NAME {
        return Ok(Executor {
            name,
            data: executor.text("data")?,
        });
    }
    let data = match data {
        Value::Map(fields) => Value::Map(
            fields
                .iter()
                .filter(|(name, _)| {
                    !name
                        .as_str()
                        .is_some_and(|name| NOT_FOR_THE_EXECUTOR.contains(&name))
                })
                .cloned()
                .collect(),
        ),
        other => other.clone(),
    };
    Ok(Executor {
        name,
        data: json::write(&data, json::Style::default())?,
    })
}

fn cron_collision_policy(job: &Fields<'_>) -> Result<CronCollisionPolicy, InvalidJob> {
    let policy = job.text("cron_collision_policy")?;
    match &*policy.to_uppercase() {
        "KILL_EXISTING" => Ok(CronCollisionPolicy::KillExisting),
        "CANCEL_NEW" => Ok(CronCollisionPolicy::CancelNew),
        "RUN_OVERLAP" => Ok(CronCollisionPolicy::RunOverlap),
        _ => Err(job
            .refuse(
                "cron_collision_policy",
                format_args!("Invalid CronCollisionPolicy type: {policy}"),
            )
            .with_hint("one of KILL_EXISTING, CANCEL_NEW and RUN_OVERLAP")),
    }
}

fn update(job: &Fields<'_>) -> Result<UpdateConfig, InvalidJob> {
    let update = job.required_inner("update_config")?;
    let strategy = match update.inner("update_strategy") {
        None => None,
        Some(strategy) => Some(update_strategy(&strategy)?),
    };
    Ok(UpdateConfig {
        batch_size: update.integer("batch_size")?,
        watch_secs: update.integer("watch_secs")?,
        max_per_shard_failures: update.integer("max_per_shard_failures")?,
        max_total_failures: update.integer("max_total_failures")?,
        rollback_on_failure: update.boolean("rollback_on_failure")?,
        wait_for_batch_completion: update.boolean("wait_for_batch_completion")?,
        pulse_interval_secs: update.optional_integer("pulse_interval_secs")?,
        sla_aware: update.boolean("sla_aware")?,
        strategy,
    })
}

fn update_strategy(strategy: &Fields<'_>) -> Result<UpdateStrategy, InvalidJob> {
    Ok(match strategy.object().ty().name() {
        "QueueUpdateStrategy" => UpdateStrategy::Queue {
            size: strategy.integer("batch_size")?,
        },
        "BatchUpdateStrategy" => UpdateStrategy::Batch {
            size: strategy.integer("batch_size")?,
            pause: strategy.boolean("autopause_after_batch")?,
        },
        _ => UpdateStrategy::VariableBatch {
            sizes: strategy
                .required("batch_sizes")?
                .items()
                .iter()
                .map(|size| match size.raw() {
                    Some(Value::Integer(n)) => n.to_i64(),
                    _ => None,
                })
                .collect::<Option<_>>()
                .ok_or_else(|| strategy.refuse("batch_sizes", "sizes have to be integers"))?,
            pause: strategy.boolean("autopause_after_batch")?,
        },
    })
}

/// The plain data of an interpolated object, structs in the order in which the schema declares their fields: the type of a struct
/// that came about from plain data has forgotten it (Q23), and the same job must always give the same bytes.
fn ordered(object: &Object, schema: &Schema) -> Result<Value, InvalidJob> {
    Ok(match object.ty() {
        Type::Struct(ty) => {
            let declared = match schema.get(ty.name()) {
                Some(Type::Struct(declared)) => declared,
                _ => ty,
            };
            let mut fields = Vec::with_capacity(declared.fields().len());
            for (name, _) in declared.fields() {
                if let Some(part) = object.field(name) {
                    let name = Value::String(Text::new(name.clone()));
                    fields.push((name, ordered(part, schema)?));
                }
            }
            Value::Map(fields.into())
        }
        Type::List(_) => {
            let items = object.items().iter().map(|item| ordered(item, schema));
            Value::Tuple(items.collect::<Result<_, _>>()?)
        }
        _ => match object.raw() {
            Some(Value::Object(taken)) => ordered(taken, schema)?,
            Some(raw) => raw.clone(),
            None => object.get()?,
        },
    })
}

#[cfg(test)]
mod tests {
    use bindery_core::json;

    use crate::{JobFile, Schema, Selection};

    /// The refusal of a job that has these fields beside the necessary ones; empty if it passes.
    fn refusal(fields: &str) -> String {
        let schema = Schema::new();
        let job = format!(
            r#"{{"cluster": "c", "role": "r", "environment": "e", "task": {{"processes": [{{"name": "p", "cmdline": "x"}}],
            "resources": {{"cpu": 1, "ram": 1048576, "disk": 1048576}}}}, {fields}}}"#
        );
        let jobs = schema.jobs_from_json(&json::parse(&job).unwrap()).unwrap();
        let jobs = JobFile::new(&schema, Some(&jobs), &[]).unwrap();
        let job = jobs.select(&Selection::default()).unwrap().remove(0);
        match job.interpolate().unwrap().convert(&schema) {
            Ok(_) => String::new(),
            Err(error) => format!("{}: {}", error.path(), error.message()),
        }
    }

    #[test]
    fn numbers_have_a_place_in_the_interface() {
        for (field, path) in [("instances", "instances"), ("priority", "priority")] {
            let large = format!("\"{field}\": 2147483648");
            assert_eq!(
                refusal(&large),
                format!(
                    "{path}: The configuration was invalid: 2147483648 does not fit in 32 bits"
                )
            );
            assert_eq!(refusal(&large.replace("648", "647")), "");
        }
        assert_eq!(
            refusal(r#""constraints": {"host": "limit:99999999999"}"#),
            "constraints[host]: The configuration was invalid: 99999999999 does not fit in 32 bits"
        );
    }

    #[test]
    fn limits_are_read_as_the_original_read_them() {
        for limit in [" 2", "+2 ", "-1", "0"] {
            let fields = format!(r#""constraints": {{"host": "limit:{limit}"}}"#);
            assert_eq!(refusal(&fields), "", "from {limit:?}");
        }
        for limit in ["", "1_0", "x", "1.0", "0x1"] {
            let fields = format!(r#""constraints": {{"host": "limit:{limit}"}}"#);
            let message = format!(
                "constraints[host]: limit:{limit} is not a valid limit value, must be integer"
            );
            assert_eq!(refusal(&fields), message);
        }
    }
}

//! Conversion of constraints, policies, metadata and the update.

use bindery_core::Value;

use crate::phases::fields::{Fields, fit_in_32_bits, parse_integer};
use crate::{
    Constraint, ConstraintRule, CronCollisionPolicy, InvalidJob, PartitionPolicy, SlaPolicy, Text,
    UpdateConfig, UpdateStrategy,
};

pub(super) fn partition_policy(job: &Fields<'_>) -> Result<Option<PartitionPolicy>, InvalidJob> {
    let Some(policy) = job.inner("partition_policy") else {
        return Ok(None);
    };
    Ok(Some(PartitionPolicy {
        reschedule: policy.boolean("reschedule")?,
        delay_secs: policy.integer("delay_secs")?,
    }))
}

pub(super) fn sla_policy(job: &Fields<'_>) -> Result<Option<SlaPolicy>, InvalidJob> {
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

pub(super) fn metadata(job: &Fields<'_>) -> Result<Vec<(Text, Text)>, InvalidJob> {
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

pub(super) fn constraints(job: &Fields<'_>) -> Result<Vec<Constraint>, InvalidJob> {
    let mut constraints = Vec::new();
    for (attribute, text) in job.texts("constraints")? {
        let (attribute, text) = (attribute.to_string(), text.as_str());
        let rule = match text.strip_prefix("limit:") {
            Some(limit) => {
                let within = |error: InvalidJob| {
                    error.within(
                        &format!("constraints[{attribute}]"),
                        job.value_under("constraints", &attribute),
                    )
                };
                let limit = parse_integer(limit).ok_or_else(|| {
                    within(InvalidJob::bare(format!(
                        "{text} is not a valid limit value, must be integer"
                    )))
                    .with_hint("as in `{'host': 'limit:2'}`")
                })?;
                ConstraintRule::Limit(fit_in_32_bits(&limit).ok_or_else(|| {
                    within(InvalidJob::configuration(format_args!(
                        "{} does not fit in 32 bits",
                        limit
                    )))
                })?)
            }
            None => {
                let (negated, values) = match text.strip_prefix('!') {
                    Some(values) => (true, values),
                    None => (false, text),
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

pub(super) fn cron_collision_policy(job: &Fields<'_>) -> Result<CronCollisionPolicy, InvalidJob> {
    let policy = job.text("cron_collision_policy")?;
    match &*policy.as_str().to_uppercase() {
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

pub(super) fn update(job: &Fields<'_>) -> Result<UpdateConfig, InvalidJob> {
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

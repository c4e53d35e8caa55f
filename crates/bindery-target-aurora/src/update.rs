//! `JobUpdateSettings` of an update.

use bindery_job::{UpdateSettings, UpdateStrategy};

use crate::thrift::{ShapeError, Struct, Value, table as t};

/// Returns the `JobUpdateSettings` of an update.
///
/// # Errors
///
/// Fails for a number that does not fit its type in the interface.
pub fn job_update_settings(settings: &UpdateSettings) -> Result<Struct, ShapeError> {
    let mut encoded = Struct::new(&t::JobUpdateSettings)
        .with("updateGroupSize", settings.group_size)?
        .with("maxPerInstanceFailures", settings.max_per_instance_failures)?
        .with("maxFailedInstances", settings.max_failed_instances)?
        .with(
            "minWaitInInstanceRunningMs",
            settings.min_wait_in_instance_running_ms,
        )?
        .with("rollbackOnFailure", settings.rollback_on_failure)?
        .with("waitForBatchCompletion", settings.wait_for_batch_completion)?
        .with_some(
            "blockIfNoPulsesAfterMs",
            settings.block_if_no_pulses_after_ms,
        )?
        .with("slaAware", settings.sla_aware)?
        .with("updateStrategy", strategy(&settings.strategy)?)?;
    // An empty set would mean that no instance is updated.
    if !settings.only_instances.is_empty() {
        let ranges = settings.only_instances.iter().map(|(first, last)| {
            Struct::new(&t::Range)
                .with("first", *first)?
                .with("last", *last)
                .map(Value::Struct)
        });
        let ranges = Value::List(ranges.collect::<Result<_, _>>()?);
        encoded.set("updateOnlyTheseInstances", ranges)?;
    }
    Ok(encoded)
}

fn strategy(strategy: &UpdateStrategy) -> Result<Struct, ShapeError> {
    let (name, strategy) = match strategy {
        UpdateStrategy::Queue { size } => (
            "queueStrategy",
            Struct::new(&t::QueueJobUpdateStrategy).with("groupSize", *size)?,
        ),
        UpdateStrategy::Batch { size, pause } => (
            "batchStrategy",
            Struct::new(&t::BatchJobUpdateStrategy)
                .with("groupSize", *size)?
                .with("autopauseAfterBatch", *pause)?,
        ),
        UpdateStrategy::VariableBatch { sizes, pause } => (
            "varBatchStrategy",
            Struct::new(&t::VariableBatchJobUpdateStrategy)
                .with(
                    "groupSizes",
                    Value::List(sizes.iter().map(|size| Value::from(*size)).collect()),
                )?
                .with("autopauseAfterBatch", *pause)?,
        ),
    };
    Struct::new(&t::JobUpdateStrategy).with(name, strategy)
}

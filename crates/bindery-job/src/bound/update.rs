//! Update of a job: the fields of the file, and the settings for the scheduler.

/// Update of a job, as the file has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpdateConfig {
    /// Number of instances that are updated at a time.
    pub batch_size: i64,
    /// Time that an instance has to run to count as updated, in seconds.
    pub watch_secs: i64,
    /// Number of failures of one instance that are tolerated.
    pub max_per_shard_failures: i64,
    /// Number of failed instances that are tolerated.
    pub max_total_failures: i64,
    /// Whether a failed update is rolled back.
    pub rollback_on_failure: bool,
    /// Whether a batch has to end before the next begins.
    pub wait_for_batch_completion: bool,
    /// Time without a pulse after which the update stops, in seconds.
    pub pulse_interval_secs: Option<i64>,
    /// Whether the update keeps to the SLA policy.
    pub sla_aware: bool,
    /// Order of the instances, where the file has one.
    pub strategy: Option<UpdateStrategy>,
}

/// Order in which instances are updated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UpdateStrategy {
    /// A fixed number at a time; the next instance starts as soon as one has ended.
    Queue {
        /// Number of instances.
        size: i64,
    },
    /// A fixed number at a time; the next batch starts when the whole batch has ended.
    Batch {
        /// Number of instances.
        size: i64,
        /// Whether the update stops after each batch.
        pause: bool,
    },
    /// Batches with a size each.
    VariableBatch {
        /// Number of instances in each batch.
        sizes: Vec<i64>,
        /// Whether the update stops after each batch.
        pause: bool,
    },
}

/// Settings of an update, for the scheduler.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpdateSettings {
    /// Number of instances that are updated at a time.
    pub group_size: i64,
    /// Number of failures of one instance that are tolerated.
    pub max_per_instance_failures: i64,
    /// Number of failed instances that are tolerated.
    pub max_failed_instances: i64,
    /// Time that an instance has to run to count as updated, in milliseconds; 0: its health checks decide.
    pub min_wait_in_instance_running_ms: i64,
    /// Whether a failed update is rolled back.
    pub rollback_on_failure: bool,
    /// Whether a batch has to end before the next begins.
    pub wait_for_batch_completion: bool,
    /// Instances to update, as closed ranges in ascending order; empty: all instances.
    pub only_instances: Vec<(i64, i64)>,
    /// Time without a pulse after which the update stops, in milliseconds.
    pub block_if_no_pulses_after_ms: Option<i64>,
    /// Whether the update keeps to the SLA policy.
    pub sla_aware: bool,
    /// Order of the instances.
    pub strategy: UpdateStrategy,
}

/// Error for update settings that are out of range or contradict each other. The messages are the original's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UpdateError {
    /// The batch size is not positive.
    #[error("Batch size should be greater than 0")]
    BatchSize,
    /// The watch time is negative.
    #[error("Watch seconds should be greater than or equal to 0")]
    WatchSecs,
    /// The pulse interval is less than a minute.
    #[error("Pulse interval seconds must be at least 60 seconds.")]
    PulseInterval,
    /// `wait_for_batch_completion` is set, and a strategy that decides the same.
    #[error(
        "Ambiguous update configuration. Cannot combine wait_batch_completion with an explicit update strategy."
    )]
    WaitWithStrategy,
    /// `batch_size` is set, and a strategy with sizes.
    #[error(
        "Ambiguous update configuration. Cannot combine update strategy with batch size. Please set batchsize inside of \
         update strategy instead."
    )]
    BatchSizeWithStrategy,
    /// A number does not fit in the 32 bits of the scheduler's interface.
    #[error("{field} in update_config is too large")]
    TooLarge {
        /// Field of the number.
        field: &'static str,
    },
}

impl UpdateConfig {
    /// Returns the settings of an update of these instances, or of all instances if the slice is empty.
    ///
    /// # Errors
    ///
    /// Fails for the first number that is out of range, and for fields that contradict each other.
    pub fn settings(&self, instances: &[i64]) -> Result<UpdateSettings, UpdateError> {
        self.check()?;
        let strategy = match &self.strategy {
            Some(strategy) => strategy.clone(),
            None if self.wait_for_batch_completion => UpdateStrategy::Batch {
                size: self.batch_size,
                pause: false,
            },
            None => UpdateStrategy::Queue {
                size: self.batch_size,
            },
        };
        let (group_size, waits) = match strategy {
            UpdateStrategy::Queue { size } => (size, false),
            UpdateStrategy::Batch { size, .. } => (size, true),
            UpdateStrategy::VariableBatch { .. } => (self.batch_size, false),
        };
        Ok(UpdateSettings {
            group_size,
            max_per_instance_failures: self.max_per_shard_failures,
            max_failed_instances: self.max_total_failures,
            min_wait_in_instance_running_ms: self.watch_secs.saturating_mul(1000),
            rollback_on_failure: self.rollback_on_failure,
            wait_for_batch_completion: waits,
            only_instances: ranges(instances),
            block_if_no_pulses_after_ms: self
                .pulse_interval_secs
                .map(|secs| secs.saturating_mul(1000)),
            sla_aware: self.sla_aware,
            strategy,
        })
    }

    fn check(&self) -> Result<(), UpdateError> {
        if self.batch_size <= 0 {
            return Err(UpdateError::BatchSize);
        }
        if self.watch_secs < 0 {
            return Err(UpdateError::WatchSecs);
        }
        if self.pulse_interval_secs.is_some_and(|secs| secs < 60) {
            return Err(UpdateError::PulseInterval);
        }
        if self.strategy.is_some() {
            if self.wait_for_batch_completion {
                return Err(UpdateError::WaitWithStrategy);
            }
            if self.batch_size > 1 {
                return Err(UpdateError::BatchSizeWithStrategy);
            }
        }
        let fits = |field, n: i64, unit| match i32::try_from(n.saturating_mul(unit)) {
            Ok(_) => Ok(()),
            Err(_) => Err(UpdateError::TooLarge { field }),
        };
        fits("batch_size", self.batch_size, 1)?;
        fits("max_per_shard_failures", self.max_per_shard_failures, 1)?;
        fits("max_total_failures", self.max_total_failures, 1)?;
        fits("watch_secs", self.watch_secs, 1000)?;
        fits(
            "pulse_interval_secs",
            self.pulse_interval_secs.unwrap_or(0),
            1000,
        )?;
        match &self.strategy {
            None => Ok(()),
            Some(UpdateStrategy::Queue { size } | UpdateStrategy::Batch { size, .. }) => {
                fits("batch_size", *size, 1)
            }
            Some(UpdateStrategy::VariableBatch { sizes, .. }) => sizes
                .iter()
                .try_for_each(|size| fits("batch_sizes", *size, 1)),
        }
    }
}

/// Returns numbers as closed ranges, in ascending order.
fn ranges(numbers: &[i64]) -> Vec<(i64, i64)> {
    let mut numbers = numbers.to_vec();
    numbers.sort_unstable();
    numbers.dedup();
    let mut ranges: Vec<(i64, i64)> = Vec::new();
    for number in numbers {
        match ranges.last_mut() {
            Some((_, last)) if *last + 1 == number => *last = number,
            _ => ranges.push((number, number)),
        }
    }
    ranges
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config() -> UpdateConfig {
        UpdateConfig {
            batch_size: 1,
            watch_secs: 45,
            max_per_shard_failures: 0,
            max_total_failures: 0,
            rollback_on_failure: true,
            wait_for_batch_completion: false,
            pulse_interval_secs: None,
            sla_aware: false,
            strategy: None,
        }
    }

    #[test]
    fn instances_become_ranges() {
        assert_eq!(ranges(&[5, 0, 2, 1, 5, 9, 8]), [(0, 2), (5, 5), (8, 9)]);
        assert_eq!(ranges(&[]), []);
    }

    #[test]
    fn errors_come_in_the_originals_order() {
        let error = |change: fn(&mut UpdateConfig)| {
            let mut config = config();
            change(&mut config);
            config.settings(&[]).unwrap_err()
        };
        assert_eq!(error(|c| c.batch_size = 0), UpdateError::BatchSize);
        assert_eq!(error(|c| c.watch_secs = -1), UpdateError::WatchSecs);
        assert_eq!(
            error(|c| c.pulse_interval_secs = Some(59)),
            UpdateError::PulseInterval
        );
        let queue = Some(UpdateStrategy::Queue { size: 2 });
        let mut both = config();
        both.strategy = queue.clone();
        both.wait_for_batch_completion = true;
        both.batch_size = 2;
        assert_eq!(both.settings(&[]), Err(UpdateError::WaitWithStrategy));
        both.wait_for_batch_completion = false;
        assert_eq!(both.settings(&[]), Err(UpdateError::BatchSizeWithStrategy));
        both.batch_size = 1;
        assert_eq!(both.settings(&[]).unwrap().group_size, 2);
    }

    #[test]
    fn numbers_fit_in_32_bits() {
        let mut large = config();
        large.watch_secs = 2_147_484;
        let error = large.settings(&[]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "watch_secs in update_config is too large"
        );
        large.watch_secs = 2_147_483;
        assert!(large.settings(&[]).is_ok());
    }

    #[test]
    fn batches_wait_and_queues_do_not() {
        let mut batches = config();
        batches.batch_size = 4;
        batches.wait_for_batch_completion = true;
        let settings = batches.settings(&[]).unwrap();
        assert_eq!(
            settings.strategy,
            UpdateStrategy::Batch {
                size: 4,
                pause: false
            }
        );
        assert!(settings.wait_for_batch_completion);
        batches.wait_for_batch_completion = false;
        let settings = batches.settings(&[]).unwrap();
        assert_eq!(settings.strategy, UpdateStrategy::Queue { size: 4 });
        assert_eq!(settings.min_wait_in_instance_running_ms, 45_000);
    }
}

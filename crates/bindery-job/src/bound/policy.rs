//! Rules of a job for the scheduler: constraints, partitions, maintenance, cron collisions.

use std::collections::BTreeSet;

use crate::Text;

/// Limit on the machines where instances may run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Constraint {
    /// Attribute of machines that the constraint is about.
    pub attribute: String,
    /// Required values or limit.
    pub rule: ConstraintRule,
}

/// Rule of a constraint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConstraintRule {
    /// Greatest number of instances on machines with one value of the attribute.
    Limit(i64),
    /// Values of the attribute.
    Value {
        /// Whether the attribute must have none of the values, rather than one of them.
        negated: bool,
        /// Values.
        values: BTreeSet<String>,
    },
}

/// Scheduler's action for instances on a machine that it cannot reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PartitionPolicy {
    /// Whether the instances are started on other machines.
    pub reschedule: bool,
    /// Time until then, in seconds.
    pub delay_secs: i64,
}

/// Number of instances that keep running during maintenance.
#[derive(Clone, Debug, PartialEq)]
pub enum SlaPolicy {
    /// Share of the instances.
    Percentage {
        /// Share, from 0 to 100.
        percentage: f64,
        /// Time for which the instances must have been running, in seconds.
        duration_secs: i64,
    },
    /// Fixed number of instances.
    Count {
        /// Number.
        count: i64,
        /// Time for which the instances must have been running, in seconds.
        duration_secs: i64,
    },
    /// Decision of a service.
    Coordinator {
        /// Address of the service.
        url: Text,
        /// Key of the decision in the service's response.
        status_key: Text,
    },
}

/// Scheduler's action when a cron job starts while its last run has not ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CronCollisionPolicy {
    /// End the last run.
    KillExisting,
    /// Skip the new run.
    CancelNew,
    /// Run both.
    RunOverlap,
}

//! Task of a job: processes, their order, resources.

use std::collections::{BTreeMap, BTreeSet};

use crate::Text;

/// Task: the processes of one instance, which share a sandbox folder and the resources.
#[derive(Clone, Debug, PartialEq)]
pub struct Task {
    /// Name.
    pub name: Option<Text>,
    /// Processes, in the order of the file.
    pub processes: Vec<Process>,
    /// Names of processes that run one after the other; a constraint each, in the order of the file. See
    /// [`Task::predecessors`].
    pub constraints: Vec<Vec<Text>>,
    /// Resources of one instance.
    pub resources: Resources,
    /// Number of failed processes with which the task fails; 0: no number of failures fails it.
    pub max_failures: i64,
    /// Number of processes that run at the same time at most; 0: any number.
    pub max_concurrency: i64,
    /// Time for the final processes, in seconds.
    pub finalization_wait: i64,
    /// Unix user, where the file names one; only the executor's data has it.
    pub user: Option<Text>,
}

/// Process of a task.
#[derive(Clone, Debug, PartialEq)]
pub struct Process {
    /// Name.
    pub name: Text,
    /// Command line, run by `bash -c`.
    pub cmdline: Text,
    /// Resources, where the file has them. Aurora's executor ignores them.
    pub resources: Option<Resources>,
    /// Number of failures with which the process has failed for good; 0: the process runs until it succeeds.
    pub max_failures: i64,
    /// Whether the process starts again after it succeeded.
    pub daemon: bool,
    /// Whether the process is ended with the task and does not keep the task running.
    pub ephemeral: bool,
    /// Least time from one start to the next, in seconds.
    pub min_duration: i64,
    /// Whether the process runs after all others, even if the task failed or is being killed.
    pub is_final: bool,
    /// Logger, where the file has one; otherwise the executor's own settings apply.
    pub logger: Option<Logger>,
}

/// Destination and rotation of a process's output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Logger {
    /// Destination.
    pub destination: LoggerDestination,
    /// Rotation.
    pub mode: LoggerMode,
    /// Limits for [`LoggerMode::Rotate`]; without them the executor's own apply.
    pub rotate: Option<RotatePolicy>,
}

/// Destination of a process's output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoggerDestination {
    /// Files in the sandbox.
    File,
    /// Output of the executor.
    Console,
    /// Files and output of the executor.
    Both,
    /// No destination: the output is dropped.
    None,
}

/// Rotation of log files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoggerMode {
    /// Files grow without limit.
    Standard,
    /// Files are rotated.
    Rotate,
}

/// Limits for the rotation of log files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RotatePolicy {
    /// Size of one file, in bytes.
    pub log_size: i64,
    /// Number of old files.
    pub backups: i64,
}

/// Resources of one instance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Resources {
    /// Cores.
    pub cpu: f64,
    /// Memory, in bytes.
    pub ram: i64,
    /// Disk, in bytes.
    pub disk: i64,
    /// Graphics processors.
    pub gpu: i64,
}

const MIB: i64 = 1 << 20;

impl Resources {
    /// Returns the memory in MiB, rounded down.
    pub fn ram_mib(&self) -> i64 {
        self.ram.div_euclid(MIB)
    }

    /// Returns the disk in MiB, rounded down.
    pub fn disk_mib(&self) -> i64 {
        self.disk.div_euclid(MIB)
    }
}

impl Task {
    /// Returns for each process the indices of the processes that have to succeed before it starts, in ascending order.
    ///
    /// Final processes start after all others; that rule is in [`Process::is_final`] and not in the result. As in Aurora's executor,
    /// the last of several processes with one name has the name, and a constraint with unknown names only has no effect.
    pub fn predecessors(&self) -> Vec<Vec<usize>> {
        let by_name: BTreeMap<&Text, usize> = self
            .processes
            .iter()
            .enumerate()
            .map(|(index, process)| (&process.name, index))
            .collect();
        let mut before = vec![BTreeSet::new(); self.processes.len()];
        for pair in self.constraints.iter().flat_map(|order| order.windows(2)) {
            if let (Some(first), Some(then)) = (by_name.get(&pair[0]), by_name.get(&pair[1])) {
                before[*then].insert(*first);
            }
        }
        before.into_iter().map(Vec::from_iter).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn process(name: &str) -> Process {
        Process {
            name: name.into(),
            cmdline: "x".into(),
            resources: None,
            max_failures: 1,
            daemon: false,
            ephemeral: false,
            min_duration: 5,
            is_final: false,
            logger: None,
        }
    }

    #[track_caller]
    fn check(processes: &[&str], constraints: &[&[&str]], expected: &[&[usize]]) {
        let order = |names: &&[&str]| names.iter().map(|name| Text::from(*name)).collect();
        let task = Task {
            name: None,
            processes: processes.iter().map(|name| process(name)).collect(),
            constraints: constraints.iter().map(order).collect(),
            resources: Resources {
                cpu: 1.0,
                ram: 3 * MIB - 1,
                disk: MIB,
                gpu: 0,
            },
            max_failures: 1,
            max_concurrency: 0,
            finalization_wait: 30,
            user: None,
        };
        assert_eq!(task.predecessors(), expected);
        assert_eq!(
            (task.resources.ram_mib(), task.resources.disk_mib()),
            (2, 1)
        );
    }

    #[test]
    fn constraints_order_processes() {
        check(&["a", "b", "c"], &[], &[&[], &[], &[]]);
        check(&["c", "b", "a"], &[&["a", "b", "c"]], &[&[1], &[2], &[]]);
        check(
            &["a", "b", "c"],
            &[&["a", "c"], &["b", "c"], &["a", "c"]],
            &[&[], &[], &[0, 1]],
        );
    }

    #[test]
    fn names_that_no_process_has_order_nothing() {
        check(&["a", "b"], &[&["x", "y"]], &[&[], &[]]);
        check(&["a", "b", "a"], &[&["a", "b"]], &[&[], &[2], &[]]);
    }
}

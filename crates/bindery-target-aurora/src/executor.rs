//! Executor of a job and the data that it receives.

use bindery_job::{BoundJob, Executor};

use crate::thrift::{ShapeError, Struct, table as t};

/// Name of Aurora's own executor.
const AURORA_EXECUTOR: &str = "AuroraExecutor";

/// Fields that only the scheduler reads. Without them in the executor's data, a change of one does not restart a task.
const FIELDS_OF_THE_SCHEDULER: [&str; 2] = ["update_config", "instances"];

pub(crate) fn executor_config(job: &BoundJob) -> Result<Struct, ShapeError> {
    let config = Struct::new(&t::ExecutorConfig);
    match &job.executor {
        Executor::Aurora => config
            .with("name", AURORA_EXECUTOR)?
            .with("data", executor_data(job)),
        Executor::Custom { name, data } => config
            .with("name", name.as_str())?
            .with("data", data.as_str()),
    }
}

/// Returns the data that Aurora's own executor receives: the job as JSON in the order of the schema.
///
/// The scheduler compares the data byte by byte to decide whether an instance changed.
pub fn executor_data(job: &BoundJob) -> String {
    job.to_json(&FIELDS_OF_THE_SCHEDULER)
        .expect("a bound job is JSON data")
}

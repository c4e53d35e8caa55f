//! Jobs from JSON documents.

use bindery_core::{Error, Value};

use crate::Schema;

impl Schema {
    /// Returns the value of `jobs` for a JSON document: `{"jobs": [{…}, …]}` or one job object. Refs in texts work as in job files.
    ///
    /// # Errors
    ///
    /// The errors of making a job from data; an unknown key is an error.
    pub fn jobs_from_json(&self, document: &Value) -> Result<Value, Error> {
        let jobs = match document.entry("jobs") {
            Some(Value::List(jobs)) => jobs.to_vec(),
            _ => vec![document.clone()],
        };
        let job_type = self.job();
        let jobs = jobs
            .iter()
            .map(|job| {
                let fields = std::slice::from_ref(job);
                Ok(Value::Object(job_type.construct(fields, &[], None)?))
            })
            .collect::<Result<Vec<_>, Error>>()?;
        Ok(Value::List(jobs.into()))
    }
}

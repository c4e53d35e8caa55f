//! Conversion of the job.

use crate::phases::conversion::container::container;
use crate::phases::conversion::data::ordered;
use crate::phases::conversion::policy;
use crate::phases::conversion::task;
use crate::phases::fields::Fields;
use crate::phases::interpolated::InterpolatedJob;
use crate::schema::types::AURORA_EXECUTOR_NAME;
use crate::{BoundJob, Executor, InvalidJob, JobKey, Schema};

impl InterpolatedJob {
    /// Returns the job as plain data, without warnings.
    ///
    /// # Errors
    ///
    /// The first refusal, in the original's order: ports; key; numbers and texts of the job itself; policies; metadata; resources;
    /// constraints; container; names, types, plan and refs of the task; types and refs of the job; executor; schedule.
    pub fn convert(&self, schema: &Schema) -> Result<BoundJob, InvalidJob> {
        let ports = self.ports()?;
        let fields = self.fields();
        let key = JobKey {
            role: self.identifier("role")?,
            environment: self.identifier("environment")?,
            name: self.identifier("name")?,
            cluster: fields.text("cluster")?.to_string(),
        };
        let production = fields.boolean("production")?;
        let service = fields.boolean("service")?;
        let max_task_failures = fields.short("max_task_failures")?;
        let priority = fields.short("priority")?;
        let contact = fields.optional_text("contact")?;
        let tier = fields.optional_text("tier")?;
        let partition_policy = policy::partition_policy(&fields)?;
        let sla_policy = policy::sla_policy(&fields)?;
        let metadata = policy::metadata(&fields)?;
        let resources = task::resources(&fields)?;
        let constraints = policy::constraints(&fields)?;
        let container = container(&fields)?;
        self.check_whole()?;
        let checked = Fields::checked(self.whole());
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
            ports,
            constraints,
            container,
            executor: executor(&fields)?,
            cron_schedule: fields.optional_text("cron_schedule")?,
            cron_collision_policy: policy::cron_collision_policy(&fields)?,
            instances: fields.short("instances")?,
            update: policy::update(&fields)?,
            task: task::task(&checked, resources)?,
            health_check: task::health_check(&checked)?,
            lifecycle: task::lifecycle(&checked)?,
            announce: task::announcer(&checked)?,
            task_links: checked.texts("task_links")?,
            enable_hooks: checked.boolean_or("enable_hooks", false)?,
            warnings: Vec::new(),
            data: ordered(self.whole(), schema)?,
        })
    }
}

fn executor(job: &Fields<'_>) -> Result<Executor, InvalidJob> {
    let executor = job.required_inner("executor_config")?;
    let name = executor.text("name")?;
    if name == AURORA_EXECUTOR_NAME {
        return Ok(Executor::Aurora);
    }
    Ok(Executor::Custom {
        name,
        data: executor.text("data")?,
    })
}

#[cfg(test)]
mod tests {
    use bindery_core::json;

    use crate::{JobFile, Schema, Selection};

    /// Returns the refusal of a job with the required fields and these; empty if the job passes.
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
    fn numbers_fit_in_32_bits() {
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
    fn limits_are_parsed_as_by_the_original() {
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

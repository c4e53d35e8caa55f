//! First validation of a job, and the checks of its configuration.

use bindery_core::{Object, Value, repr};

use crate::phases::fields::Fields;
use crate::phases::interpolated::InterpolatedJob;
use crate::phases::job::Job;
use crate::phases::ports;
use crate::{InvalidJob, Warning};

impl Job {
    /// Runs the original's first validation: cluster, task, role and the task's processes are present.
    ///
    /// # Errors
    ///
    /// Refuses the job for the first part that is missing or cannot be interpolated.
    pub fn validate(&self) -> Result<(), InvalidJob> {
        let job = self.object();
        let name = match job.attribute("name")? {
            Some(name) => name.display()?,
            None => "Empty".to_owned(),
        };
        let missing = |what: &str| {
            InvalidJob::configuration(format_args!("{what} required for job \"{name}\""))
        };
        for (field, what) in [("cluster", "Cluster"), ("task", "Task"), ("role", "Role")] {
            if job.attribute(field)?.is_none() {
                return Err(missing(what).within(field, Some(job)));
            }
        }
        if let Some(task) = job.field("task")
            && task.field("processes").is_none()
        {
            let error = InvalidJob::configuration(format_args!(
                "Processes required for task on job \"{name}\""
            ));
            return Err(error.within("task.processes", Some(task)));
        }
        Ok(())
    }
}

impl InterpolatedJob {
    /// Checks numbers of the update and of health checks, the announcer, and deprecated fields. Appends to `warnings`.
    ///
    /// # Errors
    ///
    /// Refuses the job for the first number or port that is not valid.
    pub fn check_configuration(&self, warnings: &mut Vec<Warning>) -> Result<(), InvalidJob> {
        self.check_numbers()?;
        self.check_announcer(warnings)?;
        let job = self.fields();
        let production = job.get("production").and_then(Object::raw);
        if matches!(production, Some(Value::Boolean(true))) && job.get("tier").is_none() {
            warnings.push(Warning::ProductionWithoutTier);
        }
        Ok(())
    }

    /// Checks numbers. The type check handles absent and open ones.
    fn check_numbers(&self) -> Result<(), InvalidJob> {
        let job = self.fields();
        let (Some(update), Some(health)) =
            (job.inner("update_config"), job.inner("health_check_config"))
        else {
            return Ok(());
        };
        let failures = integer(&update, "max_total_failures");
        if let (Some(failures), Some(size)) = (failures, integer(&job, "instances")) {
            if failures >= size {
                return Err(fatal(
                    &update,
                    "max_total_failures",
                    format_args!(
                        "max_total_failures in update_config must be lesser than the job size.\n\
                         Based on your job size ({size}) you should use max_total_failures <= {}.",
                        size.saturating_sub(1)
                    ),
                ));
            }
            // Two percent, rounded down.
            let least = size.div_euclid(50);
            if failures < least && self.is_dedicated()? {
                return Err(fatal(
                    &update,
                    "max_total_failures",
                    format_args!(
                        "Since this is a dedicated job, you must set your max_total_failures in\n\
                         your update configuration to no less than 2% of your job size.\n\
                         Based on your job size ({size}) you should use max_total_failures >= {least}."
                    ),
                ));
            }
        }
        for (fields, name) in [
            (&update, "watch_secs"),
            (&health, "max_consecutive_failures"),
            (&health, "min_consecutive_successes"),
            (&health, "initial_interval_secs"),
            (&health, "interval_secs"),
        ] {
            let value = fields.get(name).and_then(Object::raw);
            let is_negative = match value {
                Some(Value::Integer(n)) => n.to_f64().is_some_and(|x| x < 0.0),
                Some(Value::Float(x)) => *x < 0.0,
                _ => false,
            };
            if let (Some(value), true) = (value, is_negative) {
                let value = repr::display(value)?;
                return Err(fatal(
                    fields,
                    name,
                    format_args!(
                        "Invalid value ({value}) specified for {name}. Value cannot be less than 0."
                    ),
                ));
            }
        }
        Ok(())
    }

    fn check_announcer(&self, warnings: &mut Vec<Warning>) -> Result<(), InvalidJob> {
        let job = self.fields();
        let Some(announcer) = job.inner("announce") else {
            return Ok(());
        };
        let portmap = announcer.texts("portmap")?;
        if let Some(port) = announcer.get("primary_port") {
            let port = port.display()?;
            let is_mapped = portmap.iter().any(|(name, _)| *name == port.as_str());
            if !self.ports()?.contains(&port) && !is_mapped {
                warnings.push(Warning::UnboundPrimaryPort { port });
            }
        }
        if portmap
            .iter()
            .any(|(_, port)| ports::is_static(port.as_str()))
            && !self.is_dedicated()?
        {
            return Err(InvalidJob::bare(
                "Job must be dedicated in order to specify static ports!",
            )
            .within("announce.portmap", announcer.get("portmap"))
            .with_hint("name the port, or constrain the job to hosts of its own: `constraints = {'dedicated': 'ROLE/NAME'}`"));
        }
        Ok(())
    }
}

/// Returns an integer that is present and fits in 64 bits.
fn integer(fields: &Fields<'_>, field: &str) -> Option<i64> {
    match fields.get(field)?.raw()? {
        Value::Integer(n) => n.to_i64(),
        _ => None,
    }
}

/// Creates a refusal that ends the original's process, with empty lines around the message.
fn fatal(fields: &Fields<'_>, field: &str, message: std::fmt::Arguments<'_>) -> InvalidJob {
    InvalidJob::bare(format!("\n{message}\n")).within(&fields.path(field), fields.get(field))
}

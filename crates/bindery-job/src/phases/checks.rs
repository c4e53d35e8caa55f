//! The phases of the original between the binders and the scheduler, in its order and words.

use std::collections::BTreeSet;

use bindery_core::{Error, Object, Ref, Value, repr};

use crate::key::is_identifier;
use crate::phases::conversion;
use crate::phases::fields::Fields;
use crate::phases::job::{Job, is_deferred};
use crate::phases::plan::{self, Planned};
use crate::phases::ports::{self, Cycle, NotByName, Portmap};
use crate::{BoundJob, InvalidJob, Schema, Tiers, Warning};

/// A job with everything bound, interpolated, on its way through the phases that read it.
pub struct InterpolatedJob {
    /// Interpolated twice, as the original does: it uses escapes up (Q32), and what they stood for counts as a ref.
    whole: Object,
    /// What that leaves open, in order of first appearance.
    open: Vec<Ref>,
}

/// The instance that the original pretends to be while it checks a job.
const INSTANCE: i64 = 31337;

impl Job {
    /// The original's first validation: cluster, task, role, and the task's processes.
    ///
    /// # Errors
    ///
    /// The first of these that is missing, and what interpolating them raises.
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

    /// The job for the phases after the binders.
    ///
    /// # Errors
    ///
    /// Those of interpolation.
    pub fn interpolate(&self) -> Result<InterpolatedJob, Error> {
        let (once, _) = self.object().interpolate()?;
        let (whole, open) = once.interpolate()?;
        Ok(InterpolatedJob {
            whole,
            open: open.into_iter().map(|open| open.reference).collect(),
        })
    }
}

impl InterpolatedJob {
    fn fields(&self) -> Fields<'_> {
        Fields::of(&self.whole, "")
    }

    /// Numbers of the update and of health checks, the announcer, and deprecated fields; what is only worth a warning is added to
    /// `warnings`.
    ///
    /// # Errors
    ///
    /// The first refusal.
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

    fn is_dedicated(&self) -> Result<bool, InvalidJob> {
        let Some(constraints) = self.whole.field("constraints") else {
            return Ok(false);
        };
        for (attribute, _) in constraints.entries() {
            if attribute.display()? == "dedicated" {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Numbers that are not there or still open are left to the type check.
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
                return Err(ended(
                    &update,
                    "max_total_failures",
                    format_args!(
                        "max_total_failures in update_config must be lesser than the job size.\n\
                         Based on your job size ({size}) you should use max_total_failures <= {}.",
                        size.saturating_sub(1)
                    ),
                ));
            }
            // A 50th, rounded down.
            let least = size.div_euclid(50);
            if failures < least && self.is_dedicated()? {
                return Err(ended(
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
                let shown = repr::display(value)?;
                return Err(ended(
                    fields,
                    name,
                    format_args!(
                        "Invalid value ({shown}) specified for {name}. Value cannot be less than 0."
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
            let is_mapped = portmap.iter().any(|(name, _)| *name == port);
            if !self.ports()?.contains(&port) && !is_mapped {
                warnings.push(Warning::UnboundPrimaryPort { port });
            }
        }
        if portmap.iter().any(|(_, port)| ports::is_static(port)) && !self.is_dedicated()? {
            return Err(InvalidJob::bare(
                "Job must be dedicated in order to specify static ports!",
            )
            .within("announce.portmap", announcer.get("portmap"))
            .with_hint("name the port, or constrain the job to hosts of its own: `constraints = {'dedicated': 'ROLE/NAME'}`"));
        }
        Ok(())
    }

    /// Gives the job a tier, or takes from its tier whether it is production.
    ///
    /// # Errors
    ///
    /// If one of both cannot be read.
    pub fn fill_in(&mut self, tiers: &Tiers) -> Result<(), InvalidJob> {
        let job = self.fields();
        let tier = job.optional_text("tier")?;
        let (tier, production) = tiers.fill_in(tier.as_deref(), job.boolean("production")?);
        self.whole = self.whole.with(&[
            ("tier".into(), Value::string(tier)),
            ("production".into(), Value::Boolean(production)),
        ])?;
        Ok(())
    }

    /// The names of the ports that the scheduler has to allocate.
    ///
    /// # Errors
    ///
    /// If a process refers to a port by something else than an index, or the announcer's portmap leads in a circle.
    pub fn ports(&self) -> Result<BTreeSet<String>, InvalidJob> {
        let job = self.fields();
        let asked = match job.inner("task") {
            Some(task) => self.asked_ports(&task)?,
            None => BTreeSet::new(),
        };
        let Some(announcer) = job.inner("announce") else {
            return Ok(asked);
        };
        let portmap = Portmap::resolve(&announcer.texts("portmap")?).map_err(|Cycle| {
            InvalidJob::bare("Found cycle in portmap!")
                .within("announce.portmap", announcer.get("portmap"))
        })?;
        Ok(portmap.allocated(&asked))
    }

    /// The ports that the task's processes name.
    fn asked_ports(&self, task: &Fields<'_>) -> Result<BTreeSet<String>, InvalidJob> {
        let mut asked = BTreeSet::new();
        if self
            .open
            .iter()
            .all(|open| matches!(ports::name_of(open), Ok(None)))
        {
            return Ok(asked);
        }
        for (at, process) in task.each("processes").enumerate() {
            let (_, open) = process.object().interpolate()?;
            for open in open {
                match ports::name_of(&open.reference) {
                    Ok(Some(name)) => {
                        asked.insert(name.to_owned());
                    }
                    Ok(None) => {}
                    Err(NotByName) => {
                        let shown = process.object().repr()?;
                        return Err(
                            InvalidJob::bare(format!("Task has invalid process: {shown}"))
                                .within(&format!("task.processes[{at}]"), Some(process.object()))
                                .with_hint(
                                    "name the port by an index, as in `{{thermos.ports[http]}}`",
                                ),
                        );
                    }
                }
            }
        }
        Ok(asked)
    }

    /// The job as plain data.
    ///
    /// # Errors
    ///
    /// The first refusal, in the original's order: ports; key; the job's own numbers and words; policies; metadata; resources;
    /// constraints; container; the task's processes, types, plan and refs; the job's types and refs; executor; schedule.
    pub fn convert(&self, schema: &Schema) -> Result<BoundJob, InvalidJob> {
        let ports = self.ports()?;
        conversion::bound(self, schema, ports)
    }

    pub(crate) fn whole(&self) -> &Object {
        &self.whole
    }

    /// Role, environment or name, which are parts of paths and addresses.
    pub(crate) fn identifier(&self, field: &str) -> Result<String, InvalidJob> {
        let job = self.fields();
        let text = job.text(field)?;
        if is_identifier(&text) {
            Ok(text)
        } else {
            Err(job.refuse(field, format_args!("Invalid {field} '{text}'")))
        }
    }

    /// The task's process names, types, plan and refs, then the whole job's types and refs.
    pub(crate) fn check_whole(&self) -> Result<(), InvalidJob> {
        let checked = if self.open.is_empty() {
            self.whole.clone()
        } else {
            let mesos = Value::map([
                ("instance", Value::integer(INSTANCE)),
                ("hostname", Value::string("")),
            ]);
            self.whole.bind(&[], &[("mesos".into(), mesos)])?
        };
        if let Some(task) = checked.attribute("task")? {
            self.check_task(&task)?;
        }
        let check = checked.check()?;
        if !check.ok() {
            return Err(InvalidJob::configuration(format_args!(
                "Job not fully specified: {}",
                check.message()
            ))
            .within("", Some(&self.whole)));
        }
        let open = self.open.iter().filter(|open| !is_deferred(open));
        let open = listed(open.map(Ref::to_string));
        if open.is_empty() {
            Ok(())
        } else {
            Err(InvalidJob::configuration(format_args!(
                "Config contains unbound variables: {open}"
            ))
            .within("", Some(&self.whole)))
        }
    }

    fn check_task(&self, task: &Object) -> Result<(), InvalidJob> {
        let fields = Fields::of(task, "task");
        let invalid = |message: std::fmt::Arguments<'_>, field: &str| {
            fields.refuse(field, format_args!("Task is invalid: {message}"))
        };
        for process in fields.each("processes") {
            let name = process.required("name")?.display()?;
            // `^[^./][^/]*$`
            if name.is_empty() || name.starts_with('.') || name.contains('/') {
                return Err(invalid(
                    format_args!("Task has invalid process: Invalid process name: {name}"),
                    "processes",
                ));
            }
        }
        let check = task.check()?;
        if !check.ok() {
            return Err(invalid(
                format_args!("Failed to fully evaluate task: {}", check.message()),
                "",
            ));
        }
        let processes = fields
            .each("processes")
            .map(|process| {
                Ok(Planned {
                    name: process.text("name")?,
                    daemon: process.boolean("daemon")?,
                    ephemeral: process.boolean("ephemeral")?,
                    is_final: process.boolean("final")?,
                })
            })
            .collect::<Result<Vec<_>, InvalidJob>>()?;
        let orders = fields
            .each("constraints")
            .map(|constraint| {
                let names = constraint.get("order").map_or(&[][..], Object::items);
                names.iter().map(Object::display).collect()
            })
            .collect::<Result<Vec<Vec<String>>, Error>>()?;
        plan::check(&processes, &orders).map_err(|message| {
            invalid(
                format_args!("Task has invalid plan: {message}"),
                "constraints",
            )
        })?;
        self.check_refs(task, &invalid)
    }

    /// Refs of the task that stay open when the executor has bound its own.
    fn check_refs(
        &self,
        task: &Object,
        invalid: &dyn Fn(std::fmt::Arguments<'_>, &str) -> InvalidJob,
    ) -> Result<(), InvalidJob> {
        if self.open.is_empty() {
            return Ok(());
        }
        let mut thermos: Vec<(Value, Value)> = [("task_id", "task"), ("user", "user")]
            .map(|(name, value)| (Value::string(name), Value::string(value)))
            .into();
        let ports: Vec<(Value, Value)> = self
            .asked_ports(&Fields::of(task, "task"))?
            .into_iter()
            .map(|name| (Value::string(format!("[{name}]")), Value::integer(INSTANCE)))
            .collect();
        if !ports.is_empty() {
            thermos.push((Value::string("ports"), Value::Map(ports.into())));
        }
        let thermos = Value::Map(thermos.into());
        let (_, open) = task
            .bind(&[], &[("thermos".into(), thermos)])?
            .interpolate()?;
        let open = listed(open.iter().map(|open| open.reference.to_string()));
        if open.is_empty() {
            Ok(())
        } else {
            Err(invalid(
                format_args!(
                    "Unexpected unbound refs: {open}. Make sure you are not nesting template variables."
                ),
                "processes",
            ))
        }
    }
}

/// Texts in order, each once, with blanks between them.
fn listed(texts: impl Iterator<Item = String>) -> String {
    let texts: BTreeSet<String> = texts.collect();
    texts.into_iter().collect::<Vec<_>>().join(" ")
}

/// A whole number that is there and whole.
fn integer(fields: &Fields<'_>, field: &str) -> Option<i64> {
    match fields.get(field)?.raw()? {
        Value::Integer(n) => n.to_i64(),
        _ => None,
    }
}

/// A refusal that ended the original's process, with the empty lines around it.
fn ended(fields: &Fields<'_>, field: &str, message: std::fmt::Arguments<'_>) -> InvalidJob {
    InvalidJob::bare(format!("\n{message}\n")).within(&fields.path(field), fields.get(field))
}

//! Checks of the task and of the whole job: names, types, plan, refs.

use std::collections::BTreeSet;

use bindery_core::{Error, Object, Ref, Value};

use crate::InvalidJob;
use crate::bound::text::Deferred;
use crate::phases::fields::Fields;
use crate::phases::interpolated::InterpolatedJob;
use crate::phases::plan::{self, Planned};

/// Instance number that the original substitutes while it checks a job.
const INSTANCE: i64 = 31337;

impl InterpolatedJob {
    /// Checks names, types, plan and refs of the task, then types and refs of the whole job.
    pub(crate) fn check_whole(&self) -> Result<(), InvalidJob> {
        let checked = if self.open().is_empty() {
            self.whole().clone()
        } else {
            let mesos = Value::map([
                ("instance", Value::integer(INSTANCE)),
                ("hostname", Value::string("")),
            ]);
            self.whole().bind(&[], &[("mesos".into(), mesos)])?
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
            .within("", Some(self.whole())));
        }
        let is_deferred = |open: &&Ref| Deferred::parse(open.address()).is_some();
        let open = self.open().iter().filter(|open| !is_deferred(open));
        let open = join_sorted(open.map(Ref::to_string));
        if open.is_empty() {
            Ok(())
        } else {
            Err(InvalidJob::configuration(format_args!(
                "Config contains unbound variables: {open}"
            ))
            .within("", Some(self.whole())))
        }
    }

    fn check_task(&self, task: &Object) -> Result<(), InvalidJob> {
        let fields = Fields::new(task, "task");
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
                    name: process.text("name")?.to_string(),
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

    /// Refuses the job if refs of the task stay open after the executor bound its own.
    fn check_refs(
        &self,
        task: &Object,
        invalid: &dyn Fn(std::fmt::Arguments<'_>, &str) -> InvalidJob,
    ) -> Result<(), InvalidJob> {
        if self.open().is_empty() {
            return Ok(());
        }
        let mut thermos: Vec<(Value, Value)> = [("task_id", "task"), ("user", "user")]
            .map(|(name, value)| (Value::string(name), Value::string(value)))
            .into();
        let ports: Vec<(Value, Value)> = self
            .process_ports(&Fields::new(task, "task"))?
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
        let open = join_sorted(open.iter().map(|open| open.reference.to_string()));
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

/// Joins texts by blanks, sorted, each once.
fn join_sorted(texts: impl Iterator<Item = String>) -> String {
    let texts: BTreeSet<String> = texts.collect();
    texts.into_iter().collect::<Vec<_>>().join(" ")
}

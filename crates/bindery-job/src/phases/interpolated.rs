//! Interpolated job: tier, ports and identifiers.

use std::collections::BTreeSet;

use bindery_core::{Error, Object, Ref, Value};

use crate::key::is_identifier;
use crate::phases::fields::Fields;
use crate::phases::job::Job;
use crate::phases::ports::{self, Cycle, NotByName, Portmap};
use crate::{InvalidJob, Text, Tiers};

/// Job with all its bindings, interpolated, for the phases of the original after the binders.
pub struct InterpolatedJob {
    /// Job object, interpolated twice as in the original, so that escapes are used up (Q32) and the braces they leave count as refs.
    whole: Object,
    /// Refs that stay open, in order of first appearance.
    open: Vec<Ref>,
}

impl Job {
    /// Returns the job for the phases after the binders.
    ///
    /// # Errors
    ///
    /// The errors of interpolation.
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
    pub(crate) fn fields(&self) -> Fields<'_> {
        Fields::new(&self.whole, "")
    }

    pub(crate) fn whole(&self) -> &Object {
        &self.whole
    }

    pub(crate) fn open(&self) -> &[Ref] {
        &self.open
    }

    pub(crate) fn is_dedicated(&self) -> Result<bool, InvalidJob> {
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

    /// Sets the tier of a job without one, and otherwise `production` by the tier.
    ///
    /// # Errors
    ///
    /// Refuses the job if one of both has the wrong type.
    pub fn fill_in(&mut self, tiers: &Tiers) -> Result<(), InvalidJob> {
        let job = self.fields();
        let tier = job.optional_text("tier")?;
        let (tier, production) =
            tiers.fill_in(tier.as_ref().map(Text::as_str), job.boolean("production")?);
        self.whole = self.whole.with(&[
            ("tier".into(), Value::string(tier)),
            ("production".into(), Value::Boolean(production)),
        ])?;
        Ok(())
    }

    /// Returns the names of the ports that the scheduler allocates.
    ///
    /// # Errors
    ///
    /// Refuses the job if a process refers to a port without an index, or if the announcer's portmap has a cycle.
    pub fn ports(&self) -> Result<BTreeSet<String>, InvalidJob> {
        let job = self.fields();
        let used = match job.inner("task") {
            Some(task) => self.process_ports(&task)?,
            None => BTreeSet::new(),
        };
        let Some(announcer) = job.inner("announce") else {
            return Ok(used);
        };
        let portmap = Portmap::resolve(&announcer.texts("portmap")?).map_err(|Cycle| {
            InvalidJob::bare("Found cycle in portmap!")
                .within("announce.portmap", announcer.get("portmap"))
        })?;
        Ok(portmap.allocated(&used))
    }

    /// Returns the names of the ports that the task's processes refer to.
    pub(crate) fn process_ports(&self, task: &Fields<'_>) -> Result<BTreeSet<String>, InvalidJob> {
        let mut names = BTreeSet::new();
        if self
            .open
            .iter()
            .all(|open| matches!(ports::name_of(open), Ok(None)))
        {
            return Ok(names);
        }
        for (index, process) in task.each("processes").enumerate() {
            let (_, open) = process.object().interpolate()?;
            for open in open {
                match ports::name_of(&open.reference) {
                    Ok(Some(name)) => {
                        names.insert(name.to_owned());
                    }
                    Ok(None) => {}
                    Err(NotByName) => {
                        let process_text = process.object().repr()?;
                        return Err(InvalidJob::bare(format!(
                            "Task has invalid process: {process_text}"
                        ))
                        .within(&format!("task.processes[{index}]"), Some(process.object()))
                        .with_hint("name the port by an index, as in `{{thermos.ports[http]}}`"));
                    }
                }
            }
        }
        Ok(names)
    }

    /// Returns the role, environment or name, which are parts of paths and addresses.
    pub(crate) fn identifier(&self, field: &str) -> Result<String, InvalidJob> {
        let job = self.fields();
        let text = job.text(field)?;
        if is_identifier(text.as_str()) {
            Ok(text.to_string())
        } else {
            Err(job.refuse(field, format_args!("Invalid {field} '{text}'")))
        }
    }
}

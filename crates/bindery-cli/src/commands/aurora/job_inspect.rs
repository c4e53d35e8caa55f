//! `aurora job inspect`: a job as it would be sent.

use std::fmt::Write;
use std::fs;
use std::path::PathBuf;
use std::rc::Rc;

use bindery_core::{Value, repr};
use bindery_diagnostic::{Diagnostic, Diagnostics, Kind};
use bindery_job::{BoundJob, JobKey, Schema, Tiers};
use bindery_target_aurora::Form;
use bindery_target_aurora::thrift::named;
use clap::Args;

use super::Everywhere;
use super::source::{Source, with_heading};
use crate::context::Context;
use crate::pass::Pass;
use crate::{output, target};

/// Show a job with everything bound
///
/// Loads, binds and converts as for sending, and sends nothing. The original asks the scheduler for its tiers; here they come from
/// a file, or the job keeps the tier and the `production` that it has.
#[derive(Args)]
pub struct Inspect {
    /// The job, as CLUSTER/ROLE/ENV/NAME
    #[arg(value_name = "JOBKEY")]
    key: JobKey,
    #[command(flatten)]
    source: Source,
    /// Print the JobConfiguration by the names of its fields, as JSON
    #[arg(long)]
    raw: bool,
    /// Print the job as JSON, which --read-json reads again
    #[arg(long, conflicts_with = "raw")]
    write_json: bool,
    /// The scheduler's tiers, in the form of its own tiers.json: fill in `tier` and `production` from them
    #[arg(long, value_name = "FILE")]
    tiers: Option<PathBuf>,
    #[command(flatten)]
    everywhere: Everywhere,
}

impl Inspect {
    /// Prints the job.
    pub fn run(&self, context: &Context<'_>) -> Result<(), Diagnostics> {
        let job = self.render(context).map_err(|failures| {
            let heading = "Error loading configuration";
            with_heading(heading, Kind::Invalid, failures)
        })?;
        if self.write_json {
            let document = BoundJob::document([&job])
                .map_err(|error| Diagnostic::new(Kind::Invalid, error.message()))?;
            return output::print(&document);
        }
        if self.raw {
            let aurora = target::aurora(Form::Named, context.environment())?;
            let configuration = aurora.configuration(&job).map_err(Diagnostic::from)?;
            return output::print(&(named::write(&configuration) + "\n"));
        }
        output::print(&described(&job))
    }

    fn render(&self, context: &Context<'_>) -> Result<BoundJob, Diagnostics> {
        let schema = Rc::new(Schema::new());
        let loaded = self.source.load(&schema, context)?;
        let job = loaded.job(&schema, &self.source.bindings(), &self.key.clone().into())?;
        let tiers = self.tiers()?;
        let mut rendered = Pass::new(&loaded, vec![job])?
            .bind(context, &self.source.lock()?)?
            .finish(&schema, tiers.as_ref())?;
        Ok(rendered.remove(0))
    }

    fn tiers(&self) -> Result<Option<Tiers>, Diagnostics> {
        let Some(file) = &self.tiers else {
            return Ok(None);
        };
        let invalid = |message: &str| {
            Diagnostic::new(Kind::Invalid, format!("{message} `{}`", file.display()))
        };
        let text = fs::read_to_string(file).map_err(|error| invalid("cannot read").cause(error))?;
        let tiers = Tiers::parse(&text).map_err(|error| {
            invalid("no tiers in")
                .cause(error)
                .hint("as in `{\"default\": \"preemptible\", \"tiers\": {\"preferred\": {\"preemptible\": false, \"revocable\": false}}}`")
        })?;
        Ok(Some(tiers))
    }
}

/// The job as text, line by line as the original has it.
fn described(job: &BoundJob) -> String {
    let data = job.data();
    let text = |value: Option<&Value>| match value {
        Some(value) => repr::display(value).unwrap_or_default(),
        None => String::new(),
    };
    let mut out = String::from("Job level information\n");
    let mut line = |text: std::fmt::Arguments<'_>| {
        let _ = writeln!(out, "{text}");
    };
    let python = |flag: bool| if flag { "True" } else { "False" };
    line(format_args!("  name:       '{}'", job.key.name));
    line(format_args!("  role:       '{}'", job.key.role));
    if let Some(contact) = &job.contact {
        line(format_args!("  contact:    '{contact}'"));
    }
    line(format_args!("  cluster:    '{}'", job.key.cluster));
    line(format_args!("  instances:  '{}'", job.instances));
    if let Some(schedule) = &job.cron_schedule {
        line(format_args!("  cron:"));
        line(format_args!("    schedule: '{schedule}'"));
        let policy = text(data.entry("cron_collision_policy"));
        line(format_args!("    policy:   '{policy}'"));
    }
    if let Some(Value::Map(constraints)) = data.entry("constraints") {
        line(format_args!("  constraints:"));
        for (name, value) in constraints.iter() {
            let (name, value) = (text(Some(name)), text(Some(value)));
            line(format_args!("    '{name}': '{value}'"));
        }
    }
    if let Some(policy) = &job.partition_policy {
        line(format_args!("  partition_policy:"));
        line(format_args!(
            "    reschedule: {}",
            python(policy.reschedule)
        ));
        line(format_args!("    delay_secs: '{}'", policy.delay_secs));
    }
    line(format_args!("  service:    {}", python(job.service)));
    line(format_args!("  production: {}", python(job.production)));
    line(format_args!(""));

    let task = data.entry("task");
    let of_task = |key: &str| task.and_then(|task| task.entry(key));
    line(format_args!("Task level information"));
    line(format_args!("  name: '{}'", text(of_task("name"))));
    let constraints = items(of_task("constraints"));
    if !constraints.is_empty() {
        line(format_args!("  constraints:"));
        for constraint in constraints {
            let names: Vec<String> = items(constraint.entry("order"))
                .iter()
                .map(|name| text(Some(name)))
                .collect();
            line(format_args!("  {}", names.join(" < ")));
        }
    }
    line(format_args!(""));
    for process in items(of_task("processes")) {
        line(format_args!("Process '{}':", text(process.entry("name"))));
        for kind in ["daemon", "ephemeral", "final"] {
            if matches!(process.entry(kind), Some(Value::Boolean(true))) {
                line(format_args!("  {kind}"));
            }
        }
        line(format_args!("  cmdline:"));
        for command in text(process.entry("cmdline")).split('\n') {
            line(format_args!("    {command}"));
        }
        line(format_args!(""));
    }
    out
}

fn items(value: Option<&Value>) -> &[Value] {
    match value {
        Some(Value::List(items) | Value::Tuple(items)) => items,
        _ => &[],
    }
}

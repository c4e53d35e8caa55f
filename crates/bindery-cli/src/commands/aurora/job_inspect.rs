//! `aurora job inspect`: a job as the scheduler would receive it.

use std::fmt::{Arguments, Write};
use std::fs;
use std::path::PathBuf;

use bindery_core::{Value, repr};
use bindery_diagnostic::{Diagnostic, Diagnostics, Kind};
use bindery_job::{BoundJob, JobKey, Tiers};
use bindery_render::Renderer;
use bindery_target_aurora::Form;
use bindery_target_aurora::thrift::named;
use clap::Args;

use super::hooks::HookOptions;
use super::source::{Source, with_heading};
use crate::plugin_binders::PluginBinders;
use crate::report::report_warnings;
use crate::session::Session;
use crate::{output, target};

/// Show a job with everything bound
///
/// Loads, binds and converts the job as for sending, and sends nothing. The original client asks the scheduler for its tiers. This command
/// reads tiers from a file; without the file, the job keeps its `tier` and `production`.
#[derive(Args)]
pub struct Inspect {
    /// Job, as CLUSTER/ROLE/ENV/NAME
    #[arg(value_name = "JOBKEY")]
    key: JobKey,
    #[command(flatten)]
    source: Source,
    /// Print the JobConfiguration as JSON
    #[arg(long)]
    raw: bool,
    /// Print the job as JSON, which --read-json reads
    #[arg(long, conflicts_with = "raw")]
    write_json: bool,
    /// Fill in `tier` and `production` from the scheduler's tiers.json
    #[arg(long, value_name = "FILE")]
    tiers: Option<PathBuf>,
    #[command(flatten)]
    hooks: HookOptions,
}

impl Inspect {
    /// Prints the job.
    pub fn run(&self, session: &Session<'_>) -> Result<(), Diagnostics> {
        let job = self.render(session).map_err(|errors| {
            let heading = "Error loading configuration";
            with_heading(heading, Kind::Invalid, errors)
        })?;
        if self.write_json {
            let document = BoundJob::document([&job])
                .map_err(|error| Diagnostic::new(Kind::Invalid, error.message()))?;
            return output::print(&document);
        }
        if self.raw {
            let aurora = target::aurora(Form::Named, session.environment())?;
            let configuration = aurora.configuration(&job).map_err(Diagnostic::from)?;
            return output::print(&(named::write(&configuration) + "\n"));
        }
        output::print(&describe(&job))
    }

    fn render(&self, session: &Session<'_>) -> Result<BoundJob, Diagnostics> {
        let binders = PluginBinders::new(session);
        let renderer = session.renderer(&self.source.sandbox, &binders)?;
        let loaded = renderer.load(&self.source.input());
        let loaded = report_warnings(loaded, |loaded| &loaded.warnings)?;
        let schema = renderer.prelude.schema();
        let selection = self.key.clone().into();
        let job = loaded.pick(schema, &self.source.bindings, &selection)?;
        let tiers = self.tiers()?;
        let lock = self.source.lock(&binders)?;
        let renderer = Renderer {
            tiers,
            binders: &lock,
            ..renderer
        };
        let rendered = renderer.bind(&loaded, vec![job]);
        let mut rendered = report_warnings(rendered, |rendered| &rendered.warnings)?;
        Ok(rendered.jobs.remove(0))
    }

    fn tiers(&self) -> Result<Option<Tiers>, Diagnostics> {
        let Some(file) = &self.tiers else {
            return Ok(None);
        };
        let invalid = |message: &str| {
            let message = format!("{message} `{}`", file.display());
            Diagnostic::new(Kind::Invalid, message)
        };
        let text = fs::read_to_string(file).map_err(|error| invalid("cannot read").cause(error))?;
        let tiers = Tiers::parse(&text).map_err(|error| {
            invalid("invalid tiers in")
                .cause(error)
                .hint("as in `{\"default\": \"preemptible\", \"tiers\": {\"preferred\": {\"preemptible\": false, \"revocable\": false}}}`")
        })?;
        Ok(Some(tiers))
    }
}

/// Returns the job as text, in the lines of the original client.
fn describe(job: &BoundJob) -> String {
    let data = job.data();
    let text = |value: Option<&Value>| match value {
        Some(value) => repr::display(value).unwrap_or_default(),
        None => String::new(),
    };
    let mut out = String::from("Job level information\n");
    let mut line = |text: Arguments<'_>| {
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

//! `--to`: the forms in which bound jobs are written.

use bindery_diagnostic::{Diagnostic, Diagnostics, Kind};
use bindery_job::BoundJob;
use bindery_target_aurora::thrift::{ShapeError, Struct, named, tbinary, tjson};
use bindery_target_aurora::{job_configuration, job_update_settings};
use clap::ValueEnum;
use serde_json::{Value, json};

use crate::environment::Environment;
use crate::pass::Rendered;

/// The form of the output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Target {
    /// `{"jobs": [...]}` in the words of the job schema, which --read-json reads again
    Json,
    /// `{"jobs": [{"key", "job_configuration", "update_settings", "warnings"}]}`: what an Aurora scheduler is told, by the names of
    /// its thrift interface; the data of Aurora's own executor stands there as JSON
    Aurora,
    /// One job's thrift JobConfiguration in TJSONProtocol
    AuroraTjson,
    /// One job's thrift JobConfiguration in TBinaryProtocol
    AuroraTbinary,
}

impl Target {
    /// The document for these jobs; who asks stands in what a scheduler is told.
    pub fn encode(
        self,
        jobs: &[Rendered],
        environment: &Environment,
    ) -> Result<Vec<u8>, Diagnostics> {
        Ok(match self {
            Target::Json => {
                let jobs: Vec<&BoundJob> = jobs.iter().map(|rendered| &rendered.job).collect();
                let document = BoundJob::document(&jobs)
                    .map_err(|error| Diagnostic::new(Kind::Invalid, error.message()))?;
                document.into_bytes()
            }
            Target::Aurora => document(jobs, &user(environment)?)?.into_bytes(),
            Target::AuroraTjson => tjson::write(&only(jobs, &user(environment)?)?),
            Target::AuroraTbinary => tbinary::write(&only(jobs, &user(environment)?)?),
        })
    }
}

/// Who asks for a job, as a scheduler is told.
pub fn user(environment: &Environment) -> Result<String, Diagnostic> {
    environment.user().ok_or_else(|| {
        Diagnostic::new(Kind::Invalid, "nobody knows who asks for the job")
            .hint("set LOGNAME to the name that the scheduler should see")
    })
}

/// `{"jobs": […]}`, job by job: a thousand of them as one tree would take many times the memory of their text.
fn document(jobs: &[Rendered], user: &str) -> Result<String, Diagnostic> {
    let mut document = String::from("{\n  \"jobs\": [");
    for (at, rendered) in jobs.iter().enumerate() {
        let shown = serde_json::to_string_pretty(&shown(rendered, user)?)
            .map_err(|error| internal().cause(error))?;
        document.push_str(if at == 0 { "\n" } else { ",\n" });
        for (at, line) in shown.lines().enumerate() {
            document.push_str(if at == 0 { "    " } else { "\n    " });
            document.push_str(line);
        }
    }
    document.push_str("\n  ]\n}\n");
    Ok(document)
}

/// The one job that these forms have room for.
fn only(jobs: &[Rendered], user: &str) -> Result<Struct, Diagnostic> {
    match jobs {
        [rendered] => configuration(&rendered.job, user),
        _ => Err(Diagnostic::new(
            Kind::Usage,
            format!("this form holds one job, and {} match", jobs.len()),
        )
        .hint("name the job by its key, as in `west/www-data/prod/hello`")),
    }
}

/// The job as an Aurora scheduler is told of it.
pub fn configuration(job: &BoundJob, user: &str) -> Result<Struct, Diagnostic> {
    job_configuration(job, user).map_err(|error| misfit(job, &error))
}

fn shown(rendered: &Rendered, user: &str) -> Result<Value, Diagnostic> {
    let job = &rendered.job;
    let mut configuration = named::to_json(&configuration(job, user)?);
    let executor = &mut configuration["taskConfig"]["executorConfig"];
    if let Some(data) = executor["data"].as_str()
        && job.executor.is_auroras_own()
    {
        executor["data"] = serde_json::from_str(data).map_err(|error| internal().cause(error))?;
    }
    let mut shown = json!({
        "key": job.key.to_string(),
        "job_configuration": configuration,
    });
    match job.update.settings(&[]) {
        Ok(settings) => {
            let settings = job_update_settings(&settings).map_err(|error| misfit(job, &error))?;
            shown["update_settings"] = named::to_json(&settings);
        }
        Err(error) => shown["update_settings_error"] = error.to_string().into(),
    }
    let warnings: Vec<String> = rendered.warnings.iter().map(ToString::to_string).collect();
    shown["warnings"] = warnings.into();
    Ok(shown)
}

fn misfit(job: &BoundJob, error: &ShapeError) -> Diagnostic {
    let failure = Diagnostic::new(
        Kind::Invalid,
        "a value does not fit into Aurora's interface",
    );
    let failure = failure.cause(error).cause(format!("in job `{}`", job.key));
    match error.hint() {
        Some(hint) => failure.hint(hint),
        None => failure,
    }
}

fn internal() -> Diagnostic {
    Diagnostic::new(Kind::Internal, "the jobs cannot be written as JSON")
}

//! `--to`: formats of bound jobs.

use bindery_diagnostic::{Diagnostic, Diagnostics, Kind};
use bindery_job::{BoundJob, EncodeOptions, JsonTarget, Target as _};
use bindery_target_aurora::{Aurora, Form};
use clap::ValueEnum;

use crate::environment::Environment;

/// Format of the output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Target {
    /// `{"jobs": [...]}` in the job schema, which --read-json reads
    Json,
    /// `{"jobs": [{"key", "job_configuration", "update_settings", "warnings"}]}` in the names of Aurora's thrift interface, with the data
    /// of Aurora's executor as JSON
    Aurora,
    /// Thrift JobConfiguration of one job in TJSONProtocol
    AuroraTjson,
    /// Thrift JobConfiguration of one job in TBinaryProtocol
    AuroraTbinary,
}

impl Target {
    /// Encodes the jobs. Aurora's forms also contain the name of the requesting user.
    pub fn encode(
        self,
        jobs: &[BoundJob],
        environment: &Environment,
    ) -> Result<Vec<u8>, Diagnostics> {
        let options = EncodeOptions::default();
        let document = match self {
            Target::Json => JsonTarget.encode(jobs, &options),
            Target::Aurora => aurora(Form::Named, environment)?.encode(jobs, &options),
            Target::AuroraTjson => aurora(Form::TJson, environment)?.encode(jobs, &options),
            Target::AuroraTbinary => aurora(Form::TBinary, environment)?.encode(jobs, &options),
        };
        Ok(document.map_err(Diagnostic::from)?.bytes)
    }
}

/// Returns the target Aurora for jobs that the user of this process requests.
pub fn aurora(form: Form, environment: &Environment) -> Result<Aurora, Diagnostic> {
    let user = environment.user().ok_or_else(|| {
        Diagnostic::new(Kind::Invalid, "cannot determine the user name")
            .hint("set LOGNAME to the name that the scheduler should see")
    })?;
    Ok(Aurora { form, user })
}

//! Hooks around the calls that a client makes to its scheduler.

use serde::Deserialize;

use crate::{Error, Host, Json};

/// The calls that have hooks.
pub const HOOKED_METHODS: &[&str] = &[
    "add_instances",
    "create_job",
    "kill_job",
    "restart",
    "start_cronjob",
    "start_job_update",
];

/// Is asked before each call to a scheduler that changes something there, and told what came of it.
///
/// ```
/// use bindery_plugin::{ApiCall, ApiHook, Error, Host, export_plugin};
///
/// struct Freeze;
///
/// impl ApiHook for Freeze {
///     const NAME: &'static str = "freeze";
///     const METHODS: &'static [&'static str] = &["create_job", "start_job_update"];
///
///     fn pre(&self, _host: &Host, call: &ApiCall) -> Result<bool, Error> {
///         Ok(!call.job().is_some_and(|key| key.contains("/prod/")))
///     }
/// }
///
/// export_plugin! { name: "freeze", hooks: [Freeze] }
/// # fn main() {}
/// ```
pub trait ApiHook: Send + Sync + 'static {
    /// The name, unique within the plugin.
    const NAME: &'static str;

    /// The calls it is for, of [`HOOKED_METHODS`].
    const METHODS: &'static [&'static str] = HOOKED_METHODS;

    /// Whether the call may be made. All hooks are asked, also if one has refused.
    ///
    /// # Errors
    ///
    /// Counts as a refusal, and says why.
    fn pre(&self, _host: &Host, _call: &ApiCall) -> Result<bool, Error> {
        Ok(true)
    }

    /// Is told what the scheduler answered.
    ///
    /// # Errors
    ///
    /// If something is worth a warning; the call was made.
    fn post(&self, _host: &Host, _call: &ApiCall, _answer: &Json) -> Result<(), Error> {
        Ok(())
    }

    /// Is told why the call failed.
    ///
    /// # Errors
    ///
    /// As [`ApiHook::post`].
    fn err(&self, _host: &Host, _call: &ApiCall, _error: &str) -> Result<(), Error> {
        Ok(())
    }
}

/// A call to a scheduler.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct ApiCall {
    method: String,
    job: Option<String>,
    #[serde(default)]
    config: Json,
    #[serde(default)]
    arguments: Json,
}

impl ApiCall {
    /// One of [`HOOKED_METHODS`].
    pub fn method(&self) -> &str {
        &self.method
    }

    /// The key of the job, `cluster/role/environment/name`.
    pub fn job(&self) -> Option<&str> {
        self.job.as_deref()
    }

    /// The bound job, if the call was made from a job file, else `null`.
    pub fn config(&self) -> &Json {
        &self.config
    }

    /// The other arguments of the call, by name.
    pub fn arguments(&self) -> &Json {
        &self.arguments
    }
}

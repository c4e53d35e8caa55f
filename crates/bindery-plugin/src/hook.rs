//! Hooks for calls that a client sends to its scheduler.

use serde::Deserialize;

use crate::{Error, Host, Json};

/// Calls that have hooks.
pub const HOOKED_METHODS: &[&str] = &[
    "add_instances",
    "create_job",
    "kill_job",
    "restart",
    "start_cronjob",
    "start_job_update",
];

/// Hook that runs before and after each call that changes something at a scheduler.
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
    /// Name, unique within the plugin.
    const NAME: &'static str;

    /// Calls of the hook, from [`HOOKED_METHODS`].
    const METHODS: &'static [&'static str] = HOOKED_METHODS;

    /// Returns whether the call is permitted. Every hook is asked, also after a refusal.
    ///
    /// # Errors
    ///
    /// Counts as a refusal, with the error as its reason.
    fn pre(&self, _host: &Host, _call: &ApiCall) -> Result<bool, Error> {
        Ok(true)
    }

    /// Receives the response of the scheduler.
    ///
    /// # Errors
    ///
    /// Is printed as a warning; the call was made.
    fn post(&self, _host: &Host, _call: &ApiCall, _answer: &Json) -> Result<(), Error> {
        Ok(())
    }

    /// Receives the error of a failed call.
    ///
    /// # Errors
    ///
    /// As [`ApiHook::post`].
    fn err(&self, _host: &Host, _call: &ApiCall, _error: &str) -> Result<(), Error> {
        Ok(())
    }
}

/// Call to a scheduler.
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
    /// Returns the method, one of [`HOOKED_METHODS`].
    pub fn method(&self) -> &str {
        &self.method
    }

    /// Returns the key of the job, `cluster/role/environment/name`.
    pub fn job(&self) -> Option<&str> {
        self.job.as_deref()
    }

    /// Returns the bound job if the call has a job file, else `null`.
    pub fn config(&self) -> &Json {
        &self.config
    }

    /// Returns the other arguments of the call, by name.
    pub fn arguments(&self) -> &Json {
        &self.arguments
    }
}

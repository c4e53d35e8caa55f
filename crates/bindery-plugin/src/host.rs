//! Services of the host for a plugin.

use std::path::PathBuf;

use bindery_abi::{HostBox, level, stable::RVec};
use serde::Deserialize;

use crate::{BindError, Credential, Json, Map};

/// Host of a plugin. Cheap to clone, and usable from any thread until the plugin is closed.
pub struct Host {
    services: HostBox,
}

impl Clone for Host {
    fn clone(&self) -> Self {
        Self {
            services: self.services.clone(),
        }
    }
}

impl Host {
    pub(crate) fn new(services: HostBox) -> Self {
        Self { services }
    }

    /// Logs a message for the author of the plugin.
    pub fn debug(&self, message: &str) {
        self.services.log(level::DEBUG, message.into());
    }

    /// Logs a message about the progress of the work.
    pub fn info(&self, message: &str) {
        self.services.log(level::INFO, message.into());
    }

    /// Prints a warning for the user; the work continues.
    pub fn warn(&self, message: &str) {
        self.services.log(level::WARN, message.into());
    }

    /// Logs an error. The caller also returns an error.
    pub fn error(&self, message: &str) {
        self.services.log(level::ERROR, message.into());
    }

    /// Prints a line for the user: on standard output while a [command](crate::Command) of the plugin runs, else on standard error.
    pub fn print(&self, text: &str) {
        self.services.print(text.into());
    }

    /// Reports that `done` of `total` units of `task` are done; a `total` of 0 is unknown, and equal numbers end the task.
    pub fn progress(&self, task: &str, done: u64, total: u64) {
        self.services.progress(task.into(), done, total);
    }

    /// Returns whether the user interrupted the run. Long work checks it regularly and stops.
    pub fn cancelled(&self) -> bool {
        self.services.cancelled()
    }

    /// Returns the cluster with this name: its keys, and the defaults of declared traits.
    ///
    /// # Errors
    ///
    /// `NotFound` if the cluster is unknown, `Invalid` if its keys do not fit the declared traits.
    pub fn cluster(&self, name: &str) -> Result<Cluster, BindError> {
        let text = self.services.cluster(name.into()).into_result()?;
        match serde_json::from_str(&text) {
            Ok(Json::Object(keys)) => Ok(Cluster {
                name: name.to_owned(),
                keys,
            }),
            _ => Err(broken("cluster")),
        }
    }

    /// Returns the credential for these `actions` (`pull`, `push`) on a repository, or `None` if no source has one.
    ///
    /// `registry` is a host, with a port unless it is the default port.
    ///
    /// # Errors
    ///
    /// If a source that is configured for the registry fails; and while the plugin is opened, if the plugin is the source itself.
    pub fn credential(
        &self,
        registry: &str,
        repository: &str,
        actions: &[&str],
    ) -> Result<Option<Credential>, BindError> {
        let actions = actions
            .iter()
            .map(|&action| action.into())
            .collect::<RVec<_>>();
        let found = self
            .services
            .credential(registry.into(), repository.into(), actions)
            .into_result()?;
        match found.into_option() {
            None => Ok(None),
            Some(text) => serde_json::from_str(&text)
                .map(Some)
                .map_err(|_| broken("credential")),
        }
    }

    /// Returns the plugin's cache folder, for files that can be fetched again.
    ///
    /// # Errors
    ///
    /// If the folder cannot be created. The plugin then works without it.
    pub fn cache_folder(&self) -> Result<PathBuf, BindError> {
        let text = self.services.cache_folder().into_result()?;
        Ok(PathBuf::from(text.into_string()))
    }

    /// Returns the version of Bindery, and its services besides the methods of this type.
    ///
    /// # Errors
    ///
    /// If the answer of the host is malformed.
    pub fn about(&self) -> Result<About, BindError> {
        let called = self.services.call("host.about".into(), "null".into());
        serde_json::from_str(&called.into_result()?).map_err(|_| broken("host.about"))
    }
}

/// Version and services of a host.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct About {
    version: String,
    methods: Vec<String>,
}

impl About {
    /// Returns the version of Bindery, for people; [`Self::methods`] has the abilities.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Returns the names of the services that came after the first version of the interface, including `host.about`.
    pub fn methods(&self) -> &[String] {
        &self.methods
    }
}

/// Returns the error for a malformed answer of the host, without its text, which may be secret.
fn broken(service: &str) -> BindError {
    BindError::failed(format!("the answer of the host's `{service}` is malformed"))
}

/// Cluster with its keys.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Cluster {
    name: String,
    keys: Map<String, Json>,
}

impl Cluster {
    /// Returns the name of the cluster.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the value of a key, if the cluster has it; `null` counts as absent.
    pub fn get(&self, key: &str) -> Option<&Json> {
        self.keys.get(key).filter(|value| !value.is_null())
    }

    /// Returns the text of a key, if the cluster has it.
    ///
    /// # Errors
    ///
    /// `Invalid` if the value is not a text.
    pub fn text(&self, key: &str) -> Result<Option<&str>, BindError> {
        match self.get(key) {
            None => Ok(None),
            Some(Json::String(text)) => Ok(Some(text)),
            Some(_) => Err(BindError::invalid(format!(
                "`{key}` of cluster `{}` is not a text",
                self.name
            ))
            .hint(format!(
                "put the value of `{key}` in quotes in clusters.json"
            ))),
        }
    }
}

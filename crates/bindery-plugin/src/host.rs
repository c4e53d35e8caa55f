//! What the host does for a plugin.

use std::path::PathBuf;

use bindery_abi::{HostBox, level, stable::RVec};
use serde::Deserialize;

use crate::{BindError, Credential, Json, Map};

/// The host, as a plugin sees it. Cheap to clone, and usable from any thread until the plugin is closed.
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

    /// Logs something for the author of the plugin.
    pub fn debug(&self, message: &str) {
        self.services.log(level::DEBUG, message.into());
    }

    /// Logs something for whoever wants to follow what happens.
    pub fn info(&self, message: &str) {
        self.services.log(level::INFO, message.into());
    }

    /// Tells the user of something to look at, although work goes on.
    pub fn warn(&self, message: &str) {
        self.services.log(level::WARN, message.into());
    }

    /// Logs that something went wrong; also return an error.
    pub fn error(&self, message: &str) {
        self.services.log(level::ERROR, message.into());
    }

    /// Writes a line for the user: among the output while a [command](crate::Command) of the plugin runs, else never there.
    pub fn print(&self, text: &str) {
        self.services.print(text.into());
    }

    /// Shows that `done` of `total` (0: unknown) units of `task` are done; equal numbers end it.
    pub fn progress(&self, task: &str, done: u64, total: u64) {
        self.services.progress(task.into(), done, total);
    }

    /// Whether the user wants the program to end. Ask now and then in long work, and stop.
    pub fn cancelled(&self) -> bool {
        self.services.cancelled()
    }

    /// The cluster with this name: its keys, and the defaults of declared traits.
    ///
    /// # Errors
    ///
    /// `NotFound` if there is no such cluster, `Invalid` if its keys do not fit the declared traits.
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

    /// The credential for these `actions` (`pull`, `push`) on a repository, if anybody has one.
    ///
    /// `registry` is a host, with a port where it is not the usual one.
    ///
    /// # Errors
    ///
    /// If somebody should have one and could not give it; while the plugin is opened, also if it is itself who gives it. To have none is
    /// no error.
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

    /// A folder of the plugin's own for what can be fetched again.
    ///
    /// # Errors
    ///
    /// If it cannot be made. Work without it then.
    pub fn cache_folder(&self) -> Result<PathBuf, BindError> {
        let text = self.services.cache_folder().into_result()?;
        Ok(PathBuf::from(text.into_string()))
    }

    /// Which Bindery this is, and what it can do beside the rest of this type.
    ///
    /// # Errors
    ///
    /// If the host breaks its promise to tell.
    pub fn about(&self) -> Result<About, BindError> {
        let called = self.services.call("host.about".into(), "null".into());
        serde_json::from_str(&called.into_result()?).map_err(|_| broken("host.about"))
    }
}

/// What a host says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct About {
    version: String,
    methods: Vec<String>,
}

impl About {
    /// The version of Bindery, for people; ask [`Self::methods`] what the host can do.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The names of the services that came after the first version of the interface, `host.about` among them.
    pub fn methods(&self) -> &[String] {
        &self.methods
    }
}

/// The host gave something that is not what it promised; its text may be secret.
fn broken(service: &str) -> BindError {
    BindError::failed(format!(
        "the host's `{service}` gave an answer of the wrong form"
    ))
}

/// The keys of a cluster.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Cluster {
    name: String,
    keys: Map<String, Json>,
}

impl Cluster {
    /// The cluster's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// A key, if the cluster has it; `null` counts as absent.
    pub fn get(&self, key: &str) -> Option<&Json> {
        self.keys.get(key).filter(|value| !value.is_null())
    }

    /// A key that must be a text if it is there.
    ///
    /// # Errors
    ///
    /// `Invalid` if it is something else.
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

//! Container of a task.

use crate::Text;

/// Container that a task runs in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Container {
    /// The job has no container: the task sees the machine's files.
    None,
    /// Docker containerizer.
    Docker {
        /// Image reference in Docker's form.
        image: Text,
        /// Names and values for Docker's command line, in order.
        parameters: Vec<(Text, Text)>,
    },
    /// Mesos containerizer.
    Mesos {
        /// Image; without one the task sees the machine's files.
        image: Option<MesosImage>,
        /// Mounted folders, in order.
        volumes: Vec<Volume>,
    },
}

/// Image of the Mesos containerizer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MesosImage {
    /// Docker image. The agent joins name and tag with a colon.
    Docker {
        /// Repository, with the registry's host unless it is the agent's default.
        name: Text,
        /// Tag.
        tag: Text,
    },
    /// App Container image.
    Appc {
        /// Name.
        name: Text,
        /// Identity, as in `sha512-…`.
        image_id: Text,
    },
}

/// Folder of the machine in a container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Volume {
    /// Path in the container.
    pub container_path: Text,
    /// Path on the machine.
    pub host_path: Text,
    /// Whether the task may write to the folder.
    pub writable: bool,
}

//! Warnings about bound jobs: the original client's, and further ones.

use std::fmt;

/// Warning about a job that is valid but probably contains a mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Warning {
    /// The scheduler does not allocate the announcer's primary port.
    UnboundPrimaryPort {
        /// Name of the port.
        port: String,
    },
    /// The job has `production` and no `tier`.
    ProductionWithoutTier,
    /// The name of a `DockerImage` has a digest, which becomes useless when the agent joins name and tag.
    DigestWithTag {
        /// Name, as in `web@sha256:…`.
        name: String,
        /// Tag.
        tag: String,
    },
}

/// Line of 80 stars, the width of a terminal.
const STARS: &str =
    "********************************************************************************";

impl Warning {
    /// Returns the texts that the original client wrote, one for each call of its log or of standard error; none for a warning that
    /// the original does not have.
    pub fn original(&self) -> Vec<String> {
        match self {
            Warning::UnboundPrimaryPort { port } => vec![format!(
                "\nAnnouncer specified primary port as '{port}' but no processes have bound that port.\n\
                 If you would like to utilize this port, you should listen on {{{{thermos.ports[{port}]}}}}\n\
                 from some Process bound to your task.\n\n"
            )],
            Warning::ProductionWithoutTier => [
                STARS,
                "* The command you ran is deprecated and will soon break!",
                "* Job configuration attribute 'production' is deprecated.",
                "* Use 'tier' attribute instead. For more information please refer to ",
                "* http://aurora.apache.org/documentation/latest/reference/configuration/#job-objects",
                STARS,
            ]
            .map(str::to_owned)
            .into(),
            Warning::DigestWithTag { .. } => Vec::new(),
        }
    }

    /// Returns the path of the field that the warning is about.
    pub fn path(&self) -> &'static str {
        match self {
            Warning::UnboundPrimaryPort { .. } => "announce.primary_port",
            Warning::ProductionWithoutTier => "production",
            Warning::DigestWithTag { .. } => "container.image",
        }
    }

    /// Returns advice for the author of the job file.
    pub fn hint(&self) -> String {
        match self {
            Warning::UnboundPrimaryPort { port } => {
                format!("listen on `{{{{thermos.ports[{port}]}}}}` in a process of the task")
            }
            Warning::ProductionWithoutTier => "name a tier instead, as in `tier = 'preferred'`".to_owned(),
            Warning::DigestWithTag { .. } => {
                "write `DockerImage(name = '{{docker.pinned[NAME][TAG].name}}', tag = '{{docker.pinned[NAME][TAG].tag}}')`"
                    .to_owned()
            }
        }
    }
}

/// Writes the message, which is part of rendered documents and therefore keeps its wording.
impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Warning::UnboundPrimaryPort { port } => {
                write!(
                    f,
                    "the announcer's primary port `{port}` is bound by no process"
                )
            }
            Warning::ProductionWithoutTier => f.write_str("`production` is deprecated"),
            Warning::DigestWithTag { name, tag } => {
                write!(
                    f,
                    "the agent joins `{name}` and `{tag}`, and no image has such a name"
                )
            }
        }
    }
}

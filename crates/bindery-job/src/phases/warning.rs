//! What the original client warns of, and what more is worth a warning.

use std::fmt;

/// Something about a job that is allowed and hardly meant.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Warning {
    /// The announcer's primary port is none that the scheduler allocates.
    UnboundPrimaryPort {
        /// Name of the port.
        port: String,
    },
    /// `production` without `tier`.
    ProductionWithoutTier,
    /// A `DockerImage` whose name holds a digest, which the tag joined to it makes useless.
    DigestBesideTag {
        /// The name, as in `web@sha256:…`.
        name: String,
        /// The tag.
        tag: String,
    },
}

/// A line of stars, as wide as a terminal was.
const STARS: &str =
    "********************************************************************************";

impl Warning {
    /// The lines that the original wrote for it, each as it was handed to the log or to standard error; none where the original
    /// was silent.
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
            Warning::DigestBesideTag { .. } => Vec::new(),
        }
    }

    /// The part of the job that it is about.
    pub fn path(&self) -> &'static str {
        match self {
            Warning::UnboundPrimaryPort { .. } => "announce.primary_port",
            Warning::ProductionWithoutTier => "production",
            Warning::DigestBesideTag { .. } => "container.image",
        }
    }

    /// What to do about it.
    pub fn hint(&self) -> String {
        match self {
            Warning::UnboundPrimaryPort { port } => {
                format!("listen on `{{{{thermos.ports[{port}]}}}}` in a process of the task")
            }
            Warning::ProductionWithoutTier => "name a tier instead, as in `tier = 'preferred'`".to_owned(),
            Warning::DigestBesideTag { .. } => {
                "write `DockerImage(name = '{{docker.pinned[NAME][TAG].name}}', tag = '{{docker.pinned[NAME][TAG].tag}}')`"
                    .to_owned()
            }
        }
    }
}

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
            Warning::DigestBesideTag { name, tag } => {
                write!(
                    f,
                    "the agent joins `{name}` and `{tag}`, and no image has such a name"
                )
            }
        }
    }
}

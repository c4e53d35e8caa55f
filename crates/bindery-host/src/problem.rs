//! Problems with plugins that do not stop the program.

use std::io;
use std::path::PathBuf;

use bindery_diagnostic::{Diagnostic, Kind};

use crate::error::LibraryError;

/// Problem found while searching for plugins; the program can continue without the affected part.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PluginProblem {
    /// Library in a searched folder that cannot be used.
    #[error("{0}")]
    Unusable(LibraryError),
    /// Folder that cannot be read.
    #[error("the plugin folder `{}` cannot be read: {error}", folder.display())]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// Error of the system.
        error: io::Error,
    },
    /// Second library with a plugin of one name; not used.
    #[error("plugin `{plugin}` of `{}` is hidden by the one of `{}`", hidden.display(), by.display())]
    Hidden {
        /// Name of the plugin.
        plugin: String,
        /// Library that is not used.
        hidden: PathBuf,
        /// Library that is used.
        by: PathBuf,
    },
    /// Second binder of one name; not used.
    #[error("binder `{binder}` of plugin `{hidden}` is hidden by that of plugin `{by}`")]
    HiddenBinder {
        /// Name of the binder.
        binder: String,
        /// Plugin of the binder that is not used.
        hidden: String,
        /// Plugin of the binder that is used.
        by: String,
    },
    /// Part whose name is in use; not used.
    #[error("{part} of plugin `{hidden}` cannot be used: {by} has that name")]
    HiddenPart {
        /// Kind and name of the part.
        part: String,
        /// Plugin of the part.
        hidden: String,
        /// Owner of the name: the program or a plugin.
        by: String,
    },
    /// Definition for job files that is not valid; not used.
    #[error("the name `{name}` of plugin `{plugin}` for job files cannot be used: {message}")]
    Definition {
        /// Name of the definition.
        name: String,
        /// Plugin of the definition.
        plugin: String,
        /// Error in the definition.
        message: String,
    },
    /// `[[auth]]` entry without a matching plugin and source.
    #[error("{0}")]
    Auth(Diagnostic),
}

impl PluginProblem {
    /// Returns advice.
    pub fn hint(&self) -> String {
        match self {
            Self::Unusable(error) => error.hint(),
            Self::Folder { .. } => "check the folder's permissions".into(),
            Self::Hidden { .. } => "remove one of the files, or reorder the plugin path".into(),
            Self::HiddenBinder { .. } => {
                "remove one of the plugins, or name one first in `order`".into()
            }
            Self::HiddenPart { by, .. } if by.starts_with("plugin") => {
                "remove one of the plugins, or name one first in `order`".into()
            }
            Self::HiddenPart { .. } | Self::Definition { .. } => {
                "ask the plugin's author for a version that fits this release of bindery".into()
            }
            Self::Auth(error) => error.hint.clone().unwrap_or_default(),
        }
    }
}

/// Converts a problem to a warning.
impl From<&PluginProblem> for Diagnostic {
    fn from(problem: &PluginProblem) -> Self {
        Self::new(Kind::Invalid, problem.to_string()).hint(problem.hint())
    }
}

//! Errors of libraries that cannot be used as plugins.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use bindery_abi::ABI_REVISION;
use bindery_diagnostic::{Diagnostic, Kind};

use crate::text::one_line;

/// Error of a library that cannot be used: file, plugin if known, and reason.
///
/// `Display` writes one line with file, plugin and reason; [`line`](Self::line) adds the [`hint`](Self::hint).
#[derive(Debug)]
pub struct LibraryError {
    /// Path of the library.
    pub file: PathBuf,
    /// Name of the plugin, if the file could be read as far as that.
    pub plugin: Option<String>,
    /// Reason.
    pub reason: Reason,
}

/// Reasons not to use a library, in the order of the checks.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Reason {
    /// The operating system refuses to read the file.
    #[error("cannot be read: {0}")]
    Unreadable(io::Error),
    /// Another user could have written the file; the text continues "it".
    #[error("is not trusted: it {0}")]
    Untrusted(String),
    /// Folder, pipe or other special file.
    #[error("is not a regular file")]
    NotAFile,
    /// Empty file.
    #[error("is empty")]
    Empty,
    /// File of another format.
    #[error("is not a dynamic library")]
    NotALibrary,
    /// Library of another system, word size or byte order.
    #[error("is a dynamic library for another system ({0})")]
    OtherSystem(&'static str),
    /// Library for another processor.
    #[error("is a dynamic library for another processor (machine {found}, here {here})")]
    OtherMachine {
        /// Number of the processor in the file.
        found: u32,
        /// Number of the processor of this machine.
        here: u32,
    },
    /// File that is shorter than its tables say; opening it could end the process.
    #[error("is cut off: its contents reach to byte {needed}, the file ends at {length}")]
    CutOff {
        /// End of the contents, in bytes.
        needed: u64,
        /// Length of the file, in bytes.
        length: u64,
    },
    /// Tables that contradict each other; opening the file could end the process.
    #[error("is damaged: {0}")]
    Contradictory(&'static str),
    /// Library without a section table.
    #[error("was stripped of its section table")]
    Stripped,
    /// Library without a plugin section.
    #[error("is not a Bindery plugin: it has no section `{0}`")]
    NotAPlugin(&'static str),
    /// Plugin section with unexpected contents.
    #[error("has a damaged plugin section: {0}")]
    Damaged(String),
    /// Plugin for another revision of the plugin ABI.
    #[error("was built for plugin ABI {found}, this program has {ABI_REVISION}")]
    Revision {
        /// Revision in the file.
        found: u32,
    },
    /// Library with a plugin section of another kind.
    #[error("is of kind `{0}`, not a plugin")]
    OtherKind(String),
    /// Plugin built so that a panic would end this process.
    #[error("was built with panic=abort, so that a panic in it would end this program")]
    Aborts,
    /// The system's loader refuses the library.
    #[error("cannot be loaded: {0}")]
    Load(String),
    /// Missing exported symbol.
    #[error("does not export `{0}`")]
    MissingSymbol(String),
    /// Library that changed between reading and loading.
    #[error("is not the same in memory as on disk")]
    Changed,
    /// Function tables that differ although the revision is equal.
    #[error("does not fit this program's plugin interface: {line}")]
    Incompatible {
        /// Summary in one line.
        line: String,
        /// Full comparison, for developers of the ABI; tens of kilobytes.
        details: String,
    },
    /// The plugin returned an error when it was opened.
    #[error("cannot be opened: {0}")]
    Open(Box<Diagnostic>),
}

impl Reason {
    fn hint(&self) -> String {
        match self {
            Self::Unreadable(_) => "check the path and its permissions".into(),
            Self::Untrusted(_) => {
                "install it in a folder that belongs to you or root and that no other user can write to".into()
            }
            Self::NotAFile | Self::Empty | Self::NotALibrary | Self::NotAPlugin(_) => {
                "name a library that was built with `bindery-plugin`".into()
            }
            Self::OtherSystem(_) | Self::OtherMachine { .. } => {
                "rebuild the plugin for this machine".into()
            }
            Self::CutOff { .. } | Self::Contradictory(_) | Self::Damaged(_) => {
                "copy or build the file again".into()
            }
            Self::Stripped => "keep the section table, as `strip` does without options".into(),
            Self::Revision { found } if *found > ABI_REVISION => {
                "use a newer bindery, or rebuild the plugin with an older `bindery-plugin`".into()
            }
            Self::Revision { .. } | Self::Incompatible { .. } => {
                "rebuild the plugin with the `bindery-plugin` of this release".into()
            }
            Self::OtherKind(_) => "use it with the program it was built for".into(),
            Self::Aborts => "rebuild the plugin with `panic = \"unwind\"` in its profile".into(),
            Self::Load(_) => "rebuild the plugin on this system".into(),
            Self::MissingSymbol(_) => "rebuild the plugin with `export_plugin!`".into(),
            Self::Changed => "try again: the file was replaced while it was loaded".into(),
            Self::Open(error) => match &error.hint {
                Some(hint) => hint.clone(),
                None => "check the plugin's settings in bindery.toml".into(),
            },
        }
    }
}

impl LibraryError {
    /// Creates an error for a file without a known plugin name.
    pub(crate) fn of(file: &Path, reason: Reason) -> Self {
        Self {
            file: file.to_owned(),
            plugin: None,
            reason,
        }
    }

    /// Returns advice, in one line.
    pub fn hint(&self) -> String {
        one_line(&self.reason.hint())
    }

    /// Returns the causes, nearest first; only errors of the plugin itself have causes.
    pub fn causes(&self) -> Vec<String> {
        match &self.reason {
            Reason::Open(error) => error.causes.clone(),
            _ => Vec::new(),
        }
    }

    /// Returns the full comparison of the two interfaces, if they differ.
    pub fn details(&self) -> Option<&str> {
        match &self.reason {
            Reason::Incompatible { details, .. } => Some(details),
            _ => None,
        }
    }

    /// Returns file, plugin, reason and hint in one line.
    pub fn line(&self) -> String {
        format!("{self}; {}", self.hint())
    }
}

/// Converts the error of a plugin that was needed for a binder, a credential or another call.
impl From<&LibraryError> for Diagnostic {
    fn from(error: &LibraryError) -> Self {
        let kind = match &error.reason {
            Reason::Open(error) => error.kind,
            _ => Kind::Failed,
        };
        Self {
            causes: error.causes(),
            hint: Some(error.hint()),
            ..Self::new(kind, error.to_string())
        }
    }
}

impl fmt::Display for LibraryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = self.file.to_string_lossy();
        write!(f, "`{}`", one_line(&file))?;
        if let Some(plugin) = &self.plugin {
            write!(f, " (plugin `{}`)", one_line(plugin))?;
        }
        write!(f, " {}", one_line(&self.reason.to_string()))
    }
}

impl std::error::Error for LibraryError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_contains_file_plugin_reason_and_hint() {
        let error = LibraryError {
            file: "/lib/x.so".into(),
            plugin: Some("x".into()),
            reason: Reason::Revision { found: 0 },
        };
        assert_eq!(
            error.line(),
            "`/lib/x.so` (plugin `x`) was built for plugin ABI 0, this program has 1; \
             rebuild the plugin with the `bindery-plugin` of this release"
        );
    }
}

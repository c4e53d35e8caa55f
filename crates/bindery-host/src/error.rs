//! Why a library cannot be used as a plugin.

use std::{
    fmt, io,
    path::{Path, PathBuf},
};

use bindery_abi::ABI_REVISION;
use bindery_diagnostic::Diagnostic;

/// A library that cannot be used: which file, which plugin as far as that is known, and why.
///
/// Its text is one line that says what and where; [`hint`](Self::hint) says what to do, and [`line`](Self::line) both.
#[derive(Debug)]
pub struct LibraryError {
    /// The file.
    pub file: PathBuf,
    /// The name that the plugin gives itself, if it could be read.
    pub plugin: Option<String>,
    /// What is wrong.
    pub reason: Reason,
}

/// What is wrong with a library, in the order in which it is looked for.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Reason {
    /// The operating system does not let us read it.
    #[error("cannot be read: {0}")]
    Unreadable(io::Error),
    /// Somebody else could have written it.
    #[error("is not trusted: it {0}")]
    Untrusted(String),
    /// A folder, a pipe or the like.
    #[error("is not a regular file")]
    NotAFile,
    /// Nothing in it.
    #[error("is empty")]
    Empty,
    /// Some other kind of file.
    #[error("is not a dynamic library")]
    NotALibrary,
    /// A library in another system's format, or of another width or byte order.
    #[error("is a dynamic library for another system ({0})")]
    OtherSystem(&'static str),
    /// A library for another processor.
    #[error("is a dynamic library for another processor (machine {found}, here {here})")]
    OtherMachine {
        /// The number of the processor in the file.
        found: u32,
        /// The number of the processor that runs this.
        here: u32,
    },
    /// The file is shorter than its own tables say; opening it could end the process.
    #[error("is cut off: its contents reach to byte {needed}, the file ends at {length}")]
    CutOff {
        /// Where the contents end.
        needed: u64,
        /// Where the file ends.
        length: u64,
    },
    /// Its tables contradict each other; opening it could end the process.
    #[error("is damaged: {0}")]
    Contradictory(&'static str),
    /// Nothing says what the library holds.
    #[error("was stripped of its section table")]
    Stripped,
    /// A library, but no plugin of ours.
    #[error("is not a Bindery plugin: it has no section `{0}`")]
    NotAPlugin(&'static str),
    /// The section is there, and holds something else.
    #[error("has a damaged plugin section: {0}")]
    Damaged(String),
    /// Built for another revision of the boundary.
    #[error("was built for plugin ABI {found}, this program has {ABI_REVISION}")]
    Revision {
        /// The revision in the file.
        found: u32,
    },
    /// Something of ours, but no plugin.
    #[error("is of kind `{0}`, not a plugin")]
    OtherKind(String),
    /// A panic in it would end this process.
    #[error("was built with panic=abort, so that a panic in it would end this program")]
    Aborts,
    /// The system's loader refuses it.
    #[error("cannot be loaded: {0}")]
    Load(String),
    /// An exported item is not there.
    #[error("does not export `{0}`")]
    MissingSymbol(String),
    /// What is loaded is not what was read.
    #[error("is not the same in memory as on disk")]
    Changed,
    /// The tables differ, although the revision is the same.
    #[error("does not fit this program's plugin interface: {line}")]
    Incompatible {
        /// The gist.
        line: String,
        /// The whole comparison, for whoever works on the boundary; tens of kilobytes.
        details: String,
    },
    /// The plugin itself says no.
    #[error("cannot be opened: {0}")]
    Open(Box<Diagnostic>),
}

impl Reason {
    fn hint(&self) -> String {
        match self {
            Self::Unreadable(_) => "check the path and its permissions".into(),
            Self::Untrusted(_) => {
                "take it from a place that you or root own and nobody else can write to".into()
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
            Self::Stripped => "keep the section table; `strip` without further options does".into(),
            Self::Revision { found } if *found > ABI_REVISION => {
                "use a newer bindery, or rebuild the plugin with an older `bindery-plugin`".into()
            }
            Self::Revision { .. } | Self::Incompatible { .. } => {
                "rebuild the plugin with the `bindery-plugin` of this release".into()
            }
            Self::OtherKind(_) => "use it with the program it was made for".into(),
            Self::Aborts => "rebuild the plugin with `panic = \"unwind\"` in its profile".into(),
            Self::Load(_) => "rebuild the plugin on this system".into(),
            Self::MissingSymbol(_) => "rebuild the plugin with `export_plugin!`".into(),
            Self::Changed => "try again, the file was replaced meanwhile".into(),
            Self::Open(error) => match &error.hint {
                Some(hint) => hint.clone(),
                None => "check the plugin's settings in bindery.toml".into(),
            },
        }
    }
}

impl LibraryError {
    /// The error of a file that tells nothing about itself.
    pub(crate) fn of(file: &Path, reason: Reason) -> Self {
        Self {
            file: file.to_owned(),
            plugin: None,
            reason,
        }
    }

    /// What to do about it.
    pub fn hint(&self) -> String {
        one_line(&self.reason.hint())
    }

    /// What led to it, the nearest cause first; only a plugin's own refusal has causes.
    pub fn causes(&self) -> Vec<String> {
        match &self.reason {
            Reason::Open(error) => error.causes.clone(),
            _ => Vec::new(),
        }
    }

    /// The whole comparison of the two interfaces, for whoever works on the boundary.
    pub fn details(&self) -> Option<&str> {
        match &self.reason {
            Reason::Incompatible { details, .. } => Some(details),
            _ => None,
        }
    }

    /// File, plugin, reason and what to do, on one line.
    pub fn line(&self) -> String {
        format!("{self}; {}", self.hint())
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

/// `text` on one line, without control characters, and cut where it gets absurd: it may come from a foreign file.
pub(crate) fn one_line(text: &str) -> String {
    const LIMIT: usize = 500;
    let words = text.split(|c: char| c.is_whitespace() || c.is_control());
    let mut line = words
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ");
    if let Some((end, _)) = line.char_indices().nth(LIMIT) {
        line.truncate(end);
        line.push('…');
    }
    line
}

/// `text` without what would steer a terminal.
pub(crate) fn printable(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_control() || matches!(c, '\n' | '\t'))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_texts_stay_on_one_line() {
        assert_eq!(one_line("a\n  b\u{1b}[31m c\r"), "a b [31m c");
        assert_eq!(one_line(&"ü".repeat(600)).chars().count(), 501);
    }

    #[test]
    fn printed_texts_keep_their_lines_only() {
        assert_eq!(printable("a\n\tb\u{1b}[31m\r\u{9b}c"), "a\n\tb[31mc");
    }

    #[test]
    fn a_line_says_file_plugin_reason_and_what_to_do() {
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

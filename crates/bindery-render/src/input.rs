//! Job files and where to read them.

use std::path::{Path, PathBuf};

/// Jobs to render.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// Job file in Python syntax. It may include and read files in its own folder and below.
    File(PathBuf),
    /// JSON file: one job, or `{"jobs": [...]}`.
    Json(PathBuf),
    /// Job file in memory. It cannot include or read other files.
    Text {
        /// File name in error messages.
        name: String,
        /// Program in Python syntax.
        text: String,
    },
}

impl Input {
    /// Creates an input in memory.
    pub fn text(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self::Text {
            name: name.into(),
            text: text.into(),
        }
    }

    /// Returns the file, as error messages name it.
    pub fn file(&self) -> &Path {
        match self {
            Self::File(file) | Self::Json(file) => file,
            Self::Text { name, .. } => Path::new(name),
        }
    }
}

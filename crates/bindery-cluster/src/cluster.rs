//! Cluster: its entry as written, and the file of the entry.

use std::path::{Path, PathBuf};

use serde_json::Value;

/// Entry of a cluster in `clusters.json`.
///
/// Immutable. Keys are in the order of the file, and include unknown keys and `null` values.
#[derive(Clone, Debug, PartialEq)]
pub struct Cluster {
    pub(crate) name: String,
    pub(crate) keys: Vec<(String, Value)>,
    pub(crate) file: PathBuf,
}

impl Cluster {
    /// Returns the name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the file of the entry.
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// Returns the value of a key as written; `Some(Value::Null)` for an explicit `null`.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.keys
            .iter()
            .find(|(name, _)| name == key)
            .map(|(_, value)| value)
    }

    /// Returns all keys with their values, in the order of the file.
    pub fn keys(&self) -> impl ExactSizeIterator<Item = (&str, &Value)> {
        self.keys.iter().map(|(name, value)| (name.as_str(), value))
    }
}

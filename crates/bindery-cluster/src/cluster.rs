//! One cluster: its entry as written, and the file that entry came from.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::{Trait, TraitError, View, declaration};

/// What the files say of one cluster.
///
/// Immutable. Keys stand in the order of the file, none is dropped for being unknown, and `null` is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Cluster {
    name: String,
    keys: Vec<(String, Value)>,
    file: PathBuf,
}

impl Cluster {
    /// Makes a cluster of one entry; `keys` are unique and `name` is among them.
    ///
    /// A name that is a number or a truth value becomes its text, as everywhere in job files.
    ///
    /// # Errors
    ///
    /// If `name` is missing or cannot be text, with the words of the trait that declares it.
    pub fn new(keys: Vec<(String, Value)>, file: PathBuf) -> Result<Self, TraitError> {
        let mut cluster = Self {
            name: String::new(),
            keys,
            file,
        };
        let name = match View::new(&cluster, &[declaration::name()])?.get("name") {
            Some(Value::String(name)) => name.clone(),
            // The trait makes a text of everything it lets pass.
            other => other.map(Value::to_string).unwrap_or_default(),
        };
        cluster.name = name;
        Ok(cluster)
    }

    /// The name it is looked up by.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The file whose entry this is.
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// The value of one key as written; `Some(Value::Null)` for an explicit `null`.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.keys
            .iter()
            .find(|(name, _)| name == key)
            .map(|(_, value)| value)
    }

    /// All keys with their values, in the order of the file.
    pub fn keys(&self) -> impl ExactSizeIterator<Item = (&str, &Value)> {
        self.keys.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// The cluster seen through `traits`, which are asked in this order.
    ///
    /// # Errors
    ///
    /// The first trait that the entry does not satisfy.
    pub fn view(&self, traits: &[Trait]) -> Result<View<'_>, TraitError> {
        View::new(self, traits)
    }
}

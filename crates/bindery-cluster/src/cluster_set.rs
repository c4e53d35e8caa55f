//! Clusters of all files, by name.

use std::collections::BTreeMap;
use std::io::ErrorKind::{NotADirectory, NotFound};
use std::path::{Path, PathBuf};

use crate::cluster::Cluster;
use crate::file::{ReadError, parse};

/// Name of the file in each folder.
pub const FILE_NAME: &str = "clusters.json";

/// Clusters of all files, sorted by name.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Clusters {
    by_name: BTreeMap<String, Cluster>,
}

impl Clusters {
    /// Reads [`FILE_NAME`] in each of `folders`, in order. Skips folders that do not exist or do not have the file.
    ///
    /// An entry replaces an earlier entry with the same name as a whole: keys are never merged, within a file or across files.
    /// Skips entries without a `name`.
    ///
    /// # Errors
    ///
    /// Fails for the first file that cannot be read, is not JSON, has another layout, or has an entry with an invalid name.
    pub fn read<P: AsRef<Path>>(folders: impl IntoIterator<Item = P>) -> Result<Self, ReadError> {
        let mut clusters = Self::default();
        for folder in folders {
            let path = folder.as_ref().join(FILE_NAME);
            match std::fs::read(&path) {
                Ok(text) => clusters.add_file(&text, path)?,
                Err(error) if matches!(error.kind(), NotFound | NotADirectory) => {}
                Err(source) => return Err(ReadError::Unreadable { file: path, source }),
            }
        }
        Ok(clusters)
    }

    /// Adds the entries of a file with this text and path.
    ///
    /// # Errors
    ///
    /// Fails like [`Clusters::read`]. Entries before the invalid one have been added.
    pub fn add_file(&mut self, text: &[u8], path: PathBuf) -> Result<(), ReadError> {
        parse(text, path).and_then(|entries| {
            entries
                .into_iter()
                .try_for_each(|entry| entry.map(|cluster| self.add(cluster)))
        })
    }

    /// Adds a cluster. Replaces a cluster with the same name.
    pub fn add(&mut self, cluster: Cluster) {
        self.by_name.insert(cluster.name().to_owned(), cluster);
    }

    /// Returns the cluster with this name.
    ///
    /// # Errors
    ///
    /// Fails if no file defines the cluster. The error lists all names.
    pub fn get(&self, name: &str) -> Result<&Cluster, ClusterNotFound> {
        self.by_name.get(name).ok_or_else(|| ClusterNotFound {
            name: name.to_owned(),
            valid: self.names().map(str::to_owned).collect(),
        })
    }

    /// Returns all clusters, sorted by name.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Cluster> {
        self.by_name.values()
    }

    /// Returns all names, sorted.
    pub fn names(&self) -> impl ExactSizeIterator<Item = &str> {
        self.by_name.keys().map(String::as_str)
    }

    /// Returns the number of clusters.
    pub fn len(&self) -> usize {
        self.by_name.len()
    }

    /// Returns whether no file has a cluster.
    pub fn is_empty(&self) -> bool {
        self.by_name.is_empty()
    }
}

/// Error for a name that no file defines.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Unknown cluster {name}, valid clusters: {}", valid.join(", "))]
pub struct ClusterNotFound {
    /// Name.
    pub name: String,
    /// All names, sorted.
    pub valid: Vec<String>,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn parse(text: &str) -> Result<Clusters, ReadError> {
        let mut clusters = Clusters::default();
        clusters
            .add_file(text.as_bytes(), PathBuf::from("clusters.json"))
            .map(|()| clusters)
    }

    #[track_caller]
    fn check(text: &str, names: &[&str]) {
        let clusters = parse(text).unwrap();
        assert_eq!(clusters.names().collect::<Vec<_>>(), names, "from {text}");
    }

    #[track_caller]
    fn check_error(text: &str, message: &str) {
        assert_eq!(parse(text).unwrap_err().to_string(), message, "from {text}");
    }

    #[test]
    fn both_layouts_are_read() {
        check(r#"[{"name": "b"}, {"name": "a"}]"#, &["a", "b"]);
        check(r#"{"x": {"name": "b"}, "y": {"name": "a"}}"#, &["a", "b"]);
        check("[]", &[]);
        check("{}", &[]);
    }

    #[test]
    fn entries_without_a_name_are_skipped() {
        check(r#"[{"zk": "h"}, {"name": "a"}, {}]"#, &["a"]);
    }

    #[test]
    fn names_may_be_numbers() {
        check(r#"[{"name": 5}]"#, &["5"]);
        check(r#"[{"name": 1.5}]"#, &["1.5"]);
        check(r#"[{"name": true}]"#, &["True"]);
    }

    #[test]
    fn other_names_are_errors() {
        check_error(
            r#"[{"name": null}]"#,
            "NameTrait[name] failed: Unable to interpolate: Cannot coerce 'None' to String",
        );
        check_error(
            r#"[{"name": ["a"]}]"#,
            "NameTrait[name] failed: Unable to interpolate: Cannot coerce '['a']' to String",
        );
    }

    #[test]
    fn a_later_entry_replaces_the_whole_earlier_one() {
        let clusters =
            parse(r#"[{"name": "a", "zk": "h", "x": 1}, {"name": "a", "x": 2}]"#).unwrap();
        assert_eq!(clusters.len(), 1);
        let cluster = clusters.get("a").unwrap();
        assert_eq!(
            (cluster.get("zk"), cluster.get("x")),
            (None, Some(&json!(2)))
        );
    }

    #[test]
    fn the_order_of_entries_matters_and_their_keys_do_not() {
        let clusters =
            parse(r#"{"z": {"name": "a", "x": 1}, "b": {"name": "a", "x": 2}}"#).unwrap();
        assert_eq!(clusters.get("a").unwrap().get("x"), Some(&json!(2)));
    }

    #[test]
    fn the_last_value_of_a_repeated_key_applies() {
        let clusters =
            parse(r#"{"k": {"name": "a"}, "k": {"name": "b", "x": 1, "x": 2}}"#).unwrap();
        assert_eq!(clusters.names().collect::<Vec<_>>(), ["b"]);
        assert_eq!(clusters.get("b").unwrap().get("x"), Some(&json!(2)));
    }

    #[test]
    fn unknown_keys_and_nulls_are_kept_in_order() {
        let clusters = parse(r#"[{"zoo": null, "name": "a", "b": {"c": [1, "2"]}}]"#).unwrap();
        let keys: Vec<_> = clusters
            .get("a")
            .unwrap()
            .keys()
            .map(|(key, value)| (key.to_owned(), value.clone()))
            .collect();
        assert_eq!(
            keys,
            [
                ("zoo".to_owned(), json!(null)),
                ("name".to_owned(), json!("a")),
                ("b".to_owned(), json!({"c": [1, "2"]})),
            ]
        );
    }

    #[test]
    fn other_layouts_are_errors() {
        for text in ["5", "\"a\"", "null", "true", "1.5"] {
            check_error(text, "Unknown layout in clusters.json");
        }
    }

    #[test]
    fn elements_must_be_objects() {
        for (element, found) in [
            ("\"a\"", "str"),
            ("5", "int"),
            ("1.5", "float"),
            ("true", "bool"),
            ("null", "NoneType"),
            ("[1, [2]]", "list"),
        ] {
            let message = format!("Clusters must be maps of key/value pairs, got {found}");
            check_error(&format!("[{element}]"), &message);
            check_error(&format!("{{\"k\": {element}}}"), &message);
        }
    }

    #[test]
    fn invalid_json_is_reported_with_file_and_position() {
        let error = parse("[\n  {\"name\": }\n]").unwrap_err();
        assert_eq!(
            error.to_string(),
            "Unable to parse clusters.json: expected value at line 2 column 12"
        );
        assert_eq!(error.place(), (Path::new("clusters.json"), Some((2, 12))));
        assert!(parse("").is_err());
        assert!(parse("[] []").is_err());
    }

    #[test]
    fn the_error_for_an_unknown_name_lists_all_names() {
        let error = parse(r#"[{"name": "b"}, {"name": "a"}]"#)
            .unwrap()
            .get("c")
            .unwrap_err();
        assert_eq!(error.to_string(), "Unknown cluster c, valid clusters: a, b");
        assert_eq!(
            Clusters::default().get("c").unwrap_err().to_string(),
            "Unknown cluster c, valid clusters: "
        );
    }

    #[test]
    fn later_folders_take_precedence() {
        let first = tempfile::tempdir().unwrap();
        let second = tempfile::tempdir().unwrap();
        let missing = first.path().join("missing");
        std::fs::write(
            first.path().join(FILE_NAME),
            r#"[{"name": "a", "x": 1}, {"name": "b", "x": 1}]"#,
        )
        .unwrap();
        std::fs::write(
            second.path().join(FILE_NAME),
            r#"{"k": {"name": "b", "x": 2}}"#,
        )
        .unwrap();
        let clusters = Clusters::read([first.path(), &missing, second.path()]).unwrap();
        let found: Vec<_> = clusters
            .iter()
            .map(|cluster| {
                (
                    cluster.name(),
                    cluster.get("x").unwrap().clone(),
                    cluster.file(),
                )
            })
            .collect();
        assert_eq!(
            found,
            [
                ("a", json!(1), first.path().join(FILE_NAME).as_path()),
                ("b", json!(2), second.path().join(FILE_NAME).as_path()),
            ]
        );
    }

    #[test]
    fn a_file_in_place_of_a_folder_is_skipped() {
        let file = tempfile::NamedTempFile::new().unwrap();
        assert!(Clusters::read([file.path()]).unwrap().is_empty());
    }

    #[test]
    fn a_file_that_cannot_be_read_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE_NAME);
        std::fs::create_dir(&path).unwrap();
        let error = Clusters::read([folder.path()]).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("cannot read `{}`", path.display())
        );
    }
}

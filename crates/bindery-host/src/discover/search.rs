//! Search path for plugins.

use std::collections::HashSet;
use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Files and folders to search, in order of preference: of two plugins with one name, the first is used.
#[derive(Clone, Debug, Default)]
pub struct SearchPath {
    /// Libraries, whatever their file names.
    pub files: Vec<PathBuf>,
    /// Folders. Files named `libbindery_plugin_*` are taken, sorted by name; missing folders are skipped.
    pub folders: Vec<PathBuf>,
}

/// File that may be a plugin.
pub(crate) struct Candidate {
    /// Path as it was found.
    pub path: PathBuf,
    /// Path, absolute and without links; `path` if it cannot be resolved, in which case reading the file fails.
    pub file: PathBuf,
    /// Whether the user named the file.
    pub explicit: bool,
}

impl SearchPath {
    /// Returns every library that may be a plugin, once and in order, and the folders that could not be read.
    pub(crate) fn candidates(&self) -> (Vec<Candidate>, Vec<(PathBuf, io::Error)>) {
        let mut seen = HashSet::new();
        let mut candidates = Vec::new();
        let mut unreadable = Vec::new();
        let mut add = |candidate: Candidate| {
            if seen.insert(candidate.file.clone()) {
                candidates.push(candidate);
            }
        };
        for path in &self.files {
            add(Candidate {
                path: path.clone(),
                file: without_links(path),
                explicit: true,
            });
        }
        for folder in &self.folders {
            match libraries(folder) {
                Ok(found) => found.into_iter().for_each(&mut add),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => unreadable.push((folder.clone(), error)),
            }
        }
        (candidates, unreadable)
    }
}

/// Returns the libraries in a folder that are named like plugins, sorted.
fn libraries(folder: &Path) -> io::Result<Vec<Candidate>> {
    let mut found = Vec::new();
    // Links in the path of the folder are followed once, not for every library.
    let real = without_links(folder);
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        if name.to_str().is_some_and(is_plugin_name) {
            let path = entry.path();
            let file = if entry.file_type()?.is_symlink() {
                without_links(&path)
            } else {
                real.join(name)
            };
            found.push(Candidate {
                path,
                file,
                explicit: false,
            });
        }
    }
    found.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(found)
}

fn without_links(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

/// Returns whether a file is named `libbindery_plugin_<name>.so`, or as this system names libraries.
fn is_plugin_name(name: &str) -> bool {
    name.strip_prefix(DLL_PREFIX)
        .and_then(|rest| rest.strip_prefix("bindery_plugin_"))
        .and_then(|rest| rest.strip_suffix(DLL_SUFFIX))
        .is_some_and(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plugin_file_names_match() {
        assert!(is_plugin_name(&format!(
            "{DLL_PREFIX}bindery_plugin_docker{DLL_SUFFIX}"
        )));
        for other in [
            "docker",
            "bindery_plugin_",
            "bindery_plugin_x.d",
            "other_plugin_x",
        ] {
            assert!(
                !is_plugin_name(&format!("{DLL_PREFIX}{other}{DLL_SUFFIX}.d")),
                "{other}"
            );
        }
        assert!(!is_plugin_name(&format!(
            "{DLL_PREFIX}bindery_plugin_{DLL_SUFFIX}"
        )));
    }

    #[test]
    fn files_come_before_folders_and_each_library_once() {
        let root = tempfile::tempdir().unwrap();
        let library = |folder: &str, name: &str| {
            let folder = root.path().join(folder);
            fs::create_dir_all(&folder).unwrap();
            let path = folder.join(format!("{DLL_PREFIX}bindery_plugin_{name}{DLL_SUFFIX}"));
            fs::write(&path, "").unwrap();
            path
        };
        let (b, a) = (library("one", "b"), library("one", "a"));
        let other = library("two", "a");
        let named = root.path().join("any name");
        fs::write(&named, "").unwrap();

        let search = SearchPath {
            files: vec![named.clone(), other.clone()],
            folders: ["one", "missing", "two", "one"]
                .map(|name| root.path().join(name))
                .into(),
        };
        let (candidates, unreadable) = search.candidates();
        let paths: Vec<_> = candidates.iter().map(|candidate| &candidate.path).collect();
        assert_eq!(paths, [&named, &other, &a, &b]);
        assert!(unreadable.is_empty());
    }
}

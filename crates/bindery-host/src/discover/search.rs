//! Where plugins are looked for.

use std::{
    collections::HashSet,
    env::consts::{DLL_PREFIX, DLL_SUFFIX},
    fs, io,
    path::{Path, PathBuf},
};

/// Where to look, in the order of preference: if two libraries hold a plugin of one name, the first is used.
#[derive(Clone, Debug, Default)]
pub struct SearchPath {
    /// Libraries of any name.
    pub files: Vec<PathBuf>,
    /// Folders, in which libraries with the name of a plugin are taken, by name; folders that do not exist are skipped.
    pub folders: Vec<PathBuf>,
}

/// What the search came upon.
pub(crate) struct Candidate {
    /// As it was found.
    pub path: PathBuf,
    /// Absolute and without links, if it has such a form; what has none will be refused by its reader.
    pub file: PathBuf,
    /// Whether the user named it.
    pub explicit: bool,
}

impl SearchPath {
    /// Every library that may hold a plugin, each once, in order; and the folders that could not be read.
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

/// The libraries in a folder that have the name of a plugin, sorted.
fn libraries(folder: &Path) -> io::Result<Vec<Candidate>> {
    let mut found = Vec::new();
    // A link in the way to the folder is followed once, and not for every library in it.
    let real = without_links(folder);
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        if name.to_str().is_some_and(is_plugin_name) {
            let path = entry.path();
            let file = match entry.file_type()?.is_symlink() {
                true => without_links(&path),
                false => real.join(name),
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

/// `libbindery_plugin_<name>.so`, or this system's form of it.
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
    fn names_of_plugins_are_told_from_others() {
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
    fn order_is_files_then_folders_then_names_and_each_once() {
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

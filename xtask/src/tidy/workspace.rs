//! Members of the workspace, and their files.

use std::fs;
use std::path::{Path, PathBuf};

use crate::cargo;
use crate::failure::Failure;

/// Package of the workspace.
pub(crate) struct Member {
    /// Name, as `bindery-core`.
    pub(crate) name: String,
    /// Folder from the top of the workspace, as `crates/bindery-core`.
    pub(crate) folder: String,
    /// Text of its `Cargo.toml`.
    pub(crate) manifest: String,
    /// Rust files, sorted by path.
    pub(crate) sources: Vec<Source>,
}

/// Text file.
pub(crate) struct Source {
    /// Path from the top of the workspace.
    pub(crate) path: String,
    /// Text of the file.
    pub(crate) text: String,
}

impl Member {
    /// Whether the package is a plugin.
    pub(crate) fn is_plugin(&self) -> bool {
        self.manifest.contains("crate-type = [\"cdylib\"]")
    }

    /// Returns the file that the crate begins with.
    pub(crate) fn root(&self) -> Option<&Source> {
        let named = |name: &str| {
            let path = format!("{}/src/{name}", self.folder);
            self.sources.iter().find(|source| source.path == path)
        };
        named("lib.rs").or_else(|| named("main.rs"))
    }
}

/// Returns every package below `crates/` and `plugins/`, `tests` with the plugins for its tests, and `xtask`.
pub(crate) fn members() -> Result<Vec<Member>, Failure> {
    let root = cargo::root();
    let mut folders = vec!["tests".to_owned(), "xtask".to_owned()];
    for parent in ["crates", "plugins", "tests"] {
        for entry in entries(&root.join(parent))? {
            let manifest = entry.join("Cargo.toml");
            // A package in a separate workspace follows the rules of its authors.
            if manifest.is_file() && !read(&manifest)?.contains("\n[workspace]") {
                folders.push(format!("{parent}/{}", name_of(&entry)));
            }
        }
    }
    folders.sort();
    folders
        .into_iter()
        .map(|folder| member(&root, folder))
        .collect()
}

/// Returns the package in a folder, which need not be a member.
pub(crate) fn package(folder: &str) -> Result<Member, Failure> {
    member(&cargo::root(), folder.to_owned())
}

/// Returns every file with that ending in the repository, sorted by path. Skips hidden and target folders, the frozen copy of the
/// plugin interface, and the fuzzer's inputs and findings.
pub(crate) fn files(ending: &str) -> Result<Vec<Source>, Failure> {
    let mut files = Vec::new();
    let mut open = vec![(cargo::root(), String::new())];
    while let Some((folder, prefix)) = open.pop() {
        for entry in entries(&folder)? {
            let path = format!("{prefix}{}", name_of(&entry));
            let is_skipped = name_of(&entry).starts_with('.')
                || name_of(&entry) == "target"
                || path.starts_with("tests/abi-v1/bindery-abi")
                || (path.starts_with("fuzz/") && ["corpus", "artifacts"].contains(&&path[5..]));
            if is_skipped {
                continue;
            }
            if entry.is_dir() {
                open.push((entry, format!("{path}/")));
            } else if path.ends_with(ending) {
                files.push(Source {
                    text: read(&entry)?,
                    path,
                });
            }
        }
    }
    files.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(files)
}

/// Returns the text of a file, by its path from the top of the workspace.
pub(crate) fn text(path: &str) -> Result<String, Failure> {
    read(&cargo::root().join(path))
}

fn member(root: &Path, folder: String) -> Result<Member, Failure> {
    let manifest = read(&root.join(&folder).join("Cargo.toml"))?;
    let name = manifest
        .lines()
        .find_map(|line| line.strip_prefix("name = \""))
        .and_then(|rest| rest.split('"').next())
        .ok_or_else(|| format!("{folder}/Cargo.toml: no package name"))?
        .to_owned();
    let mut sources = Vec::new();
    for part in ["src", "tests", "examples", "benches"] {
        collect(
            &root.join(&folder).join(part),
            &format!("{folder}/{part}"),
            &mut sources,
        )?;
    }
    Ok(Member {
        name,
        folder,
        manifest,
        sources,
    })
}

fn collect(folder: &Path, shown: &str, sources: &mut Vec<Source>) -> Result<(), Failure> {
    if !folder.is_dir() {
        return Ok(());
    }
    for entry in entries(folder)? {
        let path = format!("{shown}/{}", name_of(&entry));
        if entry.is_dir() {
            collect(&entry, &path, sources)?;
        } else if path.ends_with(".rs") {
            sources.push(Source {
                text: read(&entry)?,
                path,
            });
        }
    }
    Ok(())
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let listed = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut paths: Vec<PathBuf> = listed
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    paths.sort();
    Ok(paths)
}

fn name_of(path: &Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

fn read(path: &Path) -> Result<String, Failure> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()).into())
}
